package dev.slipway.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.DeploymentGroup;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.Revisions;
import dev.slipway.deployment.Deployment.RolledBackBy;
import dev.slipway.deployment.Deployment.Rollout;
import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Considered;
import dev.slipway.deployment.Head.Hold;
import dev.slipway.deployment.Head.LastGood;
import dev.slipway.deployment.Head.Quarantine;
import dev.slipway.deployment.Head.Request;
import dev.slipway.deployment.Head.Waiting;
import dev.slipway.deployment.Head.Wanted;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.diagnosis.Diagnosis;
import dev.slipway.follow.ServiceRef;
import dev.slipway.follow.Settings.Audience;
import dev.slipway.follow.Settings.Level;
import dev.slipway.image.Digest;
import dev.slipway.image.Image;
import dev.slipway.image.ImageSet;
import dev.slipway.ledger.Ledger.AlarmUse;
import dev.slipway.runtime.Json;
import dev.slipway.verdict.AlarmsInUse;
import dev.slipway.verdict.Hook;
import dev.slipway.verdict.Shift;
import dev.slipway.verdict.StoppedTask;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The documents of the ledger's items, by hand: what is written here is read by every later
 * version. Rules: a field is never renamed and never changes its meaning; a new one has a default
 * for items that lack it; fields that are not known are ignored; names of enums are kept as they
 * are, and one that is not known is an error that names it, for guessing would be worse.
 */
public final class LedgerFormat {

  /** Raised only if an older version must not read what is written now. */
  public static final int SCHEMA = 1;

  /** DynamoDB takes 400 KB an item; a head holds a deployment, and a transaction both. */
  static final int LARGEST_DEPLOYMENT_BYTES = 64 * 1024;

  private static final int MOST_LINES = 20;
  private static final int LONGEST_LINE = 500;
  private static final int LONGEST_TEXT = 2_000;

  private LedgerFormat() {}

  // Deployments

  /** As it is kept: texts cut, at most 64 KB, and without the log lines of its diagnosis. */
  public static ObjectNode write(Deployment deployment) {
    ObjectNode document = document(deployment);
    if (document.get("diagnosis") instanceof ObjectNode diagnosis) {
      for (String dispensable : List.of("events", "evidence")) {
        if (size(document) <= LARGEST_DEPLOYMENT_BYTES) {
          break;
        }
        diagnosis.putArray(dispensable);
      }
    }
    return document;
  }

  private static int size(ObjectNode document) {
    return Json.write(document).getBytes(StandardCharsets.UTF_8).length;
  }

  private static ObjectNode document(Deployment deployment) {
    ObjectNode node = Json.object();
    node.put("service", deployment.service().arn());
    node.put("sequence", deployment.sequence());
    node.put("status", deployment.status().name());
    node.put("reason", deployment.reason().name());
    node.put("detail", cut(deployment.detail(), LONGEST_TEXT));
    node.set("from", write(deployment.from()));
    node.set("to", write(deployment.to()));
    node.set("trigger", write(deployment.trigger()));
    node.set("revisions", write(deployment.revisions()));
    node.set("rollout", write(deployment.rollout()));
    node.put("rollbackOf", deployment.rollbackOf());
    write(node, deployment.rolledBackBy());
    if (!deployment.instead().isEmpty()) {
      node.put("instead", deployment.instead());
    }
    node.set("audience", write(deployment.audience()));
    deployment.diagnosis().ifPresent(diagnosis -> node.set("diagnosis", write(diagnosis)));
    if (deployment.alarms().lookedFor() || !deployment.alarms().alarms().isEmpty()) {
      node.set("alarms", write(deployment.alarms()));
    }
    put(node, "createdAt", deployment.createdAt());
    put(node, "updatedAt", deployment.updatedAt());
    put(node, "finishedAt", deployment.finishedAt());
    return node;
  }

  /**
   * @throws UnreadableItemException naming the item and the value
   */
  public static Deployment deployment(JsonNode document) {
    Reader in = new Reader(document, "deployment " + Json.text(document, "service"));
    in = new Reader(document, in.item + "#" + Json.text(document, "sequence"));
    Reader diagnosis = in.at("diagnosis");
    return new Deployment(
        in.service("service"),
        in.number("sequence"),
        in.name("status", Status.class),
        in.name("reason", Reason.class),
        in.text("detail"),
        images(in.at("from")),
        images(in.at("to")),
        trigger(in.at("trigger")),
        revisions(in.at("revisions")),
        rollout(in.at("rollout")),
        in.number("rollbackOf"),
        rolledBackBy(in),
        in.text("instead"),
        audience(in.at("audience")),
        diagnosis.exists() ? Optional.of(diagnosis(diagnosis)) : Optional.empty(),
        alarms(in.at("alarms")),
        in.instant("createdAt"),
        in.instant("updatedAt"),
        in.instant("finishedAt"));
  }

