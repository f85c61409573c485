package dev.slipway.testing;

import dev.slipway.aws.Lanes;
import dev.slipway.follow.ServiceRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Keeps the looks that were sent. */
public final class RecordedLanes implements Lanes {

  private final List<ServiceRef> looks = new ArrayList<>();
  private final Calls calls;

  public RecordedLanes(Calls calls) {
    this.calls = calls;
  }

  @Override
  public void look(Collection<ServiceRef> services, String cause) {
    calls.add("SendMessageBatch " + cause + " " + services.stream().map(s -> s.brief()).toList());
    looks.addAll(services);
  }

  /** The looks since the last time this was asked. */
  public List<ServiceRef> taken() {
    List<ServiceRef> all = List.copyOf(looks);
    looks.clear();
    return all;
  }
}
