package dev.slipway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.aws.AwsService;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.follow.ServiceRef;
import dev.slipway.local.lambda.Invocation;
import dev.slipway.local.runtime.Listener;
import dev.slipway.local.slack.Behaviour;
import dev.slipway.local.slack.SignedRequest;
import dev.slipway.local.slack.SlackMessage;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The main job on the packaged artefacts. One account for all tests: each has a repository and
 * services of its own.
 */
class WholeLoopIT {

  private static Laptop laptop;

  @BeforeAll
  static void start() {
    laptop = new Laptop(Map.of());
  }

  @AfterAll
  static void stop() {
    laptop.close();
  }

  @AfterEach
  void noFunctionMayLackAPermission() {
    assertThat(laptop.calls)
        .filteredOn(call -> call.refusal() != null && call.refusal().accessDenied())
        .extracting(Listener.Call::principal, Listener.Call::operation)
        .isEmpty();
    assertThat(laptop.invocations).filteredOn(Invocation::failed).isEmpty();
  }

  @Test
  void aPushBecomesARunningRevisionAndChatSaysSo() {
    laptop.push("good/app", "v1", "healthy");
    ServiceRef service =
        laptop.service("good", "good/app", "v1", true, "slipway", "on", "slipway:good/app", "any");
    String digest = laptop.push("good/app", "v2", "healthy");
    Deployment deployment = laptop.ended(service, 2);

    assertThat(deployment.status()).isEqualTo(Status.SUCCEEDED);
    assertThat(laptop.image(service)).endsWith("good/app:v2@" + digest);
    SlackMessage message = laptop.messages().getLast();
    assertThat(message.content().text()).contains("good/app:v2").contains("prod/good");
    assertThat(message.edits()).as("posted once, then edited").isPositive();
    assertThat(
            laptop
                .call(AwsService.SSM, "GetParameter", "{'Name': '/slipway/prod/good/web'}")
                .at("/Parameter/Value")
                .asText())
        .endsWith("good/app:v2@" + digest);
  }

  @Test
  void aCrashingImageGoesBackAndChatSaysWhy() {
    laptop.push("bad/app", "v1", "healthy");
    ServiceRef service =
        laptop.service("bad", "bad/app", "v1", true, "slipway", "on", "slipway:bad/app", "any");
    laptop.push("bad/app", "v2", "crash");
    Deployment deployment = laptop.ended(service, 2);

    assertThat(deployment.status()).isEqualTo(Status.ROLLED_BACK);
    assertThat(deployment.reason()).isEqualTo(Reason.CIRCUIT_BREAKER);
    assertThat(laptop.image(service)).endsWith("bad/app:v1");
    assertThat(laptop.head(service).quarantine()).hasSize(1);
    SlackMessage message = laptop.messages().getLast();
    assertThat(message.content().text()).contains("bad/app:v2").contains("bad/app:v1");
    List<SlackMessage> thread =
        laptop.slack.thread(Laptop.CHANNEL, message.ts()).stream()
            .filter(SlackMessage::inThread)
            .toList();
    assertThat(thread).isNotEmpty();
    assertThat(thread.getLast().content().toJson().toString())
        .contains("code 1")
        .doesNotContain("not-to-be-shown-1234");
  }

  @Test
  void aPersonRollsBackFromTheMessage() {
    laptop.push("undo/app", "v1", "healthy");
    ServiceRef service =
        laptop.service("undo", "undo/app", "v1", true, "slipway", "on", "slipway:undo/app", "any");
    laptop.push("undo/app", "v2", "healthy");
    laptop.ended(service, 2);
    SlackMessage message = laptop.messages().getLast();

    Invocation answer =
        laptop.toDoor(
            laptop.slack.press(Laptop.CHANNEL, message.ts(), "roll_back", Laptop.OPERATOR));
    assertThat(answer.response()).contains("200");
    laptop.ended(service, 3);

    assertThat(laptop.ledger.deployment(service, 2).orElseThrow().status())
        .isEqualTo(Status.ROLLED_BACK);
    assertThat(laptop.image(service)).contains("undo/app:v1@sha256:");
  }

  @Test
  void aPolicyRefusesWithItsReason() {
    laptop.push("semver/app", "v1.2.0", "healthy");
    ServiceRef service =
        laptop.service(
            "semver",
            "semver/app",
            "v1.2.0",
            true,
            "slipway",
            "on",
            "slipway:semver/app",
            "semver:1.x");
    laptop.reconcile();
    laptop.until(
        "the baseline", () -> laptop.head(service).lastSequence() == 1, Duration.ofMinutes(2));
    laptop.push("semver/app", "v1.1.9", "healthy");
    laptop.until(
        "the refusal",
        () ->
            laptop.ledger.pushes(service, 5).stream()
                .anyMatch(push -> push.reason() == Reason.VERSION_LOWER),
        Duration.ofMinutes(2));
    assertThat(laptop.head(service).lastSequence()).isEqualTo(1);
    assertThat(laptop.messages().getLast().content().text()).contains("1.1.9");
  }

