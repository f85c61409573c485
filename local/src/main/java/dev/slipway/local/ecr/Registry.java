package dev.slipway.local.ecr;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.account.Account;
import dev.slipway.local.account.Json;
import dev.slipway.local.account.Operations;
import dev.slipway.local.account.Page;
import dev.slipway.local.account.Refusal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The account's private registry: repositories, and the images that are put into them. */
public final class Registry {
  /** Amazon ECR API reference, CreateRepository; 2 to 256 characters. */
  private static final Pattern REPOSITORY =
      Pattern.compile(
          "(?=.{2,256}$)[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*");

  /** OCI distribution specification, tag grammar. */
  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");

  private final Account account;
  private final RegistryEvents events;
  private final TreeMap<String, Repository> repositories = new TreeMap<>();
  private String blobBase = "https://blobs.invalid";

  public Registry(Account account) {
    this.account = account;
    this.events = new RegistryEvents(account);
  }

  public Operations operations() {
    return new Operations()
        .on("CreateRepository", this::createRepository)
        .on("DescribeRepositories", this::describeRepositories)
        .on("DeleteRepository", this::deleteRepository)
        .on("PutImageTagMutability", this::putImageTagMutability)
        .on("PutImage", this::putImage)
        .on("BatchGetImage", this::batchGetImage)
        .on("BatchDeleteImage", this::batchDeleteImage)
        .on("DescribeImages", this::describeImages)
        .on("ListImages", this::listImages)
        .on("DescribeImageScanFindings", this::describeImageScanFindings)
        .all(new Blobs(account, this).operations());
  }

  public RegistryEvents events() {
    return events;
  }

  /** Host name of the registry: {@code <account>.dkr.ecr.<region>.amazonaws.com}. */
  public String host() {
    return account.id() + ".dkr.ecr." + account.region() + ".amazonaws.com";
  }

  /** Where {@code GetDownloadUrlForLayer} points: the base URL of whatever serves the blobs. */
  public void blobBase(String url) {
    account.exclusively(() -> this.blobBase = url);
  }

  String blobUrl(String repositoryName, String digest) {
    return blobBase + "/blobs/" + repositoryName + "/" + digest;
  }

  /** The blob's bytes, or null when the repository does not have it. */
  public byte[] blob(String repositoryName, String digest) {
    return account.exclusively(() -> {
      Repository repository = repositories.get(repositoryName);
      if (repository == null) {
        return null;
      }
      byte[] bytes = repository.blobs.get(digest);
      boolean named =
          bytes == null
              && repository.images.values().stream()
                  .map(image -> image.document.path("config").path("digest").asText())
                  .anyMatch(digest::equals);
      return named ? Blobs.defaultConfig() : bytes;
    });
  }

  Repository repository(JsonNode input) {
    return repository(Json.required(input, "repositoryName"));
  }

  Repository repository(String name) {
    Repository repository = repositories.get(name);
    if (repository == null) {
      throw new Refusal(
          "RepositoryNotFoundException",
          "The repository with name '"
              + name
              + "' does not exist in the registry with id '"
              + account.id()
              + "'");
    }
    return repository;
  }

  /** The repository, or null when there is none of this name. */
  Repository find(String name) {
    return repositories.get(name);
  }

  private ObjectNode createRepository(ObjectNode input) {
    String name = Json.required(input, "repositoryName");
    if (!REPOSITORY.matcher(name).matches()) {
      throw new Refusal(
          "InvalidParameterException",
          "Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy"
              + " regular expression': "
              + name);
    }
    if (repositories.containsKey(name)) {
      throw new Refusal(
          "RepositoryAlreadyExistsException",
          "The repository with name '"
              + name
              + "' already exists in the registry with id '"
              + account.id()
              + "'");
    }
    Repository repository =
        new Repository(
            name,
            account.arn("ecr", "repository/" + name),
            Json.text(input, "imageTagMutability", "MUTABLE"),
            account.now());
    repositories.put(name, repository);
    ObjectNode answer = Json.object();
    answer.set("repository", describe(repository));
    return answer;
  }

  private ObjectNode describe(Repository repository) {
    ObjectNode node =
        Json.object()
            .put("repositoryArn", repository.arn)
            .put("registryId", account.id())
            .put("repositoryName", repository.name)
            .put("repositoryUri", host() + "/" + repository.name)
            .put("imageTagMutability", repository.mutability);
    node.set("createdAt", Json.seconds(repository.createdAt));
    node.putObject("imageScanningConfiguration").put("scanOnPush", false);
    node.putObject("encryptionConfiguration").put("encryptionType", "AES256");
    return node;
  }

