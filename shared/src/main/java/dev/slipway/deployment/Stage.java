package dev.slipway.deployment;

import dev.slipway.verdict.Hook;

/**
 * The lifecycle stages of a service deployment, and how far CodeDeploy has come, in words.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html">lifecycleStage</a>
 */
public enum Stage {
  RECONCILE_SERVICE("ECS reconciles the service"),
  PRE_SCALE_UP("before new tasks start"),
  SCALE_UP("new tasks start"),
  POST_SCALE_UP("the new tasks run"),
  TEST_TRAFFIC_SHIFT("test traffic moves"),
  POST_TEST_TRAFFIC_SHIFT("test traffic has moved"),
  /** Known to hooks only. */
  PRE_PRODUCTION_TRAFFIC_SHIFT("before production traffic moves"),
  PRODUCTION_TRAFFIC_SHIFT("production traffic moves"),
  POST_PRODUCTION_TRAFFIC_SHIFT("production traffic has moved"),
  BAKE_TIME("ECS bakes it"),
  CLEAN_UP("tasks that are no longer needed stop"),

  // Under CodeDeploy, which has no word for where its own words do not say enough
  INSTALL("new tasks start"),
  TASKS_READY("the new tasks run"),
  READY("the new tasks run, without production traffic"),
  TRAFFIC_SHIFTED("production traffic has moved, and the old tasks are kept for a while"),
  BAKING("CodeDeploy bakes it");

  private final String text;

  Stage(String text) {
    this.text = text;
  }

  /** What goes on in it; a stage that AWS has added by its name. */
  public static String words(String name) {
    for (Stage stage : values()) {
      if (stage.name().equals(name)) {
        return stage.text;
      }
    }
    return "stage " + name;
  }

  /** What came of a hook, in half a sentence. */
  public static String says(Hook hook) {
    String at = hook.stage().isEmpty() ? "" : " at " + hook.stage();
    String which =
        switch (hook.type()) {
          case PAUSE -> "the pause" + at;
          case LAMBDA ->
              (hook.target().isEmpty() ? "a function" : "the function " + hook.name()) + at;
          case OTHER -> "the hook " + hook.name() + at;
        };
    return switch (hook.state()) {
      case AWAITING_ACTION, IN_PROGRESS, OTHER -> which + " has not ended";
      case SUCCEEDED -> which + " succeeded";
      case FAILED ->
          hook.declinedByPerson()
              ? "somebody answered " + which + " with ROLLBACK"
              : which + " failed";
      case TIMED_OUT ->
          which
              + (hook.type() == Hook.Type.PAUSE
                  ? " was not answered in time"
                  : " did not end in time");
    };
  }
}
