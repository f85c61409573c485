package dev.slipway.local.page;

import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.follow.ServiceRef;
import dev.slipway.ledger.Ledger;
import dev.slipway.ledger.PushRecord;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Tells the narrator what is new in the ledger since it looked last. Thread-safe. */
final class LedgerWatch {

  private static final int SERVICES = 100;

  /** A service has at most this many deployments that changed between two looks. */
  private static final int RECENT = 4;

  private final Ledger ledger;
  private final Narrator narrator;
  private final InstantSource clock;
  private final Map<String, String> told = new HashMap<>();
  private final Set<String> pushes = new HashSet<>();
  private final Map<ServiceRef, Long> versions = new HashMap<>();

  LedgerWatch(Ledger ledger, Narrator narrator, InstantSource clock) {
    this.ledger = ledger;
    this.narrator = narrator;
    this.clock = clock;
  }

  synchronized void look() {
    for (Head head : ledger.heads(SERVICES)) {
      ServiceRef service = head.service();
      for (PushRecord push : ledger.pushes(service, RECENT).reversed()) {
        if (pushes.add(service.arn() + push.trigger().eventId() + push.reason())) {
          narrator.declined(clock.instant(), push);
        }
      }
      if (!Long.valueOf(head.version()).equals(versions.put(service, head.version()))) {
        changed(head);
      }
    }
  }

  private void changed(Head head) {
    List<Deployment> newest = ledger.deployments(head.service(), RECENT);
    for (Deployment deployment : newest.reversed()) {
      String now = deployment.status() + " " + deployment.reason();
      if (!now.equals(told.put(deployment.id(), now))) {
        narrator.deployment(clock.instant(), deployment);
      }
    }
    if (head.inFlight().isPresent()) {
      head.waiting()
          .byRepository()
          .values()
          .forEach(wanted -> {
            String waiting = head.service().arn() + wanted.image() + wanted.pushedAt();
            if (pushes.add(waiting)) {
              narrator.waits(clock.instant(), head.service(), wanted.image().brief());
            }
          });
    }
  }
}
