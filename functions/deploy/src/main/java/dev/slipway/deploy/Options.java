package dev.slipway.deploy;

/**
 * What the stack's parameters say.
 *
 * @param observeOnly {@code Mode} is {@code observe}: nothing is started
 * @param tagAndDigest {@code ImageReference}: images are written {@code repository:tag@digest},
 *     else {@code repository@digest}
 */
public record Options(boolean observeOnly, boolean tagAndDigest) {}
