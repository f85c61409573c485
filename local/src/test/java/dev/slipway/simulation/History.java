package dev.slipway.simulation;

import static dev.slipway.simulation.OneProcess.WEB;

import dev.slipway.deployment.Head;
import java.time.Duration;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * One history: a follower, some pushes of good and bad images, people who act, events that come
 * twice, late, in another order or never, calls that fail before or after their effect, workers
 * that die, and an update of the stack in the middle. All decided by a seed. {@link Witness}
 * watches while it plays. Then everything calms down, and {@link Ending} says what must be true.
 */
final class History {

  /**
   * Nobody waits longer than this once nothing goes wrong any more: a rollout, its way back and
   * what comes next, each with old tasks that drain.
   */
  private static final Duration LONGEST = Duration.ofHours(12);

  private final long seed;
  private final Random random;
  private final Setting setting;
  private final OneProcess world;
  private final People people;

  History(long seed) {
    this(seed, Mutation.NONE);
  }

  History(long seed, Mutation mutation) {
    this.seed = seed;
    this.random = new Random(seed);
    this.setting =
        Setting.drawn(random, new Random(~seed), new Random(new SplittableRandom(seed).nextLong()));
    this.world = new OneProcess(seed, setting, mutation);
    this.people = new People(world, random, new Random(~seed), setting.adversity());
    world.witness.knows(people);
  }

  /** Plays it; the error tells the seed and the trace. */
  void play() {
    try {
      world.trace.add(setting.toString());
      people.begin();
      tell();
      settle();
      new Ending(world, people).check();
    } catch (AssertionError | RuntimeException e) {
      String what = e instanceof AssertionError ? e.getMessage() : e.toString();
      throw new AssertionError(
          "seed "
              + seed
              + ": "
              + what
              + "\nPlay it alone: ./slipway histories 1 "
              + seed
              + "\n"
              + world.trace,
          e);
    }
  }

  /** What deploys its service, and what it follows. */
  String kind() {
    return people.kind + " " + people.follow;
  }

  String trace() {
    return world.trace.toString();
  }

  private void tell() {
    if (random.nextBoolean()) {
      world.reconcile();
    }
    world.pass(Duration.ofMinutes(3));
    int acts = 1 + random.nextInt(6);
    for (int i = 0; i < acts; i++) {
      int turn = i;
      if (random.nextInt(3) == 0) {
        world.between(() -> people.act(turn));
      } else {
        people.act(turn);
      }
      people.suffer();
      world.pass(Duration.ofSeconds(random.nextInt(300)));
    }
  }

  /** Nothing goes wrong any more: what is under way must come to its end by itself. */
  private void settle() {
    world.calm();
    world.reconcile();
    world.pass(Duration.ofMinutes(2));
    // What is held stays held, and nothing else waits for a person.
    world.until(this::idle, LONGEST);
    people.letGo();
    world.pass(Duration.ofMinutes(6));
    world.reconcile();
    world.pass(Duration.ofMinutes(1));
    untilQuiet();
    world.pass(Duration.ofMinutes(6));
    untilQuiet();
    if (!people.drains().isZero()) {
      // What somebody else deployed is steady when old tasks have ended, and reconcile finds it.
      world.pass(people.drains());
      world.reconcile();
      world.pass(Duration.ofMinutes(6));
      untilQuiet();
    }
  }

  /** A rollback may hold the service again: what waits then waits for an operator. */
  private void untilQuiet() {
    // One that went off meanwhile: what CodeDeploy would stop for it waits for its end.
    people.alarmIsOver();
    world.until(this::quietOrHeld, LONGEST);
    while (!quiet()) {
      world.says("resume prod/web");
      world.pass(Duration.ofMinutes(1));
      world.until(this::quietOrHeld, LONGEST);
    }
  }

  private boolean quietOrHeld() {
    return quiet() || (idle() && world.truth.head(WEB).hold().isPresent());
  }

  private boolean idle() {
    Head head = world.truth.head(WEB);
    return head.inFlight().isEmpty() && head.request().isEmpty();
  }

  private boolean quiet() {
    return idle()
        && world.truth.head(WEB).version() > 0
        && world.truth.head(WEB).waiting().isEmpty();
  }
}
