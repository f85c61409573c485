package dev.slipway.ledger;

import dev.slipway.deployment.Head.Quarantine;
import dev.slipway.image.Digest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a change makes of a head's quarantines. */
final class Quarantines {

  private Quarantines() {}

  /** A digest that is both released and put in stays in: the safe side. In order of digest. */
  static List<Quarantine> after(Ledger.Change change) {
    Map<Digest, Quarantine> next = new TreeMap<>();
    change.before().quarantine().forEach(entry -> next.put(entry.digest(), entry));
    change.release().forEach(next::remove);
    change.quarantine().forEach(entry -> next.put(entry.digest(), entry));
    return List.copyOf(next.values());
  }
}
