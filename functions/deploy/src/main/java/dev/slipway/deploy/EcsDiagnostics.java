package dev.slipway.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.CodeDeploy;
import dev.slipway.aws.CodeDeployment;
import dev.slipway.aws.ContainerLogs;
import dev.slipway.aws.Ecs;
import dev.slipway.aws.ServiceView;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.Rollout;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Stage;
import dev.slipway.diagnosis.Diagnoser;
import dev.slipway.diagnosis.Diagnoser.Culprit;
import dev.slipway.diagnosis.Diagnosis;
import dev.slipway.diagnosis.Ending;
import dev.slipway.diagnosis.StalledRollout;
import dev.slipway.diagnosis.Symptoms;
import dev.slipway.follow.FollowerTags;
import dev.slipway.image.Image;
import dev.slipway.runtime.Log;
import dev.slipway.verdict.Hook;
import dev.slipway.verdict.StoppedTask;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Gathers what AWS still knows about a failure: the stopped tasks, of which ECS forgets within
 * about an hour, the service's events, and the log of the container that is to blame.
 */
public final class EcsDiagnostics implements Diagnostics {

  /** More than are shown: empty ones are left out, and a key of several lines becomes one. */
  private static final int LOG_LINES = 40;

  private static final Pattern SECRET_OPTION = Pattern.compile("(?i)key|token|passw|secret|header");

  private final Ecs ecs;
  private final CodeDeploy codeDeploy;
  private final ContainerLogs logs;
  private final String logGroupPrefix;
  private final Log log;

  /**
   * @param logGroupPrefix only log groups whose name begins so are read: Slipway's role may read no
   *     others
   */
  public EcsDiagnostics(
      Ecs ecs, CodeDeploy codeDeploy, ContainerLogs logs, String logGroupPrefix, Log log) {
    this.ecs = ecs;
    this.codeDeploy = codeDeploy;
    this.logs = logs;
    this.logGroupPrefix = logGroupPrefix;
    this.log = log;
  }

  @Override
  public Diagnosis of(
      Deployment deployment, Reason reason, ServiceView service, List<StoppedTask> stopped) {
    try {
      return gathered(deployment, reason, service, stopped);
    } catch (RuntimeException e) {
      log.error("no diagnosis of " + deployment.id() + " beyond what was heard", e);
      // The environment, which would be masked, is not known: so nobody's words are taken over.
      return Diagnoser.diagnose(
          Symptoms.of(Ending.of(reason.name()), "", service.desired())
              .withTasks(
                  own(deployment, stopped).stream().map(StoppedTask::withoutWords).toList()));
    }
  }

  private Diagnosis gathered(
      Deployment deployment, Reason reason, ServiceView service, List<StoppedTask> stopped) {
    Map<String, StoppedTask> tasks = new HashMap<>();
    stopped.forEach(task -> tasks.put(task.taskArn(), task));
    ecs.stoppedTasks(service.ref()).forEach(task -> tasks.putIfAbsent(task.taskArn(), task));
    ObjectNode document = ecs.taskDefinition(deployment.revisions().own()).document();
    String words = words(deployment, reason);
    Symptoms gathered =
        Symptoms.of(Ending.of(reason.name()), words, service.desired())
            .withTasks(own(deployment, List.copyOf(tasks.values())))
            .withEvents(
                events(service),
                // Until a way back begins, events are about what it goes back from.
                deployment.isRollback() ? deployment.startedAt() : deployment.createdAt())
            .withContainers(essential(document), changed(deployment))
            .withTargets(service.targets())
            .withEnvironment(environment(document));
    // CodeDeploy has time-outs of its own, and says so.
    Symptoms symptoms =
        reason == Reason.NO_PROGRESS && words.isEmpty()
            ? gathered.withStalled(stalled(deployment.rollout(), service))
            : gathered;
    Optional<Culprit> culprit = Diagnoser.culprit(symptoms);
    if (culprit.isEmpty() || !culprit.get().ran() || !deployment.audience().logs()) {
      return Diagnoser.diagnose(symptoms);
    }
    return switch (lines(document, culprit.get(), deployment)) {
      case Lines.Read(List<String> lines) ->
          Diagnoser.diagnose(symptoms.withLogs(culprit.get().container(), lines));
      case Lines.NotShown(String why) ->
          Diagnoser.diagnose(symptoms).withEvidence("Log lines are not shown: " + why);
    };
  }

  private static StalledRollout stalled(Rollout rollout, ServiceView service) {
    return new StalledRollout(
        rollout.running(),
        rollout.desired() > 0 ? rollout.desired() : service.desired(),
        rollout.progressAt() == null ? null : rollout.countsFrom(),
        FollowerTags.read(service.tags()).deadline(),
        rollout.stage().isEmpty() ? "" : rollout.stage() + ", " + Stage.words(rollout.stage()));
  }

  /** What AWS says of an end that tasks do not explain; empty if it says nothing. */
  private String words(Deployment deployment, Reason reason) {
    String own = wordsOfEcs(deployment, reason);
    return own.isEmpty() ? wordsOfCodeDeploy(deployment) : own;
  }

  /**
   * The alarms that went off, with CloudWatch's words; the hook that ECS went back for; nothing for
   * any other end.
   */
  private static String wordsOfEcs(Deployment deployment, Reason reason) {
    return switch (reason) {
      case ALARM ->
          deployment.alarms().wentOff().stream()
              .map(alarm ->
                  alarm.name() + (alarm.reason().isEmpty() ? "" : " (" + alarm.reason() + ")"))
              .collect(Collectors.joining("; "));
      case HOOK_FAILED ->
          deployment.rollout().shift().hook().filter(Hook::failed).map(Stage::says).orElse("");
      default -> "";
    };
  }

