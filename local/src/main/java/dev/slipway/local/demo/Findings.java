package dev.slipway.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsApi;
import dev.slipway.aws.AwsService;
import dev.slipway.chat.Plain;
import dev.slipway.deployment.Deployment;
import dev.slipway.follow.ServiceRef;
import dev.slipway.ledger.Ledger;
import dev.slipway.ledger.PushRecord;
import dev.slipway.local.slack.SlackMessage;
import dev.slipway.local.slack.SlackSimulation;
import dev.slipway.runtime.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Holds what a scenario expects against the ledger, ECS and Slack: never against what was printed.
 */
final class Findings {

  /**
   * @param seen what is there, in words
   */
  record Finding(Outcome outcome, boolean holds, String seen) {}

  private static final int RECENT = 10;

  private final AwsApi aws;
  private final Ledger ledger;
  private final SlackSimulation slack;
  private final String channel;
  private final Watchman watchman;

  Findings(AwsApi aws, Ledger ledger, SlackSimulation slack, String channel, Watchman watchman) {
    this.aws = aws;
    this.ledger = ledger;
    this.slack = slack;
    this.channel = channel;
    this.watchman = watchman;
  }

  /**
   * @param digests {@code repository:tag} to the digest that was pushed under it last
   * @param before service to the digest that it ran when the step began
   */
  Finding find(Outcome outcome, Map<String, String> digests, Map<String, String> before) {
    return switch (outcome) {
      case Outcome.Ended ended -> ended(ended, digests.getOrDefault(ended.image(), ""));
      case Outcome.Declined declined ->
          declined(declined, digests.getOrDefault(declined.image(), ""));
      case Outcome.Runs runs ->
          runs(runs, runs.service(), runs.image(), digests.getOrDefault(runs.image(), ""));
      case Outcome.StillRuns still ->
          runs(still, still.service(), still.image(), before.getOrDefault(still.service(), ""));
      case Outcome.RunsNothing nothing -> runsNothing(nothing);
      case Outcome.Quarantined quarantined ->
          quarantined(quarantined, digests.getOrDefault(quarantined.image(), ""));
      case Outcome.Waits waits -> waits(waits, digests.getOrDefault(waits.image(), ""));
      case Outcome.LastGood good -> lastGood(good, digests.getOrDefault(good.image(), ""));
      case Outcome.Deployments many -> count(many, digests.getOrDefault(many.image(), ""));
      case Outcome.Calls calls -> {
        int count = watchman.calls(calls.operation());
        yield new Finding(calls, count == calls.count(), calls.operation() + ": " + count);
      }
      case Outcome.Told told -> told(told);
    };
  }

  private Finding runsNothing(Outcome.RunsNothing outcome) {
    JsonNode described = describe(outcome.service());
    int running = described.path("runningCount").asInt();
    return new Finding(outcome, running == 0, running + " tasks run");
  }

  private Finding quarantined(Outcome.Quarantined outcome, String digest) {
    List<String> there =
        ledger.head(service(outcome.service())).quarantine().stream()
            .map(entry -> entry.digest().value())
            .toList();
    boolean holds = !digest.isEmpty() && there.contains(digest) == outcome.there();
    return new Finding(outcome, holds, there.size() + " digests in quarantine");
  }

  private Finding waits(Outcome.Waits outcome, String digest) {
    var waiting = ledger.head(service(outcome.service())).waiting().byRepository().values();
    boolean holds =
        waiting.stream().anyMatch(wanted -> wanted.image().digest().value().equals(digest));
    return new Finding(
        outcome,
        holds,
        waiting.isEmpty()
            ? "nothing waits"
            : String.join(", ", waiting.stream().map(one -> one.image().brief()).toList())
                + " waits");
  }

  private Finding lastGood(Outcome.LastGood outcome, String digest) {
    var good = ledger.head(service(outcome.service())).lastGood();
    boolean holds =
        good.map(one ->
                one.images().byContainer().values().stream()
                    .anyMatch(image -> image.digest().value().equals(digest)))
            .orElse(false);
    return new Finding(
        outcome, holds, good.map(one -> one.images().brief()).orElse("nothing") + " is last good");
  }

