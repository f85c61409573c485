package dev.slipway.plan;

import dev.slipway.aws.Ecr;
import dev.slipway.aws.Ecr.EcrImage;
import dev.slipway.aws.Lanes;
import dev.slipway.aws.ServiceView;
import dev.slipway.aws.Tagging;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.Considered;
import dev.slipway.deployment.Reason;
import dev.slipway.follow.FollowerTags;
import dev.slipway.follow.Policy;
import dev.slipway.follow.Reading;
import dev.slipway.follow.ServiceRef;
import dev.slipway.follow.Settings;
import dev.slipway.follow.Settings.Audience;
import dev.slipway.follow.Settings.Follow;
import dev.slipway.follow.Settings.Switch;
import dev.slipway.image.Image;
import dev.slipway.ledger.Ledger;
import dev.slipway.ledger.Ledger.Change;
import dev.slipway.ledger.PushRecord;
import dev.slipway.plan.PlanEvent.Pushed;
import dev.slipway.policy.Candidate;
import dev.slipway.policy.Decision;
import dev.slipway.policy.Policies;
import dev.slipway.runtime.Log;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * From a push to what its followers want. For a follower that wants it: one query that finds all
 * followers, one read and one write of its head, and one look. Only before a push is turned down
 * DescribeServices is asked, because the tags that the query gives may be minutes old; deploy reads
 * the service itself before it starts anything.
 */
final class PushPlan {

  /** What became of a push at one follower, so far. */
  private sealed interface Answer {
    /** It waits in the head. */
    record Wanted() implements Answer {}

    /** Nothing is to be done, and nobody has to be told. */
    record Settled() implements Answer {}

    /** It would be turned down, if these tags are the service's. */
    record TurnedDown(Reason reason, String text, Audience audience) implements Answer {}

    /** It would be wanted, but Slipway only observes. */
    record Observed(Follow follow, String text, Audience audience) implements Answer {}
  }

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

  PushPlan(Planner.Means means) {
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
  }

  /**
   * Safe to repeat: what was written down is found, and looked at again.
   *
   * @throws IllegalStateException if it could not be done for every follower; it has been done for
   *     the others
   */
  void run(Pushed push) {
    Image image = push.image();
    log.about("image", image.brief(), "digest", image.digest().value());
    Optional<String> refused =
        images.refuse(
            image.repository(), image.digest(), push.manifestMediaType(), push.artifactMediaType());
    if (refused.isPresent()) {
      outcomes.count(Reason.NOT_AN_IMAGE);
      log.info("not a container image: " + refused.get(), "reason", Reason.NOT_AN_IMAGE);
      return;
    }
    Map<ServiceRef, Map<String, String>> followers =
        tagging.servicesTagged(FollowerTags.FOLLOW + image.repository());
    log.info("pushed", "followers", followers.size());
    if (!followers.isEmpty()) {
      toFollowers(push, followers);
    }
  }

  private void toFollowers(Pushed push, Map<ServiceRef, Map<String, String>> followers) {
    Failures failures = new Failures(log);
    List<ServiceRef> wanted = new ArrayList<>();
    List<ServiceRef> doubtful = new ArrayList<>();
    followers.forEach((service, tags) ->
        failures.isolated(
            service,
            () -> {
              switch (answer(service, tags, push)) {
                case Answer.Wanted() -> wanted.add(service);
                case Answer.Settled() -> {}
                case Answer.TurnedDown(Reason reason, String text, Audience audience) ->
                    doubtful.add(service);
                case Answer.Observed(Follow follow, String text, Audience audience) ->
                    doubtful.add(service);
              }
            }));
    look(wanted, failures);
    look(confirmed(doubtful, push, failures), failures);
    failures.raise();
  }

  private void look(List<ServiceRef> wanted, Failures failures) {
    if (!wanted.isEmpty()) {
      failures.isolated(wanted, () -> lanes.look(wanted, "push"));
    }
  }

  /** Asks again those who seemed to turn it down, with their tags of this moment. */
  private List<ServiceRef> confirmed(List<ServiceRef> doubtful, Pushed push, Failures failures) {
    List<ServiceRef> wanted = new ArrayList<>();
    for (List<ServiceRef> group : Services.groups(doubtful)) {
      failures.isolated(
          group,
          () -> {
            Map<ServiceRef, ServiceView> active = services.active(group);
            for (ServiceRef service : group) {
              failures.isolated(
                  service,
                  () -> {
                    ServiceView view = active.get(service);
                    if (view == null) {
                      log.info("is deleted or inactive, and still listed by its tags");
                    } else if (settle(service, view.tags(), push)) {
                      wanted.add(service);
                    }
                  });
            }
          });
    }
    return wanted;
  }

