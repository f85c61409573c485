package dev.slipway.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipFile;

/**
 * A function's package.
 *
 * @param unpackedBytes what Lambda counts against its limit of 250 MB
 */
record Sizes(long zipBytes, int jars, long unpackedBytes) {

  static Sizes of(Path zip) {
    try (ZipFile file = new ZipFile(zip.toFile())) {
      int jars = (int) file.stream().filter(entry -> entry.getName().endsWith(".jar")).count();
      long unpacked = file.stream().mapToLong(entry -> Math.max(0, entry.getSize())).sum();
      return new Sizes(Files.size(zip), jars, unpacked);
    } catch (IOException e) {
      throw new UncheckedIOException("There is no " + zip + ": build it first", e);
    }
  }
}
