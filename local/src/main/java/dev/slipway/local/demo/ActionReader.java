package dev.slipway.local.demo;

import dev.slipway.deployment.Status;
import dev.slipway.local.bus.EventBus.Conduct;
import dev.slipway.local.demo.Scenario.Breaker;
import dev.slipway.local.ecr.Behaviour;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** From a mapping under {@code do} to an {@link Action}: its first key says which. */
final class ActionReader {

  private static final Map<String, Function<Mapping, Action>> KINDS = kinds();

  private ActionReader() {}

  private static Map<String, Function<Mapping, Action>> kinds() {
    Map<String, Function<Mapping, Action>> kinds = new LinkedHashMap<>();
    kinds.put("push", ActionReader::push);
    kinds.put("roll-back", in -> new Action.RollBack(in.service("roll-back"), in.image("from")));
    kinds.put("slash-command", in -> new Action.SlashCommand(in.text("slash-command")));
    kinds.put("update-service", ActionReader::updateService);
    kinds.put("delete-service", in -> new Action.DeleteService(in.service("delete-service")));
    kinds.put(
        "stop-service-deployment",
        in -> new Action.StopServiceDeployment(in.service("stop-service-deployment")));
    kinds.put(
        "continue-service-deployment",
        in ->
            new Action.ContinueServiceDeployment(
                in.service("continue-service-deployment"),
                oneOf(in, "action", List.of("CONTINUE", "ROLLBACK"))));
    kinds.put("create-deployment", ActionReader::createDeployment);
    kinds.put(
        "stop-deployment",
        in ->
            new Action.StopDeployment(in.service("stop-deployment"), in.flag("roll-back", false)));
    kinds.put(
        "continue-deployment",
        in -> new Action.ContinueDeployment(in.service("continue-deployment")));
    kinds.put("stop-task", in -> new Action.StopTasks(in.service("stop-task"), in.image("of")));
    kinds.put(
        "tag-resource", in -> new Action.TagResource(in.service("tag-resource"), in.pairs("tags")));
    kinds.put(
        "untag-resource",
        in -> new Action.UntagResource(in.service("untag-resource"), in.texts("keys")));
    kinds.put(
        "batch-delete-image", in -> new Action.BatchDeleteImage(in.image("batch-delete-image")));
    kinds.put("delete-log-group", in -> new Action.DeleteLogGroup(in.text("delete-log-group")));
    kinds.put(
        "deregister-task-definition",
        in -> new Action.DeregisterTaskDefinition(in.service("deregister-task-definition")));
    kinds.put(
        "put-parameter", in -> new Action.PutParameter(in.text("put-parameter"), in.text("value")));
    kinds.put(
        "delete-task-definition",
        in ->
            new Action.DeleteTaskDefinition(in.service("delete-task-definition"), in.image("of")));
    kinds.put("delete-parameter", in -> new Action.DeleteParameter(in.text("delete-parameter")));
    kinds.put(
        "update-assume-role-policy",
        in -> new Action.UpdateAssumeRolePolicy(in.text("update-assume-role-policy")));
    kinds.put(
        "set-alarm-state",
        in -> new Action.SetAlarmState(in.text("set-alarm-state"), alarmState(in)));
    kinds.put("capacity", in -> new Action.Capacity(in.text("capacity"), in.number("tasks", 0)));
    kinds.put(
        "spot-interruption",
        in -> new Action.SpotInterruption(in.service("spot-interruption"), in.image("of")));
    kinds.put("hooks-answer", in -> new Action.HookAnswers(hookStatus(in)));
    kinds.put(
        "events",
        in -> new Action.Events(in.choice("events", Conduct.class), in.text("detail-type", "")));
    kinds.put("deliver-again", in -> new Action.DeliverAgain(in.image("deliver-again")));
    kinds.put(
        "refuse",
        in ->
            new Action.Refuse(
                operation(in, "refuse"),
                in.text("with", "ThrottlingException"),
                in.number("times", 1)));
    kinds.put("kill", in -> new Action.Kill(in.text("kill"), operation(in, "after")));
    kinds.put(
        "complete-before",
        in -> new Action.Race(operation(in, "complete-before"), in.service("service")));
    kinds.put("just-before", ActionReader::justBefore);
    kinds.put("describe-late", in -> new Action.LateDescription(in.service("describe-late")));
    kinds.put(
        "hold-back",
        in ->
            new Action.HoldBack(in.text("hold-back"), operation(in, "at"), in.text("until-after")));
    kinds.put("slack", in -> new Action.Slack(in.choice("slack", Slack.class) == Slack.WORKS));
    kinds.put("reconcile", in -> reconcile(in));
    kinds.put("update-stack", ActionReader::updateStack);
    kinds.put("wait", in -> new Action.Wait(in.duration("wait")));
    kinds.put(
        "until-new-task",
        in -> new Action.UntilNewTask(in.service("until-new-task"), in.image("of")));
    kinds.put(
        "until",
        in ->
            new Action.Until(
                in.service("until"), in.image("deployment-of"), in.choice("is", Status.class)));
    return kinds;
  }

