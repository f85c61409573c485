package dev.slipway.deploy;

import dev.slipway.aws.AwsException;
import dev.slipway.aws.CodeDeploy;
import dev.slipway.aws.CodeDeployment;
import dev.slipway.aws.DeploymentGroup;
import dev.slipway.aws.Parameters;
import dev.slipway.aws.ServiceView;
import dev.slipway.aws.ServiceView.EcsDeployment;
import dev.slipway.aws.ServiceView.TaskSet;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.RolledBackBy;
import dev.slipway.deployment.Deployment.Rollout;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Reason;
import dev.slipway.ledger.Ledger;
import dev.slipway.runtime.Log;
import dev.slipway.verdict.CodeDeployed;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * CodeDeploy moves the service, blue/green: one deployment of a group at a time, and one group for
 * a service. CreateDeployment has no token, so a deployment is known by its description.
 */
final class CodeDeployController implements Controller {

  /** CodeDeploy and Slipway need not agree on the second. */
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

  private static final String COMPLETED = "DeploymentAlreadyCompletedException";

  private final CodeDeploy codeDeploy;
  private final AppSpecs appSpecs;
  private final Ledger ledger;
  private final InstantSource clock;
  private final Log log;

  CodeDeployController(
      CodeDeploy codeDeploy, Parameters parameters, Ledger ledger, InstantSource clock, Log log) {
    this.codeDeploy = codeDeploy;
    this.appSpecs = new AppSpecs(codeDeploy, parameters, log);
    this.ledger = ledger;
    this.clock = clock;
    this.log = log;
  }

  @Override
  public String name() {
    return "CodeDeploy";
  }

  @Override
  public RolledBackBy itself() {
    return RolledBackBy.CODE_DEPLOY;
  }

  @Override
  public Told look(Deployment deployment, ServiceView service) {
    Rollout rollout = deployment.rollout();
    Optional<CodeDeployment> own = rollout.codeDeployId().flatMap(codeDeploy::deployment);
    if (own.isEmpty()) {
      return new Told(rollout, Optional.empty(), Optional.empty());
    }
    Optional<CodeDeployment> rollback =
        Optional.of(own.get().rollbackId())
            .filter(id -> !id.isEmpty())
            .flatMap(codeDeploy::deployment);
    // While a rollback of CodeDeploy's is only watched, there is no task set of ours.
    Rollout completed =
        rollout.ecsDeploymentId().isEmpty()
            ? rollout
            : service
                .taskSetOf(own.get().id())
                .map(set -> rollout.toBuilder().ecsDeploymentId(set.id()).build())
                .orElse(rollout);
    return new Told(
        completed,
        Optional.empty(),
        Optional.of(
            new CodeDeployed(own.get(), rollback, neverInstalled(own.get(), completed, service))));
  }

  /**
   * Whether no task of it can have run: nobody has ever seen a task set of it, and CodeDeploy has
   * not begun to make one.
   */
  private boolean neverInstalled(CodeDeployment own, Rollout rollout, ServiceView service) {
    if (!CodeDeployed.stoppedByAlarm(own)
        || !rollout.lacksTaskSet()
        || service.taskSetOf(own.id()).isPresent()) {
      return false;
    }
    try {
      return codeDeploy.neverInstalled(own.id(), service.ref());
    } catch (AwsException e) {
      if (e.passing()) {
        throw e;
      }
      log.error("CodeDeploy does not say whether " + own.id() + " has made tasks", e);
      return false;
    }
  }

  @Override
  public Elsewhere elsewhere(Head head, ServiceView service) {
    if (head.waiting().isEmpty()) {
      return Elsewhere.NOBODY;
    }
    // While only one task set is there, nobody's deployment has come so far that it shows; the
    // limit of one at a time finds it.
    if (service.taskSets().size() < 2) {
      return new Elsewhere(Optional.empty(), Optional.empty(), groupAlarms(service));
    }
    Optional<CodeDeployed> underWay =
        behindTaskSets(service)
            .filter(CodeDeployment::underWay)
            .findFirst()
            .map(deployment -> new CodeDeployed(deployment, Optional.empty()));
    return new Elsewhere(
        Optional.empty(), underWay, underWay.isPresent() ? List.of() : groupAlarms(service));
  }

  /** None where they cannot be read: then CodeDeploy itself is asked, by beginning. */
  private List<String> groupAlarms(ServiceView service) {
    try {
      return codeDeploy.alarms(group(service));
    } catch (NotDeployableException e) {
      // Said when it is to begin.
      return List.of();
    } catch (AwsException e) {
      if (e.passing()) {
        throw e;
      }
      log.error("the alarms of the CodeDeploy group of " + service.ref().brief(), e);
      return List.of();
    }
  }