  private ObjectNode describeRepositories(ObjectNode input) {
    List<String> names = Json.texts(input, "repositoryNames");
    List<Repository> wanted =
        names.isEmpty()
            ? List.copyOf(repositories.values())
            : names.stream().map(this::repository).toList();
    Page<Repository> page = Page.of(wanted, input, 100, 1000);
    ObjectNode answer = Json.object();
    ArrayNode list = answer.putArray("repositories");
    page.items().forEach(repository -> list.add(describe(repository)));
    page.writeToken(answer);
    return answer;
  }

  private ObjectNode deleteRepository(ObjectNode input) {
    Repository repository = repository(input);
    if (!repository.images.isEmpty() && !input.path("force").asBoolean()) {
      throw new Refusal(
          "RepositoryNotEmptyException",
          "The repository with name '"
              + repository.name
              + "' in registry with id '"
              + account.id()
              + "' cannot be deleted because it still contains images");
    }
    repositories.remove(repository.name);
    ObjectNode answer = Json.object();
    answer.set("repository", describe(repository));
    return answer;
  }

  private ObjectNode putImageTagMutability(ObjectNode input) {
    Repository repository = repository(input);
    repository.mutability = Json.required(input, "imageTagMutability");
    return Json.object()
        .put("registryId", account.id())
        .put("repositoryName", repository.name)
        .put("imageTagMutability", repository.mutability);
  }

  private ObjectNode putImage(ObjectNode input) {
    Repository repository = repository(input);
    String manifest = Json.required(input, "imageManifest");
    String tag = Json.text(input, "imageTag");
    if (tag != null && !TAG.matcher(tag).matches()) {
      throw new Refusal(
          "InvalidParameterException",
          "Invalid parameter at 'imageTag' failed to satisfy constraint: 'must satisfy regular"
              + " expression "
              + TAG
              + "': "
              + tag);
    }
    ObjectNode document = Json.parse(manifest, "InvalidParameterException");
    String mediaType =
        Json.text(input, "imageManifestMediaType", document.path("mediaType").asText(""));
    if (mediaType.isEmpty()) {
      throw new Refusal(
          "InvalidParameterException",
          "Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'the manifest has no"
              + " mediaType and imageManifestMediaType was not given'");
    }
    checkBehaviour(document);
    String digest = Sha256.of(manifest);
    String declared = Json.text(input, "imageDigest");
    if (declared != null && !declared.equals(digest)) {
      throw new Refusal(
          "ImageDigestDoesNotMatchException",
          "The digest of the manifest is " + digest + ", not " + declared);
    }
    Repository.Image known = repository.images.get(digest);
    if (known != null && (tag == null || digest.equals(repository.tags.get(tag)))) {
      throw new Refusal(
          "ImageAlreadyExistsException",
          "Image with digest '"
              + digest
              + "' and tag '"
              + tag
              + "' already exists in the repository with name '"
              + repository.name
              + "' in registry with id '"
              + account.id()
              + "'");
    }
    if (tag != null && repository.tags.containsKey(tag) && repository.immutable()) {
      throw new Refusal(
          "ImageTagAlreadyExistsException",
          "The image tag '"
              + tag
              + "' already exists in the '"
              + repository.name
              + "' repository and cannot be overwritten because the tag is immutable.");
    }
    for (JsonNode child : document.path("manifests")) {
      if (!repository.images.containsKey(child.path("digest").asText())) {
        throw new Refusal(
            "ReferencedImagesNotFoundException",
            "Image with digest '"
                + child.path("digest").asText()
                + "' does not exist within the repository with name '"
                + repository.name
                + "'");
      }
    }
    Repository.Image image =
        known != null
            ? known
            : new Repository.Image(digest, manifest, document, mediaType, account.now());
    repository.images.put(digest, image);
    if (tag != null) {
      repository.tags.put(tag, digest);
    }
    events.pushed(repository, image, tag);
    ObjectNode answer = Json.object();
    answer.set("image", describe(repository, image, tag));
    return answer;
  }

  private static void checkBehaviour(ObjectNode document) {
    String behaviour = Json.text(document.path("annotations"), Behaviour.ANNOTATION);
    if (behaviour != null) {
      try {
        Behaviour.parse(behaviour);
      } catch (IllegalArgumentException e) {
        throw new Refusal("InvalidParameterException", e.getMessage());
      }
    }
  }

