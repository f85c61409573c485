package dev.slipway.local.template;

import java.time.Duration;
import java.util.List;

/** An event source mapping of Lambda. */
public sealed interface MappingSpec {

  String logicalId();

  /** Logical id of the function. */
  String function();

  String sourceArn();

  int batchSize();

  Duration window();

  boolean partialFailures();

  /** Patterns of the filter criteria, as JSON; empty lets everything through. */
  List<String> filters();

  /**
   * @param maxConcurrency 0 if the template sets no limit
   */
  record Queue(
      String logicalId,
      String function,
      String sourceArn,
      int batchSize,
      Duration window,
      boolean partialFailures,
      List<String> filters,
      int maxConcurrency)
      implements MappingSpec {}

  /**
   * @param maxRetries -1 for as long as the record lives
   * @param maxAge how long a record is tried; at most 24 hours
   * @param onFailureArn queue that is told of records given up, or null
   */
  record Stream(
      String logicalId,
      String function,
      String sourceArn,
      int batchSize,
      Duration window,
      boolean partialFailures,
      List<String> filters,
      boolean bisect,
      int maxRetries,
      Duration maxAge,
      String onFailureArn)
      implements MappingSpec {}
}
