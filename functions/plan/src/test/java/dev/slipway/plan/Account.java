package dev.slipway.plan;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.Patience;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Wanted;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.follow.ServiceRef;
import dev.slipway.follow.Settings.Audience;
import dev.slipway.image.Digest;
import dev.slipway.image.Image;
import dev.slipway.image.ImageSet;
import dev.slipway.ledger.Ledger;
import dev.slipway.ledger.Ledger.Change;
import dev.slipway.ledger.MemoryLedger;
import dev.slipway.ledger.PushRecord;
import dev.slipway.runtime.Environment;
import dev.slipway.runtime.Json;
import dev.slipway.runtime.Log;
import dev.slipway.runtime.Metrics;
import dev.slipway.testing.Calls;
import dev.slipway.testing.MemoryEcr;
import dev.slipway.testing.MemoryEcs;
import dev.slipway.testing.MemoryTagging;
import dev.slipway.testing.RecordedLanes;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An account in memory, and a planner in it. */
final class Account {

  static final Instant NOW = Instant.parse("2026-01-01T10:06:00Z");
  static final Digest A = digest("a");
  static final Digest B = digest("b");
  static final Digest C = digest("c");

  final Calls calls = new Calls();
  final MemoryTagging tagging = new MemoryTagging(calls);
  final MemoryEcs ecs = new MemoryEcs(calls);
  final MemoryEcr ecr = new MemoryEcr(calls);
  final RecordedLanes lanes = new RecordedLanes(calls);
  final Ledger store = new MemoryLedger();
  final List<Duration> pauses = new ArrayList<>();

  /** Each is run before one write, to be the one who wrote first. */
  final Deque<Runnable> intruders = new ArrayDeque<>();

  Instant now = NOW;
  private final ByteArrayOutputStream lines = new ByteArrayOutputStream();

  /** How many groups of services a reconcile run has time for. */
  int groups = Integer.MAX_VALUE;

  final Deque<String> next = new ArrayDeque<>();

  private final Planner.Turn turn =
      new Planner.Turn() {
        @Override
        public boolean over() {
          return --groups <= 0;
        }

        @Override
        public void next(String message) {
          next.add(message);
        }
      };

  private final Ledger ledger = watched();

  Planner planner() {
    return planner(false);
  }

  Planner planner(boolean observeOnly) {
    PrintStream sink = new PrintStream(lines, true, StandardCharsets.UTF_8);
    return new Planner(
        new Planner.Means(
            tagging,
            ecs,
            ecr,
            ledger,
            lanes,
            () -> now,
            observeOnly,
            new Patience() {
              @Override
              public long nanoTime() {
                return 0;
              }

              @Override
              public void sleep(Duration duration) {
                pauses.add(duration);
              }

              @Override
              public double random() {
                return 0.5;
              }
            },
            new Log("plan", new Environment(Map.of()), () -> now, sink),
            new Metrics(() -> now, sink),
            turn));
  }

  /** What was logged and counted, in lines. */
  String logged() {
    return lines.toString(StandardCharsets.UTF_8);
  }

  /** A steady service that follows, known to ECS and to the tagging API alike. */
  ServiceRef follower(String name, String... keysAndValues) {
    ServiceRef service = service(name);
    Map<String, String> tags = tags(keysAndValues);
    tagging.put(service, tags);
    ecs.put(
        MemoryEcs.steady(
            service, "arn:aws:ecs:eu-west-1:123456789012:task-definition/app:1", tags));
    return service;
  }

  /** A head that knows what runs, as the baseline leaves it. */
  Head running(ServiceRef service, Image image) {
    Head head = store.head(service);
    return store.write(
        Change.of(
            head, head.running(new ImageSet(Map.of("web", image))).lastSequence(1).due(null)));
  }

  Head head(ServiceRef service) {
    return store.head(service);
  }

  Wanted waiting(ServiceRef service) {
    return head(service).waiting().byRepository().get("team/app");
  }

  List<PushRecord> pushes(ServiceRef service) {
    return store.pushes(service, 10);
  }

  static Map<String, String> tags(String... keysAndValues) {
    Map<String, String> tags = new HashMap<>();
    tags.put("slipway", "on");
    for (int i = 0; i < keysAndValues.length; i += 2) {
      tags.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return tags;
  }

  static ServiceRef service(String name) {
    return ServiceRef.parse(
        "arn:aws:ecs:eu-west-1:123456789012:service/"
            + (name.contains("/") ? name : "main/" + name));
  }

  static Digest digest(String letter) {
    return new Digest("sha256:" + letter.repeat(64));
  }

  static Image image(String tag, Digest digest) {
    return Image.of("123456789012", "eu-west-1", "team/app", tag, digest);
  }

  /** The event of a push to team/app, with an id that follows from what it says. */
  static ObjectNode push(String tag, Digest digest, String time) {
    ObjectNode event =
        Json.object()
            .put("version", "0")
            .put("id", "push-" + tag + "-" + digest.brief() + "-" + time)
            .put("detail-type", "ECR Image Action")
            .put("source", "aws.ecr")
            .put("account", "123456789012")
            .put("time", "2026-01-01T" + time + "Z")
            .put("region", "eu-west-1");
    event.putArray("resources");
    event
        .putObject("detail")
        .put("action-type", "PUSH")
        .put("result", "SUCCESS")
        .put("repository-name", "team/app")
        .put("image-digest", digest.value())
        .put("image-tag", tag)
        .put("manifest-media-type", "application/vnd.oci.image.manifest.v1+json")
        .put("artifact-media-type", MemoryEcr.IMAGE);
    return event;
  }

  static String pushed(String tag, Digest digest, String time) {
    return Json.write(push(tag, digest, time));
  }

  static Instant time(String time) {
    return Instant.parse("2026-01-01T" + time + "Z");
  }

  private Ledger watched() {
    return (Ledger)
        Proxy.newProxyInstance(
            Account.class.getClassLoader(),
            new Class<?>[] {Ledger.class},
            (proxy, method, arguments) -> {
              ServiceRef service =
                  switch (arguments[0]) {
                    case ServiceRef ref -> ref;
                    case Change change -> change.before().service();
                    case PushRecord push -> push.service();
                    default -> null;
                  };
              calls.add("ledger." + method.getName() + " " + service.brief());
              if (method.getName().equals("write") && !intruders.isEmpty()) {
                intruders.pop().run();
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** Somebody else's change of the head, whatever it is. */
  void touch(ServiceRef service) {
    Head head = store.head(service);
    store.write(Change.of(head, head));
  }

  /** One that has succeeded. */
  static Deployment deployment(ServiceRef service, long sequence, Image image, Instant at) {
    return new Deployment(
        service,
        sequence,
        Status.SUCCEEDED,
        Reason.COMPLETED,
        "",
        ImageSet.EMPTY,
        new ImageSet(Map.of("web", image)),
        trigger("event"),
        new Deployment.Revisions("", "", ""),
        Deployment.Rollout.NONE,
        0,
        Deployment.RolledBackBy.NOBODY,
        Audience.DEFAULT,
        Optional.empty(),
        at,
        at,
        at);
  }

  static Deployment.Trigger trigger(String event) {
    return new Deployment.Trigger(Deployment.Trigger.Kind.PUSH, "", event, time("09:00:00"));
  }
}
