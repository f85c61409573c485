package dev.slipway.local.ecs;

/** The lifecycle stages of a deployment that shifts traffic, in their order. */
enum Stage {
  RECONCILE_SERVICE,
  PRE_SCALE_UP,
  SCALE_UP,
  POST_SCALE_UP,
  TEST_TRAFFIC_SHIFT,
  POST_TEST_TRAFFIC_SHIFT,
  /** Known to hooks only; a deployment shows the stage that follows. */
  PRE_PRODUCTION_TRAFFIC_SHIFT,
  PRODUCTION_TRAFFIC_SHIFT,
  POST_PRODUCTION_TRAFFIC_SHIFT,
  BAKE_TIME,
  CLEAN_UP;

  Stage next() {
    return values()[ordinal() + 1];
  }

  boolean before(Stage other) {
    return compareTo(other) < 0;
  }

  /** As {@code lifecycleStage} of a service deployment. */
  String shown() {
    return this == PRE_PRODUCTION_TRAFFIC_SHIFT ? PRODUCTION_TRAFFIC_SHIFT.name() : name();
  }
}
