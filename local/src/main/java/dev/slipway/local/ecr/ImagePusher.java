package dev.slipway.local.ecr;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsApi;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.local.account.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * Puts an image into ECR with the calls that {@code docker push} makes, so that it works on the
 * local account in process and over HTTP. Layers are named but not uploaded: nothing reads them.
 */
public final class ImagePusher {

  /**
   * What to push.
   *
   * @param tag null pushes by digest only
   * @param architectures one makes a single manifest, more an index; for example {@code amd64},
   *     {@code arm64}
   * @param behaviour see {@link Behaviour#parse}
   * @param build anything that makes this build differ from others of the same content; the same
   *     value gives the same digest
   * @param attested adds the provenance child that buildx adds, and with it always an index
   */
  public record Push(
      String repository,
      String tag,
      List<String> architectures,
      String behaviour,
      String build,
      boolean attested) {

    /** As a plain {@code docker build} for linux/amd64 does it. */
    public static Push simple(String repository, String tag, String behaviour, String build) {
      return new Push(repository, tag, List.of("amd64"), behaviour, build, false);
    }

    /** For amd64 and arm64 with provenance, as {@code docker buildx build --push} does it. */
    public static Push multiPlatform(
        String repository, String tag, String behaviour, String build) {
      return new Push(repository, tag, List.of("amd64", "arm64"), behaviour, build, true);
    }
  }

  private final AwsApi aws;

  public ImagePusher(AwsApi aws) {
    this.aws = aws;
  }

  /** Makes the repository unless it is there, pushes, and returns the digest that the tag names. */
  public String push(Push push) {
    Behaviour.parse(push.behaviour());
    createRepository(push.repository());
    if (push.architectures().size() == 1 && !push.attested()) {
      String manifest = manifest(push, push.architectures().getFirst());
      return put(push.repository(), push.tag(), manifest, MediaTypes.OCI_MANIFEST);
    }
    ObjectNode index = Json.object().put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_INDEX);
    ArrayNode children = index.putArray("manifests");
    for (String architecture : push.architectures()) {
      String manifest = manifest(push, architecture);
      String digest = put(push.repository(), null, manifest, MediaTypes.OCI_MANIFEST);
      child(children, digest, manifest, architecture, "linux");
    }
    if (push.attested()) {
      String described = children.get(0).path("digest").asText();
      String manifest = attestation(push);
      String digest = put(push.repository(), null, manifest, MediaTypes.OCI_MANIFEST);
      child(children, digest, manifest, "unknown", "unknown")
          .putObject("annotations")
          .put("vnd.docker.reference.type", "attestation-manifest")
          .put("vnd.docker.reference.digest", described);
    }
    return put(push.repository(), push.tag(), index.toString(), MediaTypes.OCI_INDEX);
  }

  private static ObjectNode child(
      ArrayNode children, String digest, String manifest, String architecture, String os) {
    ObjectNode child =
        children
            .addObject()
            .put("mediaType", MediaTypes.OCI_MANIFEST)
            .put("digest", digest)
            .put("size", manifest.length());
    child.putObject("platform").put("architecture", architecture).put("os", os);
    return child;
  }

  private void createRepository(String name) {
    try {
      aws.call(AwsService.ECR, "CreateRepository", Json.object().put("repositoryName", name));
    } catch (AwsException e) {
      if (!e.is("RepositoryAlreadyExistsException")) {
        throw e;
      }
    }
  }

  private String manifest(Push push, String architecture) {
    ObjectNode config = Json.object().put("architecture", architecture).put("os", "linux");
    config
        .putObject("config")
        .putObject("Labels")
        .put("org.opencontainers.image.revision", push.build());
    config.putObject("rootfs").put("type", "layers").putArray("diff_ids").add(layer(push));
    return manifest(
        push,
        upload(push.repository(), config.toString()),
        config.toString().length(),
        "application/vnd.oci.image.layer.v1.tar+gzip",
        push.behaviour());
  }

  private String attestation(Push push) {
    String config = Json.object().put("architecture", "unknown").put("os", "unknown").toString();
    return manifest(
        push,
        upload(push.repository(), config),
        config.length(),
        "application/vnd.in-toto+json",
        null);
  }

  private static String manifest(
      Push push, String configDigest, int configSize, String layerType, String behaviour) {
    ObjectNode manifest =
        Json.object().put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_MANIFEST);
    manifest
        .putObject("config")
        .put("mediaType", MediaTypes.OCI_CONFIG)
        .put("digest", configDigest)
        .put("size", configSize);
    manifest
        .putArray("layers")
        .addObject()
        .put("mediaType", layerType)
        .put("digest", layer(push))
        .put("size", 1_048_576);
    if (behaviour != null) {
      manifest.putObject("annotations").put(Behaviour.ANNOTATION, behaviour);
    }
    return manifest.toString();
  }

  private static String layer(Push push) {
    return Sha256.of(push.repository() + "\n" + push.build());
  }

  private String upload(String repository, String blob) {
    byte[] bytes = blob.getBytes(StandardCharsets.UTF_8);
    String digest = Sha256.of(bytes);
    ObjectNode check = Json.object().put("repositoryName", repository);
    check.putArray("layerDigests").add(digest);
    ObjectNode known = aws.call(AwsService.ECR, "BatchCheckLayerAvailability", check);
    if (known.path("layers").path(0).path("layerAvailability").asText().equals("AVAILABLE")) {
      return digest;
    }
    String uploadId =
        aws.call(
                AwsService.ECR,
                "InitiateLayerUpload",
                Json.object().put("repositoryName", repository))
            .path("uploadId")
            .asText();
    aws.call(
        AwsService.ECR,
        "UploadLayerPart",
        Json.object()
            .put("repositoryName", repository)
            .put("uploadId", uploadId)
            .put("partFirstByte", 0)
            .put("partLastByte", bytes.length - 1)
            .put("layerPartBlob", Base64.getEncoder().encodeToString(bytes)));
    ObjectNode complete = Json.object().put("repositoryName", repository).put("uploadId", uploadId);
    complete.putArray("layerDigests").add(digest);
    aws.call(AwsService.ECR, "CompleteLayerUpload", complete);
    return digest;
  }

  private String put(String repository, String tag, String manifest, String mediaType) {
    ObjectNode input =
        Json.object()
            .put("repositoryName", repository)
            .put("imageManifest", manifest)
            .put("imageManifestMediaType", mediaType);
    if (tag != null) {
      input.put("imageTag", tag);
    }
    try {
      return aws.call(AwsService.ECR, "PutImage", input)
          .path("image")
          .path("imageId")
          .path("imageDigest")
          .asText();
    } catch (AwsException e) {
      if (e.is("ImageAlreadyExistsException")) {
        return Sha256.of(manifest);
      }
      throw e;
    }
  }
}
