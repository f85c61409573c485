package dev.slipway.aws;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CodeDeploymentTest {

  @ParameterizedTest(name = "{0}: {2}")
  @CsvSource({
    "TIMEOUT, it timed out, it timed out",
    "HOOK_EXECUTION_FAILURE, a hook failed, a hook failed",
    // Slipway's own stop reads so too.
    "MANUAL_STOP, The deployment was stopped by a user., ''",
    "'', '', ''"
  })
  void saysWhatWentWrongUnlessItWasStopped(String code, String message, String says) {
    CodeDeployment deployment =
        new CodeDeployment(
            "d-1",
            new DeploymentGroup("shop", "web"),
            "Stopped",
            "user",
            "",
            code,
            message,
            "",
            "",
            false,
            new CodeDeployment.Revision("AppSpecContent", "", "abc", ""),
            Instant.EPOCH,
            Instant.EPOCH);

    assertThat(deployment.says()).isEqualTo(says);
  }
}