  /** The deployments that made the task sets. */
  private Stream<CodeDeployment> behindTaskSets(ServiceView service) {
    return service.taskSets().stream()
        .map(TaskSet::codeDeployId)
        .filter(id -> !id.isEmpty())
        .map(codeDeploy::deployment)
        .flatMap(Optional::stream);
  }

  @Override
  public Way way(ServiceView service) {
    requireSwitchedOn(service);
    TaskSet like =
        service
            .primaryTaskSet()
            .orElseThrow(() ->
                new NotDeployableException(
                    Reason.NOT_DEPLOYABLE,
                    "The service has no task set that serves production. Deploy it once with"
                        + " CodeDeploy by hand; then Slipway can copy what it runs."));
    if (like.container().isEmpty()) {
      throw new NotDeployableException(
          Reason.NOT_DEPLOYABLE,
          "The service has no load balancer, and CodeDeploy deploys only services that have one."
              + " Give it one, or use the deployment controller ECS.");
    }
    return new GroupWay(group(service), service, like);
  }

  /**
   * IAM cannot tell by a deployment group whose service is switched on, as it can for ECS's own
   * calls: so it is asked here, before every call that changes something.
   */
  private static void requireSwitchedOn(ServiceView service) {
    String tag = service.tags().getOrDefault("slipway", "");
    if (!tag.equals("on")) {
      throw new NotDeployableException(
          Reason.ACCESS_DENIED,
          (tag.isEmpty()
                  ? "The service has no tag 'slipway'."
                  : "The service's tag 'slipway' is '" + tag + "'.")
              + " Slipway starts, stops and continues deployments of CodeDeploy only where it is"
              + " 'on'.");
    }
  }

  /** Those of the group that was found when the deployment began. */
  @Override
  public List<String> alarms(ServiceView service) {
    return ledger.deploymentGroup(service.ref()).map(codeDeploy::alarms).orElse(List.of());
  }

  @Override
  public void meet(ServiceView service) {
    try {
      groupBehindTaskSets(service).ifPresent(group -> ledger.remember(service.ref(), group));
    } catch (AwsException e) {
      // Only somebody else's deployments are noticed later: the first of ours will find it.
      log.error("the CodeDeploy group of " + service.ref().brief() + " is not known yet", e);
    }
  }

  /** The group whose deployments made the task sets. */
  private Optional<DeploymentGroup> groupBehindTaskSets(ServiceView service) {
    return behindTaskSets(service)
        .map(CodeDeployment::group)
        .distinct()
        .filter(group -> codeDeploy.deploys(group, service.ref()))
        .findFirst();
  }

  /** The group that deploys this service, remembered or found; asked of CodeDeploy each time. */
  private DeploymentGroup group(ServiceView service) {
    Optional<DeploymentGroup> known =
        ledger
            .deploymentGroup(service.ref())
            .filter(group -> codeDeploy.deploys(group, service.ref()));
    if (known.isPresent()) {
      return known.get();
    }
    DeploymentGroup found =
        groupBehindTaskSets(service)
            .or(() -> codeDeploy.groupOf(service.ref()))
            .orElseThrow(() ->
                new NotDeployableException(
                    Reason.NOT_DEPLOYABLE,
                    "No deployment group of CodeDeploy deploys "
                        + service.ref().brief()
                        + " alone. Create one, or use the deployment controller ECS."));
    ledger.remember(service.ref(), found);
    return found;
  }

  private final class GroupWay implements Way {
    private final DeploymentGroup group;
    private final ServiceView service;
    private final TaskSet like;

    GroupWay(DeploymentGroup group, ServiceView service, TaskSet like) {
      this.group = group;
      this.service = service;
      this.like = like;
    }

    @Override
    public Optional<Started> startedBefore(Deployment deployment, Instant since) {
      return codeDeploy.deployments(group, deployment.createdAt().minus(CLOCK_SKEW)).stream()
          .filter(candidate -> CodeDeployNames.describes(candidate.description(), deployment))
          .findFirst()
          .map(CodeDeployController.this::underWay);
    }

    @Override
    public Started start(Deployment deployment) {
      if (deployment.isRollback()) {
        Optional<Started> nothingToDo = overtaken(deployment).or(() -> runsAlready(deployment));
        if (nothingToDo.isPresent()) {
          return nothingToDo.get();
        }
      }
      AppSpecs.Made appSpec = appSpecs.of(deployment, service, like);
      try {
        String description = CodeDeployNames.description(deployment, appSpec.leftOut());
        String id =
            deployment.isRollback()
                ? codeDeploy.createWayBack(group, description, appSpec.text())
                : codeDeploy.create(group, description, appSpec.text());
        log.info(
            "CodeDeploy deploys", "service", service.ref().brief(), "codedeploy_deployment", id);
        return new Started.UnderWay(Rollout.begunByCodeDeploy(id, clock.instant()));
      } catch (AwsException e) {
        if (e.is("DeploymentLimitExceededException")) {
          return busy(deployment);
        }
        throw e;
      }
    }