  private ObjectNode describe(Repository repository, Repository.Image image, String tag) {
    ObjectNode node =
        Json.object()
            .put("registryId", account.id())
            .put("repositoryName", repository.name)
            .put("imageManifest", image.manifest)
            .put("imageManifestMediaType", image.mediaType);
    ObjectNode id = node.putObject("imageId").put("imageDigest", image.digest);
    if (tag != null) {
      id.put("imageTag", tag);
    }
    return node;
  }

  private ObjectNode batchGetImage(ObjectNode input) {
    Repository repository = repository(input);
    List<String> accepted = Json.texts(input, "acceptedMediaTypes");
    ObjectNode answer = Json.object();
    ArrayNode images = answer.putArray("images");
    ArrayNode failures = answer.putArray("failures");
    for (JsonNode id : imageIds(input)) {
      String digest = Json.text(id, "imageDigest");
      String tag = Json.text(id, "imageTag");
      Repository.Image image = repository.find(digest, tag);
      if (image == null || (!accepted.isEmpty() && !accepted.contains(image.mediaType))) {
        ObjectNode failure = failures.addObject();
        failure.set("imageId", id.deepCopy());
        failure
            .put("failureCode", "ImageNotFound")
            .put("failureReason", "Requested image not found");
      } else {
        images.add(describe(repository, image, tag));
      }
    }
    return answer;
  }

  private static JsonNode imageIds(ObjectNode input) {
    JsonNode ids = input.path("imageIds");
    if (ids.size() > 100) {
      throw new Refusal(
          "InvalidParameterException", "imageIds must have at most 100 entries: " + ids.size());
    }
    return ids;
  }

  private ObjectNode batchDeleteImage(ObjectNode input) {
    Repository repository = repository(input);
    ObjectNode answer = Json.object();
    ArrayNode deleted = answer.putArray("imageIds");
    ArrayNode failures = answer.putArray("failures");
    for (JsonNode id : imageIds(input)) {
      String digest = Json.text(id, "imageDigest");
      String tag = Json.text(id, "imageTag");
      Repository.Image image = repository.find(digest, tag);
      if (image == null) {
        ObjectNode failure = failures.addObject();
        failure.set("imageId", id.deepCopy());
        failure
            .put("failureCode", "ImageNotFound")
            .put("failureReason", "Requested image not found");
        continue;
      }
      List<String> untagged = tag == null ? repository.tagsOf(image.digest) : List.of(tag);
      untagged.forEach(repository.tags::remove);
      if (repository.tagsOf(image.digest).isEmpty()) {
        repository.images.remove(image.digest);
      }
      if (untagged.isEmpty()) {
        deleted.addObject().put("imageDigest", image.digest);
        events.deleted(repository, image, null);
      }
      for (String gone : untagged) {
        deleted.addObject().put("imageDigest", image.digest).put("imageTag", gone);
        events.deleted(repository, image, gone);
      }
    }
    return answer;
  }

  private ObjectNode describeImages(ObjectNode input) {
    Repository repository = repository(input);
    List<Repository.Image> images;
    if (input.has("imageIds")) {
      images = new ArrayList<>();
      for (JsonNode id : imageIds(input)) {
        images.add(
            repository.get(Json.text(id, "imageDigest"), Json.text(id, "imageTag"), account.id()));
      }
    } else {
      String tagStatus = Json.text(input.path("filter"), "tagStatus", "ANY");
      String imageStatus = Json.text(input.path("filter"), "imageStatus", "ACTIVE");
      images =
          repository.images.values().stream()
              .filter(image ->
                  switch (tagStatus) {
                    case "TAGGED" -> !repository.tagsOf(image.digest).isEmpty();
                    case "UNTAGGED" -> repository.tagsOf(image.digest).isEmpty();
                    default -> true;
                  })
              .filter(image ->
                  imageStatus.equals("ANY") || imageStatus.equals("ARCHIVED") == image.archived)
              .sorted(Comparator.comparing(image -> image.digest))
              .toList();
    }
    Page<Repository.Image> page = Page.of(images, input, 100, 1000);
    Map<String, ArrayNode> tags = tagsByDigest(repository);
    ObjectNode answer = Json.object();
    ArrayNode details = answer.putArray("imageDetails");
    for (Repository.Image image : page.items()) {
      ObjectNode detail =
          details
              .addObject()
              .put("registryId", account.id())
              .put("repositoryName", repository.name)
              .put("imageDigest", image.digest)
              .put("imageSizeInBytes", size(image))
              .put("imageManifestMediaType", image.mediaType)
              .put("imageStatus", image.archived ? "ARCHIVED" : "ACTIVE");
      detail.set("imagePushedAt", Json.seconds(image.pushedAt));
      if (tags.containsKey(image.digest)) {
        detail.set("imageTags", tags.get(image.digest).deepCopy());
      }
      if (image.artifactMediaType() != null) {
        detail.put("artifactMediaType", image.artifactMediaType());
      }
      if (image.document.path("subject").has("digest")) {
        detail.put("subjectManifestDigest", image.document.path("subject").path("digest").asText());
      }
    }
    page.writeToken(answer);
    return answer;
  }

