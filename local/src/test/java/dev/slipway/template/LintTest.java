package dev.slipway.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * AWS's own tools have a look at the template where they are installed. Both are Python programs
 * that a Maven build cannot bring along; what must always hold is checked by the other tests here.
 */
class LintTest {

  /** Translates the template as `sam deploy` lets CloudFormation do it, artefacts aside. */
  private static final String TRANSLATE =
      """
      import copy, os, sys
      os.environ.setdefault('AWS_DEFAULT_REGION', 'eu-west-1')
      from samtranslator.translator.transform import transform
      from samtranslator.yaml_helper import yaml_parse
      template = yaml_parse(open(sys.argv[1]).read())
      for resource in template['Resources'].values():
          if 'CodeUri' in resource.get('Properties', {}):
              resource['Properties']['CodeUri'] = 's3://bucket/key'
      class NoManagedPolicies:
          def load(self):
              return {}
      for endpoint in ['none', 'function-url', 'http-api']:
          parameters = {'ChatEndpoint': endpoint}
          translated = transform(copy.deepcopy(template), parameters, NoManagedPolicies())
          made = [r['Type'] for r in translated['Resources'].values()]
          assert made.count('AWS::Lambda::Function') == 6, made
          assert made.count('AWS::Lambda::EventSourceMapping') == 6, made
          assert made.count('AWS::IAM::Role') == 6, 'SAM made a role of its own: ' + str(made)
      """;

  private record Outcome(int status, String output) {}

  @Test
  void cfnLintFindsNothing() {
    Path cfnLint = program("cfn-lint");
    Outcome outcome = run(cfnLint.toString(), "--", Repository.TEMPLATE.toString());
    assertThat(outcome.output()).isBlank();
    assertThat(outcome.status()).isZero();
  }

  @Test
  void theSamTranslatorAcceptsIt() {
    Path python = program("python3");
    if (run(python.toString(), "-c", "import samtranslator").status() != 0) {
      skip("the SAM translator (Python package aws-sam-translator)");
    }
    Outcome outcome =
        run(python.toString(), "-W", "ignore", "-c", TRANSLATE, Repository.TEMPLATE.toString());
    assertThat(outcome.status()).as(outcome.output()).isZero();
  }

  private static Path program(String name) {
    Optional<Path> program =
        Stream.of(System.getenv().getOrDefault("PATH", ""))
            .flatMap(path -> Arrays.stream(path.split(File.pathSeparator)))
            .map(folder -> Path.of(folder, name))
            .filter(Files::isExecutable)
            .findFirst();
    if (program.isEmpty()) {
      skip(name);
    }
    return program.orElseThrow();
  }

  private static void skip(String what) {
    System.out.println(
        "Skipped: " + what + " is not installed here and did not look at template.yaml");
    Assumptions.abort(what + " is not installed");
  }

  private static Outcome run(String... command) {
    try {
      Process process = new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(command[0] + " does not end");
      }
      return new Outcome(process.exitValue(), output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
