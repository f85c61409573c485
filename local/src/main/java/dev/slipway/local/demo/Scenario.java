package dev.slipway.local.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is played: a fleet, and steps with what has to come of each. Read from {@code
 * src/main/resources/scenarios}, or from a file of the user's own.
 *
 * @param name as {@code ./slipway play} takes it
 * @param title one line
 * @param about some sentences; empty if the title says all
 * @param speed account seconds in a second of the person who watches, unless they say otherwise
 * @param iamRefuses operations that IAM is meant to refuse to Slipway here; any other refusal is a
 *     mistake in the template
 * @param clusters those that are more than a name
 */
public record Scenario(
    String name,
    String title,
    String about,
    int speed,
    List<String> iamRefuses,
    List<Cluster> clusters,
    List<Service> services,
    List<Step> steps) {

  /** How a service's deployment circuit breaker is set. */
  public enum Breaker {
    NONE,
    ON,
    ROLLBACK
  }

  /**
   * A cluster of EC2 instances.
   *
   * @param cpu units of each instance, of which a virtual CPU has 1024
   * @param memory MiB of each
   */
  public record Cluster(String name, int instances, int cpu, int memory) {}

  /**
   * A service that has been there for long.
   *
   * @param cluster its cluster's name
   * @param image {@code repository:tag} that it runs at first
   * @param behaviour of that image; anything but {@code healthy}, and the service is not steady
   * @param tasks how many it wants
   * @param tags as they stand on the service
   * @param checked whether its container has a health check
   * @param targetGroup that checks its container too; empty for none
   * @param taggedAlarms CloudWatch alarms that carry the tag slipway.service with its name
   * @param given members that go as they are into AWS's own requests
   */
  public record Service(
      String cluster,
      String name,
      String image,
      String behaviour,
      int tasks,
      Map<String, String> tags,
      Breaker breaker,
      boolean checked,
      String targetGroup,
      List<String> taggedAlarms,
      Given given) {

    /**
     * @param deploymentConfiguration of CreateService
     * @param service of CreateService
     * @param taskDefinition of RegisterTaskDefinition
     * @param container of its one container definition
     * @param deploymentGroup of CodeDeploy's CreateDeploymentGroup; with it, the service's
     *     controller is CODE_DEPLOY
     */
    public record Given(
        ObjectNode deploymentConfiguration,
        ObjectNode service,
        ObjectNode taskDefinition,
        ObjectNode container,
        Optional<ObjectNode> deploymentGroup) {}

    public String brief() {
      return cluster + "/" + name;
    }

    /** Whether it runs, healthy and without a word to anybody, before anything happens. */
    boolean settled() {
      return behaviour.equals("healthy") && !given.service().has("launchType");
    }
  }

  /**
   * @param actions one after the other
   * @param outcomes all of them hold at the end, or the step has failed
   * @param within account time after which it has failed
   */
  public record Step(String name, List<Action> actions, List<Outcome> outcomes, Duration within) {

    /** What is expected, in words. */
    public String expected() {
      return String.join("; ", outcomes.stream().map(Outcome::words).toList());
    }
  }
}
