package dev.slipway.simulation;

import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Waiting;
import dev.slipway.follow.ServiceRef;
import dev.slipway.image.Image;
import dev.slipway.image.ImageSet;
import dev.slipway.ledger.Ledger;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The ledger as code uses it that has a mistake: the {@link Mutation}s of what is kept. */
final class MutatedLedger extends ForwardingLedger {

  private final Mutation mutation;

  MutatedLedger(Ledger behind, Mutation mutation) {
    super(behind);
    this.mutation = mutation;
  }

  @Override
  public Head head(ServiceRef service) {
    return read(behind.head(service));
  }

  @Override
  public Head write(Change change) {
    return behind.write(written(change));
  }

  @Override
  public List<ServiceRef> due(Instant until, int limit) {
    return mutation == Mutation.FORGETS_WHAT_IS_DUE ? List.of() : behind.due(until, limit);
  }

  @Override
  public Optional<Head.Hold> accountHold() {
    return mutation == Mutation.IGNORES_HOLDS ? Optional.empty() : behind.accountHold();
  }

  private Head read(Head head) {
    return switch (mutation) {
      case FORGETS_WHAT_WAS_CONSIDERED -> withoutConsidered(head);
      case IGNORES_HOLDS -> head.hold(null);
      case FORGETS_THE_RUNNING_VERSION -> head.running(withoutTags(head.running()));
      default -> head;
    };
  }

  private static ImageSet withoutTags(ImageSet images) {
    Map<String, Image> untagged = new TreeMap<>();
    images
        .byContainer()
        .forEach((container, image) ->
            untagged.put(
                container, new Image(image.registry(), image.repository(), "", image.digest())));
    return new ImageSet(untagged);
  }

  private static Head withoutConsidered(Head head) {
    return new Head(
        head.service(),
        head.version(),
        head.lastSequence(),
        head.running(),
        head.lastGood(),
        head.inFlight(),
        head.waiting(),
        head.hold(),
        head.request(),
        Map.of(),
        head.due(),
        head.quarantine());
  }

  private Change written(Change change) {
    return switch (mutation) {
      case SKIPS_THE_CONDITION ->
          new Change(
              behind.head(change.before().service()),
              change.after(),
              change.deployments(),
              change.quarantine(),
              change.release());
      case FORGETS_THE_QUARANTINE ->
          new Change(
              change.before(), change.after(), change.deployments(), List.of(), change.release());
      case FORGETS_TO_WRITE_THE_VERDICT ->
          new Change(
              change.before(),
              change.after(),
              change.deployments().stream()
                  .filter(deployment -> !deployment.status().ended())
                  .toList(),
              change.quarantine(),
              change.release());
      case FORGETS_WHAT_WAITS ->
          with(
              change,
              change.after().inFlight().isPresent()
                  ? change.after().waiting(Waiting.NOTHING)
                  : change.after());
      case FOLLOWS_ANOTHERS_ID ->
          with(
              change,
              change
                  .after()
                  .inFlight()
                  .map(deployment -> change.after().inFlight(mistaken(deployment)))
                  .orElse(change.after()));
      case FORGETS_THE_RUNNING_VERSION -> {
        // It is not read; what is written is as it was.
        ImageSet runs = behind.head(change.before().service()).running();
        yield change.after().running().equals(withoutTags(runs))
            ? with(change, change.after().running(runs))
            : change;
      }
      default -> change;
    };
  }

  private static Change with(Change change, Head after) {
    return new Change(
        change.before(), after, change.deployments(), change.quarantine(), change.release());
  }

  private static Deployment mistaken(Deployment deployment) {
    Deployment.Rollout rollout = deployment.rollout();
    if (rollout.ecsDeploymentId().isEmpty()) {
      return deployment;
    }
    return deployment.with(
        rollout.toBuilder().ecsDeploymentId("ecs-svc/1").serviceDeploymentArn("").build());
  }
}