  @Test
  void aBadTagStopsThatServiceOnlyAndIsToldWithTheValue() {
    laptop.push("shared/app", "v1", "healthy");
    // Its event is over before anybody follows.
    laptop.account.settle();
    ServiceRef bad =
        laptop.service(
            "badtag",
            "shared/app",
            "v1",
            true,
            "slipway",
            "on",
            "slipway:shared/app",
            "semver:banana");
    ServiceRef good =
        laptop.service(
            "goodtag", "shared/app", "v1", true, "slipway", "on", "slipway:shared/app", "any");
    laptop.push("shared/app", "v2", "healthy");
    laptop.ended(good, 2);
    assertThat(laptop.ledger.pushes(bad, 5))
        .anyMatch(push ->
            push.reason() == Reason.SETTINGS_UNREADABLE && push.detail().contains("banana"));
    assertThat(laptop.ledger.pushes(good, 5))
        .filteredOn(push -> push.reason().weight() == Reason.Weight.BAD)
        .isEmpty();
    assertThat(laptop.image(bad)).endsWith("shared/app:v1");
    assertThat(laptop.said("prod/badtag"))
        .as("in chat: the tag, its value, and what would be right")
        .singleElement(InstanceOfAssertFactories.STRING)
        .contains("slipway:shared/app", "semver:banana", "semver:1.x");
  }

  @Test
  void aMalformedEventGoesToTheDeadLetterQueueWithItsReason() {
    laptop.call(
        AwsService.SQS,
        "SendMessage",
        "{'QueueUrl': '"
            + laptop.account.stack().ref("PushQueue")
            + "', 'MessageBody': 'this is no JSON'}");
    laptop.until(
        "the dead letter",
        () -> !laptop.account.queue("PushDeadLetterQueue").bodies().isEmpty(),
        Duration.ofMinutes(2));
    assertThat(laptop.deadLetters("PushDeadLetterQueue").get("this is no JSON"))
        .as("the attribute Reason")
        .contains("not JSON", "'this is no JSON'");
  }

  @Test
  void aSlackOutageNeverHoldsUpADeployment() {
    laptop.slack.behave(new Behaviour.Outage());
    try {
      laptop.push("outage/app", "v1", "healthy");
      ServiceRef service =
          laptop.service(
              "outage", "outage/app", "v1", true, "slipway", "on", "slipway:outage/app", "any");
      laptop.push("outage/app", "v2", "healthy");
      assertThat(laptop.ended(service, 2).status()).isEqualTo(Status.SUCCEEDED);
    } finally {
      laptop.slack.behave(new Behaviour.Healthy());
    }
    laptop.until(
        "the last word, which the clock says later",
        () ->
            laptop.messages().stream()
                .map(message -> message.content().text())
                .anyMatch(text -> text.contains("outage/app:v2") && text.contains("deployed")),
        Duration.ofMinutes(30));
  }

  @Test
  void aRequestThatSlackHasNotSignedGetsNoFurtherThanTheDoor() {
    SignedRequest signed = laptop.slack.command(Laptop.CHANNEL, Laptop.OPERATOR, "hold all");
    Map<String, String> headers = new HashMap<>(signed.headers());
    headers.put("x-slack-signature", "v0=" + "0".repeat(64));

    Invocation answer = laptop.toDoor(new SignedRequest(headers, signed.body()));

    assertThat(answer.response()).contains("401");
    assertThat(laptop.account.queue("ChatQueue").bodies()).isEmpty();
    assertThat(laptop.ledger.accountHold()).isEmpty();
  }

  @Test
  void aRequestThatIsSentAgainDoesNothing() {
    SignedRequest status = laptop.slack.command(Laptop.CHANNEL, Laptop.OPERATOR, "status");
    int before = laptop.slack.answers().size();

    assertThat(laptop.toDoor(status).response()).contains("200");
    laptop.until("the answer", () -> laptop.slack.answers().size() > before, Duration.ofMinutes(2));
    assertThat(laptop.toDoor(status).response()).contains("200");
    laptop.until(
        "the desk has seen it again",
        () -> laptop.logs.stream().anyMatch(line -> line.contains("request was seen before")),
        Duration.ofMinutes(2));

    assertThat(laptop.slack.answers()).hasSize(before + 1);
  }
}
