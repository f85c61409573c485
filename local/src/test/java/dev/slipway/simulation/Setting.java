package dev.slipway.simulation;

import dev.slipway.local.ecs.EcsUnknowns;
import java.time.Duration;
import java.util.Random;

/**
 * The world in which a history plays: drawn by its seed before anything happens.
 *
 * @param rates what goes wrong with calls
 * @param delivery what goes wrong with messages
 * @param ecs what nobody knows of ECS without an account, played the one way or the other
 * @param images how images are named, by ECR and by Slipway
 * @param tagging how late the tagging API is
 * @param update whether the stack is updated meanwhile, so that two versions of the code run
 * @param adversity what makes some histories hard
 */
record Setting(
    Chaos.Rates rates,
    Delivery delivery,
    EcsUnknowns ecs,
    Images images,
    Tagging tagging,
    Update update,
    Adversity adversity) {

  /** How often events are treated badly, in parts of a thousand. */
  record Delivery(int drop, int duplicate, boolean shuffle) {
    static final Delivery ORDERLY = new Delivery(0, 0, false);
  }

  /**
   * @param mediaTypes whether ECR's events name the image's media types: the documentation's do not
   * @param tagAndDigest whether images are written {@code repository:tag@digest}
   * @param refusesTagAndDigest whether ECS refuses that form, which AWS documents nowhere
   */
  record Images(boolean mediaTypes, boolean tagAndDigest, boolean refusesTagAndDigest) {
    static final Images DOCUMENTED = new Images(true, true, false);

    static Images drawn(Random random) {
      return new Images(random.nextInt(4) > 0, random.nextInt(4) > 0, random.nextInt(4) == 0);
    }
  }

  /**
   * @param lag how long it does not see what changed
   * @param listed how long it lists a service that was deleted
   */
  record Tagging(Duration lag, Duration listed) {
    static final Tagging AT_ONCE = new Tagging(Duration.ZERO, Duration.ZERO);

    static Tagging drawn(Random random) {
      return new Tagging(
          Duration.ofSeconds(random.nextInt(3) == 0 ? random.nextInt(120) : 0),
          Duration.ofMinutes(random.nextInt(3) == 0 ? random.nextInt(60) : 0));
    }

    boolean late() {
      return !lag.isZero() || !listed.isZero();
    }
  }

  /**
   * An update of the stack, counted in invocations: first only the older version runs, then each
   * invocation takes one of the two, then only the newer one.
   *
   * @param knowsBaking whether the older version can read every item of the newer one
   */
  record Update(int from, int until, boolean knowsBaking) {
    static final Update NONE = new Update(0, 0, true);

    static Update drawn(Random random) {
      int from = random.nextInt(60);
      return random.nextInt(3) == 0
          ? new Update(from, from + random.nextInt(120), random.nextBoolean())
          : NONE;
    }
  }

  /** Nothing goes wrong, and AWS is as its documentation suggests. */
  static final Setting ORDERLY =
      new Setting(
          Chaos.Rates.NONE,
          Delivery.ORDERLY,
          EcsUnknowns.standard(),
          Images.DOCUMENTED,
          Tagging.AT_ONCE,
          Update.NONE,
          Adversity.NONE);

  /** The same, with what nobody knows of ECS played this way. */
  Setting with(EcsUnknowns unknowns) {
    return new Setting(rates, delivery, unknowns, images, tagging, update, adversity);
  }

  /** The same, made hard in this way. */
  Setting with(Adversity hard) {
    return new Setting(rates, delivery, ecs, images, tagging, update, hard);
  }

  /**
   * @param later for what was added later, so that a seed goes on meaning what it meant
   * @param last for what was added after that
   */
  static Setting drawn(Random random, Random later, Random last) {
    Setting drawn =
        new Setting(
            Chaos.Rates.drawn(random),
            new Delivery(random.nextInt(200), random.nextInt(300), true),
            new EcsUnknowns(
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean(),
                false,
                random.nextBoolean(),
                random.nextBoolean()),
            Images.drawn(random),
            Tagging.drawn(random),
            Update.drawn(random),
            Adversity.drawn(last));
    return later.nextBoolean() ? drawn.with(drawn.ecs.namingReplaced()) : drawn;
  }
}
