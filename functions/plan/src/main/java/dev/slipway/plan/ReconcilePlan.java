package dev.slipway.plan;

import dev.slipway.aws.Ecr;
import dev.slipway.aws.Ecr.EcrImage;
import dev.slipway.aws.Lanes;
import dev.slipway.aws.ServiceView;
import dev.slipway.aws.Tagging;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Considered;
import dev.slipway.deployment.NextStep;
import dev.slipway.deployment.Reason;
import dev.slipway.follow.FollowerTags;
import dev.slipway.follow.Policy;
import dev.slipway.follow.Reading;
import dev.slipway.follow.ServiceRef;
import dev.slipway.follow.Settings;
import dev.slipway.follow.Settings.Audience;
import dev.slipway.follow.Settings.Follow;
import dev.slipway.follow.Settings.Switch;
import dev.slipway.image.Digest;
import dev.slipway.image.Image;
import dev.slipway.ledger.Ledger;
import dev.slipway.ledger.Ledger.Change;
import dev.slipway.ledger.PushRecord;
import dev.slipway.policy.Candidate;
import dev.slipway.policy.Decision;
import dev.slipway.policy.Policies;
import dev.slipway.runtime.Batch;
import dev.slipway.runtime.Log;
import dev.slipway.runtime.Metrics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Finds what no event told: ECR sends its events with best effort. A follower that is not in the
 * ledger yet gets a head, so that deploy records what it runs; a repository that it follows for the
 * first time is noted as it is, and nothing of it is deployed. Of what came later, the newest that
 * the policy wants goes the way of a push.
 */
final class ReconcilePlan {

  /** Among them what was told is looked for; notify, too, tells the same text once. */
  private static final int LATEST_PUSHES = 50;

  /**
   * How long after a push it can be found that its event was lost though a later push was heard:
   * two runs. What is older may have been left behind on purpose, before anybody followed it.
   */
  private static final Duration OVERLOOKED = Duration.ofHours(2);

  private final Tagging tagging;
  private final Services services;
  private final Ecr ecr;
  private final Ledger ledger;
  private final Lanes lanes;
  private final Heads heads;
  private final ContainerImages images;
  private final InstantSource time;
  private final Outcomes outcomes;
  private final Log log;
  private final Metrics metrics;
  private final Planner.Turn turn;

  ReconcilePlan(Planner.Means means) {
    this.tagging = means.tagging();
    this.services = new Services(means.ecs());
    this.ecr = means.ecr();
    this.ledger = means.ledger();
    this.lanes = means.lanes();
    this.heads = new Heads(means.ledger(), means.patience());
    this.images = new ContainerImages(means.ecr());
    this.time = means.time();
    this.outcomes = new Outcomes(means);
    this.log = means.log();
    this.metrics = means.metrics();
    this.turn = means.turn();
  }

  /**
   * Safe to repeat. With more followers than one invocation has time for, it goes on in the next.
   *
   * @param after the service behind which to go on; empty to begin
   * @throws IllegalStateException if it could not be done for every follower; it has been done for
   *     the others, and nothing is left to the next invocation
   */
  void run(Optional<ServiceRef> after) {
    List<ServiceRef> followers =
        tagging.servicesTagged(FollowerTags.SWITCH).keySet().stream()
            .filter(service ->
                after.map(last -> Services.IN_GROUPS.compare(service, last) > 0).orElse(true))
            .toList();
    // To the second, as events are: a push of this very second is not yet decided on.
    Registry registry = new Registry(time.instant().truncatedTo(ChronoUnit.SECONDS));
    Failures failures = new Failures(log);
    List<ServiceRef> looks = new ArrayList<>();
    int done = 0;
    ServiceRef last = null;
    for (List<ServiceRef> group : Services.groups(followers)) {
      // The first group always, so that each invocation brings the run further.
      if (last != null && turn.over()) {
        break;
      }
      done += group.size();
      last = group.getLast();
      failures.isolated(
          group,
          () ->
              services
                  .active(group)
                  .forEach((service, view) ->
                      failures.isolated(
                          service,
                          () -> {
                            if (reconcile(view, registry)) {
                              looks.add(service);
                            }
                          })));
    }
    if (!looks.isEmpty()) {
      failures.isolated(looks, () -> lanes.look(looks, "reconcile"));
    }
    log.info("reconciled", "followers", done, "looks", looks.size());
    if (done == followers.size()) {
      failures.raise();
      return;
    }
    log.info("goes on in the next invocation", "followers_left", followers.size() - done);
    turn.next(PlanEvents.goOnAfter(last));
    // Seen again, this part would send the next one again. What failed in it is for the next run.
    if (failures.any()) {
      metrics.countForFunction(Batch.MESSAGES_FAILED);
    }
  }

