package dev.slipway.local.ecr;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.local.account.Account;
import dev.slipway.local.account.Json;
import java.util.List;

/**
 * The events of the registry, as the Amazon ECR user guide and EventBridge's schema registry give
 * them.
 *
 * <p>Whether {@code image-tag} of an untagged push is the empty string or absent is not documented;
 * both have been seen, so it can be chosen.
 */
public final class RegistryEvents {
  private static final String SOURCE = "aws.ecr";

  private final Account account;
  private boolean emptyTagAbsent;

  RegistryEvents(Account account) {
    this.account = account;
  }

  /** Leave {@code image-tag} out of the event of an untagged push, where it is {@code ""} else. */
  public void leaveEmptyTagOut(boolean absent) {
    account.exclusively(() -> this.emptyTagAbsent = absent);
  }

  private ObjectNode action(
      String type, Repository repository, Repository.Image image, String tag) {
    ObjectNode detail =
        Json.object()
            .put("action-type", type)
            .put("result", "SUCCESS")
            .put("repository-name", repository.name)
            .put("image-digest", image.digest);
    if (tag != null) {
      detail.put("image-tag", tag);
    } else if (!emptyTagAbsent) {
      detail.put("image-tag", "");
    }
    detail.put("manifest-media-type", image.mediaType);
    if (image.artifactMediaType() != null) {
      detail.put("artifact-media-type", image.artifactMediaType());
    }
    return detail;
  }

  void pushed(Repository repository, Repository.Image image, String tag) {
    // The resources of this type are an empty list: the repository's ARN is not in the event.
    account.emit(SOURCE, "ECR Image Action", List.of(), action("PUSH", repository, image, tag));
  }

  void deleted(Repository repository, Repository.Image image, String tag) {
    account.emit(SOURCE, "ECR Image Action", List.of(), action("DELETE", repository, image, tag));
  }

  void storageClassChanged(Repository repository, Repository.Image image, String storageClass) {
    ObjectNode detail =
        action("UPDATE_STORAGE_CLASS", repository, image, null)
            .put("target-storage-class", storageClass);
    if (storageClass.equals("STANDARD")) {
      detail.put("last-activated-at", account.now().toString());
    }
    account.emit(SOURCE, "ECR Image Action", List.of(), detail);
  }

  void scanned(Repository repository, Repository.Image image, ObjectNode counts) {
    ObjectNode detail =
        Json.object()
            .put("scan-status", "COMPLETE")
            .put("repository-name", repository.name)
            .put("image-digest", image.digest);
    detail.set("image-tags", Json.strings(repository.tagsOf(image.digest)));
    detail.set("finding-severity-counts", counts.deepCopy());
    account.emit(SOURCE, "ECR Image Scan", List.of(repository.arn), detail);
  }
}
