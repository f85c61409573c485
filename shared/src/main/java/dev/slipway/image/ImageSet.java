package dev.slipway.image;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Container name to image, for the containers that follow a repository. Immutable, in order of
 * name.
 */
public record ImageSet(Map<String, Image> byContainer) {

  public static final ImageSet EMPTY = new ImageSet(Map.of());

  public ImageSet {
    byContainer = Collections.unmodifiableMap(new TreeMap<>(byContainer));
  }

  public boolean isEmpty() {
    return byContainer.isEmpty();
  }

  /** This set with the other's images over it. */
  public ImageSet with(ImageSet other) {
    Map<String, Image> merged = new TreeMap<>(byContainer);
    merged.putAll(other.byContainer);
    return new ImageSet(merged);
  }

  /** Whether each container of {@code other} has the same digest here. */
  public boolean covers(ImageSet other) {
    return other.byContainer.entrySet().stream()
        .allMatch(entry -> {
          Image mine = byContainer.get(entry.getKey());
          return mine != null && mine.digest().equals(entry.getValue().digest());
        });
  }

  /** Whether it is the same containers with the same digests, whatever the tags are. */
  public boolean sameDigests(ImageSet other) {
    return covers(other) && other.covers(this);
  }

  /**
   * The same beside another set: with its digest where the tag alone would name both, {@code
   * team/app:live (aaaaaaaaaaaa)}.
   */
  public String briefBeside(ImageSet other) {
    return byContainer.values().stream()
        .map(image ->
            other.byContainer.values().stream()
                    .anyMatch(each ->
                        each.brief().equals(image.brief()) && !each.digest().equals(image.digest()))
                ? image.brief() + " (" + image.digest().brief().substring(7) + ")"
                : image.brief())
        .distinct()
        .collect(Collectors.joining(", "));
  }

  /** What people read: {@code team/app:v1.2.3, team/proxy:v7}. */
  public String brief() {
    return byContainer.values().stream()
        .map(Image::brief)
        .distinct()
        .collect(Collectors.joining(", "));
  }
}
