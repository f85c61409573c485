package dev.slipway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.follow.FollowerTags;
import dev.slipway.follow.Reading;
import dev.slipway.follow.Settings;
import dev.slipway.image.Digest;
import dev.slipway.image.Image;
import dev.slipway.image.ImageSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ContainersTest {

  private static final String REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
  private static final Settings BOTH =
      settings("slipway:team/web", "semver:1.x", "slipway:team/nginx", "tag:stable");

  private static Settings settings(String... keyValues) {
    Map<String, String> tags = new HashMap<>(Map.of("slipway", "on"));
    for (int i = 0; i < keyValues.length; i += 2) {
      tags.put(keyValues[i], keyValues[i + 1]);
    }
    return ((Reading.Following) FollowerTags.read(tags)).settings();
  }

  private static Digest digest(char of) {
    return new Digest("sha256:" + String.valueOf(of).repeat(64));
  }

  private static Image ecr(String repository, String tag, char digest) {
    return new Image(REGISTRY, repository, tag, digest(digest));
  }

  private static String pinnedText(String repository, String tag, char digest) {
    return REGISTRY + "/" + repository + ":" + tag + "@" + digest(digest).value();
  }

  private static ImageSet set(Object... containersAndImages) {
    Map<String, Image> images = new HashMap<>();
    for (int i = 0; i < containersAndImages.length; i += 2) {
      images.put((String) containersAndImages[i], (Image) containersAndImages[i + 1]);
    }
    return new ImageSet(images);
  }

  private static Map<String, String> texts(String... keyValues) {
    Map<String, String> texts = new LinkedHashMap<>();
    for (int i = 0; i < keyValues.length; i += 2) {
      texts.put(keyValues[i], keyValues[i + 1]);
    }
    return texts;
  }

  private static final ImageSet WEB_WISHED = set("web", ecr("team/web", "1.5.0", 'b'));
  private static final ImageSet RUNNING =
      set("web", ecr("team/web", "1.4.0", 'a'), "nginx", ecr("team/nginx", "stable", 'c'));

  /** Its tag would be resolved anew by the rollout that another repository's push causes. */
  @Test
  void anotherFollowingContainerKeepsTheDigestItRunsThoughTheRevisionNamesATag() {
    Map<String, String> texts =
        texts(
            "web", pinnedText("team/web", "1.4.0", 'a'), "nginx", REGISTRY + "/team/nginx:stable");

    ImageSet target = Containers.target(BOTH, REGISTRY, RUNNING, WEB_WISHED, texts);

    assertThat(target.byContainer())
        .containsEntry("web", ecr("team/web", "1.5.0", 'b'))
        .containsEntry("nginx", ecr("team/nginx", "stable", 'c'));
    assertThat(Containers.pinned(target, texts).byContainer()).containsOnlyKeys("web", "nginx");
  }

  /** Terraform's revision names what the container was created with. */
  @Test
  void anotherFollowingContainerKeepsTheDigestItRunsWhateverTheFamilysBaseSays() {
    Map<String, String> texts =
        texts(
            "web",
            REGISTRY + "/team/web:bootstrap",
            "nginx",
            pinnedText("team/nginx", "bootstrap", 'f'));

    ImageSet target = Containers.target(BOTH, REGISTRY, RUNNING, WEB_WISHED, texts);

    assertThat(target.byContainer()).containsEntry("nginx", ecr("team/nginx", "stable", 'c'));
    assertThat(Containers.pinned(target, texts).byContainer())
        .containsEntry("nginx", ecr("team/nginx", "stable", 'c'));
  }

  @Test
  void aContainerThatDoesNotFollowHasWhatTheBaseSays() {
    ImageSet running = RUNNING.with(set("agent", ecr("team/agent", "1", 'd')));
    Map<String, String> texts =
        texts(
            "web", pinnedText("team/web", "1.4.0", 'a'),
            "nginx", pinnedText("team/nginx", "stable", 'c'),
            "agent", pinnedText("team/agent", "2", 'e'),
            "proxy", "public.ecr.aws/envoy:v1");

    ImageSet target = Containers.target(BOTH, REGISTRY, running, WEB_WISHED, texts);

    assertThat(target.byContainer())
        .containsEntry("agent", ecr("team/agent", "2", 'e'))
        .doesNotContainKey("proxy");
    assertThat(Containers.pinned(target, texts).byContainer()).containsOnlyKeys("web");
  }

  @Test
  void aContainerThatWasRemovedFromTheBaseIsNotWanted() {
    Map<String, String> texts = texts("web", REGISTRY + "/team/web:1.4.0");

    assertThat(Containers.target(BOTH, REGISTRY, RUNNING, WEB_WISHED, texts).byContainer())
        .containsOnlyKeys("web");
  }

  @Test
  void aContainerOfTheSameRepositoryThatTheTagDoesNotNameDoesNotFollow() {
    Settings named = settings("slipway:team/web", "semver:1.x container=web");
    ImageSet running =
        set("web", ecr("team/web", "1.4.0", 'a'), "worker", ecr("team/web", "1.3.0", 'c'));
    Map<String, String> texts =
        texts("web", REGISTRY + "/team/web:1.4.0", "worker", REGISTRY + "/team/web:1.3.0");

    assertThat(Containers.target(named, REGISTRY, running, WEB_WISHED, texts).byContainer())
        .containsOnlyKeys("web");
  }

  @Test
  void anotherTagOfTheSameDigestIsWrittenIntoTheCopy() {
    ImageSet target = set("web", ecr("team/web", "1.4.1", 'a'));
    Map<String, String> texts = texts("web", pinnedText("team/web", "1.4.0", 'a'));

    assertThat(Containers.pinned(target, texts).byContainer()).containsOnlyKeys("web");
  }

  @Test
  void whatTheCopiedRevisionSaysAlreadyIsLeftAsItIs() {
    Map<String, String> texts = texts("web", pinnedText("team/web", "1.4.0", 'a'));

    assertThat(Containers.pinned(set("web", ecr("team/web", "1.4.0", 'a')), texts).isEmpty())
        .isTrue();
  }

  @Test
  void theContainersOfTheRepositoryFollowOrTheOneThatIsNamed() {
    Image pushed = ecr("team/web", "1.5.0", 'b');
    Map<String, String> texts =
        texts(
            "web",
            REGISTRY + "/team/web:1",
            "worker",
            REGISTRY + "/team/web:1",
            "elsewhere",
            "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/web:1",
            "odd",
            "UPPER CASE");

    assertThat(Containers.following(BOTH.follow("team/web").orElseThrow(), pushed, texts))
        .isEqualTo(List.of("web", "worker"));
    assertThat(
            Containers.following(
                settings("slipway:team/web", "any container=odd").follows().getFirst(),
                pushed,
                texts))
        .isEqualTo(List.of("odd"));
    assertThat(
            Containers.nothingFollows(
                settings("slipway:team/web", "any container=app").follows().getFirst(),
                pushed,
                texts))
        .contains("no container 'app'", "'slipway:team/web'", "worker (" + REGISTRY);
  }
}
