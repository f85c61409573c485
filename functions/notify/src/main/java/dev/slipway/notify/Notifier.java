package dev.slipway.notify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.chat.Cards;
import dev.slipway.chat.Plain;
import dev.slipway.chat.PushCard;
import dev.slipway.chat.Telling;
import dev.slipway.deployment.Deployment;
import dev.slipway.follow.ServiceRef;
import dev.slipway.ledger.PushRecord;
import dev.slipway.ledger.UnreadableItemException;
import dev.slipway.runtime.Batch;
import dev.slipway.runtime.DeadLetters;
import dev.slipway.runtime.Json;
import dev.slipway.runtime.Log;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Goes through a batch of the ledger's stream: events first, for programs depend on them, then
 * Slack. The bus and the ledger are counted on: what they refuse is seen again. Slack is not.
 */
final class Notifier {

  /** Messages that are tried again in one invocation, beside the batch's own. */
  private static final int SWEEP = 25;

  /** One deployment's message, however many records of the batch speak of it. */
  private static final class Refresh {
    private final ServiceRef service;
    private final long sequence;
    private final Set<String> records = new HashSet<>();
    private long rollback;
    private boolean neighbour;

    private Refresh(ServiceRef service, long sequence) {
      this.service = service;
      this.sequence = sequence;
    }
  }

  /** What waits in one service, likewise. */
  private static final class Waits {
    private final ServiceRef service;
    private final Set<String> records = new HashSet<>();
    private boolean begins;

    private Waits(ServiceRef service) {
      this.service = service;
    }
  }

  private final Teller teller;
  private final Bus bus;
  private final String busName;
  private final Supplier<Voice> voices;
  private final DeadLetters deadLetters;
  private final LongSupplier nanos;
  private final Log log;

  Notifier(
      Teller teller,
      Bus bus,
      String busName,
      Supplier<Voice> voices,
      DeadLetters deadLetters,
      LongSupplier nanos,
      Log log) {
    this.teller = teller;
    this.bus = bus;
    this.busName = busName;
    this.voices = voices;
    this.deadLetters = deadLetters;
    this.nanos = nanos;
    this.log = log;
  }

  /**
   * @param records of the event
   * @return the partial batch response
   */
  ObjectNode batch(JsonNode records) {
    Set<String> failed = new HashSet<>();
    List<ObjectNode> entries = new ArrayList<>();
    List<String> entryRecords = new ArrayList<>();
    Map<String, Refresh> refreshes = new LinkedHashMap<>();
    Map<ServiceRef, Waits> waits = new LinkedHashMap<>();
    Map<String, PushRecord> pushes = new LinkedHashMap<>();
    for (JsonNode record : records) {
      JsonNode dynamodb = record.path("dynamodb");
      String id = Json.text(dynamodb, "SequenceNumber");
      switch (read(dynamodb, id, failed)) {
        case Stream.Changed(Optional<Deployment> before, Deployment now) -> {
          if (before.isEmpty() && !now.isRollback()) {
            // It may be what waited, and take over the message of that.
            waits.computeIfAbsent(now.service(), Waits::new).records.add(id);
          }
          if (StateChange.between(before, now)) {
            entries.add(StateChange.entry(before, now, busName));
            entryRecords.add(id);
            log(now);
          }
          note(refreshes, before, now).records.add(id);
        }
        case Stream.Declined(PushRecord push) -> pushes.put(id, push);
        case Stream.Waits(ServiceRef service, boolean begins) -> {
          Waits each = waits.computeIfAbsent(service, Waits::new);
          each.begins |= begins;
          each.records.add(id);
        }
        case Stream.Other _ -> {}
      }
    }
    bus.publish(entries).forEach(index -> failed.add(entryRecords.get(index)));
    Voice voice = voices.get();
    Circuit circuit = new Circuit(nanos);
    pushes.forEach((id, push) -> push(voice, circuit, id, push, failed));
    waits.values().forEach(each -> waits(voice, circuit, each, failed));
    refreshes.values().forEach(each -> refresh(voice, circuit, each, failed));
    if (failed.isEmpty()) {
      sweep(voice, circuit);
    }
    return response(records, failed);
  }

  /** The clock: nothing has changed, but something may be waiting. */
  void sweep() {
    sweep(voices.get(), new Circuit(nanos));
  }

