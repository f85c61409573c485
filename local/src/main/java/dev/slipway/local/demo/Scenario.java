package dev.slipway.local.demo;

import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A fleet, what happens to it, and what has to come of it: a file in {@code
 * local/src/main/resources/scenarios}.
 */
public record Scenario(
    String name, String title, String about, List<Service> services, List<Step> steps) {

  /** How a service's deployment circuit breaker is set. */
  public enum Breaker {
    NONE,
    ON,
    ROLLBACK
  }

  /**
   * A service that has been there for long.
   *
   * @param cluster its cluster's name
   * @param image {@code repository:tag} that it runs at first
   * @param tasks how many it wants
   * @param tags as they stand on the service
   * @param checked whether its container has a health check
   */
  public record Service(
      String cluster,
      String name,
      String image,
      int tasks,
      Map<String, String> tags,
      Breaker breaker,
      boolean checked) {

    public String brief() {
      return cluster + "/" + name;
    }
  }

  /**
   * @param actions one after the other
   * @param outcomes all of them hold at the end, or the step has failed
   */
  public record Step(String name, List<Action> actions, List<Outcome> outcomes) {

    /** What is expected, in words. */
    public String expected() {
      return String.join("; ", outcomes.stream().map(Outcome::words).toList());
    }
  }

  /** What somebody does, or waits for. */
  public sealed interface Action {

    /**
     * Pushes an image.
     *
     * @param image {@code repository:tag}
     * @param behaviour as {@link dev.slipway.local.ecr.Behaviour#parse} reads it
     */
    record Push(String image, String behaviour) implements Action {}

    /** Waits until a deployment of the image runs its first new task. */
    record UntilNewTask(String service, String image) implements Action {}

    /** An operator presses the button on the card of the deployment that brought the image. */
    record RollBack(String service, String image) implements Action {}
  }

  /** What has to have happened. */
  public sealed interface Outcome {
    String service();

    String words();

    /**
     * A deployment of an image ended so, in the ledger and in Slack.
     *
     * @param says words in the title of the deployment's message
     * @param explains words that the message's thread must have, if any
     */
    record Ended(
        String service,
        String image,
        Status status,
        Optional<Reason> reason,
        String says,
        Optional<String> explains)
        implements Outcome {
      @Override
      public String words() {
        return service + " with " + image + " " + says;
      }
    }

    /**
     * A push changed nothing, for this reason, in the ledger and in Slack.
     *
     * @param says words in the message
     */
    record Declined(String service, String image, Reason reason, String says) implements Outcome {
      @Override
      public String words() {
        return service + " does not take " + image + ", " + reason.text();
      }
    }

    /** ECS runs this image in as many tasks as are wanted, and no other. */
    record Runs(String service, String image) implements Outcome {
      @Override
      public String words() {
        return service + " runs " + image;
      }
    }

    /**
     * ECS runs what it ran when the step began, by digest, in as many tasks as are wanted, and
     * nothing else.
     */
    record StillRuns(String service, String image) implements Outcome {
      @Override
      public String words() {
        return service + " runs " + image + " as before";
      }
    }
  }
}
