package dev.slipway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.aws.AwsService;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.follow.ServiceRef;
import dev.slipway.ledger.PushRecord;
import dev.slipway.local.SimulatedAccount;
import dev.slipway.local.bus.EventBus;
import dev.slipway.local.lambda.Invocation;
import dev.slipway.local.runtime.Listener;
import dev.slipway.local.slack.Behaviour;
import dev.slipway.local.slack.SignedRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a user, or AWS, can get wrong, on the packaged artefacts: each is answered with what was
 * wrong and the value, where a person looks, and touches no other service. In every case a healthy
 * neighbour follows the same repository: it is deployed, and nothing else happens to it. This stack
 * may pass only the roles below ecs/.
 */
class BadInputIT {

  private static Laptop laptop;

  /** How many calls had been made when the case began. */
  private int before;

  @BeforeAll
  static void start() {
    laptop = new Laptop(Map.of("TaskRoles", "ecs/*"));
  }

  @AfterAll
  static void stop() {
    laptop.close();
  }

  @BeforeEach
  void noteWhereTheCaseBegins() {
    laptop.account.settle();
    before = laptop.calls.size();
  }

  @Test
  void aRoleThatMayNotBePassedIsNamed() {
    Neighbour neighbour = new Neighbour("role/app");
    ServiceRef service =
        laptop.service("role", "role/app", "v1", true, "slipway", "on", "slipway:role/app", "any");
    String digest = laptop.push("role/app", "v2", "healthy");
    Deployment deployment = laptop.ended(service, 2);

    assertThat(deployment.status()).isEqualTo(Status.FAILED);
    assertThat(deployment.reason()).isEqualTo(Reason.ACCESS_DENIED);
    assertThat(deployment.detail())
        .contains("iam:PassRole")
        .contains("role/ecsTaskExecutionRole")
        .contains("TaskRoles");
    assertThat(laptop.image(service)).as("nothing has changed").endsWith("role/app:v1");
    assertThat(laptop.head(service).inFlight()).isEmpty();
    assertTold(service, "iam:PassRole", "role/ecsTaskExecutionRole", "TaskRoles");
    neighbour.hasBeenDeployed("v2", digest);
    assertThat(changed()).containsExactly("role-app-neighbour");
  }

  @Test
  void aRoleThatEcsCannotAssumeIsNamedAndTheServiceGoesBack() {
    String role = "arn:aws:iam::123456789012:role/ecs/gone";
    Neighbour neighbour = new Neighbour("norole/app");
    ServiceRef service =
        laptop.service(
            "norole",
            "norole/app",
            "v1",
            "ecs/gone",
            true,
            "slipway",
            "on",
            "slipway:norole/app",
            "any",
            "slipway.deadline",
            "10m");
    simulated().ecs().distrustRole(role);
    try {
      String digest = laptop.push("norole/app", "v2", "healthy");
      Deployment deployment = laptop.ended(service, 2);

      assertThat(deployment.status()).isEqualTo(Status.ROLLED_BACK);
      assertThat(deployment.reason()).as("no task fails").isEqualTo(Reason.NO_PROGRESS);
      assertThat(deployment.diagnosis().orElseThrow().cause())
          .contains("cannot assume the role " + role)
          .contains("trust policy");
      assertThat(laptop.image(service)).as("what still runs").contains("norole/app:v1");
      assertTold(service, "cannot assume the role " + role, "trust policy");
      neighbour.hasBeenDeployed("v2", digest);
      assertThat(changed()).containsExactlyInAnyOrder("norole", "norole-app-neighbour");
    } finally {
      simulated().ecs().trustAllRoles();
    }
  }

  @Test
  void aContainerThatIsNotThereIsNamedTogetherWithThoseThatAre() {
    Neighbour neighbour = new Neighbour("container/app");
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
    String digest = laptop.push("container/app", "v2", "healthy");
    PushRecord record = refusal(service, Reason.CONTAINER_NOT_FOUND);
    assertThat(record.detail()).contains("'api'").contains("web");
    assertTold(service, "'api'", "web");
    neighbour.hasBeenDeployed("v2", digest);
    assertThat(changed()).containsExactly("container-app-neighbour");
  }

  @Test
  void aTagValueThatCannotBeReadIsNamedTogetherWithWhatWouldBeRight() {
    Neighbour neighbour = new Neighbour("tag/app");
    ServiceRef service =
        laptop.service(
            "tag",
            "tag/app",
            "v1",
            "ecs/execution",
            true,
            "slipway",
            "on",
            "slipway:tag/app",
            "any",
            "slipway.deadline",
            "soon");
    String digest = laptop.push("tag/app", "v2", "healthy");
    PushRecord record = refusal(service, Reason.SETTINGS_UNREADABLE);
    assertThat(record.detail()).contains("slipway.deadline").contains("'soon'");
    assertTold(service, "slipway.deadline", "'soon'", "30m");
    neighbour.hasBeenDeployed("v2", digest);
    assertThat(changed()).containsExactly("tag-app-neighbour");
  }

