package dev.slipway.follow;

import dev.slipway.follow.Settings.Audience;
import dev.slipway.follow.Settings.Base;
import dev.slipway.follow.Settings.Busy;
import dev.slipway.follow.Settings.Follow;
import dev.slipway.follow.Settings.Level;
import dev.slipway.follow.Settings.Switch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the tags by which a service follows repositories. Pure; the table of all tags is in {@code
 * docs/following.md}.
 */
public final class FollowerTags {

  /** The one key that finds all followers, and that IAM requires for a change. */
  public static final String SWITCH = "slipway";

  /** Before the name of a repository. */
  public static final String FOLLOW = "slipway:";

  /**
   * A tag key has 128 characters at most, {@value #FOLLOW} included.
   * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-using-tags.html#tag-restrictions
   */
  public static final int LONGEST_REPOSITORY = 128 - FOLLOW.length();

  private static final String SETTING = "slipway.";
  private static final String BASE = "slipway.base";
  private static final String BUSY = "slipway.busy";
  private static final String DEADLINE = "slipway.deadline";
  private static final String BAKE = "slipway.bake";
  private static final String HOLD = "slipway.hold";
  private static final String CHANNEL = "slipway.channel";
  private static final String NOTIFY = "slipway.notify";
  private static final String LOGS = "slipway.logs";

  private static final List<String> SETTINGS =
      List.of(BASE, BUSY, DEADLINE, BAKE, HOLD, CHANNEL, NOTIFY, LOGS);

  /**
   * Tags whose meaning is settled but which this version does not act on. Each holds a deployment
   * back or prepares it: ignored, it would let through what its owner wanted stopped.
   */
  private static final List<String> UNSUPPORTED =
      List.of(
          "slipway.approval",
          "slipway.window",
          "slipway.after",
          "slipway.together",
          "slipway.before",
          "slipway.scan",
          "slipway.signed");

  /** Not for ECS services: it joins a CloudWatch alarm to one. */
  private static final String ALARM_TAG = "slipway.service";

  /** On the revisions that Slipway registers; a copied tag on a service means nothing. */
  private static final String REVISION_TAG = "slipway.deployment";

  private static final Pattern REPOSITORY =
      Pattern.compile("[a-z0-9]+(?:(?:\\.|_|__|-+|/)[a-z0-9]+)*");

  /**
   * What stands before the name of a repository in an image's name.
   * https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
   */
  private static final Pattern REGISTRY =
      Pattern.compile("(?:\\d{12}\\.dkr[.-]ecr[a-z0-9.-]*|public\\.ecr\\.aws)/(.*)");

  private static final Pattern IMAGE_TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");
  private static final Pattern PART_OF_IMAGE_TAG = Pattern.compile("[A-Za-z0-9_.-]{1,128}");
  private static final Pattern CONTAINER = Pattern.compile("[A-Za-z0-9_-]{1,255}");
  private static final Pattern DURATION = Pattern.compile("(\\d{1,6})([smhd])");
  private static final Pattern CHANNEL_ID = Pattern.compile("[CGD][A-Z0-9]{5,20}");
  private static final String CONTAINER_KEY = "container=";

  private static final Duration SHORTEST_DEADLINE = Duration.ofMinutes(1);
  private static final Duration LONGEST = Duration.ofDays(30);

  private static final String POLICIES =
      "write tag:latest, prefix:main-, suffix:-prod, semver:1.x or any";

  private final Map<String, String> tags;
  private final List<TagProblem> problems = new ArrayList<>();

  private FollowerTags(Map<String, String> tags) {
    this.tags = new TreeMap<>(tags);
  }

  /**
   * Never throws for what is written in a tag.
   *
   * @param tags of an ECS service, all of them
   */
  public static Reading read(Map<String, String> tags) {
    return new FollowerTags(tags).read();
  }

  private Reading read() {
    if (!tags.containsKey(SWITCH)) {
      return new Reading.NotFollowing(
          "The service has no tag 'slipway': set it to on, observe or off.");
    }
    Switch state = state();
    Audience audience = audience();
    List<Follow> follows = follows();
    Settings settings =
        new Settings(
            state,
            follows,
            choice(BASE, Base.SERVICE, Map.of("service", Base.SERVICE, "family", Base.FAMILY)),
            choice(BUSY, Busy.WAIT, Map.of("wait", Busy.WAIT, "replace", Busy.REPLACE)),
            duration(DEADLINE, Settings.DEFAULT_DEADLINE, SHORTEST_DEADLINE),
            duration(BAKE, Duration.ZERO, Duration.ZERO),
            choice(HOLD, false, Map.of("after-rollback", true)),
            audience);
    strangers();
    if (state == Switch.OFF) {
      return new Reading.Following(settings);
    }
    if (!problems.isEmpty()) {
      return new Reading.Unreadable(audience, problems);
    }
    if (follows.isEmpty()) {
      return new Reading.NotFollowing(
          "The service has the tag 'slipway' and no tag 'slipway:<repository>' beside it.");
    }
    return new Reading.Following(settings);
  }