  /**
   * The version before knows no CodeDeploy here, and would refuse the item, and with it all that
   * the service does: it reads ECS, as it always wrote; which controller it was stands beside that.
   */
  private static void write(ObjectNode node, RolledBackBy who) {
    if (who == RolledBackBy.CODE_DEPLOY) {
      node.put("rolledBackBy", RolledBackBy.ECS.name()).put("backByController", who.name());
    } else {
      node.put("rolledBackBy", who.name());
    }
  }

  private static RolledBackBy rolledBackBy(Reader in) {
    RolledBackBy who = in.name("rolledBackBy", RolledBackBy.class, RolledBackBy.NOBODY);
    return who == RolledBackBy.ECS ? in.name("backByController", RolledBackBy.class, who) : who;
  }

  private static ObjectNode write(Trigger trigger) {
    ObjectNode node =
        Json.object()
            .put("kind", trigger.kind().name())
            .put("by", trigger.by())
            .put("eventId", trigger.eventId());
    put(node, "at", trigger.at());
    return node;
  }

  private static Trigger trigger(Reader in) {
    return new Trigger(
        in.name("kind", Trigger.Kind.class, Trigger.Kind.PUSH),
        in.text("by"),
        in.text("eventId"),
        in.instant("at"));
  }

  private static ObjectNode write(Revisions revisions) {
    return Json.object()
        .put("previous", revisions.previous())
        .put("base", revisions.base())
        .put("own", revisions.own());
  }

  private static Revisions revisions(Reader in) {
    return new Revisions(in.text("previous"), in.text("base"), in.text("own"));
  }

  private static ObjectNode write(Rollout rollout) {
    ObjectNode node = Json.object();
    node.put("ecsDeploymentId", rollout.ecsDeploymentId());
    node.put("serviceDeploymentArn", rollout.serviceDeploymentArn());
    node.put("desired", rollout.desired());
    node.put("running", rollout.running());
    node.put("pending", rollout.pending());
    node.put("failed", rollout.failed());
    node.put("stage", rollout.stage());
    put(node, "startedAt", rollout.startedAt());
    put(node, "progressAt", rollout.progressAt());
    put(node, "bakeUntil", rollout.bakeUntil());
    node.put("tasksSeen", rollout.tasksSeen());
    node.put("stopRequested", rollout.stopRequested());
    if (!rollout.shift().equals(Shift.NONE)) {
      node.set("shift", write(rollout.shift()));
    }
    return node;
  }

  private static Rollout rollout(Reader in) {
    return new Rollout(
        in.text("ecsDeploymentId"),
        in.text("serviceDeploymentArn"),
        in.count("desired"),
        in.count("running"),
        in.count("pending"),
        in.count("failed"),
        in.text("stage"),
        in.instant("startedAt"),
        in.instant("progressAt"),
        in.instant("bakeUntil"),
        in.flag("tasksSeen", false),
        in.flag("stopRequested", false),
        in.at("shift").ifThere(LedgerFormat::shift).orElse(Shift.NONE));
  }

  private static ObjectNode write(Shift shift) {
    ObjectNode node = Json.object().put("strategy", shift.strategy());
    var trail = node.putArray("trail");
    for (Shift.Mark mark : shift.trail()) {
      ObjectNode each = trail.addObject().put("stage", mark.stage());
      mark.production().ifPresent(share -> each.put("production", share));
      put(each, "at", mark.at());
    }
    shift.test().ifPresent(share -> node.put("test", share));
    put(node, "standsUntil", shift.standsUntil());
    shift.hook().ifPresent(hook -> node.set("hook", write(hook)));
    return node;
  }

  private static Shift shift(Reader in) {
    List<Shift.Mark> trail = new ArrayList<>();
    for (JsonNode each : in.node.path("trail")) {
      trail.add(
          new Shift.Mark(
              Json.text(each, "stage"), share(each, "production"), Json.instant(each, "at")));
    }
    return new Shift(
        in.text("strategy"),
        trail,
        share(in.node, "test"),
        in.instant("standsUntil"),
        in.at("hook").ifThere(LedgerFormat::hook));
  }