  /** No push finds such a service, so only the reconcile run can say what is wrong. */
  @Test
  void aTagThatNoPushFindsIsToldInChatOnce() {
    Neighbour neighbour = new Neighbour("told/app");
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
    for (int i = 0; i < 2; i++) {
      laptop.reconcile();
      laptop.account.runFor(Duration.ofMinutes(1));
    }
    refusal(service, Reason.SETTINGS_UNREADABLE);
    assertThat(laptop.ledger.pushes(service, 5)).hasSize(1);
    assertTold(service, "write slipway:told/app", "has blanks around it", "write on without them");
    neighbour.isDeployedNow();
    assertThat(changed()).containsExactly("told-app-neighbour");
  }

  @Test
  void aChannelThatSlackRefusesIsToldOfInTheStacksChannel() {
    Neighbour neighbour = new Neighbour("channel/app");
    laptop.slack.close("C0SOMEWHERE");
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
    String digest = laptop.push("channel/app", "v2", "healthy");
    refusal(service, Reason.CONTAINER_NOT_FOUND);
    assertThat(laptop.slack.messages("C0SOMEWHERE")).isEmpty();
    assertTold(service, "Slack refuses the channel C0SOMEWHERE", "slipway.channel");
    neighbour.hasBeenDeployed("v2", digest);
    assertThat(changed()).containsExactly("channel-app-neighbour");
  }

  @Test
  void aServiceThatWasDeletedLeavesNothingWaiting() {
    Neighbour neighbour = new Neighbour("deleted/app");
    ServiceRef service = laptop.serviceWithRole("deleted", "deleted/app", "v1", "ecs/execution");
    String digest = laptop.push("deleted/app", "v2", "slow:600");
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
    assertTold(service, "deleted");
    neighbour.hasBeenDeployed("v2", digest);
    assertThat(changed()).containsExactlyInAnyOrder("deleted", "deleted-app-neighbour");
  }

  @Test
  void unknownDetailTypesGoToTheDeadLetterQueueAndUnknownFieldsAreTolerated() {
    Neighbour neighbour = new Neighbour("fields/app");
    laptop.account.events(EventBus.Conduct.LOST, "ECR Image Action");
    String digest;
    try {
      digest = laptop.push("fields/app", "v2", "healthy");
    } finally {
      laptop.account.events(EventBus.Conduct.DELIVERED, "ECR Image Action");
    }
    String event =
        "{'version':'0','id':'%s','source':'aws.ecr','detail-type':'%s','account':'123456789012',"
            + "'time':'"
            + laptop.account.clock().instant()
            + "','region':'eu-west-1','resources':[],'future':{},"
            + "'detail':{'action-type':'PUSH','result':'SUCCESS','repository-name':'fields/app',"
            + "'image-digest':'"
            + digest
            + "','image-tag':'v2','future-field':[1],"
            + "'artifact-media-type':'application/vnd.oci.image.config.v1+json'}}";
    String unknown = event.formatted("e-1", "ECR Something New").replace('\'', '"');
    send("PushQueue", unknown);
    laptop.until(
        "the dead letter",
        () -> laptop.deadLetters("PushDeadLetterQueue").containsKey(unknown),
        Duration.ofMinutes(2));
    assertThat(laptop.deadLetters("PushDeadLetterQueue").get(unknown))
        .contains("'ECR Something New'", "'ECR Image Action'", "Correct the rule");
    assertThat(laptop.head(neighbour.service).lastSequence()).as("nothing was taken").isZero();

    send("PushQueue", event.formatted("e-2", "ECR Image Action").replace('\'', '"'));
    neighbour.hasBeenDeployed("v2", digest);
    assertThat(laptop.deadLetters("PushDeadLetterQueue")).hasSize(1);
    assertThat(changed()).containsExactly("fields-app-neighbour");
  }

  @Test
  void aLookThatNamesNoServiceGoesToTheDeadLetterQueue() {
    Neighbour neighbour = new Neighbour("look/app");
    String look = "{\"look\":\"not an ARN\"}";
    laptop
        .account
        .admin()
        .call(
            AwsService.SQS,
            "SendMessage",
            Laptop.json("{'MessageGroupId': 'g', 'MessageDeduplicationId': 'd'}")
                .put("QueueUrl", laptop.account.stack().ref("LaneQueue"))
                .put("MessageBody", look));
    laptop.until(
        "the dead letter",
        () -> laptop.deadLetters("LaneDeadLetterQueue").containsKey(look),
        Duration.ofMinutes(2));
    assertThat(laptop.deadLetters("LaneDeadLetterQueue").get(look)).contains("'not an ARN'");
    assertThat(laptop.logs).anyMatch(line -> line.contains("'not an ARN'"));
    neighbour.isDeployedNow();
    assertThat(changed()).containsExactly("look-app-neighbour");
  }