  /** Whether somebody has to look at the service. */
  private boolean reconcile(ServiceView view, Registry registry) {
    switch (FollowerTags.read(view.tags())) {
      case Reading.NotFollowing(String why) ->
          tellOnce(view.ref(), Reason.NOTHING_FOLLOWED, why, Audience.DEFAULT);
      case Reading.Unreadable unreadable ->
          tellOnce(
              view.ref(), Reason.SETTINGS_UNREADABLE, unreadable.text(), unreadable.audience());
      case Reading.Following(Settings settings) -> {
        if (settings.state() != Switch.OFF) {
          tellOfMissing(view.ref(), settings, registry);
          return heads.persistently(view.ref(), head -> reconcile(head, view, settings, registry));
        }
      }
    }
    return false;
  }

  private boolean reconcile(Head head, ServiceView view, Settings settings, Registry registry) {
    // Somebody else deployed, and no event said so.
    boolean look =
        head.inFlight().isEmpty()
            && head.lastGood().map(good -> NextStep.deployedElsewhere(good, view)).orElse(false);
    Head next = head;
    if (head.lastSequence() == 0 && head.due() == null) {
      // Also where a push that was only observed made the head: nobody looked at the service yet.
      log.info("first seen; what it runs is recorded, and nothing is deployed");
      next = next.due(time.instant());
      look = true;
    }
    for (Follow follow : settings.follows()) {
      Optional<Considered> last = next.considered(follow.repository());
      if (last.isEmpty()) {
        next = next.considered(follow.repository(), registry.asItIs(head.service(), follow));
        continue;
      }
      Optional<Wish> wish = registry.missed(next, follow, last.get());
      if (wish.isEmpty()) {
        continue;
      }
      if (outcomes.observes(settings)) {
        observe(head.service(), settings, wish.get());
        next = Heads.considers(next, wish.get().candidate());
      } else {
        next = Heads.wants(next, wish.get().candidate(), wish.get().trigger(), time.instant());
        look = true;
        metrics.count("PushesFoundByReconcile");
        log.info(
            "wanted, though no event said so: " + wish.get().why(),
            "image",
            wish.get().candidate().image().brief());
      }
    }
    if (!next.equals(head)) {
      ledger.write(Change.of(head, next));
    }
    return look;
  }

  private void tellOfMissing(ServiceRef service, Settings settings, Registry registry) {
    for (Follow follow : settings.follows()) {
      String repository = follow.repository();
      if (registry.missing(repository)) {
        tellOnce(
            service,
            Reason.REPOSITORY_MISSING,
            "There is no repository '"
                + repository
                + "' in the registry of account "
                + service.account()
                + " in "
                + service.region()
                + ", so no push can come from it: create it, or correct the tag '"
                + FollowerTags.FOLLOW
                + repository
                + "'.",
            settings.audience());
      }
    }
  }