  private Finding count(Outcome.Deployments outcome, String digest) {
    int count = deployments(outcome.service(), digest).size();
    return new Finding(outcome, count == outcome.count(), count + " deployments");
  }

  private Finding told(Outcome.Told outcome) {
    List<SlackMessage> all = new ArrayList<>(slack.messages(channel));
    slack.messages(channel).forEach(message -> all.addAll(slack.thread(channel, message.ts())));
    all.addAll(slack.answers());
    boolean found =
        all.stream()
            // What a message said before it was edited was read by somebody.
            .flatMap(
                message -> Stream.concat(Stream.of(message.content()), message.history().stream()))
            .map(content -> String.join(" ", Plain.lines(content)))
            .anyMatch(text -> text.contains(outcome.text()));
    return new Finding(
        outcome,
        found == outcome.there(),
        (found ? "among " : "not among ") + all.size() + " messages");
  }

  static ServiceRef service(String brief) {
    int slash = brief.indexOf('/');
    return new ServiceRef(
        "aws", "eu-west-1", "123456789012", brief.substring(0, slash), brief.substring(slash + 1));
  }

  /** The newest deployment, not a rollback, that was to bring the digest. */
  Optional<Deployment> deployment(String service, String digest) {
    return deployments(service, digest).stream().findFirst();
  }

  private List<Deployment> deployments(String service, String digest) {
    return ledger.deployments(service(service), RECENT).stream()
        .filter(deployment -> !deployment.isRollback())
        .filter(deployment ->
            deployment.to().byContainer().values().stream()
                .anyMatch(image -> image.digest().value().equals(digest)))
        .toList();
  }

  /** What no scenario may leave behind at a service, in words; empty if there is nothing. */
  List<String> leftovers(String service) {
    List<String> found = new ArrayList<>();
    Set<Long> wentBackFrom = new HashSet<>();
    for (Deployment deployment : ledger.deployments(service(service), RECENT)) {
      if (!deployment.status().ended()) {
        found.add(deployment.id() + " has no verdict: " + words(deployment.status().name()));
      }
      if (deployment.isRollback() && !wentBackFrom.add(deployment.rollbackOf())) {
        found.add("#" + deployment.rollbackOf() + " of " + service + " was rolled back twice");
      }
    }
    return found;
  }

  /** The message about a deployment: its number stands in it. */
  Optional<SlackMessage> message(Deployment deployment) {
    return slack.messages(channel).stream()
        .filter(message -> {
          List<String> lines = Plain.lines(message.content());
          return lines.getFirst().contains(deployment.service().brief())
              && lines.stream().anyMatch(line -> line.endsWith("#" + deployment.sequence()));
        })
        .findFirst();
  }

  private Finding ended(Outcome.Ended outcome, String digest) {
    Optional<Deployment> found = deployment(outcome.service(), digest);
    if (found.isEmpty()) {
      return new Finding(outcome, false, "no deployment of " + outcome.image());
    }
    Deployment deployment = found.get();
    List<String> seen = new ArrayList<>();
    seen.add("#" + deployment.sequence() + " " + words(deployment.status().name()));
    seen.add(words(deployment.reason().name()));
    boolean holds =
        deployment.status() == outcome.status()
            && outcome.reason().map(reason -> reason == deployment.reason()).orElse(true)
            && outcome.by().map(who -> who == deployment.rolledBackBy()).orElse(true);
    outcome.by().ifPresent(_ -> seen.add("by " + words(deployment.rolledBackBy().name())));
    Optional<SlackMessage> message = message(deployment);
    String title = message.map(one -> Plain.lines(one.content()).getFirst()).orElse("");
    holds &= title.contains(outcome.says());
    seen.add(message.isEmpty() ? "nothing in Slack" : "Slack: " + title);
    if (outcome.explains().isPresent()) {
      boolean explained =
          message.stream()
              .flatMap(one -> slack.thread(channel, one.ts()).stream())
              .flatMap(reply -> Plain.lines(reply.content()).stream())
              .anyMatch(line -> line.contains(outcome.explains().get()));
      holds &= explained;
      seen.add(
          explained
              ? "explained in its thread"
              : deployment
                  .diagnosis()
                  .map(one -> "its cause is: " + one.cause())
                  .orElse("not explained in its thread"));
    }
    return new Finding(outcome, holds, String.join(", ", seen));
  }

