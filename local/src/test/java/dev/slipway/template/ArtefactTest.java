package dev.slipway.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsApi;
import dev.slipway.aws.AwsService;
import dev.slipway.local.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the permissions of the template are held against must itself be seen right. */
class ArtefactTest {

  @TempDir Path folder;

  @Test
  void findsTheCallsOfTheHandlerAndOfWhatItUses() throws IOException {
    assertThat(operations())
        .contains("fromTheHandler", "fromAField", "throughAnInterface", "inALambda", "inherited");
  }

  @Test
  void doesNotFindWhatNothingReaches() throws IOException {
    assertThat(operations()).doesNotContain("ofNoOne", "ofAClassThatNobodyCreates");
  }

  @Test
  void findsACallWhoseOtherArgumentsAreCallsToo() throws IOException {
    assertThat(operations()).contains("withAnArgumentThatIsACall");
  }

  @Test
  void saysThatAnArgumentIsNoConstant() throws IOException {
    assertThat(calls())
        .filteredOn(call -> call.in().name().equals("unreadable"))
        .filteredOn(call -> call.to().name().equals("call"))
        .singleElement()
        .satisfies(call -> assertThat(call.arguments().get(1)).isEmpty());
  }

  @Test
  void namesTheServiceBesideTheOperation() throws IOException {
    assertThat(calls())
        .filteredOn(call -> call.arguments().contains(Optional.of("inALambda")))
        .singleElement()
        .satisfies(call -> assertThat(call.arguments().getFirst()).contains("LOGS"));
  }

  @Test
  void refusesAHandlerThatIsNotThere() throws IOException {
    Artefact artefact = artefact();
    assertThatThrownBy(() -> artefact.callsFrom("dev.slipway.Missing::handleRequest"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("dev.slipway.Missing");
    assertThatThrownBy(() -> Artefact.of(folder.resolve("none.zip")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("mvn verify");
  }

  private Set<String> operations() throws IOException {
    return calls().stream()
        .filter(call -> call.to().owner().equals("dev/slipway/aws/AwsApi"))
        .flatMap(call -> call.arguments().get(1).stream())
        .collect(Collectors.toSet());
  }

  private List<Artefact.Call> calls() throws IOException {
    return artefact().callsFrom(Handler.class.getName() + "::handleRequest");
  }

  /** A zip like those that Lambda gets, of the classes below. */
  private Artefact artefact() throws IOException {
    Path zip = folder.resolve("sample.zip");
    Path classes = Path.of("target/test-classes/dev/slipway/template").toAbsolutePath();
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip));
        Stream<Path> files = Files.list(classes)) {
      for (Path file :
          files.filter(f -> f.getFileName().toString().startsWith("ArtefactTest$")).toList()) {
        out.putNextEntry(new ZipEntry("dev/slipway/template/" + file.getFileName()));
        out.write(Files.readAllBytes(file));
      }
    }
    return Artefact.of(zip);
  }

  // ------------------------------------------------------------------------------ the sample

  interface Store {
    void save(AwsApi aws);
  }

  abstract static class Base implements Store {
    void inherited(AwsApi aws) {
      aws.call(AwsService.ECS, "inherited", Json.object());
    }

    abstract void own(AwsApi aws);
  }

  static final class Used extends Base {
    @Override
    public void save(AwsApi aws) {
      aws.call(AwsService.ECS, "throughAnInterface", Json.object());
      inherited(aws);
      own(aws);
    }

    @Override
    void own(AwsApi aws) {
      aws.call(
          AwsService.ECS,
          "withAnArgumentThatIsACall",
          Json.object().put("a", String.valueOf(1)).put("b", List.of("x", "y").size()));
    }

    void nobodyCallsThis(AwsApi aws) {
      aws.call(AwsService.ECS, "ofNoOne", Json.object());
    }
  }

  static final class NeverCreated implements Store {
    @Override
    public void save(AwsApi aws) {
      aws.call(AwsService.ECS, "ofAClassThatNobodyCreates", Json.object());
    }
  }

  static final class Handler implements RequestStreamHandler {
    private final AwsApi aws = (service, operation, input) -> Json.object();
    private final ObjectNode early = aws.call(AwsService.ECS, "fromAField", Json.object());
    private final Store store = new Used();

    @Override
    public void handleRequest(InputStream in, OutputStream out, Context context) {
      aws.call(AwsService.ECS, "fromTheHandler", early);
      store.save(aws);
      Runnable later = () -> aws.call(AwsService.LOGS, "inALambda", Json.object());
      later.run();
      unreadable(context == null ? "a" : "b");
    }

    private void unreadable(String operation) {
      aws.call(AwsService.ECS, operation, Json.object());
    }
  }
}
