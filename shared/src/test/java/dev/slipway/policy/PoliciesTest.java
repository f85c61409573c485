package dev.slipway.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Considered;
import dev.slipway.deployment.Head.Quarantine;
import dev.slipway.deployment.Head.Waiting;
import dev.slipway.deployment.Head.Wanted;
import dev.slipway.deployment.Reason;
import dev.slipway.follow.FollowerTags;
import dev.slipway.follow.Policy;
import dev.slipway.follow.Reading;
import dev.slipway.follow.ServiceRef;
import dev.slipway.image.Digest;
import dev.slipway.image.Image;
import dev.slipway.image.ImageSet;
import dev.slipway.runtime.Json;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The rows are in {@code cases/policy}: {@code v1.2.0@a} is an image with that tag and a digest of
 * that letter, {@code v1.2.0@a 10:05} one with the time of its push.
 */
class PoliciesTest {

  private static final ServiceRef SERVICE =
      ServiceRef.parse("arn:aws:ecs:eu-west-1:123456789012:service/main/web");

  static Stream<Named<JsonNode>> cases() {
    return Stream.of("semver", "tag", "newest")
        .flatMap(file ->
            Json.read(PoliciesTest.class.getResourceAsStream("/cases/policy/" + file + ".json"))
                .valueStream()
                .map(row -> Named.of(file + ": " + Json.text(row, "name"), row)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void decides(JsonNode row) {
    Candidate candidate = candidate(row);
    Decision decision = Policies.decide(policy(row), known(row), candidate, quarantine(row));

    assertThat(decision.reason()).isEqualTo(Reason.valueOf(Json.text(row, "expect")));
    assertThat(decision.text()).isNotBlank();
    if (row.has("text")) {
      assertThat(decision.text()).isEqualTo(Json.text(row, "text"));
    }
    assertThat(decision instanceof Decision.Accept).isEqualTo(decision.reason() == Reason.PUSHED);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void neverAcceptsTheSameEventTwice(JsonNode row) {
    Candidate candidate = candidate(row);
    Known before = known(row);
    if (Policies.decide(policy(row), before, candidate, Optional.empty())
        instanceof Decision.Accept) {
      Known after =
          new Known(
              before.running(),
              before.inFlight(),
              Optional.of(candidate.image()),
              Optional.of(considered(candidate)));
      Known left = new Known(before.running(), List.of(), Optional.empty(), after.considered());

      assertThat(Policies.decide(policy(row), after, candidate, Optional.empty()).reason())
          .isEqualTo(Reason.ALREADY_WANTED);
      assertThat(Policies.decide(policy(row), left, candidate, Optional.empty()).reason())
          .as("after somebody went back to what ran before")
          .isIn(Reason.ALREADY_DECIDED, Reason.ALREADY_RUNNING);
    }
  }

  @Test
  void twoPushesEndTheSameInWhateverOrderTheyCome() {
    for (String name : List.of("tag:latest", "prefix:l", "suffix:t", "any")) {
      Policy policy = policy(name);
      Candidate first = Candidate.of(image("latest@b"), time("10:01"));
      Candidate second = Candidate.of(image("latest@c"), time("10:02"));
      Head head = Head.unseen(SERVICE).running(new ImageSet(Map.of("web", image("latest@a"))));

      assertThat(wanted(push(policy, push(policy, head, first), second)))
          .as(name)
          .isEqualTo(wanted(push(policy, push(policy, head, second), first)))
          .isEqualTo(second.image());
    }
  }

  @Test
  void twoVersionsEndTheSameInWhateverOrderTheyCome() {
    Policy policy = policy("semver:1.x");
    Candidate higher = Candidate.of(image("1.6.0@b"), time("10:01"));
    Candidate lower = Candidate.of(image("1.5.1@c"), time("10:02"));
    Head head = Head.unseen(SERVICE).running(new ImageSet(Map.of("web", image("1.5.0@a"))));

    assertThat(wanted(push(policy, push(policy, head, higher), lower))).isEqualTo(higher.image());
    assertThat(wanted(push(policy, push(policy, head, lower), higher))).isEqualTo(higher.image());
  }

  @Test
  void whatWaitsIsAskedAboutAgainWithoutCountingItself() {
    Wanted wish =
        new Wanted(
            image("1.4.0@b"),
            time("10:05"),
            new Trigger(Trigger.Kind.PUSH, "", "event-1", time("10:05")));
    Head unseen =
        Head.unseen(SERVICE)
            .waiting(Waiting.NOTHING.with(wish))
            .considered("team/app", new Considered("1.4.0", digest("b"), time("10:05")));
    Head baseline = unseen.running(new ImageSet(Map.of("web", image("1.5.0@a"))));

    assertThat(Policies.recheck(policy("semver:1.x"), unseen, wish).reason())
        .isEqualTo(Reason.PUSHED);
    assertThat(Policies.recheck(policy("semver:1.x"), baseline, wish).reason())
        .as("the baseline turned out to be higher")
        .isEqualTo(Reason.VERSION_LOWER);
    assertThat(Policies.recheck(policy("tag:latest"), unseen, wish).reason())
        .as("the tags changed meanwhile")
        .isEqualTo(Reason.TAG_NOT_WANTED);
  }

  @Test
  void theHighestVersionIsWantedMost() {
    List<Candidate> pushes =
        List.of(
            Candidate.of(image("1.9.0@a"), time("10:01")),
            Candidate.of(image("latest@b"), time("10:05")),
            Candidate.of(image("1.10.0@c"), time("10:00")),
            Candidate.of(image("2.0.0@d"), time("10:02")));

    assertThat(Policies.ranked(policy("semver:1.x"), pushes))
        .extracting(candidate -> candidate.image().tag())
        .containsExactly("1.10.0", "1.9.0");
    assertThat(Policies.ranked(policy("any"), pushes))
        .extracting(candidate -> candidate.image().tag())
        .containsExactly("latest", "2.0.0", "1.9.0", "1.10.0");
  }

  private static Head push(Policy policy, Head head, Candidate candidate) {
    return switch (Policies.decide(policy, head, candidate)) {
      case Decision.Accept accept ->
          head.waiting(
                  head.waiting()
                      .with(
                          new Wanted(
                              candidate.image(),
                              candidate.pushedAt(),
                              new Trigger(Trigger.Kind.PUSH, "", "", candidate.pushedAt()))))
              .considered("team/app", considered(candidate));
      case Decision.Refuse refuse -> head;
    };
  }

  private static Image wanted(Head head) {
    return head.waiting().byRepository().get("team/app").image();
  }

  private static Considered considered(Candidate candidate) {
    return new Considered(
        candidate.image().tag(), Optional.of(candidate.image().digest()), candidate.pushedAt());
  }

  private static Policy policy(JsonNode row) {
    return policy(Json.text(row, "policy"));
  }

  private static Policy policy(String value) {
    Reading reading = FollowerTags.read(Map.of("slipway", "on", "slipway:team/app", value));
    return ((Reading.Following) reading).settings().follow("team/app").orElseThrow().policy();
  }

  private static Known known(JsonNode row) {
    List<Image> waiting = images(row, "waiting");
    return new Known(
        images(row, "running"),
        images(row, "inFlight"),
        waiting.stream().findFirst(),
        considered(Json.text(row, "considered")));
  }

  private static Optional<Considered> considered(String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    String[] parts = text.split(" ");
    if (parts.length == 1) {
      return Optional.of(new Considered("", Optional.empty(), time(parts[0])));
    }
    Image image = image(parts[0]);
    return Optional.of(new Considered(image.tag(), Optional.of(image.digest()), time(parts[1])));
  }

  private static Candidate candidate(JsonNode row) {
    String[] parts = Json.text(row, "push").split(" ");
    return new Candidate(image(parts[0]), time(parts[1]), row.path("laterOnTie").asBoolean());
  }

  private static Optional<Quarantine> quarantine(JsonNode row) {
    return row.path("quarantined").asBoolean()
        ? Optional.of(
            new Quarantine(
                candidate(row).image().digest(), "", 7, Reason.TASKS_FAILED, time("09:00")))
        : Optional.empty();
  }

  private static List<Image> images(JsonNode row, String field) {
    return Arrays.stream(Json.text(row, field).split(" "))
        .filter(text -> !text.isEmpty())
        .map(PoliciesTest::image)
        .toList();
  }

  private static Image image(String text) {
    String[] parts = text.split("@");
    return Image.of(
        "123456789012", "eu-west-1", "team/app", parts[0], digest(parts[1]).orElseThrow());
  }

  private static Optional<Digest> digest(String letter) {
    return Optional.of(new Digest("sha256:" + letter.repeat(64)));
  }

  private static Instant time(String text) {
    return Instant.parse("2026-01-01T" + text + ":00Z");
  }
}
