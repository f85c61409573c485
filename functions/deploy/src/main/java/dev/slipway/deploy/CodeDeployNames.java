package dev.slipway.deploy;

import dev.slipway.deployment.Deployment;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a CodeDeploy deployment of ours is known by: its description begins with our id. */
final class CodeDeployNames {

  private static final String WE = "Slipway ";

  private static final Pattern DESCRIPTION =
      Pattern.compile(WE + "(?<service>\\S+)#(?<sequence>\\d{1,18})(:.*)?", Pattern.DOTALL);

  /** For the reader only; AWS names no limit, and a service may follow many repositories. */
  private static final int LONGEST_IMAGES = 200;

  private static final String LEFT_OUT = " (without its hooks)";

  private CodeDeployNames() {}

  /**
   * {@code Slipway cluster/service#12: team/app:v2}.
   *
   * @param leftOut whether it goes without the hooks that there are
   */
  static String description(Deployment deployment, boolean leftOut) {
    String images = deployment.to().brief();
    return WE
        + deployment.id()
        + ": "
        + images.substring(0, Math.min(images.length(), LONGEST_IMAGES))
        + (leftOut ? LEFT_OUT : "");
  }

  /** One of ours that went without the hooks that there are. */
  static boolean leftOut(String description) {
    return description.startsWith(WE) && description.endsWith(LEFT_OUT);
  }

  static boolean describes(String description, Deployment deployment) {
    return sequence(description, deployment) == deployment.sequence();
  }

  /** An earlier deployment of the same service. */
  static boolean describesOlder(String description, Deployment deployment) {
    long sequence = sequence(description, deployment);
    return sequence > 0 && sequence < deployment.sequence();
  }

  /** 0 if it is none of ours, or of another service. */
  private static long sequence(String description, Deployment deployment) {
    Matcher matcher = DESCRIPTION.matcher(description);
    return matcher.matches() && matcher.group("service").equals(deployment.service().brief())
        ? Long.parseLong(matcher.group("sequence"))
        : 0;
  }
}
