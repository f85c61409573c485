package dev.slipway.deploy;

import dev.slipway.aws.AwsException;
import dev.slipway.aws.Ecs;
import dev.slipway.aws.Ecs.ServiceRevision;
import dev.slipway.aws.ServiceDeployment;
import dev.slipway.aws.ServiceView;
import dev.slipway.aws.ServiceView.EcsDeployment;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.RolledBackBy;
import dev.slipway.deployment.Deployment.Rollout;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.NextStep;
import dev.slipway.follow.ServiceRef;
import dev.slipway.ledger.Ledger;
import dev.slipway.runtime.Log;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** ECS moves the service itself, with whichever strategy the service is set to. */
final class EcsController implements Controller {

  private final Ecs ecs;
  private final Ledger ledger;
  private final InstantSource clock;
  private final Log log;

  EcsController(Ecs ecs, Ledger ledger, InstantSource clock, Log log) {
    this.ecs = ecs;
    this.ledger = ledger;
    this.clock = clock;
    this.log = log;
  }

  @Override
  public String name() {
    return "ECS";
  }

  @Override
  public RolledBackBy itself() {
    return RolledBackBy.ECS;
  }

  @Override
  public List<String> alarms(ServiceView service) {
    return service.alarms();
  }

  @Override
  public void meet(ServiceView service) {
    // ECS's events name the service.
  }

  /** Whatever a service lacks, ECS says when it is asked to update it. */
  @Override
  public Way way(ServiceView service) {
    return new EcsWay(service);
  }

  @Override
  public Told look(Deployment deployment, ServiceView service) {
    String arn = serviceDeploymentArn(deployment, service);
    return arn.isEmpty()
        ? new Told(deployment.rollout(), Optional.empty(), Optional.empty())
        : new Told(
            deployment.rollout().toBuilder().serviceDeploymentArn(arn).build(),
            serviceDeployment(deployment.service(), arn),
            Optional.empty());
  }

  /**
   * With what events told of its hooks, where it has stages or goes back: ECS need not list a hook
   * that has ended.
   */
  private Optional<ServiceDeployment> serviceDeployment(ServiceRef service, String arn) {
    return ecs.serviceDeployment(arn)
        .map(found ->
            found.goesBack() || !found.lifecycleStage().isEmpty()
                ? found.knowing(ledger.hooks(service, arn))
                : found);
  }

  /**
   * The ARN of the service deployment that is judged. The service names the one under way; when
   * ours is over before anybody looked, ECS's list of them still has it.
   */
  private String serviceDeploymentArn(Deployment deployment, ServiceView service) {
    Rollout rollout = deployment.rollout();
    if (!rollout.serviceDeploymentArn().isEmpty() || rollout.ecsDeploymentId().isEmpty()) {
      return rollout.serviceDeploymentArn();
    }
    Optional<EcsDeployment> own = service.deployment(rollout.ecsDeploymentId());
    boolean primary = own.map(d -> d.status().equals("PRIMARY")).orElse(false);
    String current = service.currentServiceDeployment();
    // Until ECS has stopped the one that ours took the place of, it may still name that one.
    if (primary
        && !current.isEmpty()
        && ecs.serviceDeployment(current).map(found -> movesTo(found, deployment)).orElse(false)) {
      return current;
    }
    boolean done = own.isEmpty() || !primary || !own.get().rolloutState().equals("IN_PROGRESS");
    return done ? startedFor(deployment).map(ServiceDeployment::arn).orElse("") : "";
  }

