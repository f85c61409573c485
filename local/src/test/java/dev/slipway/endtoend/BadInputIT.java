package dev.slipway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.chat.Plain;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.follow.ServiceRef;
import dev.slipway.ledger.PushRecord;
import dev.slipway.local.SimulatedAccount;
import dev.slipway.local.lambda.Invocation;
import dev.slipway.local.slack.SignedRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a user, or AWS, can get wrong, on the packaged artefacts: each is answered with what was
 * wrong and the value, where a person looks, and touches no other service. This stack may pass only
 * the roles below ecs/.
 */
class BadInputIT {

  private static Laptop laptop;

  @BeforeAll
  static void start() {
    laptop = new Laptop(Map.of("TaskRoles", "ecs/*"));
  }

  @AfterAll
  static void stop() {
    laptop.close();
  }

  @Test
  void aRoleThatMayNotBePassedIsNamed() {
    laptop.push("role/app", "v1", "healthy");
    ServiceRef service =
        laptop.service("role", "role/app", "v1", true, "slipway", "on", "slipway:role/app", "any");
    laptop.push("role/app", "v2", "healthy");
    Deployment deployment = laptop.ended(service, 2);

    assertThat(deployment.status()).isEqualTo(Status.FAILED);
    assertThat(deployment.reason()).isEqualTo(Reason.ACCESS_DENIED);
    assertThat(deployment.detail())
        .contains("iam:PassRole")
        .contains("role/ecsTaskExecutionRole")
        .contains("TaskRoles");
    assertThat(laptop.image(service)).as("nothing has changed").endsWith("role/app:v1");
    assertThat(laptop.head(service).inFlight()).isEmpty();
  }

  @Test
  void aContainerThatIsNotThereIsNamedTogetherWithThoseThatAre() {
    laptop.push("container/app", "v1", "healthy");
    ServiceRef service =
        laptop.service(
            "container",
            "container/app",
            "v1",
            true,
            "slipway",
            "on",
            "slipway:container/app",
            "any container=api");
    laptop.push("container/app", "v2", "healthy");
    PushRecord record = refusal(service, Reason.CONTAINER_NOT_FOUND);
    assertThat(record.detail()).contains("'api'").contains("web");
  }

  /** No push finds such a service, so only the reconcile run can say what is wrong. */
  @Test
  void aTagThatNoPushFindsIsToldInChatOnce() {
    laptop.push("told/app", "v1", "healthy");
    ServiceRef service =
        laptop.service(
            "told",
            "told/app",
            "v1",
            true,
            "slipway",
            "on ",
            "slipway:123456789012.dkr.ecr.eu-west-1.amazonaws.com/told/app",
            "any");
    String queue = laptop.account.stack().ref("PushQueue");
    for (int i = 0; i < 2; i++) {
      send(queue, "{'source':'slipway','detail-type':'Slipway Reconcile'}");
      laptop.account.runFor(Duration.ofMinutes(1));
    }
    refusal(service, Reason.SETTINGS_UNREADABLE);
    assertThat(laptop.ledger.pushes(service, 5)).hasSize(1);
    assertThat(saidOf("prod/told"))
        .singleElement()
        .asString()
        .contains("write slipway:told/app", "has blanks around it", "write on without them");
  }

  @Test
  void aChannelThatSlackRefusesIsToldOfInTheStacksChannel() {
    laptop.slack.close("C0SOMEWHERE");
    laptop.push("channel/app", "v1", "healthy");
    ServiceRef service =
        laptop.service(
            "channel",
            "channel/app",
            "v1",
            true,
            "slipway",
            "on",
            "slipway:channel/app",
            "any container=api",
            "slipway.channel",
            "C0SOMEWHERE");
    laptop.push("channel/app", "v2", "healthy");
    refusal(service, Reason.CONTAINER_NOT_FOUND);
    assertThat(laptop.slack.messages("C0SOMEWHERE")).isEmpty();
    assertThat(saidOf("prod/channel"))
        .singleElement()
        .asString()
        .contains("Slack refuses the channel C0SOMEWHERE", "slipway.channel");
  }

  private static List<String> saidOf(String service) {
    return laptop.messages().stream()
        .map(message -> String.join("\n", Plain.lines(message.content())))
        .filter(text -> text.contains(service))
        .toList();
  }

  @Test
  void aServiceThatWasDeletedLeavesNothingWaiting() {
    laptop.push("deleted/app", "v1", "healthy");
    ServiceRef service = laptop.serviceWithRole("deleted", "deleted/app", "v1", "ecs/execution");
    laptop.push("deleted/app", "v2", "slow:600");
    laptop.until(
        "the rollout",
        () ->
            laptop
                .ledger
                .deployment(service, 2)
                .map(d -> d.status() == Status.ROLLING_OUT)
                .orElse(false),
        Duration.ofMinutes(5));
    laptop.ecs("DeleteService", "{'cluster': 'prod', 'service': 'deleted', 'force': true}");
    assertThat(laptop.ended(service, 2).reason()).isEqualTo(Reason.SERVICE_GONE);
    assertThat(laptop.head(service).due()).isNull();
  }

