package dev.slipway.local.demo;

import dev.slipway.deployment.Deployment.RolledBackBy;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import java.util.Optional;

/** What has to have happened. */
public sealed interface Outcome {

  /** Empty if it is about no service. */
  String service();

  String words();

  /**
   * A deployment of an image ended so, in the ledger and in Slack.
   *
   * @param by who brought the service back, where that matters
   * @param says words in the title of the deployment's message
   * @param explains words that the message's thread must have, if any
   */
  record Ended(
      String service,
      String image,
      Status status,
      Optional<Reason> reason,
      Optional<RolledBackBy> by,
      String says,
      Optional<String> explains)
      implements Outcome {
    @Override
    public String words() {
      return service + " with " + image + " " + says + explains.map(text -> ": " + text).orElse("");
    }
  }

  /**
   * A push changed nothing, for this reason, in the ledger and in Slack.
   *
   * @param says words in the message; empty if there must not be one
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

  /** No task of the service runs. */
  record RunsNothing(String service) implements Outcome {
    @Override
    public String words() {
      return service + " runs nothing";
    }
  }

  /** The image's digest is in quarantine at the service, or is not. */
  record Quarantined(String service, String image, boolean there) implements Outcome {
    @Override
    public String words() {
      return image + " is " + (there ? "" : "not ") + "in quarantine at " + service;
    }
  }

  /** The image is wanted there, and waits. */
  record Waits(String service, String image) implements Outcome {
    @Override
    public String words() {
      return image + " waits at " + service;
    }
  }

  /** It is the newest state that is known to have worked. */
  record LastGood(String service, String image) implements Outcome {
    @Override
    public String words() {
      return image + " is the last good image of " + service;
    }
  }

  /** How many deployments of the image there were, going back not counted. */
  record Deployments(String service, String image, int count) implements Outcome {
    @Override
    public String words() {
      return (count == 0 ? "no deployment" : count == 1 ? "one deployment" : count + " deployments")
          + " of "
          + image
          + " at "
          + service;
    }
  }

  /** How often Slipway's functions made a call, with success, since the step began. */
  record Calls(String operation, int count) implements Outcome {
    @Override
    public String service() {
      return "";
    }

    @Override
    public String words() {
      return operation + " was called " + (count == 1 ? "once" : count + " times");
    }
  }

  /**
   * Slack has, or had, these words: in a message, in a thread, or in an answer to a person.
   *
   * @param there whether it is meant to; if not, nobody ever read them
   */
  record Told(String text, boolean there) implements Outcome {
    @Override
    public String service() {
      return "";
    }

    @Override
    public String words() {
      return (there ? "Slack has: " : "Slack never has: ") + text;
    }
  }
}