    /** Production runs neither what failed nor what is gone back to, and newer than both. */
    private Optional<Started> overtaken(Deployment back) {
      Instant since =
          ledger
              .deployment(back.service(), back.rollbackOf())
              .map(Deployment::createdAt)
              .orElse(back.createdAt());
      return service
          .primary()
          .filter(primary -> !primary.taskDefinition().equals(back.revisions().own()))
          .filter(primary -> !primary.taskDefinition().equals(back.revisions().previous()))
          .filter(primary -> primary.createdAt() != null && primary.createdAt().isAfter(since))
          .map(EcsDeployment::taskDefinition)
          .filter(runs -> !Replaced.made(ledger, back.service(), runs))
          .map(Started.Overtaken::new);
    }

    private Optional<Started> runsAlready(Deployment back) {
      return runsOnly(back.revisions().own())
          ? Optional.of(new Started.RunsAlready())
          : Optional.empty();
    }

    /** A second task set may have traffic, or the tasks that shall not be there. */
    @Override
    public boolean runsOnly(String taskDefinition) {
      return service.taskSets().size() == 1 && like.taskDefinition().equals(taskDefinition);
    }

    /** One deployment of a group at a time: whose it is decides what comes of it. */
    private Started busy(Deployment deployment) {
      for (CodeDeployment other : codeDeploy.underWay(group)) {
        if (CodeDeployNames.describes(other.description(), deployment)) {
          return underWay(other);
        }
        if (CodeDeployNames.describesOlder(other.description(), deployment)) {
          // One of ours that this one replaces: CodeDeploy puts the traffic back where it was.
          stop(other.id());
          return new Started.Busy(
              "CodeDeploy stops " + other.id() + " first, which this deployment replaces.");
        }
        return new Started.Busy(
            "CodeDeploy is busy with "
                + other.id()
                + (other.isRollback() ? ", which takes another one back" : "")
                + ": it does one deployment of a service at a time. This one comes next.");
      }
      return new Started.Busy(
          "CodeDeploy says that another deployment of the service is under way. This one comes"
              + " next.");
    }
  }

  private Started underWay(CodeDeployment started) {
    return new Started.UnderWay(Rollout.begunByCodeDeploy(started.id(), clock.instant()));
  }

  /** Whether CodeDeploy stops it; not if it has ended meanwhile. */
  private boolean stop(String id) {
    try {
      codeDeploy.stopAndRollBack(id);
      return true;
    } catch (AwsException e) {
      if (e.is(COMPLETED)) {
        return false;
      }
      throw e;
    }
  }

  /** Starting the way back finds that out: see {@link Started.Overtaken}. */
  @Override
  public Optional<String> takenOver(Deployment failing, Deployment back) {
    return Optional.empty();
  }

  @Override
  public Optional<GoingBack> goBackInPlace(
      Deployment failing, Deployment back, ServiceView service) {
    Optional<CodeDeployment> own = failing.rollout().codeDeployId().flatMap(codeDeploy::deployment);
    if (own.isPresent() && own.get().underWay()) {
      requireSwitchedOn(service);
      if (stop(own.get().id())) {
        return Optional.of(new GoingBack(own.get().id(), true));
      }
      // It has ended while it was being stopped: read again, and decide.
      own = codeDeploy.deployment(own.get().id());
    }
    boolean noted = failing.rollout().stopRequested() || back.rollout().stopRequested();
    // CodeDeploy does not say who stopped it. Slipway had decided to, for a reason of its own, and
    // died before it could note that it did.
    boolean asked =
        noted
            || (!failing.reason().byPerson()
                && own.map(CodeDeployment::stoppedOnRequest).orElse(false));
    return own.filter(ended -> takenBack(ended, asked))
        .map(ended -> new GoingBack(ended.id(), asked));
  }

  /** CodeDeploy takes it back, has done so, or is about to. */
  private boolean takenBack(CodeDeployment ended, boolean asked) {
    if (ended.rollbackId().isEmpty()) {
      return new CodeDeployed(ended, Optional.empty()).mayBeTakenBack(clock.instant(), asked);
    }
    return codeDeploy
        .deployment(ended.rollbackId())
        .map(rollback -> rollback.underWay() || rollback.status().equals("Succeeded"))
        .orElse(false);
  }

  @Override
  public void proceed(Deployment deployment, ServiceView service) {
    requireSwitchedOn(service);
    deployment
        .rollout()
        .codeDeployId()
        .ifPresent(id -> {
          try {
            codeDeploy.reroute(id);
          } catch (AwsException e) {
            // Somebody was quicker, or it has ended: the next look sees which.
            if (!e.is(COMPLETED, "DeploymentIsNotInReadyStateException")) {
              throw e;
            }
          }
        });
  }
}