  /** Whether the service wants it after all; if not, the reason is kept. */
  private boolean settle(ServiceRef service, Map<String, String> tags, Pushed push) {
    return switch (answer(service, tags, push)) {
      case Answer.Wanted() -> true;
      case Answer.Settled() -> false;
      case Answer.TurnedDown(Reason reason, String text, Audience audience) -> {
        record(service, push, reason, text, audience);
        yield false;
      }
      case Answer.Observed(Follow follow, String text, Audience audience) -> {
        // First the record, which may be written twice, then the mark that says it is done.
        record(service, push, Reason.OBSERVING, text, audience);
        heads.persistently(
            service,
            head -> {
              Candidate candidate = candidate(push);
              return decide(follow.policy(), head, candidate) instanceof Decision.Accept
                  ? ledger.write(Change.of(head, Heads.considers(head, candidate)))
                  : head;
            });
        yield false;
      }
    };
  }

  private void record(
      ServiceRef service, Pushed push, Reason reason, String text, Audience audience) {
    outcomes.keep(
        new PushRecord(
            service,
            push.image().brief(),
            push.image().digest().value(),
            reason,
            text,
            push.trigger(),
            audience));
    log.info("changes nothing: " + text, "reason", reason);
  }

  private Answer answer(ServiceRef service, Map<String, String> tags, Pushed push) {
    return switch (FollowerTags.read(tags)) {
      case Reading.NotFollowing(String why) ->
          new Answer.TurnedDown(Reason.SWITCHED_OFF, why, Audience.DEFAULT);
      case Reading.Unreadable unreadable ->
          new Answer.TurnedDown(
              Reason.SETTINGS_UNREADABLE, unreadable.text(), unreadable.audience());
      case Reading.Following(Settings settings) -> answer(service, settings, push);
    };
  }

  private Answer answer(ServiceRef service, Settings settings, Pushed push) {
    if (settings.state() == Switch.OFF) {
      return new Answer.TurnedDown(
          Reason.SWITCHED_OFF, "The service's tag 'slipway' is 'off'.", settings.audience());
    }
    Optional<Follow> follow = settings.follow(push.image().repository());
    if (follow.isEmpty()) {
      return new Answer.TurnedDown(
          Reason.SWITCHED_OFF,
          "The service no longer has the tag 'slipway:" + push.image().repository() + "'.",
          settings.audience());
    }
    return heads.persistently(service, head -> answer(head, settings, follow.get(), push));
  }

  private Answer answer(Head head, Settings settings, Follow follow, Pushed push) {
    if (waits(head, push)) {
      log.info("waits already; the look is sent again");
      return new Answer.Wanted();
    }
    if (isUnderWay(head, push)) {
      log.info("is under way already");
      return new Answer.Settled();
    }
    Candidate candidate = candidate(push);
    Decision decision = decide(follow.policy(), head, candidate);
    return switch (decision) {
      case Decision.Accept(String text) -> {
        if (outcomes.observes(settings)) {
          yield new Answer.Observed(
              follow, outcomes.observed(push.image(), text), settings.audience());
        }
        Instant now = time.instant();
        ledger.write(Change.of(head, Heads.wants(head, candidate, push.trigger(), now)));
        outcomes.count(decision.reason());
        log.info("wanted: " + text, "reason", decision.reason());
        yield new Answer.Wanted();
      }
      case Decision.Refuse(Reason reason, String text) -> {
        if (reason == Reason.ALREADY_DECIDED) {
          log.info("changes nothing: " + text, "reason", reason);
          yield new Answer.Settled();
        }
        yield new Answer.TurnedDown(reason, text, settings.audience());
      }
    };
  }

  /** The event was seen before, and its wish was written down. */
  private static boolean waits(Head head, Pushed push) {
    return head.waiting().byRepository().values().stream()
        .anyMatch(wanted -> wanted.trigger().eventId().equals(push.trigger().eventId()));
  }

  private static boolean isUnderWay(Head head, Pushed push) {
    return head.inFlight()
        .map(Deployment::trigger)
        .map(trigger -> trigger.eventId().equals(push.trigger().eventId()))
        .orElse(false);
  }

  private Decision decide(Policy policy, Head head, Candidate candidate) {
    Decision decision = Policies.decide(policy, head, candidate);
    boolean tie =
        head.considered(candidate.image().repository())
            .map(last -> last.at().equals(candidate.pushedAt()))
            .orElse(false);
    return tie && decision.reason() == Reason.OLDER_PUSH && winsTie(policy, head, candidate)
        ? Policies.decide(policy, head, candidate.winsTies())
        : decision;
  }

  /**
   * Events know seconds, and two pushes may share one. For a followed tag the registry knows what
   * it names now; otherwise which image it got later.
   */
  private boolean winsTie(Policy policy, Head head, Candidate candidate) {
    Image image = candidate.image();
    if (policy instanceof Policy.Tag(String name)) {
      return ecr.tagged(image.repository(), name)
          .map(named -> named.digest().equals(image.digest()))
          .orElse(false);
    }
    Optional<Instant> last =
        head.considered(image.repository())
            .flatMap(Considered::digest)
            .flatMap(digest -> ecr.image(image.repository(), digest))
            .map(EcrImage::pushedAt);
    Optional<Instant> pushed =
        ecr.image(image.repository(), image.digest()).map(EcrImage::pushedAt);
    return last.isPresent() && pushed.isPresent() && pushed.get().isAfter(last.get());
  }

  private static Candidate candidate(Pushed push) {
    return Candidate.of(push.image(), push.trigger().at());
  }
}