  @Test
  void aWrongSignatureAndAReplayedRequestChangeNothing() {
    Neighbour neighbour = new Neighbour("door/app");
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
    assertThat(laptop.logs).anyMatch(line -> line.contains("request was seen before"));
    neighbour.isDeployedNow();
    assertThat(changed()).containsExactly("door-app-neighbour");
  }

  @Test
  void aSlackOutageIsLoggedAndDelaysNothingButTheMessage() {
    Neighbour neighbour = new Neighbour("outage/app");
    laptop.slack.behave(new Behaviour.Outage());
    try {
      neighbour.isDeployedNow();
      assertThat(laptop.logs)
          .anyMatch(line -> line.startsWith("NotifyFunction") && line.contains("HTTP 500"));
      assertThat(laptop.said("outage/app:v2")).isEmpty();
    } finally {
      laptop.slack.behave(new Behaviour.Healthy());
    }
    laptop.until(
        "the message, later",
        () -> laptop.said("outage/app:v2").stream().anyMatch(text -> text.contains("deployed")),
        Duration.ofMinutes(30));
    assertThat(changed()).containsExactly("outage-app-neighbour");
  }

  @Test
  void aThrottledAccountCostsTimeAndNothingElse() {
    Neighbour neighbour = new Neighbour("many/app");
    List<ServiceRef> services = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      services.add(laptop.serviceWithRole("many" + i, "many/app", "v1", "ecs/execution"));
    }
    simulated().throttle(true);
    try {
      String digest = laptop.push("many/app", "v2", "healthy");
      for (ServiceRef service : services) {
        assertThat(laptop.ended(service, 2).status()).isEqualTo(Status.SUCCEEDED);
      }
      neighbour.hasBeenDeployed("v2", digest);
    } finally {
      simulated().throttle(false);
    }
    assertThat(changed())
        .containsExactlyInAnyOrder("many0", "many1", "many2", "many3", "many-app-neighbour");
  }

  /** A healthy service that follows a repository, in which its image {@code v1} is put first. */
  private static final class Neighbour {
    final ServiceRef service;
    private final String repository;

    Neighbour(String repository) {
      this.repository = repository;
      laptop.push(repository, "v1", "healthy");
      // Its event is over before anybody follows.
      laptop.account.settle();
      service =
          laptop.serviceWithRole(
              repository.replace('/', '-') + "-neighbour", repository, "v1", "ecs/execution");
    }

    void isDeployedNow() {
      hasBeenDeployed("v2", laptop.push(repository, "v2", "healthy"));
    }

    /** It got this image, as its first deployment after the baseline, and that is all. */
    void hasBeenDeployed(String tag, String digest) {
      assertThat(laptop.ended(service, 2).status()).isEqualTo(Status.SUCCEEDED);
      assertThat(laptop.image(service)).endsWith(repository + ":" + tag + "@" + digest);
      Head head = laptop.head(service);
      assertThat(head.lastSequence()).isEqualTo(2);
      assertThat(head.inFlight()).isEmpty();
      assertThat(head.waiting().isEmpty()).isTrue();
      assertThat(head.hold()).isEmpty();
      assertThat(head.request()).isEmpty();
      assertThat(head.quarantine()).isEmpty();
      assertThat(laptop.ledger.pushes(service, 5))
          .filteredOn(push -> push.reason().weight() == Reason.Weight.BAD)
          .isEmpty();
      assertThat(laptop.calls)
          .filteredOn(call -> call.operation().equals("UpdateService") && call.refusal() == null)
          .filteredOn(call -> call.input().path("service").asText().equals(service.name()))
          .hasSize(1);
    }
  }

  /** Names of the services that Slipway has changed in ECS since the case began. */
  private Set<String> changed() {
    laptop.account.settle();
    Set<String> names = new TreeSet<>();
    for (Listener.Call call : laptop.calls.subList(before, laptop.calls.size())) {
      if (call.principal().equals("DeployFunction") && call.refusal() == null) {
        switch (call.operation()) {
          case "UpdateService" -> names.add(call.input().path("service").asText());
          case "StopServiceDeployment" ->
              names.add(call.input().path("serviceDeploymentArn").asText().split("/")[2]);
          default -> {}
        }
      }
    }
    return names;
  }

  /** Chat has one message about this service, and it says all of these. */
  private static void assertTold(ServiceRef service, String... parts) {
    assertThat(laptop.said(service.brief()))
        .as("what chat says about " + service.brief())
        .singleElement(InstanceOfAssertFactories.STRING)
        .contains(parts);
  }

  private static SimulatedAccount simulated() {
    return (SimulatedAccount) laptop.account.services();
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
            AwsService.SQS,
            "SendMessage",
            Laptop.json("{}")
                .put("QueueUrl", laptop.account.stack().ref(queue))
                .put("MessageBody", body));
  }
}
