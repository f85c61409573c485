package dev.slipway.local.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsService;
import dev.slipway.chat.Plain;
import dev.slipway.ledger.Ledger;
import dev.slipway.local.bus.EventBus;
import dev.slipway.local.lambda.Invocation;
import dev.slipway.local.runtime.Listener;
import dev.slipway.local.slack.SlackMessage;
import dev.slipway.local.slack.SlackSimulation.Change;
import dev.slipway.runtime.Json;
import dev.slipway.slack.Message;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/** Listens to the account and to Slack, and tells the narrator what a person wants to know. */
public final class AccountNarrator implements Listener {

  private static final String ADMIN = "admin";

  /** Schedules of the template that only say that time passes. */
  private static final Set<String> SCHEDULES = Set.of("ClockRule", "ReconcileRule");

  private static final Set<String> LEDGER_WRITES =
      Set.of("PutItem", "UpdateItem", "TransactWriteItems");

  private final Narrator narrator;
  private final LedgerWatch ledger;
  private final InstantSource clock;

  public AccountNarrator(Narrator narrator, Ledger ledger, InstantSource clock) {
    this.narrator = narrator;
    this.ledger = new LedgerWatch(ledger, narrator, clock);
    this.clock = clock;
  }

  @Override
  public void event(ObjectNode event) {
    narrator.event(event);
  }

  @Override
  public void delivery(EventBus.Delivery delivery) {
    if (SCHEDULES.contains(delivery.rule())) {
      narrator.schedule(clock.instant(), delivery.rule());
    }
    if (!delivery.outcome().equals("delivered")) {
      narrator.trouble(
          clock.instant(),
          delivery.rule() + " could not deliver an event: " + delivery.outcome(),
          delivery.body());
    }
  }

  @Override
  public void call(Call call) {
    String error = call.refusal() == null ? "" : words(call);
    if (call.principal().equals(ADMIN)) {
      return;
    }
    if (call.service() == AwsService.SQS && error.isEmpty()) {
      looks(call);
      return;
    }
    if (call.service() == AwsService.DYNAMODB) {
      if (error.isEmpty() && LEDGER_WRITES.contains(call.operation())) {
        ledger.look();
      }
      return;
    }
    narrator.call(
        call.at(),
        call.principal(),
        call.service().actionPrefix() + ":" + call.operation(),
        call.input(),
        call.output() == null ? Json.object() : call.output(),
        error);
  }

  private static String words(Call call) {
    String message = call.refusal().getMessage();
    int answered = message.indexOf(" answered ");
    return answered < 0 ? message : message.substring(answered + " answered ".length());
  }

  /** Messages that are looks, one or a batch of them. */
  private void looks(Call call) {
    look(call, Json.text(call.input(), "MessageBody"));
    for (JsonNode entry : call.input().path("Entries")) {
      look(call, Json.text(entry, "MessageBody"));
    }
  }

  private void look(Call call, String body) {
    if (body.contains("\"look\"")) {
      JsonNode look = Json.read(body);
      narrator.look(call.at(), Json.text(look, "look"), Json.text(look, "cause"));
    }
  }

  @Override
  public void invocation(Invocation invocation) {
    if (invocation.failed()) {
      narrator.trouble(
          clock.instant(),
          invocation.function() + " failed: " + invocation.error(),
          invocation.response());
    }
  }

  @Override
  public void deadLetter(String queue, String deadLetterQueue, String body) {
    narrator.trouble(
        clock.instant(), "a message of " + queue + " went to " + deadLetterQueue, body);
  }

  /** Something changed in Slack; an edit is worth a line when the title is another. */
  public void slack(Change change) {
    SlackMessage message = change.message();
    String line = Plain.line(message.content());
    switch (change) {
      case Change.Posted _ -> narrator.chat(clock.instant(), "posted: " + line);
      case Change.Edited _ -> {
        if (message.history().isEmpty()
            || !title(message.history().getLast()).equals(title(message.content()))) {
          narrator.chat(clock.instant(), "edited: " + line);
        }
      }
      case Change.Replied _ ->
          narrator.chat(
              clock.instant(),
              "in the thread" + (message.aloud() ? " and in the channel: " : ": ") + line);
      case Change.Answered _ -> narrator.chat(clock.instant(), "answered: " + line);
    }
  }

  private static String title(Message message) {
    List<String> lines = Plain.lines(message);
    return lines.isEmpty() ? "" : lines.getFirst();
  }
}
