package dev.slipway.plan;

import dev.slipway.follow.ServiceRef;
import dev.slipway.runtime.Log;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Keeps one follower's failure from stopping the others, and says at the end that there was one, so
 * that the message is seen again: what has been done already is found done then.
 */
final class Failures {

  private final Log log;
  private final List<String> names = new ArrayList<>();
  private final List<RuntimeException> causes = new ArrayList<>();

  Failures(Log log) {
    this.log = log;
  }

  void isolated(ServiceRef service, Runnable step) {
    try (var _ = log.with("service", service.brief())) {
      try {
        step.run();
      } catch (RuntimeException e) {
        log.error("could not be planned for; the others go on", e);
        names.add(service.brief());
        causes.add(e);
      }
    }
  }

  void isolated(Collection<ServiceRef> services, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      String all = services.stream().map(ServiceRef::brief).collect(Collectors.joining(", "));
      log.error("could not be planned for; the others go on", e, "services", all);
      names.add(all);
      causes.add(e);
    }
  }

  boolean any() {
    return !causes.isEmpty();
  }

  /**
   * @throws IllegalStateException naming the services, if anything failed
   */
  void raise() {
    if (!causes.isEmpty()) {
      IllegalStateException failure =
          new IllegalStateException(
              "not planned for " + String.join(", ", names) + ": " + causes.getFirst().getMessage(),
              causes.getFirst());
      causes.stream().skip(1).forEach(failure::addSuppressed);
      throw failure;
    }
  }
}
