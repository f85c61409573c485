package dev.slipway.deploy;

import dev.slipway.aws.Ecs;
import dev.slipway.aws.Ecs.RunningTask;
import dev.slipway.aws.ServiceView;
import dev.slipway.image.Digest;
import dev.slipway.image.Image;
import dev.slipway.image.ImageReference;
import dev.slipway.image.ImageSet;
import dev.slipway.taskdef.TaskDefinitionCopy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Which images tasks run: as their revision names them, and as ECS says that they pulled them. */
final class WhatRuns {

  private final Ecs ecs;

  WhatRuns(Ecs ecs) {
    this.ecs = ecs;
  }

  /** Container name to the text of its image, in a revision. */
  Map<String, String> named(String taskDefinition) {
    return TaskDefinitionCopy.containers(ecs.taskDefinition(taskDefinition).document());
  }

  /**
   * The digests that the service's tasks run, for each container whose image can be read.
   *
   * @param texts container name to the text of its image, in the service's revision
   */
  ImageSet images(ServiceView service, Map<String, String> texts) {
    return images(tasks(service), texts);
  }

  /** The tasks of the revision that the service is set to. */
  List<RunningTask> tasks(ServiceView service) {
    return ecs.runningTasks(service.ref()).stream()
        .filter(task -> task.taskDefinition().equals(service.taskDefinition()))
        .toList();
  }

  /** The same, of tasks that are known already. */
  static ImageSet images(List<RunningTask> tasks, Map<String, String> texts) {
    Map<String, Image> images = new TreeMap<>();
    texts.forEach((container, text) -> {
      Optional<ImageReference> reference = Containers.read(text);
      Optional<Digest> digest =
          reference.flatMap(ImageReference::digest).or(() -> pulled(tasks, container));
      if (reference.isPresent() && digest.isPresent()) {
        images.put(
            container,
            new Image(
                reference.get().registry(),
                reference.get().repository(),
                reference.get().tag().orElse(""),
                digest.get()));
      }
    });
    return new ImageSet(images);
  }

  private static Optional<Digest> pulled(List<RunningTask> tasks, String container) {
    return tasks.stream()
        .map(task -> task.digests().getOrDefault(container, ""))
        .filter(text -> !text.isEmpty())
        .findFirst()
        .map(Digest::new);
  }
}
