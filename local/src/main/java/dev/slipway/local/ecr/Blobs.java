package dev.slipway.local.ecr;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.account.Account;
import dev.slipway.local.account.Json;
import dev.slipway.local.account.Operations;
import dev.slipway.local.account.Refusal;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/**
 * Layers and configs. Only configs are ever read back; a pusher that uploads none, such as a plain
 * {@code aws ecr put-image}, gets a config for linux/amd64, so that what a reader of the config is
 * told and what the task does agree.
 */
final class Blobs {
  private final Account account;
  private final Registry registry;
  private final Map<String, ByteArrayOutputStream> uploads = new HashMap<>();

  Blobs(Account account, Registry registry) {
    this.account = account;
    this.registry = registry;
  }

  Operations operations() {
    return new Operations()
        .on("InitiateLayerUpload", this::initiate)
        .on("UploadLayerPart", this::upload)
        .on("CompleteLayerUpload", this::complete)
        .on("BatchCheckLayerAvailability", this::check)
        .on("GetDownloadUrlForLayer", this::downloadUrl);
  }

  private ObjectNode initiate(ObjectNode input) {
    registry.repository(input);
    String id = account.ids().uuid();
    uploads.put(id, new ByteArrayOutputStream());
    return Json.object().put("uploadId", id).put("partSize", 20_971_520);
  }

  private ByteArrayOutputStream uploading(ObjectNode input) {
    String id = Json.required(input, "uploadId");
    ByteArrayOutputStream upload = uploads.get(id);
    if (upload == null) {
      throw new Refusal("UploadNotFoundException", "There is no upload with id '" + id + "'");
    }
    return upload;
  }

  private ObjectNode upload(ObjectNode input) {
    registry.repository(input);
    ByteArrayOutputStream upload = uploading(input);
    upload.writeBytes(Base64.getDecoder().decode(Json.required(input, "layerPartBlob")));
    return Json.object()
        .put("registryId", account.id())
        .put("repositoryName", Json.text(input, "repositoryName"))
        .put("uploadId", Json.text(input, "uploadId"))
        .put("lastByteReceived", upload.size() - 1L);
  }

  private ObjectNode complete(ObjectNode input) {
    Repository repository = registry.repository(input);
    byte[] bytes = uploading(input).toByteArray();
    String digest = Sha256.of(bytes);
    if (input.path("layerDigests").size() != 1
        || !input.path("layerDigests").get(0).asText().equals(digest)) {
      throw new Refusal(
          "InvalidLayerException",
          "The layer's digest is " + digest + ", not " + input.path("layerDigests"));
    }
    uploads.remove(Json.text(input, "uploadId"));
    repository.blobs.put(digest, bytes);
    return Json.object()
        .put("registryId", account.id())
        .put("repositoryName", repository.name)
        .put("uploadId", Json.text(input, "uploadId"))
        .put("layerDigest", digest);
  }

  private ObjectNode check(ObjectNode input) {
    Repository repository = registry.repository(input);
    ObjectNode answer = Json.object();
    ArrayNode layers = answer.putArray("layers");
    answer.putArray("failures");
    for (String digest : Json.texts(input, "layerDigests")) {
      byte[] bytes = repository.blobs.get(digest);
      ObjectNode layer =
          layers
              .addObject()
              .put("layerDigest", digest)
              .put("layerAvailability", bytes == null ? "UNAVAILABLE" : "AVAILABLE");
      if (bytes != null) {
        layer.put("layerSize", bytes.length);
      }
    }
    return answer;
  }

  private ObjectNode downloadUrl(ObjectNode input) {
    Repository repository = registry.repository(input);
    String digest = Json.required(input, "layerDigest");
    if (registry.blob(repository.name, digest) == null) {
      throw new Refusal(
          "LayersNotFoundException",
          "The layer with digest '"
              + digest
              + "' does not exist in the repository with name '"
              + repository.name
              + "'");
    }
    return Json.object()
        .put("downloadUrl", registry.blobUrl(repository.name, digest))
        .put("layerDigest", digest);
  }

  /** A config for an image whose pusher uploaded none. */
  static byte[] defaultConfig() {
    ObjectNode config = Json.object().put("architecture", "amd64").put("os", "linux");
    config.putObject("config");
    config.putObject("rootfs").put("type", "layers").putArray("diff_ids");
    return config.toString().getBytes(StandardCharsets.UTF_8);
  }
}
