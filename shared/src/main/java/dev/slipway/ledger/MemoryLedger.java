package dev.slipway.ledger;

import dev.slipway.aws.DeploymentGroup;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Quarantine;
import dev.slipway.follow.ServiceRef;
import dev.slipway.runtime.Json;
import dev.slipway.verdict.Hook;
import dev.slipway.verdict.StoppedTask;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A ledger in memory, for tests and simulations. It keeps documents as {@link DynamoLedger} does,
 * under the same keys, so that what the format loses is lost here too; nothing expires.
 * Thread-safe.
 */
public final class MemoryLedger implements Ledger {

  private static final class Partition {
    long version;

    /** As it reads back from its document. */
    Head head;

    Instant due;
    final NavigableMap<String, String> items = new TreeMap<>();
  }

  private final NavigableMap<ServiceRef, Partition> partitions = new TreeMap<>();
  private final Map<String, NavigableMap<ServiceRef, String>> alarmUses = new HashMap<>();
  private final Map<String, String> groups = new TreeMap<>();
  private String accountHold = "";

  @Override
  public synchronized Head head(ServiceRef service) {
    Partition partition = partitions.get(service);
    return partition == null || partition.version == 0 ? Head.unseen(service) : partition.head;
  }

  private static Head head(Partition partition, String document) {
    List<Quarantine> quarantine =
        under(partition, LedgerKeys.QUARANTINE).values().stream()
            .map(entry -> LedgerFormat.quarantine(Json.read(entry)))
            .toList();
    return LedgerFormat.head(Json.read(document), partition.version, quarantine);
  }

  private static NavigableMap<String, String> under(Partition partition, String prefix) {
    return partition.items.subMap(prefix, true, prefix + Character.MAX_VALUE, false);
  }

  private Partition partition(ServiceRef service) {
    return partitions.computeIfAbsent(service, _ -> new Partition());
  }

  @Override
  public synchronized Head write(Change change) {
    ServiceRef service = change.after().service();
    Partition partition = partition(service);
    if (partition.version != change.before().version()) {
      throw new HeadChangedException(service, change.before().version());
    }
    partition.version++;
    partition.due = change.after().due();
    change.deployments().forEach(each -> keep(partition, each));
    change.release().forEach(digest -> partition.items.remove(LedgerKeys.quarantine(digest)));
    change
        .quarantine()
        .forEach(entry ->
            partition.items.put(
                LedgerKeys.quarantine(entry.digest()), Json.write(LedgerFormat.write(entry))));
    // Through the document, but only once: a head is read far more often than it is written.
    partition.head = head(partition, Json.write(LedgerFormat.write(change.after())));
    return partition.head;
  }

  private static void keep(Partition partition, Deployment deployment) {
    partition.items.put(
        LedgerKeys.deployment(deployment.sequence()), Json.write(LedgerFormat.write(deployment)));
    LedgerFormat.logs(deployment)
        .ifPresent(
            logs -> partition.items.put(LedgerKeys.logs(deployment.sequence()), Json.write(logs)));
  }

  /** An item as another version wrote it, for tests. */
  synchronized void plant(ServiceRef service, String sk, String document) {
    partition(service).items.put(sk, document);
  }

  @Override
  public synchronized List<Deployment> deployments(ServiceRef service, int limit) {
    return under(partition(service), LedgerKeys.DEPLOYMENT).descendingMap().values().stream()
        .limit(limit)
        .map(document -> LedgerFormat.deployment(Json.read(document)))
        .toList();
  }

  @Override
  public synchronized Optional<Deployment> deployment(ServiceRef service, long sequence) {
    return Optional.ofNullable(partition(service).items.get(LedgerKeys.deployment(sequence)))
        .map(document -> LedgerFormat.deployment(Json.read(document)));
  }

  @Override
  public synchronized List<String> logs(ServiceRef service, long sequence) {
    return Optional.ofNullable(partition(service).items.get(LedgerKeys.logs(sequence)))
        .map(document -> LedgerFormat.logs(Json.read(document)))
        .orElse(List.of());
  }

  @Override
  public synchronized void addEvidence(
      ServiceRef service, long sequence, StoppedTask task, Instant now) {
    partition(service)
        .items
        .putIfAbsent(LedgerKeys.evidence(sequence, task), Json.write(LedgerFormat.write(task)));
  }

  @Override
  public synchronized List<StoppedTask> evidence(ServiceRef service, long sequence) {
    return under(partition(service), LedgerKeys.evidence(sequence)).values().stream()
        .map(document -> LedgerFormat.stoppedTask(Json.read(document)))
        .sorted(IN_ORDER_OF_STOPPING)
        .toList();
  }