  private static OptionalDouble share(JsonNode node, String field) {
    return node.path(field).isNumber()
        ? OptionalDouble.of(node.path(field).asDouble())
        : OptionalDouble.empty();
  }

  private static ObjectNode write(AlarmsInUse alarms) {
    ObjectNode node =
        Json.object()
            .put("lookedFor", alarms.lookedFor())
            .put("problem", cut(alarms.problem(), LONGEST_LINE));
    var list = node.putArray("alarms");
    for (AlarmsInUse.Alarm alarm : alarms.alarms()) {
      ObjectNode each =
          list.addObject()
              .put("name", alarm.name())
              .put("arn", alarm.arn())
              .put("ofService", alarm.ofService())
              .put("onAtStart", alarm.onAtStart());
      put(each, "since", alarm.since());
      each.put("wentOff", alarm.wentOff()).put("reason", alarm.reason());
    }
    return node;
  }

  private static AlarmsInUse alarms(Reader in) {
    List<AlarmsInUse.Alarm> alarms = new ArrayList<>();
    for (JsonNode each : in.at("alarms").node) {
      Reader alarm = new Reader(each, in.item);
      alarms.add(
          new AlarmsInUse.Alarm(
              alarm.text("name"),
              alarm.text("arn"),
              alarm.flag("ofService", false),
              alarm.flag("onAtStart", false),
              alarm.instant("since"),
              alarm.flag("wentOff", false),
              alarm.text("reason")));
    }
    return new AlarmsInUse(in.flag("lookedFor", false), alarms, in.text("problem"));
  }

  private static ObjectNode write(Audience audience) {
    ObjectNode node = Json.object();
    audience.channel().ifPresent(channel -> node.put("channel", channel));
    return node.put("level", audience.level().name()).put("logs", audience.logs());
  }

  private static Audience audience(Reader in) {
    return new Audience(
        in.optional("channel"),
        in.name("level", Level.class, Audience.DEFAULT.level()),
        in.flag("logs", Audience.DEFAULT.logs()));
  }

  private static ObjectNode write(Diagnosis diagnosis) {
    ObjectNode node = Json.object();
    node.put("cause", cut(diagnosis.cause(), LONGEST_TEXT));
    node.put("container", diagnosis.container());
    if (!diagnosis.advice().isEmpty()) {
      node.put("advice", cut(diagnosis.advice(), LONGEST_TEXT));
    }
    node.set("evidence", Json.array(firstOf(diagnosis.evidence())));
    node.set("events", Json.array(firstOf(diagnosis.events())));
    return node;
  }

  /** Log lines stood in the diagnosis before they had an item of their own. */
  private static Diagnosis diagnosis(Reader in) {
    return new Diagnosis(
        in.text("cause"),
        in.text("container"),
        in.text("advice"),
        in.texts("evidence"),
        in.texts("events"),
        in.texts("logs"));
  }

  /** The item beside the deployment's that holds the last log lines of its diagnosis, if any. */
  public static Optional<ObjectNode> logs(Deployment deployment) {
    return deployment
        .diagnosis()
        .map(Diagnosis::logs)
        .filter(lines -> !lines.isEmpty())
        .map(lines -> lines.subList(Math.max(0, lines.size() - MOST_LINES), lines.size()))
        .map(lines -> {
          ObjectNode node =
              Json.object()
                  .put("service", deployment.service().arn())
                  .put("sequence", deployment.sequence());
          node.set("lines", Json.array(firstOf(lines)));
          return node;
        });
  }

  public static List<String> logs(JsonNode document) {
    return new Reader(document, "logs " + Json.text(document, "service")).texts("lines");
  }

  private static List<String> firstOf(List<String> lines) {
    return lines.stream().limit(MOST_LINES).map(line -> cut(line, LONGEST_LINE)).toList();
  }

  // CodeDeploy

  /** Which group deploys which service. */
  static ObjectNode write(ServiceRef service, DeploymentGroup group) {
    return Json.object()
        .put("service", service.arn())
        .put("application", group.application())
        .put("group", group.name());
  }

  /**
   * @throws UnreadableItemException naming the item and the value
   */
  static ServiceRef deployedService(JsonNode document) {
    return new Reader(document, "service of a CodeDeploy group").service("service");
  }

