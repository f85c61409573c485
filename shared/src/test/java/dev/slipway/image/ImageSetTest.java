package dev.slipway.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageSetTest {

  @ParameterizedTest(name = "{0} and {1}: {2}")
  @CsvSource({
    "web=v1@a, web=v1@a, true",
    "web=v1@a, web=v2@a, true",
    "web=v1@a, web=v1@b, false",
    "web=v1@a, app=v1@a, false",
    "web=v1@a, web=v1@a app=v1@b, false",
    "web=v1@a app=v1@b, app=v9@b web=v1@a, true",
    "web=v1@a app=v1@b, web=v1@b app=v1@a, false",
    "'', web=v1@a, false",
    "'', '', true",
  })
  void hasTheSameDigestsInTheSameContainersWhateverTheTags(String one, String other, boolean same) {
    assertThat(set(one).sameDigests(set(other))).isEqualTo(same);
    assertThat(set(other).sameDigests(set(one))).isEqualTo(same);
  }

  @Test
  void coversWhatItHasMoreContainersThan() {
    assertThat(set("web=v1@a app=v1@b").covers(set("web=v2@a"))).isTrue();
    assertThat(set("web=v2@a").covers(set("web=v1@a app=v1@b"))).isFalse();
  }

  /** From {@code container=tag@digest}, the digest in one hexadecimal digit. */
  private static ImageSet set(String text) {
    Map<String, Image> images = new HashMap<>();
    for (String each : text.isEmpty() ? new String[0] : text.split(" ")) {
      String[] parts = each.split("[=@]");
      Digest digest = new Digest("sha256:" + parts[2].repeat(64));
      images.put(parts[0], new Image("registry.example", "team/web", parts[1], digest));
    }
    return new ImageSet(images);
  }
}
