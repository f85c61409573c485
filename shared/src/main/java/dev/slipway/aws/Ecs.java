package dev.slipway.aws;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.follow.ServiceRef;
import dev.slipway.verdict.StoppedTask;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The calls that Slipway makes to Amazon ECS. */
public interface Ecs {

  /** DescribeServices with tags, ten a call; services that ECS does not know are left out. */
  List<ServiceView> services(List<ServiceRef> services);

  /** DescribeServices of one, with its tags. */
  default Optional<ServiceView> service(ServiceRef service) {
    return services(List.of(service)).stream().findFirst();
  }

  /**
   * DescribeTaskDefinition: the document as ECS gives it, no field lost, and the tags beside it.
   */
  TaskDefinitionDocument taskDefinition(String arnOrFamily);

  /**
   * RegisterTaskDefinition. There is no token: after an unknown outcome look with {@link
   * #newestRevisions} before registering again.
   *
   * @return ARN of the new revision
   */
  String register(ObjectNode input);

  /** ListTaskDefinitions of a family, newest first: ARNs of active revisions. */
  List<String> newestRevisions(String family, int limit);

  /** DeregisterTaskDefinition. */
  void deregister(String taskDefinitionArn);

  /** UpdateService to a revision; the answer is the service as it then stands, without tags. */
  ServiceView update(ServiceRef service, String taskDefinitionArn);

  /** DescribeServiceDeployments of one. */
  Optional<ServiceDeployment> serviceDeployment(String arn);

  /** ListServiceDeployments created since then, newest first. */
  List<ServiceDeployment> serviceDeployments(ServiceRef service, Instant since);

  /**
   * DescribeServiceRevisions of one: the task definition it names, and container to image digest.
   */
  Optional<ServiceRevision> serviceRevision(String arn);

  /** StopServiceDeployment with ROLLBACK. */
  void stopAndRollBack(String serviceDeploymentArn);

  /** ListTasks and DescribeTasks: the running tasks, at most a thousand. */
  List<RunningTask> runningTasks(ServiceRef service);

  /**
   * ListTasks and DescribeTasks: the tasks stopped within about the last hour, at most a thousand,
   * and those that ECS has told to stop; these have no {@code stoppedAt} yet.
   */
  List<StoppedTask> stoppedTasks(ServiceRef service);

  /** A task definition and its tags. */
  record TaskDefinitionDocument(ObjectNode document, Map<String, String> tags) {}

  /** Container to image digest, as pulled. */
  record ServiceRevision(String arn, String taskDefinition, Map<String, String> digests) {}

  /**
   * @param startedAt when it became RUNNING, null before
   * @param digests container name to the digest of the image it runs
   */
  record RunningTask(
      String taskArn,
      String taskDefinition,
      String startedBy,
      String lastStatus,
      String healthStatus,
      Instant startedAt,
      Map<String, String> digests) {}
}
