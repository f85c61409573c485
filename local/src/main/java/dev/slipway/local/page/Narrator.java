package dev.slipway.local.page;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Reason;
import dev.slipway.follow.ServiceRef;
import dev.slipway.ledger.PushRecord;
import dev.slipway.local.page.Timeline.Kind;
import dev.slipway.local.page.Timeline.Tone;
import dev.slipway.runtime.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Puts what happens in the account into words, one line each, and the words into a {@link
 * Timeline}.
 */
public final class Narrator {

  /** Calls that read would drown those that change something; they show when they are refused. */
  private static final Set<String> CHANGES =
      Set.of(
          "ecs:RegisterTaskDefinition",
          "ecs:DeregisterTaskDefinition",
          "ecs:UpdateService",
          "ecs:StopServiceDeployment",
          "ssm:PutParameter");

  /** On every revision that Slipway registers. */
  private static final String DEPLOYMENT_TAG = "slipway.deployment";

  private final Timeline timeline;

  public Narrator(Timeline timeline) {
    this.timeline = timeline;
  }

  /** A step of a scenario begins or ends. */
  public void step(Instant at, Tone tone, String text) {
    timeline.add(at, Kind.STEP, tone, "", text, "");
  }

  /** An event that AWS, or Slipway, put on the account's bus. */
  public void event(JsonNode event) {
    Instant at = Json.instant(event, "time");
    String type = Json.text(event, "detail-type");
    JsonNode detail = event.path("detail");
    String json = Json.pretty(event);
    switch (type) {
      case "ECR Image Action" -> imageAction(at, detail, json);
      case "ECS Task State Change" -> task(at, detail, json);
      case "ECS Deployment State Change", "ECS Service Action" -> {
        boolean routine = Json.text(detail, "eventName").equals("SERVICE_STEADY_STATE");
        Tone tone =
            switch (Json.text(detail, "eventType")) {
              case "ERROR" -> Tone.BAD;
              case "WARN" -> Tone.WARN;
              default -> Tone.PLAIN;
            };
        String reason = Json.text(detail, "reason");
        timeline.add(
            at,
            routine ? Kind.TASK : Kind.EVENT,
            tone,
            service(event.path("resources").path(0).asText()),
            Json.text(detail, "eventName") + (reason.isEmpty() ? "" : ": " + reason),
            json);
      }
      case "CloudWatch Alarm State Change" -> {
        JsonNode state = detail.path("state");
        boolean off = Json.text(state, "value").equals("ALARM");
        timeline.add(
            at,
            Kind.EVENT,
            off ? Tone.WARN : Tone.PLAIN,
            "",
            "alarm "
                + Json.text(detail, "alarmName")
                + " "
                + Json.text(state, "value")
                + ": "
                + Json.text(state, "reason"),
            json);
      }
      default ->
          timeline.add(
              at,
              Json.text(event, "source").equals("slipway") ? Kind.OWN : Kind.EVENT,
              Tone.PLAIN,
              service(event.path("resources").path(0).asText()),
              type,
              json);
    }
  }

  private void imageAction(Instant at, JsonNode detail, String json) {
    String tag = Json.text(detail, "image-tag");
    timeline.add(
        at,
        tag.isEmpty() ? Kind.EVENT : Kind.PUSH,
        Tone.PLAIN,
        "",
        "ECR Image Action: "
            + Json.text(detail, "action-type")
            + " "
            + Json.text(detail, "repository-name")
            + (tag.isEmpty() ? " (no tag)" : ":" + tag)
            + " "
            + brief(Json.text(detail, "image-digest")),
        json);
  }

  private void task(Instant at, JsonNode detail, String json) {
    String group = Json.text(detail, "group");
    String cluster = last(Json.text(detail, "clusterArn"));
    String service =
        group.startsWith("service:") ? cluster + "/" + group.substring("service:".length()) : "";
    String status = Json.text(detail, "lastStatus");
    String task = "task " + Terms.shortId(last(Json.text(detail, "taskArn")));
    boolean failed =
        status.equals("STOPPED")
            && !Json.text(detail, "stopCode").equals("ServiceSchedulerInitiated")
            && !Json.text(detail, "stopCode").equals("UserInitiated");
    if (!failed) {
      timeline.add(at, Kind.TASK, Tone.PLAIN, service, task + " is " + status, json);
      return;
    }
    List<String> exits = new ArrayList<>();
    for (JsonNode container : detail.path("containers")) {
      if (container.path("exitCode").isNumber() && container.path("exitCode").asInt() != 0) {
        exits.add(Json.text(container, "name") + " exit " + container.path("exitCode").asInt());
      }
    }
    timeline.add(
        at,
        Kind.EVENT,
        Tone.BAD,
        service,
        task
            + " stopped: "
            + Json.text(detail, "stoppedReason")
            + (exits.isEmpty() ? "" : " (" + String.join(", ", exits) + ")"),
        json);
  }

  /** A schedule of the template fired. */
  public void schedule(Instant at, String rule) {
    timeline.add(at, Kind.CLOCK, Tone.PLAIN, "", rule, "");
  }

  /** A service is looked at. */
  public void look(Instant at, String serviceArn, String cause) {
    timeline.add(
        at, Kind.LOOK, Tone.PLAIN, service(serviceArn), "look, because of " + article(cause), "");
  }

