package dev.slipway.plan;

import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.follow.ServiceRef;
import dev.slipway.image.Image;
import java.util.Optional;

/** What plan is told. */
public sealed interface PlanEvent {

  /**
   * A tag of a repository now names a digest.
   *
   * @param manifestMediaType of what the tag names; empty if the event does not say
   * @param artifactMediaType media type of its config, which tells an image from a chart or a
   *     signature; empty if the event does not say
   * @param trigger with the event's id and time
   */
  record Pushed(Image image, String manifestMediaType, String artifactMediaType, Trigger trigger)
      implements PlanEvent {}

  /**
   * Look for pushes whose events were lost, and for followers not seen yet.
   *
   * @param after the last service that an earlier part of the run has done; empty to begin
   */
  record Reconcile(Optional<ServiceRef> after) implements PlanEvent {}

  /**
   * Understood, and no push of an image.
   *
   * @param why for the log
   */
  record NotAPush(String why) implements PlanEvent {}
}
