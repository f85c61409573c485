package dev.slipway.verdict;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The alarms that watch one deployment, as they were found when it began, and who judges by which.
 *
 * <p>ECS watches the alarms of the service's {@code deploymentConfiguration} while it rolls out,
 * unless one of them was in ALARM at the start: then it watches none of them. Those, the alarms
 * that are tagged, and all of them while Slipway watches a completed deployment, are Slipway's to
 * judge. An alarm that was in ALARM at the start says nothing about the new revision until it has
 * left that state and come into it again.
 *
 * <p>CodeDeploy watches the alarms of its deployment group until its deployment has ended, and
 * stops one for an alarm that was on before it, too.
 *
 * @param lookedFor whether anybody has looked for them yet; if not, the list says nothing
 * @param alarms each once, by name
 * @param problem why they were not found, or are not all watched, for people; empty if all is well
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html">alarms
 *     in ECS</a>
 * @see <a
 *     href="https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-create-alarms.html">alarms
 *     in CodeDeploy</a>
 */
public record AlarmsInUse(boolean lookedFor, List<Alarm> alarms, String problem) {

  /** What every deployment begins with. */
  public static final AlarmsInUse NOT_LOOKED_FOR = new AlarmsInUse(false, List.of(), "");

  /** The most that watch one deployment; a record of it must stay small. */
  public static final int MOST = 50;

  private static final int MOST_NAMES = 3;
  private static final int LONGEST_REASON = 300;

  /** {@code alarms.status} of a service deployment whose alarms ECS does not watch. */
  private static final String DISABLED = "DISABLED";

  /** In its place, where CodeDeploy deploys and watches the alarms of its group. */
  public static final String BY_CODE_DEPLOY = "CODE_DEPLOY";

  /**
   * One of them.
   *
   * @param arn empty if not known
   * @param ofService whether it is one of the service's {@code deploymentConfiguration.alarms}, or
   *     of its CodeDeploy group's
   * @param onAtStart whether it was in ALARM already when the rollout began
   * @param since since when it was, if it was; null if it was not, or if CloudWatch does not say
   * @param wentOff whether the deployment failed by it
   * @param reason CloudWatch's words for that, cut; empty if they are not known
   */
  public record Alarm(
      String name,
      String arn,
      boolean ofService,
      boolean onAtStart,
      Instant since,
      boolean wentOff,
      String reason) {

    /** In ALARM now, and not since before the rollout. */
    private boolean speaksAgainst(AlarmState now) {
      return now != null && now.on() && (!onAtStart || newer(now.since()));
    }

    private boolean newer(Instant now) {
      return since != null && now != null && now.isAfter(since);
    }

    private Alarm off(String words) {
      return new Alarm(name, arn, ofService, onAtStart, since, true, cut(words));
    }
  }

  public AlarmsInUse {
    alarms = List.copyOf(alarms);
  }

  /**
   * The service's own come first, then by name.
   *
   * @param states of all alarms that were found, tagged ones and the service's own
   * @param ofService names of the service's own
   * @param startedAt when the rollout began: what went off after that was not on at the start
   */
  public static AlarmsInUse found(
      Collection<AlarmState> states, Collection<String> ofService, Instant startedAt) {
    Set<String> own = new HashSet<>(ofService);
    Map<String, Alarm> found =
        new TreeMap<>(
            Comparator.comparing((String name) -> !own.contains(name))
                .thenComparing(Comparator.naturalOrder()));
    for (AlarmState state : states) {
      boolean onAtStart =
          state.on() && (state.since() == null || !state.since().isAfter(startedAt));
      found.put(
          state.name(),
          new Alarm(
              state.name(),
              state.arn(),
              own.contains(state.name()),
              onAtStart,
              onAtStart ? state.since() : null,
              false,
              ""));
    }
    return new AlarmsInUse(
        true,
        found.values().stream().limit(MOST).toList(),
        found.size() <= MOST
            ? ""
            : "Of its " + found.size() + " alarms only the first " + MOST + " are watched.");
  }