  private static Map<String, ArrayNode> tagsByDigest(Repository repository) {
    Map<String, ArrayNode> tags = new HashMap<>();
    repository.tags.forEach(
        (tag, digest) -> tags.computeIfAbsent(digest, unused -> Json.array()).add(tag));
    return tags;
  }

  private static long size(Repository.Image image) {
    long size = image.document.path("config").path("size").asLong();
    for (JsonNode layer : image.document.path("layers")) {
      size += layer.path("size").asLong();
    }
    return size;
  }

  private ObjectNode listImages(ObjectNode input) {
    Repository repository = repository(input);
    String tagStatus = Json.text(input.path("filter"), "tagStatus", "ANY");
    List<ObjectNode> ids = new ArrayList<>();
    for (Repository.Image image : repository.images.values()) {
      List<String> tags = repository.tagsOf(image.digest);
      if (tags.isEmpty() && !tagStatus.equals("TAGGED")) {
        ids.add(Json.object().put("imageDigest", image.digest));
      }
      if (!tagStatus.equals("UNTAGGED")) {
        tags.forEach(
            tag -> ids.add(Json.object().put("imageDigest", image.digest).put("imageTag", tag)));
      }
    }
    Page<ObjectNode> page = Page.of(ids, input, 100, 1000);
    ObjectNode answer = Json.object();
    page.items().forEach(answer.putArray("imageIds")::add);
    page.writeToken(answer);
    return answer;
  }

  private ObjectNode describeImageScanFindings(ObjectNode input) {
    Repository repository = repository(input);
    JsonNode id = input.path("imageId");
    Repository.Image image =
        repository.get(Json.text(id, "imageDigest"), Json.text(id, "imageTag"), account.id());
    if (image.scanFindings == null) {
      throw new Refusal(
          "ScanNotFoundException",
          "Image scan does not exist for the image with '{imageDigest:'"
              + image.digest
              + "'}' in the repository with name '"
              + repository.name
              + "' in the registry with id '"
              + account.id()
              + "'");
    }
    ObjectNode answer =
        Json.object().put("registryId", account.id()).put("repositoryName", repository.name);
    answer.putObject("imageId").put("imageDigest", image.digest);
    answer.putObject("imageScanStatus").put("status", "COMPLETE");
    answer.set("imageScanFindings", image.scanFindings.deepCopy());
    return answer;
  }

  /**
   * A basic scan of the image has ended with these counts, for example {@code CRITICAL} to 1;
   * severities without a finding are left out. Emits {@code ECR Image Scan}.
   */
  public void scanned(String repositoryName, String digest, Map<String, Integer> severityCounts) {
    account.exclusively(() -> {
      Repository repository = repository(repositoryName);
      Repository.Image image = repository.get(digest, null, account.id());
      ObjectNode findings = Json.object();
      findings.putArray("findings");
      ObjectNode counts = findings.putObject("findingSeverityCounts");
      new TreeMap<>(severityCounts).forEach(counts::put);
      findings.set("imageScanCompletedAt", Json.seconds(account.now()));
      image.scanFindings = findings;
      events.scanned(repository, image, counts);
    });
  }

  /** Moves the image to archive storage, from which it cannot be pulled, or back. */
  public void archive(String repositoryName, String digest, boolean archived) {
    account.exclusively(() -> {
      Repository repository = repository(repositoryName);
      Repository.Image image = repository.get(digest, null, account.id());
      image.archived = archived;
      events.storageClassChanged(repository, image, archived ? "ARCHIVE" : "STANDARD");
    });
  }
}