  /**
   * @throws UnreadableItemException naming the item and the value
   */
  static DeploymentGroup deploymentGroup(JsonNode document) {
    Reader in = new Reader(document, "CodeDeploy group of " + Json.text(document, "service"));
    try {
      return new DeploymentGroup(in.text("application"), in.text("group"));
    } catch (IllegalArgumentException e) {
      throw in.unreadable("group", in.text("group"), "the name of a group");
    }
  }

  // Heads

  /** Without version and quarantine, which have a place of their own. */
  public static ObjectNode write(Head head) {
    ObjectNode node = Json.object();
    node.put("service", head.service().arn());
    node.put("lastSequence", head.lastSequence());
    node.set("running", write(head.running()));
    head.lastGood().ifPresent(good -> node.set("lastGood", write(good)));
    head.inFlight().ifPresent(deployment -> node.set("inFlight", write(deployment)));
    ObjectNode waiting = node.putObject("waiting");
    head.waiting()
        .byRepository()
        .forEach((repository, wanted) -> waiting.set(repository, write(wanted)));
    if (!head.waiting().because().isEmpty()) {
      node.put("waitingBecause", cut(head.waiting().because(), LONGEST_TEXT));
      node.set("waitingAudience", write(head.waiting().audience()));
    }
    head.hold().ifPresent(hold -> node.set("hold", write(hold)));
    head.request().ifPresent(request -> node.set("request", write(request)));
    ObjectNode considered = node.putObject("considered");
    head.considered().forEach((repository, push) -> considered.set(repository, write(push)));
    put(node, "due", head.due());
    return node;
  }

  /**
   * @throws UnreadableItemException naming the item and the value
   */
  public static Head head(JsonNode document, long version, List<Quarantine> quarantine) {
    Reader in = new Reader(document, "head " + Json.text(document, "service"));
    return new Head(
        in.service("service"),
        version,
        in.number("lastSequence"),
        images(in.at("running")),
        in.at("lastGood").ifThere(LedgerFormat::lastGood),
        in.at("inFlight").ifThere(inFlight -> deployment(inFlight.node)),
        new Waiting(
            in.at("waiting").map(LedgerFormat::wanted),
            in.text("waitingBecause"),
            in.at("waitingAudience").ifThere(LedgerFormat::audience).orElse(Audience.DEFAULT)),
        in.at("hold").ifThere(LedgerFormat::hold),
        in.at("request").ifThere(LedgerFormat::request),
        in.at("considered").map(LedgerFormat::considered),
        in.instant("due"),
        quarantine);
  }

  private static ObjectNode write(LastGood good) {
    ObjectNode node = Json.object().put("taskDefinition", good.taskDefinition());
    node.set("images", write(good.images()));
    node.put("sequence", good.sequence());
    put(node, "at", good.at());
    return node.put("steady", good.steady());
  }

  private static LastGood lastGood(Reader in) {
    return new LastGood(
        in.text("taskDefinition"),
        images(in.at("images")),
        in.number("sequence"),
        in.instant("at"),
        in.flag("steady", true));
  }

  private static ObjectNode write(Wanted wanted) {
    ObjectNode node = Json.object();
    node.set("image", write(wanted.image()));
    put(node, "pushedAt", wanted.pushedAt());
    node.set("trigger", write(wanted.trigger()));
    return node;
  }

  private static Wanted wanted(Reader in) {
    return new Wanted(image(in.at("image")), in.instant("pushedAt"), trigger(in.at("trigger")));
  }

  private static ObjectNode write(Considered push) {
    ObjectNode node = Json.object().put("tag", push.tag());
    push.digest().ifPresent(digest -> node.put("digest", digest.value()));
    put(node, "at", push.at());
    return node;
  }

  private static Considered considered(Reader in) {
    return new Considered(
        in.text("tag"), in.optional("digest").map(_ -> in.digest("digest")), in.instant("at"));
  }

  private static ObjectNode write(Request request) {
    ObjectNode node = Json.object();
    switch (request) {
      case Request.RollBack rollBack ->
          node.put("kind", "ROLL_BACK").put("sequence", rollBack.sequence());
    }
    node.put("by", request.by());
    put(node, "at", request.at());
    return node;
  }

  private static Request request(Reader in) {
    return switch (in.text("kind")) {
      case "ROLL_BACK" ->
          new Request.RollBack(in.number("sequence"), in.text("by"), in.instant("at"));
      default -> throw in.unreadable("kind", in.text("kind"), "a kind of request");
    };
  }