  /** The newest service deployment that moved to this deployment's revision. */
  private Optional<ServiceDeployment> startedFor(Deployment deployment) {
    // Not since it is noted as started: a look may have taken over what one before it started.
    Instant since = deployment.createdAt().minusSeconds(5);
    for (ServiceDeployment candidate : ecs.serviceDeployments(deployment.service(), since)) {
      if (movesTo(candidate, deployment)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  /** Whether it is the deployment's own revision that a service deployment brings. */
  private boolean movesTo(ServiceDeployment candidate, Deployment deployment) {
    return Optional.of(candidate.targetRevision())
        .filter(target -> !target.isEmpty())
        .flatMap(ecs::serviceRevision)
        .map(ServiceRevision::taskDefinition)
        .map(deployment.revisions().own()::equals)
        .orElse(false);
  }

  private final class EcsWay implements Way {
    private final ServiceView service;

    EcsWay(ServiceView service) {
      this.service = service;
    }

    @Override
    public boolean runsOnly(String taskDefinition) {
      // A deployment that ECS failed may have left tasks, and stays the service's own.
      return false;
    }

    @Override
    public Optional<Started> startedBefore(Deployment deployment, Instant since) {
      String own = deployment.revisions().own();
      if (deployment.isRollback()) {
        return service
            .primary()
            .filter(d -> d.taskDefinition().equals(own))
            .filter(d -> d.createdAt().isAfter(since))
            .map(EcsController.this::underWay);
      }
      Optional<Started> current =
          service.deployments().stream()
              .filter(d -> d.taskDefinition().equals(own))
              .findFirst()
              .map(EcsController.this::underWay);
      // Else it may have been started, have failed, and been rolled back by ECS, all before
      // anybody looked again.
      return current.or(() -> startedFor(deployment).map(past -> lost(past.arn())));
    }

    private Started lost(String arn) {
      return new Started.UnderWay(
          Rollout.begun("lost", clock.instant()).toBuilder().serviceDeploymentArn(arn).build());
    }

    @Override
    public Started start(Deployment deployment) {
      String own = deployment.revisions().own();
      return ecs.update(deployment.service(), own)
          .primary()
          .filter(d -> d.taskDefinition().equals(own))
          .map(EcsController.this::underWay)
          .orElseGet(Started.Unnamed::new);
    }
  }

  private Started underWay(EcsDeployment started) {
    return new Started.UnderWay(Rollout.begun(started.id(), clock.instant()).counting(started));
  }

  @Override
  public Elsewhere elsewhere(Head head, ServiceView service) {
    String current = service.currentServiceDeployment();
    return current.isEmpty() || !NextStep.needsElsewhere(head, service)
        ? Elsewhere.NOBODY
        : new Elsewhere(serviceDeployment(service.ref(), current), Optional.empty(), List.of());
  }

  @Override
  public void proceed(Deployment deployment, ServiceView service) {
    // ECS's pauses are people's.
  }

  /**
   * Reads again: somebody may have been quicker, and that can be why ECS did not stop the failed
   * deployment. Where ECS itself has gone is no other's doing.
   */
  @Override
  public Optional<String> takenOver(Deployment failing, Deployment back) {
    Instant started = failing.startedAt();
    Optional<String> others =
        ecs.service(failing.service())
            .flatMap(ServiceView::primary)
            .filter(primary -> primary.createdAt().isAfter(started))
            .map(EcsDeployment::taskDefinition)
            .filter(runs -> !runs.equals(failing.revisions().own()))
            .filter(runs -> !runs.equals(back.revisions().own()));
    String arn = failing.rollout().serviceDeploymentArn();
    boolean byEcs =
        others.isPresent()
            && !arn.isEmpty()
            && ecs.serviceDeployment(arn).map(ServiceDeployment::goesBack).orElse(false)
            && newest(failing.service(), started).map(arn::equals).orElse(true);
    return byEcs ? Optional.empty() : others;
  }

  /** To go back is no service deployment of its own: one that is newer is somebody else's. */
  private Optional<String> newest(ServiceRef service, Instant since) {
    return ecs.serviceDeployments(service, since.minusSeconds(5)).stream()
        .findFirst()
        .map(ServiceDeployment::arn);
  }

  @Override
  public Optional<GoingBack> goBackInPlace(
      Deployment failing, Deployment back, ServiceView service) {
    String arn = serviceDeploymentArn(failing, service);
    if (arn.isEmpty()) {
      return Optional.empty();
    }
    String status = ecs.serviceDeployment(arn).map(ServiceDeployment::status).orElse("");
    return switch (status) {
      case "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL" ->
          Optional.of(
              new GoingBack(
                  arn, failing.rollout().stopRequested() || back.rollout().stopRequested()));
      case "PENDING", "IN_PROGRESS" -> {
        try {
          ecs.stopAndRollBack(arn);
          yield Optional.of(new GoingBack(arn, true));
        } catch (AwsException e) {
          if (e.passing()) {
            throw e;
          }
          log.info(
              "ECS does not stop it: rolling out the last good revision instead",
              "service",
              failing.service().brief(),
              "answer",
              e.code());
          yield Optional.empty();
        }
      }
      default -> Optional.empty();
    };
  }
}
