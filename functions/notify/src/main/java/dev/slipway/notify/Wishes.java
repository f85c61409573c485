package dev.slipway.notify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Wanted;
import dev.slipway.ledger.PushRecord;
import dev.slipway.runtime.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What the message of what waits was drawn for, so that it can be told later what came of it: a
 * deployment, or a push that changed nothing, has the trigger and the digest of its wish.
 */
record Wishes(List<Wish> wishes) {

  /**
   * @param image for people
   */
  private record Wish(String trigger, String digest, String image) {}

  Wishes {
    wishes = List.copyOf(wishes);
  }

  static Wishes of(Head head) {
    return new Wishes(head.waiting().byRepository().values().stream().map(Wishes::wish).toList());
  }

  /** None, if nothing was drawn. */
  static Wishes of(MessageItem item) {
    List<Wish> wishes = new ArrayList<>();
    item.content()
        .ifPresent(content -> {
          for (JsonNode each : content.path("wishes")) {
            wishes.add(
                new Wish(
                    Json.text(each, "trigger"),
                    Json.text(each, "digest"),
                    Json.text(each, "image")));
          }
        });
    return new Wishes(wishes);
  }

  ObjectNode content() {
    ObjectNode content = Json.object();
    ArrayNode all = content.putArray("wishes");
    for (Wish wish : wishes) {
      all.addObject()
          .put("trigger", wish.trigger())
          .put("digest", wish.digest())
          .put("image", wish.image());
    }
    return content;
  }

  String brief() {
    return wishes.stream().map(Wish::image).collect(Collectors.joining(", "));
  }

  /** Whether any of them still waits. */
  boolean waitIn(Head head) {
    return head.waiting().byRepository().values().stream()
        .map(Wishes::wish)
        .anyMatch(wishes::contains);
  }

  boolean became(Deployment deployment) {
    String trigger = id(deployment.trigger());
    return !deployment.isRollback()
        && wishes.stream()
            .anyMatch(wish ->
                wish.trigger().equals(trigger)
                    && deployment.to().byContainer().values().stream()
                        .anyMatch(image -> image.digest().value().equals(wish.digest())));
  }

  boolean became(PushRecord push) {
    String trigger = id(push.trigger());
    return wishes.stream()
        .anyMatch(wish -> wish.trigger().equals(trigger) && wish.digest().equals(push.digest()));
  }

  private static Wish wish(Wanted wanted) {
    return new Wish(id(wanted.trigger()), wanted.image().digest().value(), wanted.image().brief());
  }

  private static String id(Trigger trigger) {
    return trigger.kind() + " " + trigger.eventId() + " " + trigger.by() + " " + trigger.at();
  }
}
