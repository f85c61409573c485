package dev.slipway.local.ecs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.account.Account;
import dev.slipway.local.account.Json;
import dev.slipway.local.account.Refusal;
import dev.slipway.local.ecs.LifecycleHook.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The hooks of lifecycle stages: pauses that wait for ContinueServiceDeployment, and functions.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-lifecycle-hooks.html">lifecycle
 *     hooks</a>
 */
final class LifecycleHooks {
  private static final int DEFAULT_TIMEOUT_MINUTES = 1440;

  private final Account account;
  private final EcsEvents events;
  private final Consumer<EcsService> changed;
  private UnaryOperator<ObjectNode> functions =
      payload -> Json.object().put("hookStatus", "SUCCEEDED");

  /**
   * @param changed told when a hook was decided
   */
  LifecycleHooks(Account account, EcsEvents events, Consumer<EcsService> changed) {
    this.account = account;
    this.events = events;
    this.changed = changed;
  }

  /** What the functions behind Lambda hooks answer; at first each says SUCCEEDED. */
  void functions(UnaryOperator<ObjectNode> functions) {
    this.functions = functions;
  }

  /** Begins the hooks of the stage that the deployment has just entered. */
  void begin(ServiceDeployment deployment) {
    TrafficShift shift = deployment.shift;
    shift.hooks = new ArrayList<>();
    for (JsonNode definition : deployment.configuration.path("lifecycleHooks")) {
      if (!Json.texts(definition, "lifecycleStages").contains(shift.stage.name())) {
        continue;
      }
      Duration timeout =
          Duration.ofMinutes(
              definition
                  .path("timeoutConfiguration")
                  .path("timeoutInMinutes")
                  .asLong(DEFAULT_TIMEOUT_MINUTES));
      LifecycleHook hook =
          new LifecycleHook(
              (LifecycleHook.isPause(definition) ? "ecs-pause-" : "ecs-lambda-")
                  + account.ids().serviceDeployment(),
              definition,
              shift.stage,
              account.now().plus(timeout));
      shift.hooks.add(hook);
      events.hook(deployment, hook);
      // A pause waits for a person: nobody has to wait for its end.
      hook.timer =
          account.background(
              timeout,
              () -> {
                if (hook.waiting()) {
                  decide(deployment, hook, Status.TIMED_OUT);
                }
              });
      if (!hook.isPause()) {
        invoke(deployment, hook);
      }
    }
  }

  private void invoke(ServiceDeployment deployment, LifecycleHook hook) {
    if (!hook.waiting()) {
      return;
    }
    ObjectNode payload = Json.object();
    payload
        .put("executionId", hook.id)
        .put("lifecycleStage", hook.stage.name())
        .put("resourceArn", deployment.arn);
    ObjectNode details = payload.putObject("executionDetails");
    details
        .put("serviceArn", deployment.service.arn)
        .put("targetServiceRevisionArn", deployment.target.revision.arn);
    details
        .putObject("testTrafficWeights")
        .put(deployment.target.revision.arn, deployment.shift.test);
    details
        .putObject("productionTrafficWeights")
        .put(deployment.target.revision.arn, deployment.shift.production);
    payload.set("hookDetails", hook.definition.path("hookDetails").deepCopy());
    ObjectNode reply = functions.apply(payload);
    switch (reply.path("hookStatus").asText()) {
      case "SUCCEEDED" -> decide(deployment, hook, Status.SUCCEEDED);
      case "IN_PROGRESS" ->
          account.after(
              Duration.ofSeconds(reply.path("callBackDelay").asLong(30)),
              () -> invoke(deployment, hook));
      // A missing or unknown status rolls back, as FAILED does.
      default -> decide(deployment, hook, Status.FAILED);
    }
  }

  private void decide(ServiceDeployment deployment, LifecycleHook hook, Status status) {
    hook.timer.cancel();
    hook.status = status;
    events.hook(deployment, hook);
    changed.accept(deployment.service);
  }

  /**
   * Somebody called ContinueServiceDeployment.
   *
   * @param action {@code CONTINUE} or {@code ROLLBACK}
   */
  void act(ServiceDeployment deployment, String hookId, String action) {
    LifecycleHook hook =
        deployment.shift == null || deployment.shift.hooks == null
            ? null
            : deployment.shift.hooks.stream()
                .filter(each -> each.id.equals(hookId))
                .findFirst()
                .orElse(null);
    if (hook == null || hook.status != Status.AWAITING_ACTION) {
      // ContinueServiceDeployment, unlike StopServiceDeployment, has no ConflictException.
      throw new Refusal(
          "InvalidParameterException", "The hook " + hookId + " does not await an action.");
    }
    decide(deployment, hook, action.equals("CONTINUE") ? Status.SUCCEEDED : Status.FAILED);
  }
}