  /** The hold of a service or of the account. */
  public static ObjectNode write(Hold hold) {
    ObjectNode node = Json.object().put("by", hold.by()).put("why", cut(hold.why(), LONGEST_TEXT));
    put(node, "at", hold.at());
    return node;
  }

  public static Hold hold(JsonNode document) {
    return hold(new Reader(document, "hold"));
  }

  private static Hold hold(Reader in) {
    return new Hold(in.text("by"), in.text("why"), in.instant("at"));
  }

  public static ObjectNode write(Quarantine quarantine) {
    ObjectNode node =
        Json.object()
            .put("digest", quarantine.digest().value())
            .put("image", quarantine.image())
            .put("sequence", quarantine.sequence())
            .put("reason", quarantine.reason().name());
    put(node, "at", quarantine.at());
    return node;
  }

  public static Quarantine quarantine(JsonNode document) {
    Reader in = new Reader(document, "quarantine " + Json.text(document, "digest"));
    return new Quarantine(
        in.digest("digest"),
        in.text("image"),
        in.number("sequence"),
        in.name("reason", Reason.class),
        in.instant("at"));
  }

  // What came from outside

  public static ObjectNode write(PushRecord push) {
    ObjectNode node =
        Json.object()
            .put("service", push.service().arn())
            .put("image", push.image())
            .put("digest", push.digest())
            .put("reason", push.reason().name())
            .put("detail", cut(push.detail(), LONGEST_TEXT));
    node.set("trigger", write(push.trigger()));
    node.set("audience", write(push.audience()));
    return node;
  }

  public static PushRecord push(JsonNode document) {
    Reader in = new Reader(document, "push " + Json.text(document, "image"));
    return new PushRecord(
        in.service("service"),
        in.text("image"),
        in.text("digest"),
        in.name("reason", Reason.class),
        in.text("detail"),
        trigger(in.at("trigger")),
        audience(in.at("audience")));
  }

  static ObjectNode write(AlarmUse use) {
    return Json.object().put("service", use.service().arn()).put("sequence", use.sequence());
  }

  static AlarmUse alarmUse(JsonNode document) {
    Reader in = new Reader(document, "use of an alarm by " + Json.text(document, "service"));
    return new AlarmUse(in.service("service"), in.number("sequence"));
  }

  public static ObjectNode write(StoppedTask task) {
    ObjectNode node =
        Json.object()
            .put("taskArn", task.taskArn())
            .put("taskDefinition", task.taskDefinition())
            .put("startedBy", task.startedBy())
            .put("stopCode", task.stopCode())
            .put("stoppedReason", cut(task.stoppedReason(), LONGEST_TEXT));
    put(node, "createdAt", task.createdAt());
    put(node, "startedAt", task.startedAt());
    put(node, "stoppedAt", task.stoppedAt());
    put(node, "endedAt", task.endedAt());
    var containers = node.putArray("containers");
    for (StoppedTask.Container container : task.containers()) {
      ObjectNode each =
          containers.addObject().put("name", container.name()).put("image", container.image());
      if (container.exitCode() != null) {
        each.put("exitCode", container.exitCode());
      }
      each.put("reason", cut(container.reason(), LONGEST_TEXT)).put("health", container.health());
      if (!container.runtimeId().isEmpty()) {
        each.put("runtimeId", container.runtimeId());
      }
    }
    return node;
  }

  public static StoppedTask stoppedTask(JsonNode document) {
    Reader in = new Reader(document, "evidence " + Json.text(document, "taskArn"));
    List<StoppedTask.Container> containers = new ArrayList<>();
    for (JsonNode each : document.path("containers")) {
      JsonNode exitCode = each.path("exitCode");
      containers.add(
          new StoppedTask.Container(
              Json.text(each, "name"),
              Json.text(each, "image"),
              exitCode.isNumber() ? Integer.valueOf(exitCode.intValue()) : null,
              Json.text(each, "reason"),
              Json.text(each, "health"),
              Json.text(each, "runtimeId")));
    }
    return new StoppedTask(
        in.text("taskArn"),
        in.text("taskDefinition"),
        in.text("startedBy"),
        in.text("stopCode"),
        in.text("stoppedReason"),
        in.instant("createdAt"),
        in.instant("startedAt"),
        in.instant("stoppedAt"),
        in.instant("endedAt"),
        containers);
  }

