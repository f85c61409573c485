package dev.slipway.ledger;

import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Reason;
import dev.slipway.follow.ServiceRef;
import dev.slipway.follow.Settings.Audience;

/**
 * Why a push changed nothing for a follower.
 *
 * @param image repository and tag as pushed, for people
 * @param digest of what was pushed
 * @param detail one sentence with the values that decided; may hold text from outside
 */
public record PushRecord(
    ServiceRef service,
    String image,
    String digest,
    Reason reason,
    String detail,
    Deployment.Trigger trigger,
    Audience audience) {}