  /** The hooks and other steps that failed, or else what the whole deployment failed of. */
  private String wordsOfCodeDeploy(Deployment deployment) {
    Optional<String> id = deployment.rollout().codeDeployId();
    if (id.isEmpty()) {
      return "";
    }
    try {
      List<String> failed = codeDeploy.failedEvents(id.get(), deployment.service());
      return failed.isEmpty()
          ? codeDeploy.deployment(id.get()).map(CodeDeployment::says).orElse("")
          : String.join("; ", failed);
    } catch (RuntimeException e) {
      log.error("CodeDeploy does not say what " + id.get() + " failed of", e);
      return "";
    }
  }

  /**
   * Tasks of this deployment; one whose starter is not known counts by its revision. Not in a way
   * back: its revision had tasks before, which stopped when they were replaced.
   */
  private static List<StoppedTask> own(Deployment deployment, List<StoppedTask> stopped) {
    String id = deployment.rollout().ecsDeploymentId();
    return stopped.stream()
        .filter(task ->
            task.startedBy().equals(id)
                || (!deployment.isRollback()
                    && !task.taskDefinition().isEmpty()
                    && task.taskDefinition().equals(deployment.revisions().own())))
        .toList();
  }

  private static List<Symptoms.Event> events(ServiceView service) {
    return service.events().stream()
        .map(event -> new Symptoms.Event(event.at(), event.message()))
        .toList();
  }

  private static Set<String> essential(ObjectNode document) {
    Set<String> names = new HashSet<>();
    document
        .path("containerDefinitions")
        .forEach(container -> {
          if (container.path("essential").asBoolean(true)) {
            names.add(container.path("name").asText());
          }
        });
    return names;
  }

  private static Set<String> changed(Deployment deployment) {
    Set<String> names = new HashSet<>();
    deployment
        .to()
        .byContainer()
        .forEach((container, image) -> {
          Image before = deployment.from().byContainer().get(container);
          if (before == null || !before.digest().equals(image.digest())) {
            names.add(container);
          }
        });
    return names;
  }

  /**
   * Only to be masked wherever they appear; they are never kept or shown. Options of log drivers
   * hold keys of the services that they send to.
   */
  private static List<String> environment(ObjectNode document) {
    List<String> values = new ArrayList<>();
    for (JsonNode container : document.path("containerDefinitions")) {
      container
          .path("environment")
          .forEach(variable -> values.add(variable.path("value").asText()));
      container
          .path("logConfiguration")
          .path("options")
          .properties()
          .forEach(option -> {
            if (SECRET_OPTION.matcher(option.getKey()).find()) {
              values.add(option.getValue().asText());
            }
          });
    }
    return values;
  }

  private static String runtimeId(Culprit culprit) {
    return culprit.task().containers().stream()
        .filter(container -> container.name().equals(culprit.container()))
        .map(StoppedTask.Container::runtimeId)
        .findFirst()
        .orElse("");
  }

  private sealed interface Lines {
    record Read(List<String> lines) implements Lines {}

    /**
     * @param why a sentence that says what would be right
     */
    record NotShown(String why) implements Lines {}
  }

  private Lines lines(ObjectNode document, Culprit culprit, Deployment deployment) {
    for (JsonNode container : document.path("containerDefinitions")) {
      if (container.path("name").asText().equals(culprit.container())) {
        return lines(container.path("logConfiguration"), culprit, deployment);
      }
    }
    return new Lines.Read(List.of());
  }

  /**
   * The stream is named prefix/container/task; without a prefix, which only EC2 allows, by the id
   * that Docker gave the container.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html">awslogs-stream-prefix</a>
   */
  private Lines lines(JsonNode config, Culprit culprit, Deployment deployment) {
    String driver = config.path("logDriver").asText();
    JsonNode options = config.path("options");
    String group = options.path("awslogs-group").asText("");
    String prefix = options.path("awslogs-stream-prefix").asText("");
    String region = options.path("awslogs-region").asText("");
    String here = deployment.service().region();
    if (!driver.equals("awslogs")) {
      return new Lines.NotShown(
          "the container's log driver is "
              + (driver.isEmpty() ? "not set" : "'" + driver + "'")
              + ", and only awslogs can be read.");
    }
    if (!region.isEmpty() && !region.equals(here)) {
      return new Lines.NotShown(
          "the log group '" + group + "' is in " + region + ", and Slipway reads " + here + ".");
    }
    if (!group.startsWith(logGroupPrefix)) {
      return new Lines.NotShown(
          "the log group '"
              + group
              + "' does not begin with '"
              + logGroupPrefix
              + "', the stack's parameter LogGroupPrefix.");
    }
    String task = culprit.task().taskArn();
    String stream =
        prefix.isEmpty()
            ? runtimeId(culprit)
            : prefix + "/" + culprit.container() + "/" + task.substring(task.lastIndexOf('/') + 1);
    if (stream.isEmpty()) {
      return new Lines.NotShown(
          "the container's log configuration has no awslogs-stream-prefix, and ECS does not say"
              + " the container's id, by which its stream is named then.");
    }
    try {
      List<String> lines = logs.lastLines(group, stream, LOG_LINES);
      return lines.isEmpty()
          ? new Lines.NotShown("the container wrote none to '" + group + "', " + stream + ".")
          : new Lines.Read(lines);
    } catch (RuntimeException e) {
      log.error("no log lines for " + deployment.id() + " from " + group, e);
      return new Lines.NotShown(
          "'" + group + "' could not be read; the log of Slipway's deploy function says why.");
    }
  }
}
