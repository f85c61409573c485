package dev.slipway.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.RolledBackBy;
import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.diagnosis.Diagnosis;
import dev.slipway.follow.ServiceRef;
import dev.slipway.follow.Settings.Audience;
import dev.slipway.image.Digest;
import dev.slipway.image.Image;
import dev.slipway.image.ImageSet;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.NodeList;

/** The picture in README.md shows what people really get. */
class PictureTest {

  private static final Instant PUSHED = Instant.parse("2026-01-15T09:30:00Z");
  private static final ServiceRef WEB =
      ServiceRef.parse("arn:aws:ecs:eu-west-1:123456789012:service/shop/web");

  private static ImageSet image(String tag, String digest) {
    return new ImageSet(
        Map.of(
            "web",
            Image.of(
                "123456789012",
                "eu-west-1",
                "team/web",
                tag,
                new Digest("sha256:" + digest + "0".repeat(64 - digest.length())))));
  }

  private static Deployment deployment(
      long sequence, Status status, Reason reason, String detail, ImageSet from, ImageSet to) {
    Instant start = sequence == 3 ? PUSHED : PUSHED.plusSeconds(12);
    return new Deployment(
        WEB,
        sequence,
        status,
        reason,
        detail,
        from,
        to,
        new Trigger(Trigger.Kind.PUSH, "", "", PUSHED),
        Deployment.Revisions.NONE,
        Deployment.Rollout.NONE,
        sequence == 3 ? 0 : 3,
        RolledBackBy.ECS,
        Audience.DEFAULT,
        Optional.empty(),
        start,
        PUSHED.plusSeconds(25),
        PUSHED.plusSeconds(25));
  }

  private static List<String> picture() throws Exception {
    NodeList texts =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(Path.of(System.getProperty("slipway.root"), "docs/slack-message.svg").toFile())
            .getElementsByTagName("text");
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < texts.getLength(); i++) {
      lines.add(texts.item(i).getTextContent());
    }
    return lines;
  }

  @Test
  void everyLineOfThePictureIsOneOfTheMessage() throws Exception {
    ImageSet good = image("v1.5.0", "8bfe5426e04c");
    ImageSet bad = image("v1.6.0", "61b3a507d435");
    Deployment failed =
        deployment(
                3,
                Status.ROLLED_BACK,
                Reason.CIRCUIT_BREAKER,
                "ECS's circuit breaker saw too many failing tasks. The service runs team/web:v1.5.0"
                    + " again.",
                good,
                bad)
            .with(
                new Diagnosis(
                    "Container web exited with code 1 after 2 s",
                    "web",
                    List.of(
                        "Stop code: EssentialContainerExited",
                        "Stopped reason: Essential container in task exited",
                        "Container web: exit code 1",
                        "Attempts: 4 tasks failed"),
                    List.of(),
                    List.of(
                        "INFO  main  Starting with profile production",
                        "ERROR main  Application run failed",
                        "java.lang.IllegalStateException: required setting PAYMENTS_URL is"
                            + " missing")));
    Deployment back = deployment(4, Status.SUCCEEDED, Reason.COMPLETED, "", bad, good);
    List<String> message = new ArrayList<>(List.of("Slipway", "APP", "9:30 AM"));
    message.addAll(Plain.lines(Cards.deployment(failed, Optional.of(back), false)));
    message.add("1 reply");
    message.addAll(Plain.lines(FailureThread.of(failed, Optional.empty(), List.of(), false)));

    assertThat(picture()).containsExactlyElementsOf(message);
  }
}