  /** What an event told of a hook, and the hook of a rollout. */
  public static ObjectNode write(Hook hook) {
    ObjectNode node =
        Json.object()
            .put("id", hook.id())
            .put("type", hook.type().name())
            .put("target", hook.target())
            .put("stage", hook.stage())
            .put("state", hook.state().name())
            .put("timeoutAction", hook.timeoutAction().name());
    put(node, "expiresAt", hook.expiresAt());
    put(node, "at", hook.at());
    return node;
  }

  public static Hook hook(JsonNode document) {
    return hook(new Reader(document, "hook " + Json.text(document, "id")));
  }

  private static Hook hook(Reader in) {
    return new Hook(
        in.text("id"),
        in.name("type", Hook.Type.class),
        in.text("target"),
        in.text("stage"),
        in.name("state", Hook.State.class),
        in.instant("expiresAt"),
        in.name("timeoutAction", Hook.TimeoutAction.class, Hook.TimeoutAction.UNKNOWN),
        in.instant("at"));
  }

  // Images

  private static ObjectNode write(ImageSet images) {
    ObjectNode node = Json.object();
    images.byContainer().forEach((container, image) -> node.set(container, write(image)));
    return node;
  }

  private static ImageSet images(Reader in) {
    return new ImageSet(in.map(LedgerFormat::image));
  }

  private static ObjectNode write(Image image) {
    return Json.object()
        .put("registry", image.registry())
        .put("repository", image.repository())
        .put("tag", image.tag())
        .put("digest", image.digest().value());
  }

  private static Image image(Reader in) {
    return new Image(
        in.text("registry"), in.text("repository"), in.text("tag"), in.digest("digest"));
  }

  private static void put(ObjectNode node, String field, Instant instant) {
    if (instant != null) {
      node.put(field, instant.toString());
    }
  }

  private static String cut(String text, int longest) {
    if (text.length() <= longest) {
      return text;
    }
    // Not between the two halves of a character.
    int end = Character.isHighSurrogate(text.charAt(longest - 2)) ? longest - 2 : longest - 1;
    return text.substring(0, end) + "…";
  }

  /** Fields of a document, with errors that name the item. */
  private record Reader(JsonNode node, String item) {

    Reader at(String field) {
      return new Reader(node.path(field), item);
    }

    boolean exists() {
      return node.isObject();
    }

    <T> Optional<T> ifThere(Function<Reader, T> read) {
      return exists() ? Optional.of(read.apply(this)) : Optional.empty();
    }

    <T> Map<String, T> map(Function<Reader, T> read) {
      Map<String, T> map = new TreeMap<>();
      for (var field : node.properties()) {
        map.put(field.getKey(), read.apply(new Reader(field.getValue(), item)));
      }
      return map;
    }

    String text(String field) {
      return Json.text(node, field);
    }

    Optional<String> optional(String field) {
      return text(field).isEmpty() ? Optional.empty() : Optional.of(text(field));
    }

    List<String> texts(String field) {
      List<String> texts = new ArrayList<>();
      node.path(field).forEach(each -> texts.add(each.asText()));
      return texts;
    }

    long number(String field) {
      return node.path(field).asLong();
    }

    int count(String field) {
      return node.path(field).asInt();
    }

    boolean flag(String field, boolean otherwise) {
      return node.path(field).asBoolean(otherwise);
    }

    Instant instant(String field) {
      return Json.instant(node, field);
    }

    ServiceRef service(String field) {
      try {
        return ServiceRef.parse(text(field));
      } catch (IllegalArgumentException e) {
        throw unreadable(field, text(field), "the ARN of an ECS service");
      }
    }

    Digest digest(String field) {
      try {
        return new Digest(text(field));
      } catch (IllegalArgumentException e) {
        throw unreadable(field, text(field), "an image digest");
      }
    }

    <E extends Enum<E>> E name(String field, Class<E> type) {
      try {
        return Enum.valueOf(type, text(field));
      } catch (IllegalArgumentException e) {
        throw unreadable(field, text(field), "a " + type.getSimpleName() + " that is known here");
      }
    }

    <E extends Enum<E>> E name(String field, Class<E> type, E otherwise) {
      return text(field).isEmpty() ? otherwise : name(field, type);
    }

    UnreadableItemException unreadable(String field, String value, String expected) {
      return new UnreadableItemException(
          item,
          "'"
              + value
              + "' in its field '"
              + field
              + "' is not "
              + expected
              + "; a newer version of Slipway may have written it");
    }
  }
}
