package dev.slipway.local.demo;

import dev.slipway.deployment.Deployment.RolledBackBy;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** From a mapping under {@code expect} to an {@link Outcome}: one of its keys says which. */
final class OutcomeReader {

  private static final Map<String, Function<Mapping, Outcome>> KINDS = kinds();

  private OutcomeReader() {}

  private static Map<String, Function<Mapping, Outcome>> kinds() {
    Map<String, Function<Mapping, Outcome>> kinds = new LinkedHashMap<>();
    kinds.put("deployment-of", OutcomeReader::ended);
    kinds.put("runs", in -> new Outcome.Runs(in.service("service"), in.image("runs")));
    kinds.put(
        "still-runs", in -> new Outcome.StillRuns(in.service("service"), in.image("still-runs")));
    kinds.put("runs-nothing", OutcomeReader::runsNothing);
    kinds.put("declines", OutcomeReader::declined);
    kinds.put(
        "quarantines",
        in -> new Outcome.Quarantined(in.service("service"), in.image("quarantines"), true));
    kinds.put(
        "does-not-quarantine",
        in ->
            new Outcome.Quarantined(in.service("service"), in.image("does-not-quarantine"), false));
    kinds.put("keeps-waiting", in -> new Outcome.Waits(in.service("service"), waiting(in)));
    kinds.put(
        "last-good", in -> new Outcome.LastGood(in.service("service"), in.image("last-good")));
    kinds.put(
        "deployments-of",
        in ->
            new Outcome.Deployments(
                in.service("service"), in.image("deployments-of"), in.number("count", 1)));
    kinds.put("calls", in -> new Outcome.Calls(in.text("calls"), in.number("count", 1)));
    kinds.put("slack-has", in -> new Outcome.Told(in.text("slack-has"), true));
    kinds.put("slack-never-has", in -> new Outcome.Told(in.text("slack-never-has"), false));
    return kinds;
  }

  static Set<String> names() {
    return KINDS.keySet();
  }

  static Outcome read(Mapping in) {
    List<String> found = KINDS.keySet().stream().filter(in.keys()::contains).toList();
    if (found.size() != 1) {
      String unknown =
          in.keys().stream().filter(key -> !key.equals("service")).findFirst().orElse("");
      throw in.wrong(
          (found.isEmpty()
                  ? "nothing is expected here" + Near.hint(unknown, KINDS.keySet())
                  : "these cannot be expected in one: " + String.join(", ", found) + ".")
              + " An expectation has one of: "
              + String.join(", ", KINDS.keySet()));
    }
    Outcome outcome = KINDS.get(found.getFirst()).apply(in);
    in.complete();
    return outcome;
  }

  private static String waiting(Mapping in) {
    return in.image("keeps-waiting");
  }

  private static Outcome runsNothing(Mapping in) {
    if (!in.flag("runs-nothing", true)) {
      throw in.wrong("runs-nothing", "'runs-nothing' can only be true");
    }
    return new Outcome.RunsNothing(in.service("service"));
  }

  private static Outcome ended(Mapping in) {
    Status status = in.choice("ends", Status.class);
    Optional<String> title = title(status);
    if (title.isEmpty()) {
      throw in.wrong("ends", "a deployment does not end as '" + in.text("ends") + "'");
    }
    return new Outcome.Ended(
        in.service("service"),
        in.image("deployment-of"),
        status,
        in.has("because") ? Optional.of(in.choice("because", Reason.class)) : Optional.empty(),
        in.has("by") ? Optional.of(in.choice("by", RolledBackBy.class)) : Optional.empty(),
        in.text("says", title.get()),
        in.optional("explains"));
  }

  /** What the title of its card says at least. */
  private static Optional<String> title(Status status) {
    return switch (status) {
      case SUCCEEDED -> Optional.of("deployed");
      case FAILED -> Optional.of("failed");
      case ROLLED_BACK -> Optional.of("was rolled back");
      case SUPERSEDED -> Optional.of("was superseded");
      case PREPARING, ROLLING_OUT, BAKING, ROLLING_BACK -> Optional.empty();
    };
  }

  private static Outcome declined(Mapping in) {
    Reason reason = in.choice("because", Reason.class);
    // What is quiet is recorded, and never told.
    String says = reason.weight() == Reason.Weight.QUIET ? "" : "does not take";
    return new Outcome.Declined(
        in.service("service"), in.image("declines"), reason, in.text("says", says));
  }
}