  /** They could not be found, and nobody watches them. */
  public static AlarmsInUse unknown(String problem) {
    return new AlarmsInUse(true, List.of(), problem);
  }

  /** Those that were in ALARM already when the rollout began. */
  public List<Alarm> onAtStart() {
    return alarms.stream().filter(Alarm::onAtStart).toList();
  }

  /** Those by which the deployment failed. */
  public List<Alarm> wentOff() {
    return alarms.stream().filter(Alarm::wentOff).toList();
  }

  /** Whether ECS watches no alarm for this rollout because one of its own was on at the start. */
  public boolean keepsEcsFromWatching() {
    return alarms.stream().anyMatch(alarm -> alarm.ofService() && alarm.onAtStart());
  }

  /**
   * Those that Slipway judges by.
   *
   * @param says {@code alarms.status} of the service deployment, or {@link #BY_CODE_DEPLOY}; empty
   *     if not known
   * @param completed whether the rollout is complete, so that ECS watches nothing any more
   */
  public List<Alarm> judgedHere(String says, boolean completed) {
    boolean watched =
        says.equals(BY_CODE_DEPLOY) || (!keepsEcsFromWatching() && !says.equals(DISABLED));
    return alarms.stream().filter(alarm -> completed || !watched || !alarm.ofService()).toList();
  }

  /** Those of {@link #judgedHere} that say now that the new revision is bad. */
  public List<Alarm> against(Collection<AlarmState> now, String says, boolean completed) {
    Map<String, AlarmState> byName = byName(now);
    return judgedHere(says, completed).stream()
        .filter(alarm -> alarm.speaksAgainst(byName.get(alarm.name())))
        .toList();
  }

  /** Names of the service's own that are in ALARM now, whoever judges by them. */
  public List<String> ownThatAreOn(Collection<AlarmState> now) {
    Map<String, AlarmState> byName = byName(now);
    return alarms.stream()
        .filter(Alarm::ofService)
        .map(Alarm::name)
        .filter(name -> byName.containsKey(name) && byName.get(name).on())
        .toList();
  }

  /**
   * The same, and by which of them the deployment failed; ECS may name one that was not found.
   *
   * @param now what CloudWatch says of them, for its words
   */
  public AlarmsInUse failedBy(Collection<String> names, Collection<AlarmState> now) {
    Map<String, AlarmState> states = byName(now);
    Set<String> left = new LinkedHashSet<>(names);
    List<Alarm> after = new ArrayList<>();
    for (Alarm alarm : alarms) {
      after.add(left.remove(alarm.name()) ? alarm.off(words(states, alarm.name())) : alarm);
    }
    for (String name : left) {
      after.add(new Alarm(name, "", true, false, null, false, "").off(words(states, name)));
    }
    return new AlarmsInUse(lookedFor, after, problem);
  }

  private static Map<String, AlarmState> byName(Collection<AlarmState> states) {
    Map<String, AlarmState> byName = new HashMap<>();
    states.forEach(state -> byName.put(state.name(), state));
    return byName;
  }

  private static String words(Map<String, AlarmState> states, String name) {
    AlarmState state = states.get(name);
    return state == null || !state.on() ? "" : state.reason();
  }

  /** {@code web-5xx, web-slow}: the first three, and how many more. */
  public static String names(List<Alarm> alarms) {
    String first =
        alarms.stream().limit(MOST_NAMES).map(Alarm::name).collect(Collectors.joining(", "));
    return alarms.size() <= MOST_NAMES
        ? first
        : first + " and " + (alarms.size() - MOST_NAMES) + " more";
  }

  private static String cut(String text) {
    if (text.length() <= LONGEST_REASON) {
      return text;
    }
    int end = LONGEST_REASON - 1;
    return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + "…";
  }
}
