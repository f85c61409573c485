package dev.slipway.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Java sources look the way google-java-format writes them. With {@code -Dslipway.format=write} the
 * test writes them so itself.
 */
class FormatTest {

  private static final Path ROOT = Path.of(System.getProperty("slipway.root"));

  private static final boolean WRITE =
      System.getProperty("slipway.format", "check").equals("write");

  /** Not ours, or made by the build. */
  private static final Set<String> SKIPPED = Set.of("target", ".git", ".slipway", ".aws-sam");

  @Test
  void everyJavaSourceIsFormatted() throws Exception {
    List<Path> sources = sources();
    assertThat(sources).as("Java sources below %s", ROOT).isNotEmpty();
    List<String> unformatted =
        sources.parallelStream()
            .filter(source -> !formatted(source))
            .map(source -> ROOT.relativize(source).toString())
            .sorted()
            .toList();
    assertThat(unformatted)
        .as(
            "Java sources that google-java-format would write otherwise. This formats them: mvn"
                + " test -pl local -am -Dtest=FormatTest -Dsurefire.failIfNoSpecifiedTests=false"
                + " -Dslipway.format=write")
        .isEmpty();
  }

  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    Files.walkFileTree(
        ROOT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return SKIPPED.contains(String.valueOf(folder.getFileName()))
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".java")) {
              sources.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return sources;
  }

  private static boolean formatted(Path source) {
    try {
      String text = Files.readString(source, StandardCharsets.UTF_8);
      String wanted =
          new Formatter(JavaFormatterOptions.defaultOptions())
              .formatSourceAndFixImports(RemoveUnusedImports.removeUnusedImports(text));
      if (WRITE && !text.equals(wanted)) {
        Files.writeString(source, wanted);
        return true;
      }
      return text.equals(wanted);
    } catch (IOException | FormatterException e) {
      throw new IllegalStateException("Cannot format " + source, e);
    }
  }
}
