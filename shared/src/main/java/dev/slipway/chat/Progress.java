package dev.slipway.chat;

import static dev.slipway.chat.Mrkdwn.code;
import static dev.slipway.chat.Mrkdwn.codeBlock;
import static dev.slipway.chat.Mrkdwn.day;
import static dev.slipway.chat.Mrkdwn.escape;
import static dev.slipway.chat.Mrkdwn.time;

import dev.slipway.deployment.Deployment.Rollout;
import dev.slipway.deployment.Stage;
import dev.slipway.follow.ServiceRef;
import dev.slipway.verdict.Hook;
import dev.slipway.verdict.Shift;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** How far a rollout is, in lines: tasks, traffic, and what it waits for. */
public final class Progress {

  private static final int BAR = 10;
  private static final String BAKE = "BAKE_TIME";

  /** What a shell takes as it is. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_.:/-]+");

  private Progress() {}

  /**
   * @param back whether it is a way back
   * @return empty if there is nothing to tell
   */
  static String of(ServiceRef service, Rollout rollout, boolean back) {
    boolean ready = waitsInCodeDeploy(rollout, back);
    List<String> lines = new ArrayList<>();
    if (rollout.desired() > 0) {
      lines.add(tasks(rollout));
    }
    String traffic = traffic(rollout, back);
    if (!traffic.isEmpty()) {
      lines.add(traffic);
    }
    rollout.shift().awaited().map(hook -> awaited(service, rollout, hook)).ifPresent(lines::add);
    if (ready) {
      lines.add(toBeRerouted(service, rollout));
    }
    return String.join("\n", lines);
  }

  /**
   * Whether nothing happens until somebody says so.
   *
   * @param back whether it is a way back
   */
  static boolean waitsForPerson(Rollout rollout, boolean back) {
    return waitsInCodeDeploy(rollout, back)
        || rollout.shift().awaited().filter(hook -> hook.type() == Hook.Type.PAUSE).isPresent();
  }

  /** The traffic of a way back is let go by Slipway. */
  private static boolean waitsInCodeDeploy(Rollout rollout, boolean back) {
    return !back
        && rollout.codeDeployId().isPresent()
        && rollout.stage().equals(Stage.READY.name());
  }

  /** For a line that has more to tell: {@code , 10 % of traffic, waits for a person}. */
  public static String brief(Rollout rollout, boolean back) {
    Shift shift = rollout.shift();
    return (shift.partial() ? ", " + percent(shift.production().getAsDouble()) + " traffic" : "")
        + (waitsForPerson(rollout, back) ? ", waits for a person" : "");
  }

  private static String tasks(Rollout rollout) {
    int full = Math.clamp((long) rollout.running() * BAR / rollout.desired(), 0, BAR);
    StringBuilder line = new StringBuilder();
    line.append("▰".repeat(full)).append("▱".repeat(BAR - full));
    line.append(" ").append(rollout.running()).append(" of ").append(rollout.desired());
    line.append(rollout.desired() == 1 ? " task runs" : " tasks run");
    if (rollout.pending() > 0) {
      line.append(", ").append(rollout.pending()).append(" starting");
    }
    if (rollout.failed() > 0) {
      line.append(", ").append(rollout.failed()).append(" failed");
    }
    return line.toString();
  }

  /** {@code canary: 10 % of traffic on the new revision, bakes until 14:20}. */
  private static String traffic(Rollout rollout, boolean back) {
    Shift shift = rollout.shift();
    if (rollout.stage().isEmpty() && !shift.partial()) {
      return "";
    }
    List<String> parts = new ArrayList<>();
    if (shift.production().isPresent()) {
      double share = shift.production().getAsDouble();
      // Of a way back that ECS goes by itself the failed revision is the one that has a share.
      String where =
          !back
              ? "the new revision"
              : rollout.ecsDeploymentId().isEmpty()
                  ? "the failed revision"
                  : "the revision it goes back to";
      parts.add((share == 0 ? "no" : percent(share)) + " traffic on " + where);
    }
    boolean bakes = shift.partial() || rollout.stage().equals(BAKE);
    if (bakes && shift.standsUntil() != null && shift.awaited().isEmpty()) {
      parts.add("bakes until " + time(shift.standsUntil()));
    } else if (!rollout.stage().isEmpty()) {
      parts.add(escape(Stage.words(rollout.stage())));
    }
    return strategy(shift.strategy()) + String.join(", ", parts);
  }

  private static String percent(double share) {
    return BigDecimal.valueOf(share).stripTrailingZeros().toPlainString() + " % of";
  }

  private static String strategy(String name) {
    return switch (name) {
      case "", "ROLLING" -> "";
      case "BLUE_GREEN" -> "blue/green: ";
      default -> escape(name.toLowerCase(Locale.ROOT).replace('_', ' ')) + ": ";
    };
  }

  private static String awaited(ServiceRef service, Rollout rollout, Hook hook) {
    String at = hook.stage().isEmpty() ? "" : " at " + code(hook.stage());
    if (hook.type() != Hook.Type.PAUSE) {
      String which = hook.target().isEmpty() ? "a function" : "the function " + code(hook.name());
      return "Waits for " + which + at + until(hook.expiresAt()) + ".";
    }
    String then =
        switch (hook.timeoutAction()) {
          case ROLLBACK -> ", then ECS goes back";
          case CONTINUE -> ", then ECS goes on";
          case UNKNOWN -> "";
        };
    return "*Waits for a person*"
        + at
        + until(hook.expiresAt())
        + then
        + ". Approve in ECS, or with\n"
        + codeBlock(
            "aws ecs continue-service-deployment --region "
                + service.region()
                + " --service-deployment-arn "
                + quoted(rollout.serviceDeploymentArn())
                + " --hook-id "
                + quoted(hook.id())
                + " --action CONTINUE")
        + "\n"
        + code("--action ROLLBACK")
        + " goes back.";
  }

  private static String toBeRerouted(ServiceRef service, Rollout rollout) {
    return "*Waits for a person* to let the traffic go, until CodeDeploy's wait time is over."
        + " Reroute it in CodeDeploy, or with\n"
        + codeBlock(
            "aws deploy continue-deployment --region "
                + service.region()
                + " --deployment-id "
                + quoted(rollout.codeDeployId().orElse(""))
                + " --deployment-wait-type READY_WAIT");
  }

  private static String until(Instant at) {
    return at == null ? "" : ", until " + day(at);
  }

  private static String quoted(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
