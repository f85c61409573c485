package dev.slipway.testing;

import dev.slipway.aws.Tagging;
import dev.slipway.follow.ServiceRef;
import java.util.Map;
import java.util.TreeMap;

/** Tags as the tagging API knows them, which is not always what ECS knows. */
public final class MemoryTagging implements Tagging {

  private final Map<ServiceRef, Map<String, String>> tags = new TreeMap<>();
  private final Calls calls;

  public MemoryTagging(Calls calls) {
    this.calls = calls;
  }

  public void put(ServiceRef service, Map<String, String> all) {
    tags.put(service, Map.copyOf(all));
  }

  @Override
  public Map<ServiceRef, Map<String, String>> servicesTagged(String key) {
    calls.add("GetResources " + key);
    Map<ServiceRef, Map<String, String>> found = new TreeMap<>();
    tags.forEach((service, all) -> {
      if (all.containsKey(key)) {
        found.put(service, all);
      }
    });
    return found;
  }
}
