package dev.slipway.local.template;

import java.time.Duration;

/**
 * A queue, as the template wants it.
 *
 * @param deadLetterArn null if there is none
 * @param maxReceives how often a message is received before it goes there
 */
public record QueueSpec(
    String logicalId,
    String name,
    String arn,
    String url,
    boolean fifo,
    boolean contentBasedDeduplication,
    boolean deduplicationPerGroup,
    Duration visibility,
    Duration delay,
    Duration retention,
    String deadLetterArn,
    int maxReceives) {}