  private static String article(String cause) {
    return switch (cause) {
      case "push" -> "a push";
      case "evidence" -> "what ECS says";
      case "clock" -> "the clock";
      case "reconcile" -> "the reconcile run";
      default -> cause.isEmpty() ? "something" : cause;
    };
  }

  /**
   * A function called AWS.
   *
   * @param function logical id of the caller
   * @param action as IAM names it, {@code ecs:UpdateService}
   * @param error AWS's code and words, empty if it went well
   */
  public void call(
      Instant at, String function, String action, JsonNode input, JsonNode output, String error) {
    boolean denied = error.startsWith("AccessDenied");
    if (!CHANGES.contains(action) && !denied) {
      return;
    }
    String text = action + " " + arguments(action, input, output);
    timeline.add(
        at,
        Kind.CALL,
        error.isEmpty() ? Tone.PLAIN : Tone.BAD,
        calledFor(action, input),
        error.isEmpty() ? text.strip() : text.strip() + " → " + error,
        function + "\n" + Json.pretty(input));
  }

  /** For which service a call was made, where its input tells. */
  private static String calledFor(String action, JsonNode input) {
    switch (action) {
      case "ssm:PutParameter" -> {
        String[] parts = Json.text(input, "Name").split("/", -1);
        return parts.length == 5 ? parts[2] + "/" + parts[3] : "";
      }
      case "ecs:RegisterTaskDefinition" -> {
        for (JsonNode tag : input.path("tags")) {
          if (Json.text(tag, "key").equals(DEPLOYMENT_TAG)) {
            return Json.text(tag, "value").replaceFirst("[/#][0-9]+$", "");
          }
        }
        return "";
      }
      default -> {
        String service = Json.text(input, "service");
        if (service.startsWith("arn:")) {
          return service(service);
        }
        return service.isEmpty() ? "" : last(Json.text(input, "cluster")) + "/" + service;
      }
    }
  }

  private static String arguments(String action, JsonNode input, JsonNode output) {
    return switch (action) {
      case "ecs:UpdateService" -> "to " + last(Json.text(input, "taskDefinition"));
      case "ecs:RegisterTaskDefinition" -> {
        String arn = Json.text(output.path("taskDefinition"), "taskDefinitionArn");
        List<String> images = new ArrayList<>();
        for (JsonNode container : input.path("containerDefinitions")) {
          images.add(Terms.image(Json.text(container, "image")));
        }
        yield (arn.isEmpty() ? Json.text(input, "family") : last(arn))
            + " with "
            + String.join(", ", images);
      }
      case "ecs:DeregisterTaskDefinition" -> last(Json.text(input, "taskDefinition"));
      case "ecs:StopServiceDeployment" -> Json.text(input, "stopType").toLowerCase(Locale.ROOT);
      case "ssm:PutParameter" ->
          Json.text(input, "Name") + " = " + Terms.image(Json.text(input, "Value"));
      default -> "";
    };
  }

  /** The ledger says something new about a deployment. */
  public void deployment(Instant at, Deployment deployment) {
    if (deployment.reason() == Reason.BASELINE) {
      return;
    }
    Tone tone =
        switch (deployment.status()) {
          case PREPARING, ROLLING_OUT, BAKING -> Tone.PLAIN;
          case SUCCEEDED -> Tone.GOOD;
          case ROLLING_BACK, ROLLED_BACK, SUPERSEDED -> Tone.WARN;
          case FAILED -> Tone.BAD;
        };
    String what =
        "#"
            + deployment.sequence()
            + " "
            + Terms.status(deployment)
            + ": "
            + deployment.to().brief()
            + ", "
            + deployment.reason().text();
    timeline.add(at, Kind.VERDICT, tone, deployment.service().brief(), what, deployment.detail());
  }

  /** The ledger says why a push changes nothing. */
  public void declined(Instant at, PushRecord push) {
    timeline.add(
        at,
        Kind.VERDICT,
        push.reason().weight() == Reason.Weight.BAD ? Tone.BAD : Tone.WARN,
        push.service().brief(),
        push.image() + " changes nothing: " + push.reason().text(),
        push.detail());
  }

  /** A push waits in the head. */
  public void waits(Instant at, ServiceRef service, String image) {
    timeline.add(at, Kind.VERDICT, Tone.PLAIN, service.brief(), image + " waits", "");
  }

  /** Something was said or edited in Slack. */
  public void chat(Instant at, String text) {
    timeline.add(at, Kind.CHAT, Tone.PLAIN, "", text, "");
  }

  /** Something that should not happen did. */
  public void trouble(Instant at, String text, String detail) {
    timeline.add(at, Kind.CALL, Tone.BAD, "", text, detail);
  }

  private static String service(String arn) {
    try {
      return arn.isEmpty() ? "" : ServiceRef.parse(arn).brief();
    } catch (IllegalArgumentException notAService) {
      return "";
    }
  }

  private static String last(String arn) {
    return arn.substring(arn.lastIndexOf('/') + 1);
  }

  private static String brief(String digest) {
    return digest.length() < 15 ? digest : "(" + digest.substring(7, 15) + ")";
  }
}
