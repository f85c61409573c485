package dev.slipway.plan;

import dev.slipway.deployment.Reason;
import dev.slipway.follow.Settings;
import dev.slipway.follow.Settings.Switch;
import dev.slipway.image.Image;
import dev.slipway.ledger.Ledger;
import dev.slipway.ledger.PushRecord;
import dev.slipway.runtime.Metrics;
import java.time.InstantSource;

/** What comes of a push at a follower: counted, and kept for people where it changes nothing. */
final class Outcomes {

  private final Ledger ledger;
  private final InstantSource time;
  private final boolean observeOnly;
  private final Metrics metrics;

  Outcomes(Planner.Means means) {
    this.ledger = means.ledger();
    this.time = means.time();
    this.observeOnly = means.observeOnly();
    this.metrics = means.metrics();
  }

  void count(Reason reason) {
    metrics.count("Pushes", "Reason", reason.name());
  }

  /** Of a push that changes nothing. */
  void keep(PushRecord push) {
    ledger.addPush(push, time.instant());
    count(push.reason());
  }

  /** Whether it is only to be said what would be done. */
  boolean observes(Settings settings) {
    return observeOnly || settings.state() == Switch.OBSERVE;
  }

  /** Says it. */
  String observed(Image image, String why) {
    return (observeOnly ? "The stack's parameter Mode" : "The service's tag 'slipway'")
        + " is 'observe': "
        + image.brief()
        + " would be deployed, because "
        + why
        + ".";
  }
}
