package dev.slipway.local.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.api.client.AWSLambda;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.utilslite.SdkInternalThreadLocal;

/**
 * AWS's Java runtime interface client, as it lies on this JVM's class path: how to start it in a
 * process of its own.
 *
 * @param classPath the client and what it needs itself; no function may rely on more
 * @param flags for the JVM
 */
public record RuntimeInterface(String classPath, List<String> flags) {

  public static final String MAIN_CLASS = AWSLambda.class.getName();

  private static final String NATIVE_CLIENT =
      "com/amazonaws/services/lambda/runtime/api/client/runtimeapi/NativeClient.class";

  /** With AWS's native library where there is one, which is on Linux; else without. */
  public static RuntimeInterface ofThisMachine() {
    return System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")
        ? withNativeLibrary()
        : portable();
  }

  /**
   * The client would unpack its native library to the same temporary file in every process, and
   * processes that start together crash each other: so it is unpacked here, once.
   */
  static RuntimeInterface withNativeLibrary() {
    String name = "libaws-lambda-jni." + platform() + ".so";
    try (InputStream library = AWSLambda.class.getResourceAsStream("/jni/" + name)) {
      if (library == null) {
        throw new IllegalStateException("The runtime interface client has no " + name);
      }
      Path file = unpack(name, library.readAllBytes());
      return new RuntimeInterface(
          clientClassPath(),
          List.of(
              "--enable-native-access=ALL-UNNAMED",
              "-Dcom.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI="
                  + file));
    } catch (IOException unreadable) {
      throw new UncheckedIOException("Cannot read " + name, unreadable);
    }
  }

  /** The same client with one class replaced, which does in Java what the library does. */
  static RuntimeInterface portable() {
    Class<?> here = RuntimeInterface.class;
    String own = here.getName().replace('.', '/') + ".class";
    String url = here.getClassLoader().getResource(own).toString();
    URI replacement = URI.create(url.substring(0, url.length() - own.length()) + NATIVE_CLIENT);
    try (InputStream bytes = replacement.toURL().openStream()) {
      Path file = unpack("portable/" + NATIVE_CLIENT, bytes.readAllBytes());
      Path root = file;
      for (int i = NATIVE_CLIENT.split("/").length; i > 0; i--) {
        root = root.getParent();
      }
      return new RuntimeInterface(root + File.pathSeparator + clientClassPath(), List.of());
    } catch (IOException unreadable) {
      throw new UncheckedIOException("Cannot read " + replacement, unreadable);
    }
  }

  private static String clientClassPath() {
    return Stream.of(
            AWSLambda.class, Context.class, PojoSerializer.class, SdkInternalThreadLocal.class)
        .map(RuntimeInterface::jar)
        .distinct()
        .map(Path::toString)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static Path jar(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** In a folder named after the content, so that another version never meets this one. */
  private static Path unpack(String name, byte[] bytes) throws IOException {
    Path file =
        Path.of(
            System.getProperty("java.io.tmpdir"),
            "slipway-" + System.getProperty("user.name"),
            Integer.toHexString(Arrays.hashCode(bytes)),
            name);
    if (!Files.exists(file)) {
      Files.createDirectories(file.getParent());
      Path part = Files.createTempFile(file.getParent(), "unpacking", ".part");
      Files.write(part, bytes);
      try {
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException notAtomic) {
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return file;
  }

  private static String platform() {
    boolean musl;
    try (Stream<Path> libraries = Files.list(Path.of("/lib"))) {
      musl = libraries.anyMatch(file -> file.getFileName().toString().startsWith("ld-musl-"));
    } catch (IOException noSuchFolder) {
      musl = false;
    }
    String machine = System.getProperty("os.arch").equals("aarch64") ? "aarch_64" : "x86_64";
    return (musl ? "linux_musl-" : "linux-") + machine;
  }
}
