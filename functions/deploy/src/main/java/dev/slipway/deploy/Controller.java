package dev.slipway.deploy;

import dev.slipway.aws.ServiceDeployment;
import dev.slipway.aws.ServiceView;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.RolledBackBy;
import dev.slipway.deployment.Deployment.Rollout;
import dev.slipway.deployment.Head;
import dev.slipway.verdict.CodeDeployed;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What moves a service from one revision to another: ECS itself, or CodeDeploy. The steps know how
 * deployments begin and end; how a rollout is started, found again, looked at and stopped is here.
 */
interface Controller {

  /** How it is called in the details of deployments. */
  String name();

  /** Itself, as the one that brought a service back without being asked. */
  RolledBackBy itself();

  /**
   * The way on which this service is deployed: to be asked before anything is registered for it.
   *
   * @throws NotDeployableException saying what the service lacks
   */
  Way way(ServiceView service);

  /** First sight of a service: remembers by what later events will name it. Never fails. */
  void meet(ServiceView service);

  /** Names of the alarms that it watches itself while it deploys this service. */
  List<String> alarms(ServiceView service);

  /** What there is to judge of a rollout that was started. */
  Told look(Deployment deployment, ServiceView service);

  /**
   * While nothing is in flight: a deployment that nobody here began, where it can be in the way,
   * and the alarms that can.
   */
  Elsewhere elsewhere(Head head, ServiceView service);

  /**
   * Lets what is still under way of a failed deployment go back by itself, if it does: faster than
   * a rollout, to what was there before.
   *
   * @param back the rollback, which may have asked before
   * @return empty if a rollout of the last good revision is the way back
   */
  Optional<GoingBack> goBackInPlace(Deployment failing, Deployment back, ServiceView service);

  /**
   * What somebody else has brought into the service since the failed deployment was last looked at:
   * to be asked before a rollout of the last good revision would go over it.
   *
   * @return its revision; empty if nobody has, or if the way itself finds out
   */
  Optional<String> takenOver(Deployment failing, Deployment back);

  /** Lets a rollout go on that waits for a person. */
  void proceed(Deployment deployment, ServiceView service);

  /** The way on which one service is deployed. */
  interface Way {

    /**
     * The rollout of this deployment's own revision that an earlier look started without being able
     * to write it down.
     *
     * @param since what began before this is no rollout of it: AWS may not have heard everywhere of
     *     what was started last, and show what ran before that
     */
    Optional<Started> startedBefore(Deployment deployment, Instant since);

    /**
     * Whether the service runs this revision and nothing else has begun to run, so that going back
     * to it takes no rollout. False where that cannot be told.
     */
    boolean runsOnly(String taskDefinition);

    /**
     * Starts to roll out the deployment's own revision.
     *
     * @throws NotDeployableException saying what the service lacks
     */
    Started start(Deployment deployment);
  }

  /**
   * @param rollout of the deployment, completed by what AWS says now
   */
  record Told(
      Rollout rollout,
      Optional<ServiceDeployment> serviceDeployment,
      Optional<CodeDeployed> codeDeployed) {}

  /**
   * What may be in the way of what waits, as far as it was worth a call.
   *
   * @param serviceDeployment somebody else's
   * @param codeDeployed somebody else's
   * @param alarms names of those while one of which is in ALARM nothing can begin
   */
  record Elsewhere(
      Optional<ServiceDeployment> serviceDeployment,
      Optional<CodeDeployed> codeDeployed,
      List<String> alarms) {
    static final Elsewhere NOBODY = new Elsewhere(Optional.empty(), Optional.empty(), List.of());
  }

  /** What came of starting a rollout. */
  sealed interface Started {

    /** It goes on. */
    record UnderWay(Rollout rollout) implements Started {}

    /** The answer does not name it; asking again finds it. */
    record Unnamed() implements Started {}

    /** Another one is under way, and there cannot be two; said in a sentence. */
    record Busy(String words) implements Started {}

    /** The service runs that revision, and nothing else has begun to run. */
    record RunsAlready() implements Started {}

    /** Somebody else has brought this revision into production meanwhile. */
    record Overtaken(String taskDefinition) implements Started {}
  }

  /**
   * The service goes back by itself.
   *
   * @param id of what is to be watched: a service deployment's ARN, or a CodeDeploy deployment's id
   * @param asked whether Slipway asked for it
   */
  record GoingBack(String id, boolean asked) {}
}