  private Switch state() {
    String value = tags.get(SWITCH);
    return switch (value.strip()) {
      case "on" -> {
        if (!value.equals("on")) {
          problem(
              SWITCH,
              "has blanks around it, and IAM, which lets Slipway change a service only if this is"
                  + " on, compares every letter",
              "write on without them");
        }
        yield Switch.ON;
      }
      case "observe" -> Switch.OBSERVE;
      case "off" -> Switch.OFF;
      default -> {
        problem(SWITCH, "is not a switch", "write on, observe or off");
        yield Switch.ON;
      }
    };
  }

  private Audience audience() {
    Optional<String> channel = value(CHANNEL);
    if (channel.isPresent() && !CHANNEL_ID.matcher(channel.get()).matches()) {
      problem(
          CHANNEL,
          "is not the id of a Slack channel",
          "write the id at the end of the channel's details, such as C0123456789");
      channel = Optional.empty();
    }
    Map<String, Level> levels = new LinkedHashMap<>();
    levels.put("all", Level.ALL);
    levels.put("failures", Level.FAILURES);
    levels.put("none", Level.NONE);
    // A value that cannot be read must not show what its owner may have wanted hidden.
    Map<String, Boolean> logs = new LinkedHashMap<>();
    logs.put("on", true);
    logs.put("off", false);
    return new Audience(
        channel, choice(NOTIFY, Level.ALL, levels), choice(LOGS, !tags.containsKey(LOGS), logs));
  }

  private List<Follow> follows() {
    List<Follow> follows = new ArrayList<>();
    for (String key : tags.keySet()) {
      if (key.startsWith(FOLLOW)) {
        follow(key).ifPresent(follows::add);
      }
    }
    return follows;
  }

  private Optional<Follow> follow(String key) {
    String repository = key.substring(FOLLOW.length());
    Matcher registry = REGISTRY.matcher(repository);
    if (registry.matches() && REPOSITORY.matcher(registry.group(1)).matches()) {
      problem(
          key,
          "names a registry before the repository, and Slipway follows repositories of the"
              + " service's own account and Region",
          "write slipway:" + registry.group(1));
      return Optional.empty();
    }
    if (repository.length() > LONGEST_REPOSITORY) {
      problem(
          key,
          "names a repository of "
              + repository.length()
              + " characters, and one of more than "
              + LONGEST_REPOSITORY
              + " cannot be followed",
          "give the repository a shorter name");
      return Optional.empty();
    }
    if (!REPOSITORY.matcher(repository).matches()) {
      problem(
          key,
          "does not name a repository behind 'slipway:'",
          "write its name without registry and tag, such as slipway:team/app");
      return Optional.empty();
    }
    String value = tags.get(key).strip();
    Optional<String> container = Optional.empty();
    int at = value.indexOf(CONTAINER_KEY);
    if (at >= 0) {
      String name = value.substring(at + CONTAINER_KEY.length());
      if (!CONTAINER.matcher(name).matches() || at == 0 || value.charAt(at - 1) != ' ') {
        problem(
            key,
            "does not name a container behind 'container='",
            "write the policy, a space, and the container's name, such as any container=web");
        return Optional.empty();
      }
      container = Optional.of(name);
      value = value.substring(0, at).strip();
    }
    Optional<String> name = container;
    return policy(key, value).map(policy -> new Follow(repository, policy, name));
  }

