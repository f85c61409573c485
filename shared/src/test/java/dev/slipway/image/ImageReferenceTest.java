package dev.slipway.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageReferenceTest {

  private static final String D =
      "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "nginx,'',nginx,'',false",
    "nginx:1.27,'',nginx,1.27,false",
    "library/nginx:1.27,'',library/nginx,1.27,false",
    "localhost/app,localhost,app,'',false",
    "localhost:5000/team/app:v1,localhost:5000,team/app,v1,false",
    "registry:5000/app,registry:5000,app,'',false",
    "public.ecr.aws/docker/library/redis:7,public.ecr.aws,docker/library/redis,7,false",
    "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app:v1.2.3,"
        + "123456789012.dkr.ecr.eu-west-1.amazonaws.com,team/app,v1.2.3,false",
    "team/app@" + D + ",'',team/app,'',true",
    "team/app:v1@" + D + ",'',team/app,v1,true"
  })
  void readsAllFormsAndWritesThemBack(
      String text, String registry, String repository, String tag, boolean digest) {
    ImageReference reference = ImageReference.parse(text);
    assertThat(reference.registry()).isEqualTo(registry);
    assertThat(reference.repository()).isEqualTo(repository);
    assertThat(reference.tag().orElse("")).isEqualTo(tag);
    assertThat(reference.digest().isPresent()).isEqualTo(digest);
    assertThat(reference.toString()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "UPPER/case", "app:", "app@sha256:short", "app:bad tag", "/app"})
  void refusesWithTheText(String text) {
    assertThatThrownBy(() -> ImageReference.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'");
  }
}