  private void sweep(Voice voice, Circuit circuit) {
    try {
      teller.sweep(voice, circuit, SWEEP);
    } catch (RuntimeException e) {
      log.error("what waits for Slack could not be looked through; it keeps waiting", e);
    }
  }

  /** What cannot be read now can never be read, and must not block what comes behind it. */
  private Stream read(JsonNode dynamodb, String id, Set<String> failed) {
    try {
      return Stream.read(dynamodb);
    } catch (UnreadableItemException e) {
      log.error("record goes to the dead-letter queue", e, "item", Stream.item(dynamodb));
      try {
        deadLetters.add(
            new Batch.Message(id, Json.write(dynamodb), "", 1, Json.object()), e.getMessage());
      } catch (RuntimeException unreachable) {
        log.error("the dead-letter queue did not take it; it is seen again", unreachable);
        failed.add(id);
      }
      return new Stream.Other();
    }
  }

  private static Refresh note(
      Map<String, Refresh> refreshes, Optional<Deployment> before, Deployment now) {
    // A rollback is told in the card of what failed.
    long sequence = now.isRollback() ? now.rollbackOf() : now.sequence();
    Refresh refresh =
        refreshes.computeIfAbsent(
            now.service().arn() + "#" + sequence, _ -> new Refresh(now.service(), sequence));
    if (now.isRollback()) {
      refresh.rollback = Math.max(refresh.rollback, now.sequence());
    }
    refresh.neighbour |=
        before.isEmpty() || (now.status().ended() && StateChange.between(before, now));
    return refresh;
  }

  private void refresh(Voice voice, Circuit circuit, Refresh each, Set<String> failed) {
    try (var _ =
        log.with(
            "service",
            each.service.brief(),
            "deployment",
            each.service.brief() + "#" + each.sequence)) {
      try {
        teller.refresh(voice, circuit, each.service, each.sequence, each.rollback);
        if (each.neighbour) {
          teller.refreshNeighbour(voice, circuit, each.service, each.sequence);
        }
      } catch (RuntimeException e) {
        log.error("the message could not be brought up to date; the record is seen again", e);
        failed.addAll(each.records);
      }
    }
  }

  private void waits(Voice voice, Circuit circuit, Waits each, Set<String> failed) {
    try (var _ = log.with("service", each.service.brief())) {
      try {
        teller.waits(voice, circuit, each.service, each.begins);
      } catch (UnreadableItemException e) {
        // A head that can never be read must not keep back what other services have to say.
        log.error("what waits cannot be told", e);
      } catch (RuntimeException e) {
        log.error("what waits could not be told; the record is seen again", e);
        failed.addAll(each.records);
      }
    }
  }

  private void push(Voice voice, Circuit circuit, String id, PushRecord push, Set<String> failed) {
    try (var _ = log.with("service", push.service().brief(), "image", push.image())) {
      try {
        if (voice instanceof Voice.Silent && Telling.worthALine(push)) {
          log.info(Plain.line(PushCard.of(push)), "reason", push.reason());
        }
        teller.tell(voice, circuit, push);
      } catch (RuntimeException e) {
        log.error("a push could not be told; the record is seen again", e);
        failed.add(id);
      }
    }
  }

  /** With or without Slack, the log has one line for each status. */
  private void log(Deployment now) {
    try (var _ =
        log.with(
            "service", now.service().brief(),
            "deployment", now.id(),
            "image", now.to().brief())) {
      log.info(
          Plain.line(Cards.deployment(now, Optional.empty(), false)),
          "status",
          now.status(),
          "reason",
          now.reason(),
          "cause",
          now.diagnosis().map(diagnosis -> diagnosis.cause()).orElse(""));
    }
  }

  /** In the order of the records: Lambda goes on from the first that is named. */
  private static ObjectNode response(JsonNode records, Set<String> failed) {
    ObjectNode answer = Json.object();
    ArrayNode failures = answer.putArray("batchItemFailures");
    for (JsonNode record : records) {
      String id = Json.text(record.path("dynamodb"), "SequenceNumber");
      if (failed.contains(id)) {
        failures.addObject().put("itemIdentifier", id);
      }
    }
    return answer;
  }
}