  private Optional<Policy> policy(String key, String value) {
    if (value.equals("any")) {
      return Optional.of(new Policy.Any());
    }
    int colon = value.indexOf(':');
    String kind = colon < 0 ? "" : value.substring(0, colon).strip();
    String rest = value.substring(colon + 1).strip();
    switch (kind) {
      case "tag" -> {
        if (IMAGE_TAG.matcher(rest).matches()) {
          return Optional.of(new Policy.Tag(rest));
        }
        problem(key, "does not name an image tag behind 'tag:'", "write one, such as tag:latest");
      }
      case "prefix" -> {
        if (PART_OF_IMAGE_TAG.matcher(rest).matches()) {
          return Optional.of(new Policy.Prefix(rest));
        }
        problem(
            key,
            "has no beginning of image tags behind 'prefix:'",
            "write letters, digits, dots, dashes or underscores, such as prefix:main-");
      }
      case "suffix" -> {
        if (PART_OF_IMAGE_TAG.matcher(rest).matches()) {
          return Optional.of(new Policy.Suffix(rest));
        }
        problem(
            key,
            "has no end of image tags behind 'suffix:'",
            "write letters, digits, dots, dashes or underscores, such as suffix:-prod");
      }
      case "semver" -> {
        Optional<String> wrong = VersionRange.problem(rest);
        if (wrong.isEmpty()) {
          return Optional.of(new Policy.Semver(rest));
        }
        problem(
            key, wrong.get(), "write semver:1.x, semver:1.4.x, semver:1.2.0 - 1.8.0 or semver:x");
      }
      default ->
          problem(
              key,
              "is not a policy",
              kind.isEmpty() && IMAGE_TAG.matcher(value).matches()
                  ? "to follow that image tag write tag:" + value + ", otherwise " + POLICIES
                  : POLICIES);
    }
    return Optional.empty();
  }

  private <T> T choice(String key, T otherwise, Map<String, T> choices) {
    Optional<String> value = value(key);
    if (value.isEmpty()) {
      return otherwise;
    }
    T chosen = choices.get(value.get());
    if (chosen == null) {
      problem(
          key,
          "is not a value of this tag",
          "write "
              + String.join(" or ", new TreeSet<>(choices.keySet()))
              + ", or remove the tag for the default");
      return otherwise;
    }
    return chosen;
  }

  private Duration duration(String key, Duration otherwise, Duration shortest) {
    Optional<String> value = value(key);
    if (value.isEmpty()) {
      return otherwise;
    }
    Matcher matcher = DURATION.matcher(value.get());
    if (!matcher.matches()) {
      problem(
          key,
          "is not a duration",
          "write a number and s, m, h or d without a space, such as 90s, 30m, 2h or 1d");
      return otherwise;
    }
    long number = Long.parseLong(matcher.group(1));
    Duration duration =
        switch (matcher.group(2)) {
          case "s" -> Duration.ofSeconds(number);
          case "m" -> Duration.ofMinutes(number);
          case "h" -> Duration.ofHours(number);
          default -> Duration.ofDays(number);
        };
    if (duration.compareTo(shortest) < 0) {
      problem(key, "is too short", "write " + shortest.toMinutes() + "m or more");
      return otherwise;
    }
    if (duration.compareTo(LONGEST) > 0) {
      problem(key, "is too long", "write " + LONGEST.toDays() + "d or less");
      return otherwise;
    }
    return duration;
  }

  /** Keys in Slipway's name that it does not know: a typing error must not switch a safety off. */
  private void strangers() {
    for (String key : tags.keySet()) {
      if (key.equals(SWITCH) || key.startsWith(FOLLOW) || SETTINGS.contains(key)) {
        continue;
      }
      if (UNSUPPORTED.contains(key)) {
        problem(
            key,
            "is not supported by this version of Slipway",
            "remove the tag to deploy without it");
      } else if (key.equals(ALARM_TAG)) {
        problem(
            key,
            "belongs on a CloudWatch alarm and not on a service",
            "remove it here and put it on the alarms that shall count for this service");
      } else if (key.startsWith(SETTING) && !key.equals(REVISION_TAG)) {
        problem(
            key,
            "is not a tag that Slipway knows",
            "did you mean " + nearest(key) + "? Otherwise remove it");
      }
    }
  }

  private Optional<String> value(String key) {
    return Optional.ofNullable(tags.get(key)).map(String::strip);
  }

  private void problem(String key, String problem, String remedy) {
    problems.add(new TagProblem(key, tags.get(key), problem, remedy));
  }

  private static String nearest(String key) {
    String best = BASE;
    int least = Integer.MAX_VALUE;
    for (List<String> known : List.of(SETTINGS, UNSUPPORTED)) {
      for (String candidate : known) {
        int distance = Spelling.distance(key.toLowerCase(java.util.Locale.ROOT), candidate);
        if (distance < least) {
          least = distance;
          best = candidate;
        }
      }
    }
    return best;
  }
}
