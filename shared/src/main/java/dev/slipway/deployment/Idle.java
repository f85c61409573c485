package dev.slipway.deployment;

import dev.slipway.aws.ServiceView;
import dev.slipway.deployment.Head.Request;
import dev.slipway.follow.Reading;
import dev.slipway.follow.Settings;
import dev.slipway.verdict.AlarmState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The next step while nothing is in flight. */
final class Idle {

  /** What the reason begins with, for which a hold keeps something waiting. */
  static final String HELD = "held by ";

  private Idle() {}

  static Step step(Head head, ServiceView service, Situation seen) {
    if (head.request().isPresent()) {
      return switch (head.request().get()) {
        case Request.RollBack back ->
            head.lastGood()
                    .filter(good -> good.sequence() == back.sequence())
                    .map(good -> good.taskDefinition().equals(service.taskDefinition()))
                    .orElse(false)
                ? new Step.Undo(back)
                : new Step.DropRequest("it is not what the service runs any more");
      };
    }
    boolean failedHere =
        seen.last()
            .map(last -> last.status() == Status.FAILED && leftBehind(last, service))
            .orElse(false);
    boolean changed = unknownRevision(head, service) && !failedHere;
    // A push does not wait until what never ran has proven itself: it may never.
    boolean passed = !head.waiting().isEmpty() && unproven(seen, service);
    if (changed && service.steady() && service.desired() > 0 && !passed) {
      return new Step.Adopt();
    }
    if (head.waiting().isEmpty()) {
      // Somebody else's change is looked at until it is steady, or has had its time.
      Optional<Instant> settling =
          service
              .primary()
              .filter(primary -> changed)
              .map(primary -> primary.createdAt().plus(seen.deadline()))
              .filter(until -> until.isAfter(seen.now()));
      return new Step.Rest(
          settling.map(until -> NextLook.by(until, seen)).orElse(null), "nothing is wanted");
    }
    return declined(service, seen)
        .or(() -> keptWaiting(head, service, seen))
        .orElseGet(() -> new Step.Begin(false));
  }

  /** Whether the service is set to what was deployed here while it had no tasks. */
  static boolean unproven(Situation seen, ServiceView service) {
    return seen.last()
        .map(last ->
            last.reason() == Reason.COMPLETED_WITHOUT_TASKS
                && last.revisions().own().equals(service.taskDefinition()))
        .orElse(false);
  }

  /**
   * Whether the service is still set to the revision that failed. A way back that failed is another
   * matter: what it was to bring back is good, once it runs.
   */
  private static boolean leftBehind(Deployment failed, ServiceView service) {
    Deployment.Revisions revisions = failed.revisions();
    String bad = failed.isRollback() ? revisions.previous() : revisions.own();
    return bad.equals(service.taskDefinition());
  }

  /** Whether the service is set to something that the ledger does not know as good. */
  private static boolean unknownRevision(Head head, ServiceView service) {
    return head.lastGood()
        .map(good -> !good.steady() || SomebodyElse.deployedElsewhere(good, service))
        .orElse(true);
  }

  /** Whether {@link Situation#last} decides anything here: it costs a read. */
  static boolean needsLast(Head head, ServiceView service) {
    return unknownRevision(head, service) || (busy(service) && !head.waiting().isEmpty());
  }

  /** Whether {@link Situation#serviceDeployment} of somebody else decides anything here. */
  static boolean needsElsewhere(Head head, ServiceView service) {
    return !head.waiting().isEmpty() && !service.strategy().equals("ROLLING") && busy(service);
  }

  private static boolean busy(ServiceView service) {
    return service.primary().map(d -> d.rolloutState().equals("IN_PROGRESS")).orElse(false);
  }

  /** Why what is wanted is not deployed here, however long it waits. */
  private static Optional<Step> declined(ServiceView service, Situation seen) {
    Optional<Step> byTags = declined(seen.tags());
    if (byTags.isPresent()) {
      return byTags;
    }
    if (seen.observeOnly()) {
      return declined(
          Reason.OBSERVING, "Would be deployed if the stack's parameter Mode were 'act'.");
    }
    if (!service.controller().equals("ECS") && !service.codeDeployed()) {
      return declined(
          Reason.CONTROLLER_UNSUPPORTED,
          "The service's deployment controller is "
              + service.controller()
              + "; Slipway deploys services whose controller is ECS or CODE_DEPLOY.");
    }
    return Optional.empty();
  }

  private static Optional<Step> declined(Reading tags) {
    return switch (tags) {
      case Reading.NotFollowing(String why) -> declined(Reason.SWITCHED_OFF, why);
      case Reading.Unreadable unreadable -> declined(Reason.SETTINGS_UNREADABLE, unreadable.text());
      case Reading.Following(Settings settings) ->
          switch (settings.state()) {
            case OFF -> declined(Reason.SWITCHED_OFF, "The service's tag 'slipway' is 'off'.");
            case OBSERVE ->
                declined(Reason.OBSERVING, "Would be deployed if the tag 'slipway' were 'on'.");
            case ON -> Optional.empty();
          };
    };
  }

  private static Optional<Step> declined(Reason reason, String detail) {
    return Optional.of(new Step.Decline(reason, detail));
  }

  /** For what it has to wait: a hold, somebody else's deployment, an alarm. */
  private static Optional<Step> keptWaiting(Head head, ServiceView service, Situation seen) {
    Optional<Head.Hold> hold = head.hold().or(seen::accountHold);
    if (hold.isPresent()) {
      return Optional.of(new Step.Rest(null, HELD + hold.get().by() + ": " + hold.get().why()));
    }
    if (seen.codeDeployed().map(told -> told.deployment().underWay()).orElse(false)) {
      // CodeDeploy does one deployment of a service at a time: however long it takes.
      return Optional.of(
          new Step.Rest(
              NextLook.soon(seen), "somebody else's deployment is in progress in CodeDeploy"));
    }
    Optional<Instant> busyUntil = SomebodyElse.busyUntil(service, seen);
    if (busyUntil.isPresent()) {
      return Optional.of(
          new Step.Rest(
              NextLook.by(busyUntil.get(), seen),
              "somebody else's deployment of "
                  + service
                      .primary()
                      .map(primary -> primary.taskDefinition().replaceFirst(".*/", ""))
                      .orElse("another revision")
                  + " is in progress"));
    }
    List<String> alarmed =
        service.codeDeployed()
            ? seen.alarms().orElse(List.of()).stream()
                .filter(AlarmState::on)
                .map(AlarmState::name)
                .sorted()
                .toList()
            : List.of();
    return alarmed.isEmpty()
        ? Optional.empty()
        : Optional.of(new Step.Rest(NextLook.soon(seen), alarmed(alarmed)));
  }

  /** It may be what waits that ends the alarm: so it is said how to have it deployed at once. */
  private static String alarmed(List<String> alarms) {
    return String.join(", ", alarms)
        + (alarms.size() == 1 ? " is" : " are")
        + " in ALARM, and CodeDeploy stops what begins while an alarm of its deployment group is;"
        + " to deploy it at once, disable the group's alarms";
  }
}
