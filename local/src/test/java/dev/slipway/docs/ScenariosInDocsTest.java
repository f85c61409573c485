package dev.slipway.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.local.demo.ScenarioFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The documentation names the scenarios that there are, and no others. */
class ScenariosInDocsTest {

  private static final Path ROOT = Path.of(System.getProperty("slipway.root"));
  private static final Pattern NAMED = Pattern.compile("\\[`([a-z0-9-]+)`](?![(:])");

  /** What a name in brackets leads to stands at the end of the page. */
  private static final Pattern LINK = Pattern.compile("(?m)^\\[`([^`]+)`]: (\\S+)$");

  private static final Pattern PLAYED =
      Pattern.compile("\\./slipway play (?!list\\b|NAME\\b|\\./)([a-z0-9-]+)");

  static List<Path> pages() throws IOException {
    return DocsTest.pages();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyScenarioThatIsNamedIsThereAndLinked(Path page) throws IOException {
    String text = Files.readString(page);
    List<String> linked = new ArrayList<>();
    Matcher links = LINK.matcher(text);
    while (links.find()) {
      linked.add(links.group(1));
      assertThat(ScenarioFile.names()).contains(links.group(1));
      assertThat(page.resolveSibling(links.group(2)).normalize())
          .hasFileName(links.group(1) + ".yaml")
          .exists();
    }
    assertThat(named(text)).containsExactlyInAnyOrderElementsOf(linked);
    Matcher played = PLAYED.matcher(text);
    while (played.find()) {
      assertThat(ScenarioFile.names()).contains(played.group(1));
    }
  }

  private static Set<String> named(String text) {
    return NAMED.matcher(text).results().map(name -> name.group(1)).collect(Collectors.toSet());
  }

  /** The demo and the plain success tell of no failure. */
  @Test
  void theTablesOfGoingBackHaveEveryScenario() throws IOException {
    assertThat(ScenarioFile.names())
        .filteredOn(name -> !List.of("demo", "succeeds").contains(name))
        .isSubsetOf(named(Files.readString(ROOT.resolve("docs/rollback.md"))));
  }
}