  static final Comparator<StoppedTask> IN_ORDER_OF_STOPPING =
      Comparator.comparing(
              StoppedTask::stoppedAt, Comparator.nullsLast(Comparator.<Instant>naturalOrder()))
          .thenComparing(StoppedTask::taskArn);

  @Override
  public synchronized void useAlarms(
      ServiceRef service, long sequence, Collection<String> alarmArns, Instant now) {
    for (String arn : alarmArns) {
      alarmUses
          .computeIfAbsent(arn, _ -> new TreeMap<>())
          .put(service, Json.write(LedgerFormat.write(new AlarmUse(service, sequence))));
    }
  }

  @Override
  public synchronized List<AlarmUse> usesOfAlarm(String alarmArn) {
    return alarmUses.getOrDefault(alarmArn, new TreeMap<>()).values().stream()
        .map(document -> LedgerFormat.alarmUse(Json.read(document)))
        .toList();
  }

  @Override
  public synchronized void addHook(
      ServiceRef service, String serviceDeploymentArn, Hook hook, Instant now) {
    partition(service)
        .items
        .putIfAbsent(
            LedgerKeys.hook(serviceDeploymentArn, hook), Json.write(LedgerFormat.write(hook)));
  }

  @Override
  public synchronized List<Hook> hooks(ServiceRef service, String serviceDeploymentArn) {
    return under(partition(service), LedgerKeys.hooks(serviceDeploymentArn)).values().stream()
        .map(document -> LedgerFormat.hook(Json.read(document)))
        .sorted(IN_ORDER_OF_HAPPENING)
        .toList();
  }

  static final Comparator<Hook> IN_ORDER_OF_HAPPENING =
      Comparator.comparing(Hook::at, Comparator.nullsLast(Comparator.<Instant>naturalOrder()))
          .thenComparing(Hook::id)
          .thenComparing(Hook::state);

  @Override
  public synchronized List<ServiceRef> due(Instant until, int limit) {
    String last = LedgerTimes.minute(until);
    return partitions.entrySet().stream()
        .filter(entry -> entry.getValue().due != null)
        .filter(entry -> LedgerTimes.minute(entry.getValue().due).compareTo(last) <= 0)
        .sorted(Comparator.comparing(entry -> LedgerTimes.minute(entry.getValue().due)))
        .limit(limit)
        .map(entry -> entry.getKey())
        .toList();
  }

  @Override
  public synchronized List<Head> heads(int limit) {
    return partitions.values().stream()
        .filter(partition -> partition.version > 0)
        .limit(limit)
        .map(partition -> partition.head)
        .toList();
  }

  @Override
  public synchronized List<PushRecord> pushes(ServiceRef service, int limit) {
    return under(partition(service), LedgerKeys.PUSH).descendingMap().values().stream()
        .limit(limit)
        .map(document -> LedgerFormat.push(Json.read(document)))
        .toList();
  }

  @Override
  public synchronized void addPush(PushRecord push, Instant now) {
    partition(push.service())
        .items
        .putIfAbsent(LedgerKeys.push(push), Json.write(LedgerFormat.write(push)));
  }

  @Override
  public synchronized Optional<DeploymentGroup> deploymentGroup(ServiceRef service) {
    return Optional.ofNullable(partition(service).items.get(LedgerKeys.GROUP))
        .map(document -> LedgerFormat.deploymentGroup(Json.read(document)));
  }

  @Override
  public synchronized Optional<ServiceRef> deployedBy(DeploymentGroup group) {
    return Optional.ofNullable(groups.get(LedgerKeys.group(group)))
        .map(document -> LedgerFormat.deployedService(Json.read(document)));
  }

  @Override
  public synchronized void remember(ServiceRef service, DeploymentGroup group) {
    String document = Json.write(LedgerFormat.write(service, group));
    partition(service).items.put(LedgerKeys.GROUP, document);
    groups.put(LedgerKeys.group(group), document);
  }

  @Override
  public synchronized Optional<Head.Hold> accountHold() {
    return accountHold.isEmpty()
        ? Optional.empty()
        : Optional.of(LedgerFormat.hold(Json.read(accountHold)));
  }

  @Override
  public synchronized void accountHold(Optional<Head.Hold> hold) {
    accountHold = hold.map(each -> Json.write(LedgerFormat.write(each))).orElse("");
  }
}
