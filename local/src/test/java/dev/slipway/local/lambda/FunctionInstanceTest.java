package dev.slipway.local.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.local.fixture.Worker;
import dev.slipway.local.template.FunctionSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class FunctionInstanceTest {

  private final List<String> log = new CopyOnWriteArrayList<>();

  private FunctionInstance start(RuntimeInterface client) throws Exception {
    Path code = Path.of(Worker.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    FunctionSpec function =
        new FunctionSpec(
            "Worker",
            "worker",
            "arn:aws:lambda:eu-west-1:123456789012:function:worker",
            Worker.class.getName() + "::handleRequest",
            "java25",
            256,
            Duration.ofSeconds(10),
            code,
            Map.of(),
            "Text",
            "/aws/lambda/worker",
            "role",
            List.of(),
            -1,
            null,
            List.of());
    return new FunctionInstance(function, code, "eu-west-1", Map.of(), log::add, client);
  }

  @Test
  void oneProcessServesOneInvocationAfterAnother() throws Exception {
    servesInvocations(RuntimeInterface.ofThisMachine());
  }

  /** As on an operating system that AWS builds no native library for. */
  @Test
  void theClientAlsoRunsWithoutItsNativeLibrary() throws Exception {
    servesInvocations(RuntimeInterface.portable());
  }

  private void servesInvocations(RuntimeInterface client) throws Exception {
    try (FunctionInstance instance = start(client)) {
      assertThat(instance.awaitReady()).isPositive();
      for (int i = 0; i < 3; i++) {
        FunctionInstance.Outcome outcome = instance.invoke("id-" + i, "{\"rawPath\":\"/\"}");
        assertThat(outcome.error()).as("%s", log).isEmpty();
        assertThat(outcome.payload()).contains("\"statusCode\":201");
      }
      String message = "{\"messageId\":\"m\",\"body\":\"throw it\"}";
      FunctionInstance.Outcome failure = instance.invoke("id-3", message);
      assertThat(failure.error()).isNotEmpty();
      assertThat(failure.payload()).contains("errorMessage", "stackTrace");
      assertThat(instance.invoke("id-4", "{}").failed()).isFalse();
    }
  }
}