  private enum Slack {
    DOWN,
    WORKS
  }

  private enum Now {
    NOW
  }

  static Set<String> names() {
    return KINDS.keySet();
  }

  static Action read(Mapping in) {
    String kind = in.keys().stream().findFirst().orElse("");
    Function<Mapping, Action> reader = KINDS.get(kind);
    if (reader == null) {
      throw in.wrong(
          kind,
          "'"
              + kind
              + "' is nothing that can be done"
              + Near.hint(kind, names())
              + " An action begins with one of: "
              + String.join(", ", names()));
    }
    Action action = reader.apply(in);
    in.complete();
    return action;
  }

  private static Action push(Mapping in) {
    String image = in.image("push");
    if (in.has("same-image-as")) {
      return new Action.PushAgain(image, in.image("same-image-as"));
    }
    return new Action.Push(
        image,
        behaviour(in, "behaviour"),
        in.has("platforms") ? in.texts("platforms") : List.of("amd64"));
  }

  /** What the image does when it runs. */
  static String behaviour(Mapping in, String member) {
    String behaviour = in.text(member, "healthy");
    try {
      Behaviour.parse(behaviour);
      return behaviour;
    } catch (IllegalArgumentException e) {
      throw in.wrong(member, e.getMessage());
    }
  }

  private static Action updateService(Mapping in) {
    Optional<Integer> count =
        in.has("desired-count") ? Optional.of(in.number("desired-count", 0)) : Optional.empty();
    Optional<String> image = in.optionalImage("image");
    Optional<Breaker> breaker =
        in.has("circuit-breaker")
            ? Optional.of(in.choice("circuit-breaker", Breaker.class))
            : Optional.empty();
    boolean forced = in.flag("force-new-deployment", false);
    if (count.isEmpty() && image.isEmpty() && breaker.isEmpty() && !forced) {
      throw in.wrong(
          "'update-service' needs an image, a desired-count, a circuit-breaker or"
              + " 'force-new-deployment: true'");
    }
    return new Action.UpdateService(in.service("update-service"), image, count, breaker, forced);
  }

  private static Action createDeployment(Mapping in) {
    return new Action.CreateDeployment(
        in.service("create-deployment"),
        in.image("image"),
        in.has("hooks") ? in.pairs("hooks") : Map.of(),
        in.has("app-spec")
            ? in.choice("app-spec", Action.CreateDeployment.Given.class)
            : Action.CreateDeployment.Given.JSON);
  }

  private static Action updateStack(Mapping in) {
    in.choice("update-stack", Now.class);
    return new Action.UpdateStack(
        in.has("ledger-items")
            ? Optional.of(in.choice("ledger-items", LedgerItems.Version.class))
            : Optional.empty(),
        in.has("parameters") ? in.pairs("parameters") : Map.of());
  }

  private static Action justBefore(Mapping in) {
    String operation = operation(in, "just-before");
    List<Mapping> what = in.mappings("do");
    Action action = read(what.getFirst());
    boolean moment =
        switch (action) {
          case Action.Wait _, Action.Until _, Action.UntilNewTask _ -> false;
          default -> true;
        };
    if (what.size() > 1 || !moment) {
      throw in.wrong("do", "'just-before' takes one action in 'do', and none that takes time");
    }
    return new Action.JustBefore(operation, action);
  }

  private static String alarmState(Mapping in) {
    return oneOf(in, "to", List.of("OK", "ALARM", "INSUFFICIENT_DATA"));
  }

  private static String hookStatus(Mapping in) {
    return oneOf(in, "hooks-answer", List.of("SUCCEEDED", "FAILED", "IN_PROGRESS"));
  }

  private static String oneOf(Mapping in, String member, List<String> known) {
    String text = in.text(member);
    if (!known.contains(text)) {
      throw in.wrong(
          member,
          "'" + member + "' cannot be '" + text + "'; it is one of: " + String.join(", ", known));
    }
    return text;
  }

  private static String operation(Mapping in, String member) {
    String operation = in.text(member);
    if (!operation.matches("[A-Z][A-Za-z]{2,60}")) {
      throw in.wrong(
          member,
          "'" + operation + "' is not an operation of AWS's API, for example UpdateService");
    }
    return operation;
  }

  private static Action reconcile(Mapping in) {
    in.choice("reconcile", Now.class);
    return new Action.Reconcile();
  }
}
