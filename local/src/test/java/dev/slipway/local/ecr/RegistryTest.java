package dev.slipway.local.ecr;

import static dev.slipway.local.SimulatedWorld.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.local.SimulatedWorld;
import dev.slipway.local.ecr.ImagePusher.Push;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class RegistryTest {
  private final SimulatedWorld world = new SimulatedWorld();

  private static void refuses(String code, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(AwsException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private ObjectNode put(String repository, String tag, String manifest) {
    ObjectNode input =
        json("{'repositoryName': '" + repository + "'}").put("imageManifest", manifest);
    if (tag != null) {
      input.put("imageTag", tag);
    }
    return world.account.call(AwsService.ECR, "PutImage", input);
  }

  private static final String MANIFEST =
      "{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",  \"layers\":[]}";

  @Test
  void theDigestIsThatOfTheManifestsBytes() throws Exception {
    world.ecr("CreateRepository", "{'repositoryName': 'rr'}");
    String digest =
        "sha256:"
            + HexFormat.of()
                .formatHex(
                    MessageDigest.getInstance("SHA-256")
                        .digest(MANIFEST.getBytes(StandardCharsets.UTF_8)));

    assertThat(put("rr", "v1", MANIFEST).path("image").path("imageId").path("imageDigest").asText())
        .isEqualTo(digest);
    assertThat(
            world
                .ecr("BatchGetImage", "{'repositoryName': 'rr', 'imageIds': [{'imageTag': 'v1'}]}")
                .path("images")
                .path(0)
                .path("imageManifest")
                .asText())
        .isEqualTo(MANIFEST);
    refuses("ImageAlreadyExistsException", () -> put("rr", "v1", MANIFEST));
    refuses("ImageAlreadyExistsException", () -> put("rr", null, MANIFEST));
  }

  @Test
  void anImmutableTagStaysWhereItIs() {
    world.ecr("CreateRepository", "{'repositoryName': 'rr', 'imageTagMutability': 'IMMUTABLE'}");
    put("rr", "v1", MANIFEST);
    refuses("ImageTagAlreadyExistsException", () -> put("rr", "v1", MANIFEST.replace("[]", "[ ]")));
  }

  @Test
  void aBuildxPushIsOneEventPerManifestAndTheIndexComesLastWithTheTag() {
    String digest =
        new ImagePusher(world.account)
            .push(Push.multiPlatform("team/app", "v1", "healthy", "build 1"));

    List<ObjectNode> events = world.of("ECR Image Action");
    assertThat(events)
        .extracting(event -> event.path("detail").path("image-tag").asText("absent"))
        .containsExactly("", "", "", "v1");
    ObjectNode last = events.getLast();
    assertThat(last.path("detail").path("image-digest").asText()).isEqualTo(digest);
    assertThat(last.path("detail").path("manifest-media-type").asText())
        .isEqualTo("application/vnd.oci.image.index.v1+json");
    assertThat(last.path("detail").has("artifact-media-type")).isFalse();
    assertThat(last.path("resources")).isEmpty();
    assertThat(events.getFirst().path("detail").path("artifact-media-type").asText())
        .isEqualTo("application/vnd.oci.image.config.v1+json");
  }

  @Test
  void theEmptyTagCanBeLeftOut() {
    world.account.registry().events().leaveEmptyTagOut(true);
    world.ecr("CreateRepository", "{'repositoryName': 'rr'}");
    put("rr", null, MANIFEST);
    assertThat(world.of("ECR Image Action").getLast().path("detail").has("image-tag")).isFalse();
  }

  @Test
  void imagesAreDescribedWithTagsAndTimes() {
    String digest = world.push("v1", "healthy");
    world.push("v2", "healthy");
    JsonNode detail =
        world
            .ecr(
                "DescribeImages",
                "{'repositoryName': 'team/app', 'imageIds': [{'imageDigest': '" + digest + "'}]}")
            .path("imageDetails")
            .path(0);

    assertThat(detail.path("imageTags")).extracting(JsonNode::asText).isEqualTo(List.of("v1"));
    assertThat(detail.path("imagePushedAt").asLong())
        .isEqualTo(world.clock.instant().getEpochSecond());
    assertThat(detail.path("artifactMediaType").asText())
        .isEqualTo("application/vnd.oci.image.config.v1+json");
    refuses(
        "ImageNotFoundException",
        () ->
            world.ecr(
                "DescribeImages",
                "{'repositoryName': 'team/app', 'imageIds': [{'imageTag': 'v9'}]}"));
    refuses(
        "RepositoryNotFoundException",
        () -> world.ecr("DescribeImages", "{'repositoryName': 'nobody'}"));
  }

  @Test
  void theConfigThatTheManifestNamesCanBeRead() {
    new ImagePusher(world.account)
        .push(new Push("team/app", "v1", List.of("arm64"), "healthy", "build 1", false));
    String manifest =
        world
            .ecr(
                "BatchGetImage", "{'repositoryName': 'team/app', 'imageIds': [{'imageTag': 'v1'}]}")
            .path("images")
            .path(0)
            .path("imageManifest")
            .asText();
    String config = json(manifest).path("config").path("digest").asText();

    assertThat(
            world
                .ecr(
                    "GetDownloadUrlForLayer",
                    "{'repositoryName': 'team/app', 'layerDigest': '" + config + "'}")
                .path("downloadUrl")
                .asText())
        .endsWith("/blobs/team/app/" + config);
    assertThat(
            json(new String(
                    world.account.registry().blob("team/app", config), StandardCharsets.UTF_8))
                .path("architecture")
                .asText())
        .isEqualTo("arm64");
  }

  @Test
  void whoUploadsNoConfigHasOneForAmd64() {
    world.ecr("CreateRepository", "{'repositoryName': 'rr'}");
    put(
        "rr",
        "v1",
        MANIFEST.replace("\"layers\"", "\"config\":{\"digest\":\"sha256:c\"},\"layers\""));
    assertThat(new String(world.account.registry().blob("rr", "sha256:c"), StandardCharsets.UTF_8))
        .contains("\"architecture\":\"amd64\"");
  }

  @Test
  void anUnknownBehaviourIsRefusedWithTheOnesThereAre() {
    assertThatThrownBy(() -> world.push("v1", "explode"))
        .hasMessageContaining("'explode'")
        .hasMessageContaining("dies-later");
  }

  @Test
  void deletingTheLastTagDeletesTheImage() {
    world.push("v1", "healthy");
    world.ecr(
        "BatchDeleteImage", "{'repositoryName': 'team/app', 'imageIds': [{'imageTag': 'v1'}]}");
    assertThat(world.ecr("ListImages", "{'repositoryName': 'team/app'}").path("imageIds"))
        .isEmpty();
    assertThat(world.of("ECR Image Action").getLast().path("detail").path("action-type").asText())
        .isEqualTo("DELETE");
  }
}
