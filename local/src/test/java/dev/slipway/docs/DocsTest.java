package dev.slipway.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.follow.FollowerTags;
import dev.slipway.follow.Reading;
import dev.slipway.local.template.Resource;
import dev.slipway.local.template.Stack;
import dev.slipway.local.template.Surroundings;
import dev.slipway.local.template.Template;
import dev.slipway.runtime.Batch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the documentation says of the code is held against the code. */
class DocsTest {

  private static final Path ROOT = Path.of(System.getProperty("slipway.root"));
  private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  private static String read(String file) throws IOException {
    return Files.readString(ROOT.resolve(file));
  }

  static List<Path> pages() throws IOException {
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
      return Stream.concat(
              Stream.of(ROOT.resolve("README.md"), ROOT.resolve("CONTRIBUTING.md")),
              docs.filter(file -> file.toString().endsWith(".md")).sorted())
          .toList();
    }
  }

  /** As GitHub makes it of a heading. */
  private static String anchor(String heading) {
    return heading
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{N} _-]", "")
        .strip()
        .replace(' ', '-');
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyLinkLeadsSomewhere(Path page) throws IOException {
    Matcher links = LINK.matcher(Files.readString(page));
    while (links.find()) {
      String link = links.group(1);
      if (link.startsWith("http")) {
        continue;
      }
      String[] parts = link.split("#", 2);
      Path target = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
      assertThat(target).as(link).exists();
      if (parts.length == 2) {
        List<String> anchors =
            Files.readString(target)
                .lines()
                .filter(line -> line.startsWith("#"))
                .map(line -> anchor(line.replaceFirst("^#+", "")))
                .toList();
        assertThat(anchors).as(link).contains(parts[1]);
      }
    }
  }

  /** The part of a page below a heading. */
  private static String section(String file, String heading) throws IOException {
    String[] parts = read(file).split("(?m)^## ");
    return Arrays.stream(parts)
        .filter(part -> part.startsWith(heading + "\n"))
        .findFirst()
        .orElseThrow(() -> new AssertionError(file + " has no section '" + heading + "'"));
  }

  private static List<String> codes(String text) {
    return CODE.matcher(text).results().map(hit -> hit.group(1)).toList();
  }

  /** The cells of a section's table, without its head. */
  private static List<String[]> rows(String section) {
    return section
        .lines()
        .filter(line -> line.startsWith("|") && !line.startsWith("|---"))
        .skip(1)
        .map(line -> Arrays.copyOfRange(line.split("\\|", -1), 1, 4))
        .toList();
  }

  static List<Arguments> tags() throws IOException {
    List<Arguments> tags = new ArrayList<>();
    String key = "";
    for (String[] cells : rows(section("docs/following.md", "The tags"))) {
      // An empty first cell goes on with the tag of the row above.
      key = codes(cells[0]).stream().findFirst().orElse(key);
      for (String value : codes(cells[1])) {
        tags.add(Arguments.of(key, value));
      }
    }
    for (String[] cells : rows(section("docs/following.md", "The policies"))) {
      for (String policy : codes(cells[0])) {
        tags.add(Arguments.of("slipway:team/web", policy));
        tags.add(Arguments.of("slipway:team/web", policy + " container=web"));
      }
    }
    return tags;
  }

  @Test
  void theTableHasEveryTag() throws IOException {
    assertThat(tags().stream().map(row -> row.get()[0]).distinct())
        .containsExactlyInAnyOrder(
            "slipway",
            "slipway:team/web",
            "slipway.base",
            "slipway.busy",
            "slipway.deadline",
            "slipway.bake",
            "slipway.hold",
            "slipway.channel",
            "slipway.notify",
            "slipway.logs");
  }

  @ParameterizedTest
  @MethodSource("tags")
  void everyValueInTheTablesCanBeRead(String key, String value) {
    Map<String, String> tags = new HashMap<>(Map.of("slipway", "on", "slipway:team/web", "any"));
    tags.put(key, value);

    assertThat(FollowerTags.read(tags)).isInstanceOf(Reading.Following.class);
  }

  @Test
  void theTagsThatAreSaidNotToBeSupportedStopTheServiceThatHasThem() throws IOException {
    String page = read("docs/following.md");
    String from = page.substring(page.indexOf("Not supported yet:"));
    List<String> named = codes(from.substring(0, from.indexOf("A service that has one")));

    assertThat(named).hasSize(7);
    for (String key : named) {
      assertThat(
              FollowerTags.read(
                  Map.of("slipway", "on", "slipway:team/web", "any", key, "required")))
          .isInstanceOfSatisfying(
              Reading.Unreadable.class,
              unreadable -> assertThat(unreadable.text()).contains(key, "not supported"));
    }
  }

  @Test
  void theMetricsAreThoseOfTheCode() throws IOException {
    TreeSet<String> counted = new TreeSet<>();
    Pattern count =
        Pattern.compile("metrics\\s*\\.(?:count|countForFunction|duration)\\(\\s*\"(\\w+)\"");
    try (Stream<Path> files = Files.walk(ROOT.resolve("functions"))) {
      for (Path file : files.filter(one -> one.toString().contains("src/main/java")).toList()) {
        if (Files.isRegularFile(file)) {
          count.matcher(Files.readString(file)).results().forEach(hit -> counted.add(hit.group(1)));
        }
      }
    }
    counted.add(Batch.MESSAGES_FAILED);
    TreeSet<String> written = new TreeSet<>();
    for (String[] cells : rows(section("docs/operating.md", "Logs and metrics"))) {
      written.addAll(codes(cells[0]));
    }

    assertThat(written).isEqualTo(counted);
  }

  /**
   * Regression: the answers of an installation changed a file of the repository, and `git pull`
   * stopped.
   */
  @Test
  void theAnswersOfAnInstallationAreKeptInAFileThatGitIgnores() throws IOException {
    List<String> commands = new ArrayList<>();
    for (Path page : pages()) {
      commands.addAll(
          Files.readString(page).lines().filter(line -> line.startsWith("sam deploy")).toList());
    }
    assertThat(commands)
        .contains(
            "sam deploy --guided --config-file samconfig.local.toml",
            "sam deploy --config-file samconfig.local.toml")
        .allSatisfy(command -> assertThat(command).contains("--config-file samconfig.local.toml"));
    assertThat(read(".gitignore").lines()).contains("samconfig.*.toml");
    // Without it sam takes a copy below .aws-sam, if somebody has ever run `sam build`.
    assertThat(read("samconfig.toml").lines()).contains("template_file = \"template.yaml\"");
  }

  @Test
  void whatIsNamedOfTheStackIsThere() throws IOException {
    Stack stack =
        Template.read(ROOT.resolve("template.yaml"))
            .stack(Map.of("ChatEndpoint", "function-url"), Surroundings.LOCAL);
    TreeSet<String> parameters = new TreeSet<>();
    for (String[] cells : rows(section("docs/operating.md", "Parameters"))) {
      parameters.addAll(codes(cells[0]));
    }
    assertThat(parameters).isEqualTo(new TreeSet<>(stack.parameters().keySet()));

    TreeSet<String> alarms = new TreeSet<>();
    TreeSet<String> kinds = new TreeSet<>();
    for (String[] cells : rows(section("docs/operating.md", "Alarms"))) {
      for (String alarm : codes(cells[0])) {
        (alarm.startsWith("...") ? kinds : alarms).add(alarm.replace("...", ""));
      }
    }
    List<String> there =
        stack.ofType("AWS::CloudWatch::Alarm").stream().map(Resource::logicalId).toList();
    assertThat(there).containsAll(alarms);
    assertThat(there)
        .allMatch(alarm -> alarms.contains(alarm) || kinds.stream().anyMatch(alarm::endsWith));

    for (String output : List.of("ConnectSlack", "SlackRequestUrl", "LedgerTable")) {
      assertThat(read("README.md")).contains("`" + output + "`");
      assertThat(stack.outputs()).containsKey(output);
    }
    for (String output :
        List.of("AlarmTopic", "RepeatFailedPushes", "LookForMissedPushes", "LedgerTable")) {
      assertThat(read("docs/operating.md")).contains("output `" + output + "`");
      assertThat(stack.outputs()).containsKey(output);
    }
  }
}
