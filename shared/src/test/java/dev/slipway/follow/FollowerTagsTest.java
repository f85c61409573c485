package dev.slipway.follow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.follow.Settings.Follow;
import dev.slipway.runtime.Json;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FollowerTagsTest {

  static Stream<Named<JsonNode>> readable() {
    return cases("readable.json");
  }

  static Stream<Named<JsonNode>> unreadable() {
    return cases("unreadable.json");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("readable")
  void readsWhatTheTagsSay(JsonNode row) {
    assertThat(FollowerTags.read(tags(row))).isInstanceOf(Reading.Following.class);
    Settings settings = ((Reading.Following) FollowerTags.read(tags(row))).settings();

    Map<String, String> said = said(settings);
    row.path("expect")
        .properties()
        .forEach(
            field -> assertThat(said).containsEntry(field.getKey(), field.getValue().asText()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("unreadable")
  void saysWhatIsWrongAndWhatWouldBeRight(JsonNode row) {
    assertThat(FollowerTags.read(tags(row))).isInstanceOf(Reading.Unreadable.class);
    Reading.Unreadable reading = (Reading.Unreadable) FollowerTags.read(tags(row));

    List<String> expected = new ArrayList<>();
    row.path("sentences").forEach(sentence -> expected.add(sentence.asText()));
    assertThat(reading.problems())
        .extracting(TagProblem::sentence)
        .containsExactlyInAnyOrderElementsOf(expected);
    assertThat(reading.text()).contains(expected);
  }

  @Test
  void aServiceWithoutTheSwitchFollowsNothing() {
    assertThat(FollowerTags.read(Map.of("slipway:team/app", "any")))
        .isEqualTo(
            new Reading.NotFollowing(
                "The service has no tag 'slipway': set it to on, observe or off."));
  }

  @Test
  void aServiceWithoutARepositoryFollowsNothing() {
    assertThat(FollowerTags.read(Map.of("slipway", "on", "team", "blue")))
        .isEqualTo(
            new Reading.NotFollowing(
                "The service has the tag 'slipway' and no tag 'slipway:<repository>' beside it."));
  }

  @Test
  void aRepositoryThatIsTooLongToBeFollowedIsToldSo() {
    String repository = "a".repeat(121);
    Reading reading =
        FollowerTags.read(Map.of("slipway", "on", "slipway:" + repository, "tag:latest"));

    assertThat(((Reading.Unreadable) reading).text())
        .contains("names a repository of 121 characters, and one of more than 120 cannot be");
  }

  @Test
  void whatCannotBeReadStillSaysWhereToTell() {
    Reading reading =
        FollowerTags.read(
            Map.of(
                "slipway", "on",
                "slipway:team/app", "latest",
                "slipway.channel", "C0123456789",
                "slipway.notify", "failures"));

    assertThat(reading.audience().channel()).contains("C0123456789");
    assertThat(reading.audience().level()).isEqualTo(Settings.Level.FAILURES);
  }

  @Test
  void aMistypedWishToHideLogLinesHidesThem() {
    Reading reading =
        FollowerTags.read(Map.of("slipway", "on", "slipway:team/app", "any", "slipway.logs", "of"));

    assertThat(reading).isInstanceOf(Reading.Unreadable.class);
    assertThat(reading.audience().logs()).isFalse();
  }

  private static Map<String, String> said(Settings settings) {
    Map<String, String> said = new LinkedHashMap<>();
    said.put("state", settings.state().name());
    said.put("base", settings.base().name());
    said.put("busy", settings.busy().name());
    said.put("deadline", settings.deadline().toString());
    said.put("bake", settings.bake().toString());
    said.put("holdAfterRollback", String.valueOf(settings.holdAfterRollback()));
    said.put("channel", settings.audience().channel().orElse(""));
    said.put("level", settings.audience().level().name());
    said.put("logs", String.valueOf(settings.audience().logs()));
    said.put("follows", String.join(", ", settings.follows().stream().map(f -> brief(f)).toList()));
    return said;
  }

  private static String brief(Follow follow) {
    return follow.repository()
        + " "
        + follow.policy()
        + follow.container().map(c -> " in " + c).orElse("");
  }

  private static Map<String, String> tags(JsonNode row) {
    Map<String, String> tags = new TreeMap<>();
    row.path("tags").properties().forEach(tag -> tags.put(tag.getKey(), tag.getValue().asText()));
    return tags;
  }

  private static Stream<Named<JsonNode>> cases(String file) {
    InputStream in = FollowerTagsTest.class.getResourceAsStream("/cases/follow/" + file);
    return Json.read(in).valueStream().map(row -> Named.of(Json.text(row, "name"), row));
  }
}
