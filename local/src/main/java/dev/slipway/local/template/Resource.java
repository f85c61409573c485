package dev.slipway.local.template;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A resource of a stack.
 *
 * @param properties resolved, globals merged in; not to be changed
 * @param condition name of the condition that lets it exist, or empty
 * @param attributes what stands beside the properties, as written: {@code DeletionPolicy}, {@code
 *     Metadata}, ...
 */
public record Resource(
    String logicalId,
    String type,
    ObjectNode properties,
    String condition,
    ObjectNode attributes) {}
