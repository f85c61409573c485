package dev.slipway.notify;

import dev.slipway.follow.ServiceRef;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Items about messages in memory. */
final class MemoryMessages implements MessageStore {

  final Map<String, MessageItem> items = new TreeMap<>();
  Runnable beforeWrite = () -> {};
  int writes;

  @Override
  public MessageItem read(MessageKey key) {
    return items.getOrDefault(id(key), MessageItem.absent(key));
  }

  @Override
  public Optional<MessageItem> write(MessageItem item, Instant now) {
    beforeWrite.run();
    if (read(item.key()).version() != item.version()) {
      return Optional.empty();
    }
    writes++;
    MessageItem next = item.version(item.version() + 1);
    items.put(id(item.key()), next);
    return Optional.of(next);
  }

  @Override
  public List<MessageKey> due(Instant until, int limit) {
    return items.values().stream()
        .filter(item -> item.due() != null && !item.due().isAfter(until))
        .sorted(Comparator.comparing(MessageItem::due))
        .limit(limit)
        .map(MessageItem::key)
        .toList();
  }

  @Override
  public Optional<MessageKey> newestBefore(ServiceRef service, long sequence) {
    MessageKey before = MessageKey.deployment(service, sequence);
    return items.values().stream()
        .map(MessageItem::key)
        .filter(key -> key.service().equals(service) && key.sk().compareTo(before.sk()) < 0)
        .max(Comparator.comparing(MessageKey::sk));
  }

  private static String id(MessageKey key) {
    return key.pk() + " " + key.sk();
  }
}
