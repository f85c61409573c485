package dev.slipway.local.lambda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** A function's packaged zip, unpacked as Lambda unpacks it: classes at the root, jars in lib. */
public final class Artefact implements AutoCloseable {

  private final Path folder;
  private final boolean ours;

  private Artefact(Path folder, boolean ours) {
    this.folder = folder;
    this.ours = ours;
  }

  /**
   * @param code a zip, or a folder that is taken as it is
   * @throws IllegalStateException if there is none; the message says how to build it
   */
  public static Artefact unpack(Path code) {
    if (Files.isDirectory(code)) {
      return new Artefact(code, false);
    }
    if (!Files.isRegularFile(code)) {
      throw new IllegalStateException(
          "There is no artefact " + code + ": build it with mvn package");
    }
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(code))) {
      Path folder = Files.createTempDirectory("slipway-function-");
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = folder.resolve(entry.getName()).normalize();
        if (!file.startsWith(folder)) {
          throw new IllegalStateException(code + " holds a path outside itself: " + entry);
        }
        if (entry.isDirectory()) {
          Files.createDirectories(file);
        } else {
          Files.createDirectories(file.getParent());
          Files.copy(zip, file);
        }
      }
      return new Artefact(folder, true);
    } catch (IOException unreadable) {
      throw new UncheckedIOException("Cannot unpack " + code, unreadable);
    }
  }

  public Path folder() {
    return folder;
  }

  @Override
  public void close() {
    if (!ours) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException leftBehind) {
      throw new UncheckedIOException("Cannot delete " + folder, leftBehind);
    }
  }
}