  @Test
  void unknownDetailTypesGoToTheDeadLetterQueueAndUnknownFieldsAreTolerated() {
    String event =
        "{'version':'0','id':'%s','source':'aws.ecr','detail-type':'%s','account':'123456789012',"
            + "'time':'2026-01-05T09:00:00Z','region':'eu-west-1','resources':[],'future':{},"
            + "'detail':{'action-type':'PUSH','result':'SUCCESS','repository-name':'nobody/follows',"
            + "'image-digest':'sha256:"
            + "a".repeat(64)
            + "','image-tag':'v1','future-field':[1],"
            + "'artifact-media-type':'application/vnd.oci.image.config.v1+json'}}";
    String queue = laptop.account.stack().ref("PushQueue");
    int before = laptop.account.queue("PushDeadLetterQueue").bodies().size();
    send(queue, event.formatted("e-1", "ECR Image Action"));
    laptop.account.runFor(Duration.ofMinutes(1));
    assertThat(laptop.account.queue("PushDeadLetterQueue").bodies()).hasSize(before);

    send(queue, event.formatted("e-2", "ECR Something New"));
    laptop.until(
        "the dead letter",
        () -> laptop.account.queue("PushDeadLetterQueue").bodies().size() == before + 1,
        Duration.ofMinutes(2));
    assertThat(laptop.logs).anyMatch(line -> line.contains("ECR Something New"));
  }

  @Test
  void aLookThatNamesNoServiceGoesToTheDeadLetterQueue() {
    String queue = laptop.account.stack().ref("LaneQueue");
    laptop
        .account
        .admin()
        .call(
            dev.slipway.aws.AwsService.SQS,
            "SendMessage",
            Laptop.json("{'MessageGroupId': 'g', 'MessageDeduplicationId': 'd'}")
                .put("QueueUrl", queue)
                .put("MessageBody", "{\"look\":\"not an ARN\"}"));
    laptop.until(
        "the dead letter",
        () -> !laptop.account.queue("LaneDeadLetterQueue").bodies().isEmpty(),
        Duration.ofMinutes(2));
    assertThat(laptop.logs).anyMatch(line -> line.contains("'not an ARN'"));
  }

  @Test
  void aWrongSignatureAndAReplayedRequestChangeNothing() {
    SignedRequest hold = laptop.slack.command(Laptop.CHANNEL, Laptop.OPERATOR, "hold all");
    Map<String, String> forged = new HashMap<>(hold.headers());
    forged.replaceAll((name, value) ->
        name.equalsIgnoreCase("x-slack-signature") ? "v0=" + "0".repeat(64) : value);
    Invocation refused = laptop.toDoor(new SignedRequest(forged, hold.body()));
    assertThat(refused.response()).contains("401");
    laptop.account.runFor(Duration.ofSeconds(30));
    assertThat(laptop.ledger.accountHold()).isEmpty();

    assertThat(laptop.toDoor(hold).response()).contains("200");
    laptop.until("the hold", () -> laptop.ledger.accountHold().isPresent(), Duration.ofMinutes(1));
    laptop.toDoor(laptop.slack.command(Laptop.CHANNEL, Laptop.OPERATOR, "resume all"));
    laptop.until("its end", () -> laptop.ledger.accountHold().isEmpty(), Duration.ofMinutes(1));
    laptop.toDoor(hold);
    laptop.account.runFor(Duration.ofMinutes(1));
    assertThat(laptop.ledger.accountHold()).as("a replay does nothing").isEmpty();
  }

  @Test
  void aThrottledAccountCostsTimeAndNothingElse() {
    laptop.push("many/app", "v1", "healthy");
    List<ServiceRef> services = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      services.add(pinned("many" + i));
    }
    ((SimulatedAccount) laptop.account.services()).throttle(true);
    try {
      laptop.push("many/app", "v2", "healthy");
      for (ServiceRef service : services) {
        assertThat(laptop.ended(service, 2).status()).isEqualTo(Status.SUCCEEDED);
      }
    } finally {
      ((SimulatedAccount) laptop.account.services()).throttle(false);
    }
  }

  /** A service without a role, so that this stack may deploy it. */
  private static ServiceRef pinned(String name) {
    return laptop.serviceWithRole(name, "many/app", "v1", "ecs/execution");
  }

  private static PushRecord refusal(ServiceRef service, Reason reason) {
    laptop.until(
        "the refusal of " + service.brief(),
        () -> laptop.ledger.pushes(service, 5).stream().anyMatch(p -> p.reason() == reason),
        Duration.ofMinutes(5));
    return laptop.ledger.pushes(service, 5).stream()
        .filter(p -> p.reason() == reason)
        .findFirst()
        .orElseThrow();
  }

  private static void send(String queue, String body) {
    laptop
        .account
        .admin()
        .call(
            dev.slipway.aws.AwsService.SQS,
            "SendMessage",
            Laptop.json("{}").put("QueueUrl", queue).put("MessageBody", body.replace('\'', '"')));
  }
}
