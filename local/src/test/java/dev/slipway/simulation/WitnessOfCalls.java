package dev.slipway.simulation;

import static dev.slipway.simulation.OneProcess.WEB;
import static dev.slipway.simulation.Witness.require;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsApi;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Status;
import dev.slipway.image.Digest;
import dev.slipway.image.ImageReference;
import dev.slipway.simulation.Facts.Fact;
import dev.slipway.simulation.People.Kind;

/** Stands between Slipway and AWS, and says at once what Slipway must never ask for. */
final class WitnessOfCalls {

  private final OneProcess world;

  WitnessOfCalls(OneProcess world) {
    this.world = world;
  }

  AwsApi around(AwsApi aws) {
    return (service, operation, input) -> {
      switch (operation) {
        case "UpdateService" -> {
          rollsOut(input.path("taskDefinition").asText());
          overNobody();
          notWhileEcsGoesBack();
        }
        case "CreateDeployment" -> {
          switchedOn(operation);
          rollsOut(Facts.taskDefinition(input.at("/revision/appSpecContent/content").asText()));
          notWhileCodeDeployGoesBack();
        }
        case "StopDeployment" -> {
          switchedOn(operation);
          JsonNode which = codeDeployment(input);
          require(
              Facts.ours(which) > 0,
              "Slipway stops "
                  + which.path("deploymentId").asText()
                  + ", which is somebody else's");
          world.witness.stopped(which.path("deploymentId").asText());
        }
        case "ContinueDeployment" -> {
          switchedOn(operation);
          JsonNode which = codeDeployment(input);
          require(
              world
                  .truth
                  .deployment(WEB, Facts.ours(which))
                  .map(Deployment::isRollback)
                  .orElse(false),
              "Slipway lets the traffic of "
                  + which.path("deploymentId").asText()
                  + " go, which is for people to do");
        }
        default -> {}
      }
      return aws.call(service, operation, input);
    };
  }

  private JsonNode codeDeployment(ObjectNode input) {
    return world.facts.codeDeployment(input.path("deploymentId").asText());
  }

  /** IAM cannot hold Slipway to the service's tag where CodeDeploy acts. */
  private void switchedOn(String operation) {
    for (JsonNode tag : world.service().path("tags")) {
      if (tag.path("key").asText().equals("slipway")) {
        require(
            world.witness.isDisturbed() || tag.path("value").asText().equals("on"),
            "Slipway calls " + operation + " though the service is switched " + tag.path("value"));
      }
    }
  }

  private void rollsOut(String taskDefinition) {
    Head head = world.truth.head(WEB);
    String image =
        world
            .ecs("DescribeTaskDefinition", "{'taskDefinition': '" + taskDefinition + "'}")
            .at("/taskDefinition/containerDefinitions/0/image")
            .asText();
    require(
        ImageReference.parse(image).digest().isPresent(),
        "Slipway rolls out " + image + ", whose tag ECS resolves again");
    ImageReference.parse(image)
        .digest()
        .ifPresent(digest ->
            require(
                !head.quarantined(digest)
                    || world.witness.wasDeployedByPerson(digest)
                    || adopted(head, digest)
                    || world.witness.isDisturbed(),
                "Slipway rolls out " + image + ", which is in quarantine"));
    boolean back = head.inFlight().filter(Deployment::isRollback).isPresent();
    require(
        !back || !world.witness.sawAll() || world.inEcr(image),
        "Slipway goes back to " + image + ", which is not in ECR any more");
  }

  /** What somebody else has begun, and AWS waits with, is left alone. */
  private void overNobody() {
    Deployment ours = world.truth.head(WEB).inFlight().orElse(null);
    if (!world.witness.sawAll() || ours == null || !world.witness.among(Kind.STAGED)) {
      return;
    }
    if (world.service().path("deployments").size() < 2) {
      // The first deployment of a service that is created anew replaces nothing.
      return;
    }
    Fact current = world.facts.newestInEcs();
    require(
        !current.waits() || !world.facts.registeredFor(current.taskDefinition()).isEmpty(),
        ours.id() + " goes over somebody else's deployment, of " + current.taskDefinition());
  }

  private void notWhileEcsGoesBack() {
    if (!world.witness.sawAll()) {
      return;
    }
    Fact current = world.facts.newestInEcs();
    if (current.state() == Facts.State.GOING_BACK) {
      // A newer push may go over what ECS takes back: that is no way back.
      boolean own =
          world
              .truth
              .head(WEB)
              .inFlight()
              .filter(Deployment::isRollback)
              .filter(flying -> !goesNowhere(flying))
              .map(flying -> flying.revisions().previous().equals(current.taskDefinition()))
              .orElse(false);
      require(
          !own,
          "Slipway starts a rollout while ECS is going back from " + current.taskDefinition());
    }
  }

  /** ECS has had its time, and has not got to where it goes back to. */
  private boolean goesNowhere(Deployment back) {
    return back.status() == Status.ROLLING_OUT
        && world.clock.instant().isAfter(back.rollout().countsFrom().plus(People.DEADLINE));
  }

  /** CodeDeploy takes a failed deployment back by itself where its group says so. */
  private void notWhileCodeDeployGoesBack() {
    Deployment failed =
        world
            .truth
            .head(WEB)
            .inFlight()
            .filter(Deployment::isRollback)
            .flatMap(back -> world.truth.deployment(WEB, back.rollbackOf()))
            .orElse(null);
    if (failed == null || !world.witness.sawAll()) {
      return;
    }
    Fact fact = world.facts.of(failed);
    require(
        fact.state() != Facts.State.GOING_BACK,
        "Slipway starts a way back while CodeDeploy takes " + fact.id() + " back");
  }

  /** A person has brought the service to it, by stopping the way back from it for example. */
  private static boolean adopted(Head head, Digest digest) {
    return head.lastGood().stream()
        .flatMap(good -> good.images().byContainer().values().stream())
        .anyMatch(image -> image.digest().equals(digest));
  }
}