  /**
   * What no push would tell, because none finds the service: each value once, however often it is
   * read.
   */
  private void tellOnce(ServiceRef service, Reason reason, String text, Audience audience) {
    String id =
        "reconcile:" + reason + ":" + UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8));
    boolean told =
        ledger.pushes(service, LATEST_PUSHES).stream()
            .anyMatch(push -> push.trigger().eventId().equals(id));
    log.warn("cannot be followed: " + text, "reason", reason);
    if (!told) {
      outcomes.keep(
          new PushRecord(
              service,
              "",
              "",
              reason,
              text,
              new Trigger(Trigger.Kind.RECONCILE, "", id, time.instant()),
              audience));
    }
  }

  private void observe(ServiceRef service, Settings settings, Wish wish) {
    Image image = wish.candidate().image();
    String text = outcomes.observed(image, wish.why());
    outcomes.keep(
        new PushRecord(
            service,
            image.brief(),
            image.digest().value(),
            Reason.OBSERVING,
            text,
            wish.trigger(),
            settings.audience()));
    log.info("changes nothing: " + text, "reason", Reason.OBSERVING, "image", image.brief());
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  /** What is wanted, and why. */
  private record Wish(Candidate candidate, Trigger trigger, String why) {}

  /** The repositories as they were at one moment, each listed once however many follow it. */
  private final class Registry {

    private final Instant at;
    private final Map<String, Optional<List<EcrImage>>> listed = new HashMap<>();
    private final Map<Digest, Optional<String>> refused = new HashMap<>();

    Registry(Instant at) {
      this.at = at;
    }

    private Optional<List<EcrImage>> listing(String repository) {
      return listed.computeIfAbsent(
          repository,
          name ->
              ecr.tagged(name)
                  .map(images ->
                      images.stream().filter(image -> image.status().equals("ACTIVE")).toList()));
    }

    private List<EcrImage> list(String repository) {
      return listing(repository).orElse(List.of());
    }

    boolean missing(String repository) {
      return listing(repository).isEmpty();
    }

    /** At first sight: what a followed tag names; for the other policies the time says enough. */
    Considered asItIs(ServiceRef service, Follow follow) {
      if (follow.policy() instanceof Policy.Tag(String name)) {
        Optional<EcrImage> named = named(follow.repository(), name);
        return new Considered(name, named.map(EcrImage::digest), at);
      }
      return new Considered("", Optional.empty(), at);
    }

    private Optional<EcrImage> named(String repository, String tag) {
      return list(repository).stream().filter(image -> image.tags().contains(tag)).findFirst();
    }

    /** The one that the policy wants most, of those that came after what was decided on last. */
    Optional<Wish> missed(Head head, Follow follow, Considered last) {
      List<Candidate> later =
          switch (follow.policy()) {
            // A tag may be moved back to what was pushed long ago, so no time says that it moved;
            // what it names now came last.
            case Policy.Tag(String name) ->
                named(follow.repository(), name)
                    .filter(image -> !last.digest().equals(Optional.of(image.digest())))
                    .map(image -> candidate(head.service(), image, name, at).winsTies())
                    .stream()
                    .toList();
            case Policy.Prefix _, Policy.Suffix _, Policy.Any _ ->
                pushedAfter(last.at(), head.service(), follow.repository());
            // A lower version may have been pushed after a higher one of which nobody heard.
            case Policy.Semver _ ->
                pushedAfter(
                    earlier(last.at(), at.minus(OVERLOOKED)), head.service(), follow.repository());
          };
      for (Candidate candidate : Policies.ranked(follow.policy(), later)) {
        switch (Policies.decide(follow.policy(), head, candidate)) {
          case Decision.Accept(String why) -> {
            if ((!late(follow, candidate, last) || overlooked(head, candidate))
                && isImage(candidate.image())) {
              return Optional.of(new Wish(candidate, trigger(candidate), why));
            }
          }
          case Decision.Refuse refuse -> {
            if (refuse.reason() == Reason.ALREADY_RUNNING) {
              // Somebody else has brought it, and what is wanted less would take its place.
              return Optional.empty();
            }
          }
        }
      }
      return Optional.empty();
    }

    private List<Candidate> pushedAfter(Instant then, ServiceRef service, String repository) {
      return list(repository).stream()
          .filter(image -> image.pushedAt().isAfter(then))
          .flatMap(image ->
              image.tags().stream()
                  .filter(tag -> !PlanEvents.reserved(tag))
                  .map(tag -> candidate(service, image, tag, image.pushedAt())))
          .toList();
    }

    /** A version that was pushed before what was decided on last. */
    private static boolean late(Follow follow, Candidate candidate, Considered last) {
      return follow.policy() instanceof Policy.Semver && !candidate.pushedAt().isAfter(last.at());
    }

    /** Whether nothing was ever decided about it, though it came after the baseline. */
    private boolean overlooked(Head head, Candidate candidate) {
      String digest = candidate.image().digest().value();
      List<Deployment> known = ledger.deployments(head.service(), LATEST_PUSHES);
      return !known.isEmpty()
          && candidate.pushedAt().isAfter(known.getLast().createdAt())
          && known.stream()
              .flatMap(deployment -> deployment.to().byContainer().values().stream())
              .noneMatch(image -> image.digest().value().equals(digest))
          && ledger.pushes(head.service(), LATEST_PUSHES).stream()
              .noneMatch(push -> push.digest().equals(digest));
    }

    private Candidate candidate(ServiceRef service, EcrImage image, String tag, Instant pushedAt) {
      return Candidate.of(
          Image.of(service.account(), service.region(), image.repository(), tag, image.digest()),
          pushedAt);
    }

    private boolean isImage(Image image) {
      return refused.computeIfAbsent(image.digest(), digest -> refuse(image)).isEmpty();
    }

    private Optional<String> refuse(Image image) {
      Optional<EcrImage> known =
          list(image.repository()).stream()
              .filter(listed -> listed.digest().equals(image.digest()))
              .findFirst();
      return images.refuse(
          image.repository(),
          image.digest(),
          known.map(EcrImage::manifestMediaType).orElse(""),
          known.map(EcrImage::artifactMediaType).orElse(""));
    }

    /** The same for every run, so that what is recorded of it is recorded once. */
    private Trigger trigger(Candidate candidate) {
      Image image = candidate.image();
      return new Trigger(
          Trigger.Kind.RECONCILE,
          "",
          "reconcile:" + image.repository() + ":" + image.tag() + "@" + image.digest(),
          candidate.pushedAt());
    }
  }
}