  private Finding declined(Outcome.Declined outcome, String digest) {
    Optional<PushRecord> record =
        ledger.pushes(service(outcome.service()), RECENT).stream()
            .filter(push -> push.digest().equals(digest))
            .findFirst();
    Optional<String> said =
        outcome.says().isEmpty()
            ? Optional.of("not told")
            : slack.messages(channel).stream()
                .map(message -> String.join(" ", Plain.lines(message.content())))
                .filter(text ->
                    text.contains(outcome.service())
                        && text.contains(outcome.image())
                        && text.contains(outcome.says()))
                .findFirst();
    boolean holds =
        record.map(push -> push.reason() == outcome.reason()).orElse(false) && said.isPresent();
    return new Finding(
        outcome,
        holds,
        record.map(push -> words(push.reason().name())).orElse("no record of the push")
            + ", "
            + said.map(text -> "Slack: " + text).orElse("nothing in Slack"));
  }

  private Finding runs(Outcome outcome, String service, String image, String digest) {
    JsonNode described = describe(service);
    JsonNode deployments = described.path("deployments");
    int desired = described.path("desiredCount").asInt();
    TreeSet<String> running = running(service);
    // Under CodeDeploy a service has task sets, and no deployments.
    boolean settled =
        described.path("taskSets").isEmpty()
            ? deployments.size() == 1
                && Json.text(deployments.path(0), "rolloutState").equals("COMPLETED")
            : described.path("taskSets").size() == 1;
    boolean steady = settled && described.path("runningCount").asInt() == desired;
    boolean right = running.equals(new TreeSet<>(List.of(digest)));
    String seen =
        described.path("runningCount").asInt()
            + " of "
            + desired
            + " tasks run "
            + (right ? image : "digests " + running)
            + (steady ? "" : ", not steady");
    return new Finding(outcome, steady && right && !digest.isEmpty(), seen);
  }

  /** The digest that all of the service's running tasks have; empty if they differ. */
  String runningDigest(String service) {
    TreeSet<String> running = running(service);
    return running.size() == 1 ? running.first() : "";
  }

  /** ARNs of the service's tasks that run this digest. */
  List<String> runningTasks(String service, String digest) {
    List<String> arns = new ArrayList<>();
    for (JsonNode task : tasks(service)) {
      if (Json.text(task.path("containers").path(0), "imageDigest").equals(digest)
          && Json.text(task, "lastStatus").equals("RUNNING")) {
        arns.add(Json.text(task, "taskArn"));
      }
    }
    return arns;
  }

  /** The service as DescribeServices has it; empty if there is none. */
  JsonNode describe(String service) {
    return described(service).path("services").path(0);
  }

  /** What DescribeServices answers, with tags. */
  ObjectNode described(String service) {
    ServiceRef ref = service(service);
    ObjectNode input = Json.object().put("cluster", ref.cluster());
    input.putArray("services").add(ref.name());
    input.putArray("include").add("TAGS");
    return aws.call(AwsService.ECS, "DescribeServices", input);
  }

  private TreeSet<String> running(String service) {
    TreeSet<String> digests = new TreeSet<>();
    for (JsonNode task : tasks(service)) {
      if (Json.text(task, "lastStatus").equals("RUNNING")) {
        digests.add(Json.text(task.path("containers").path(0), "imageDigest"));
      }
    }
    return digests;
  }

  private JsonNode tasks(String service) {
    ServiceRef ref = service(service);
    JsonNode arns =
        aws.call(
                AwsService.ECS,
                "ListTasks",
                Json.object().put("cluster", ref.cluster()).put("serviceName", ref.name()))
            .path("taskArns");
    if (arns.isEmpty()) {
      return Json.array();
    }
    ObjectNode input = Json.object().put("cluster", ref.cluster());
    input.set("tasks", arns);
    return aws.call(AwsService.ECS, "DescribeTasks", input).path("tasks");
  }

  private static String words(String constant) {
    return constant.toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
  }
}
