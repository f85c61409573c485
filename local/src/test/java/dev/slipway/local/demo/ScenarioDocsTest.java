package dev.slipway.local.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What Slipway does in each case can be played, and what can be played is documented. */
class ScenarioDocsTest {

  private static final Path ROOT = Path.of(System.getProperty("slipway.root"));
  private static final Path SCENARIOS = ROOT.resolve("local/src/main/resources/scenarios");
  private static final Pattern NAMED = Pattern.compile("\\[`([a-z0-9-]+)`](?!:)");
  private static final Pattern LINKED = Pattern.compile("(?m)^\\[`([a-z0-9-]+)`]: (\\S+)$");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  private static String page(String name) throws IOException {
    return Files.readString(ROOT.resolve("docs").resolve(name));
  }

  private static List<String> all(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(hit -> hit.group(1)).toList();
  }

  /** The rows of every table in a part of a page that begins with a heading: its cells. */
  private static List<List<String>> rows(String page, String heading) {
    String part =
        Arrays.stream(page.split("(?m)^## "))
            .filter(one -> one.startsWith(heading + "\n"))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no section '" + heading + "'"));
    List<List<String>> rows = new ArrayList<>();
    boolean inTable = false;
    for (String line : part.lines().toList()) {
      if (!line.startsWith("|")) {
        inTable = false;
      } else if (line.startsWith("|---")) {
        inTable = true;
      } else if (inTable) {
        String[] cells = line.split("\\|", -1);
        rows.add(Arrays.stream(cells, 1, cells.length - 1).map(String::strip).toList());
      }
    }
    return rows;
  }

  static List<Arguments> cases() throws IOException {
    String page = page("rollback.md");
    List<Arguments> cases = new ArrayList<>();
    for (String heading : List.of("What Slipway does in each case", "Quarantine")) {
      rows(page, heading).forEach(row -> cases.add(Arguments.of(row.getFirst(), row.getLast())));
    }
    return cases;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void everyCaseCanBePlayed(String happens, String scenarios) {
    List<String> names = all(NAMED, scenarios);
    assertThat(names).as("scenarios of: " + happens + ", found in: " + scenarios).isNotEmpty();
    assertThat(ScenarioFile.names()).containsAll(names);
  }

  @Test
  void everyScenarioIsNamedWhereTheCasesAreAndItsLinkLeadsToIt() throws IOException {
    String page = page("rollback.md");
    TreeSet<String> there = new TreeSet<>(ScenarioFile.names());

    assertThat(new TreeSet<>(all(NAMED, page))).isEqualTo(there);
    assertThat(all(LINKED, page)).containsExactlyElementsOf(there);
    LINKED
        .matcher(page)
        .results()
        .forEach(link ->
            assertThat(ROOT.resolve("docs").resolve(link.group(2)).normalize())
                .isEqualTo(SCENARIOS.resolve(link.group(1) + ".yaml"))
                .exists());
  }

  private static List<String> firstCells(String heading) throws IOException {
    return rows(page("scenarios.md"), heading).stream()
        .flatMap(row -> all(CODE, row.getFirst()).stream())
        .toList();
  }

  @Test
  void everyActionAndExpectationIsDocumented() throws IOException {
    assertThat(firstCells("What is done"))
        .containsExactlyInAnyOrderElementsOf(ActionReader.names());
    assertThat(firstCells("What has to come of it"))
        .containsExactlyInAnyOrderElementsOf(OutcomeReader.names());
  }

  @Test
  void theScenarioInTheDocumentationCanBeRead() throws IOException {
    String page = page("scenarios.md");
    int begin = page.indexOf("```yaml\n") + "```yaml\n".length();

    ScenarioFile.parse("mine", "mine.yaml", page.substring(begin, page.indexOf("```\n", begin)));
  }

  /** The reader names all that it knows when it refuses one. */
  @Test
  void everyMemberOfAServiceIsDocumented() throws IOException {
    String all =
        """
        title: All members
        services:
          - service: shop/web
            runs: team/web:v1
            nothing-of-the-kind: 1
        steps:
          - name: It is refused
            do:
              - wait: 1s
            expect:
              - service: shop/web
                runs: team/web:v1
        """;
    String message = "";
    try {
      ScenarioFile.parse("all", "all.yaml", all);
    } catch (BadScenario refused) {
      message = refused.getMessage();
    }
    String known = message.substring(message.indexOf("Known are: ") + "Known are: ".length());

    assertThat(firstCells("Services")).containsExactlyInAnyOrder(known.split(", "));
  }
}
