package dev.slipway.deploy;

import dev.slipway.aws.Alarms;
import dev.slipway.aws.CodeDeploy;
import dev.slipway.aws.Ecr;
import dev.slipway.aws.Ecs;
import dev.slipway.aws.Parameters;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.NextStep;
import dev.slipway.deployment.Step;
import dev.slipway.follow.ServiceRef;
import dev.slipway.ledger.HeadChangedException;
import dev.slipway.ledger.Ledger;
import dev.slipway.runtime.Log;
import dev.slipway.runtime.Metrics;
import java.time.InstantSource;

/**
 * Looks at one service: reads the head, reads AWS, asks {@link NextStep}, does that one step,
 * writes it down, and asks again until there is nothing to do. May die between any two calls: the
 * next look finds out what was done.
 */
public final class Worker {

  /** More steps than any way through: a look that takes more goes in circles, and says so. */
  private static final int MOST_STEPS = 12;

  private final Tools tools;

  public Worker(
      Ecs ecs,
      CodeDeploy codeDeploy,
      Ecr ecr,
      Ledger ledger,
      Parameters parameters,
      Alarms alarms,
      Diagnostics diagnostics,
      InstantSource clock,
      Options options,
      Log log,
      Metrics metrics) {
    Controllers controllers =
        new Controllers(
            new EcsController(ecs, ledger, clock, log),
            new CodeDeployController(codeDeploy, parameters, ledger, clock, log));
    this.tools =
        new Tools(
            ecs,
            ecr,
            ledger,
            parameters,
            alarms,
            diagnostics,
            controllers,
            new Observer(ecs, controllers, alarms, ledger, clock, options.observeOnly(), log),
            new Revisions(ecs, options.tagAndDigest()),
            options,
            log,
            metrics);
  }

  /** One look at one service. */
  public void look(ServiceRef service) {
    Log log = tools.log();
    for (int steps = 0; steps < MOST_STEPS; steps++) {
      Head head = tools.ledger().head(service);
      log.about(
          "service",
          service.brief(),
          "deployment",
          head.inFlight().map(Deployment::id).orElse(""),
          "image",
          head.inFlight()
              .map(deployment -> deployment.to().brief())
              .orElseGet(() -> head.running().brief()));
      try {
        Observed seen = tools.observer().observe(head);
        Step step = NextStep.decide(seen.head(), seen.situation());
        log.info("step", "step", step.getClass().getSimpleName());
        if (perform(step, seen) == Done.REST) {
          return;
        }
      } catch (HeadChangedException e) {
        log.info("the head was changed meanwhile: reading again", "service", service.brief());
      }
    }
    throw new IllegalStateException(
        "a look at " + service.brief() + " took more than " + MOST_STEPS + " steps");
  }

  private Done perform(Step step, Observed seen) {
    return switch (step) {
      case Step.Rest rest -> new Upkeep(tools, seen).rest(rest.until(), rest.why());
      case Step.TakeBaseline ignored -> new Upkeep(tools, seen).baseline();
      case Step.Adopt ignored -> new Upkeep(tools, seen).adopt();
      case Step.GiveWay way -> new Superseded(tools, seen).giveWay(way.taskDefinition());
      case Step.Close ignored -> new Superseded(tools, seen).close();
      case Step.DropRequest drop -> new DroppedRequest(tools, seen).overtaken(drop.why());
      case Step.Decline decline ->
          new WayForward(tools, seen).decline(decline.reason(), decline.detail());
      case Step.Begin begin -> new WayForward(tools, seen).begin(begin.replacing());
      case Step.Start ignored -> new WayForward(tools, seen).start();
      case Step.Follow follow ->
          new RolloutUnderWay(tools, seen).follow(follow.rollout(), follow.until());
      case Step.FindAlarms ignored -> new RolloutUnderWay(tools, seen).findAlarms();
      case Step.Bake bake -> new RolloutUnderWay(tools, seen).bake(bake.until());
      case Step.Succeed succeed -> new RolloutUnderWay(tools, seen).succeed(succeed.reason());
      case Step.Fail fail -> new StartOfWayBack(tools, seen).fail(fail);
      case Step.GoBack ignored -> new WayBack(tools, seen).goBack();
      case Step.Returned returned -> new WayBack(tools, seen).returned(returned.serviceRevision());
      case Step.CallForPerson call -> new EndOfWayBack(tools, seen).fail(call.detail());
      case Step.Proceed ignored -> new WayBack(tools, seen).proceed();
      case Step.Undo undo -> new StartOfWayBack(tools, seen).undo(undo.request());
    };
  }
}
