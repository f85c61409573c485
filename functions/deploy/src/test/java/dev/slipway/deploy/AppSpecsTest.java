package dev.slipway.deploy;

import static dev.slipway.deployment.CodeDeploySamples.GROUP;
import static dev.slipway.deployment.Samples.NEW;
import static dev.slipway.deployment.Samples.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.aws.CodeDeployment;
import dev.slipway.aws.CodeDeployment.Revision;
import dev.slipway.aws.Parameters;
import dev.slipway.aws.ServiceView;
import dev.slipway.aws.ServiceView.TaskSet;
import dev.slipway.deployment.CodeDeploySamples;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Samples;
import dev.slipway.deployment.Status;
import dev.slipway.runtime.Environment;
import dev.slipway.runtime.Json;
import dev.slipway.runtime.Log;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Where the AppSpec of a deployment comes from, and what is said where it cannot be had. */
class AppSpecsTest {

  private static final String BEFORE = "d-BEFORE001";
  private static final String PARAMETER = "/slipway/codedeploy.appspec/demo/app";

  private final InMemoryCodeDeploy codeDeploy = new InMemoryCodeDeploy();
  private final Map<String, String> parameters = new HashMap<>();

  private AppSpecs appSpecs() {
    return appSpecs(new InMemoryParameters(parameters));
  }

  private AppSpecs appSpecs(Parameters from) {
    return new AppSpecs(
        codeDeploy,
        from,
        new Log(
            "deploy",
            new Environment(Map.of()),
            InstantSource.fixed(NOON),
            new PrintStream(OutputStream.nullOutputStream())));
  }

  private static AppSpecs.Made made(AppSpecs from, boolean back, String codeDeployId) {
    TaskSet like = CodeDeploySamples.set("ecs-svc/1", codeDeployId, "PRIMARY", Samples.OLD);
    ServiceView service = CodeDeploySamples.service(2, like);
    Deployment deployment = Samples.deployment(Status.PREPARING, 2, back ? 1 : 0);
    return from.of(deployment.with(deployment.revisions().withOwn(NEW)), service, like);
  }

  private static String withHook(String function) {
    return """
    Resources: [{app: {Properties: {TaskDefinition: <TASK_DEFINITION>}}}]
    Hooks: [{AfterInstall: %s}]
    """
        .formatted(function);
  }

  private static String hook(AppSpecs.Made made) {
    return Json.read(made.text()).at("/Hooks/0/AfterInstall").asText();
  }

  private void before(String description, Revision revision, String appSpec) {
    codeDeploy.knows(
        new CodeDeployment(
            BEFORE,
            GROUP,
            "Succeeded",
            "user",
            description,
            "",
            "",
            "",
            "",
            false,
            revision,
            NOON,
            NOON),
        appSpec);
  }

  private static final Revision KEPT = new Revision("AppSpecContent", "", "abc", "");
  private static final Revision IN_S3 = new Revision("S3", "", "", "s3://b/appspec.yaml");

  // ---- where it comes from

  @Test
  void theParameterComesFirst() {
    parameters.put(PARAMETER, withHook("of-the-parameter"));
    before("by hand", KEPT, withHook("of-before"));
    AppSpecs.Made made = made(appSpecs(), false, BEFORE);
    assertThat(hook(made)).isEqualTo("of-the-parameter");
    assertThat(made.text()).contains("\"TaskDefinition\":\"" + NEW + "\"");
    assertThat(made.leftOut()).isFalse();
  }

  @Test
  void thenTheDeploymentBefore() {
    before("by hand", KEPT, withHook("of-before"));
    assertThat(hook(made(appSpecs(), false, BEFORE))).isEqualTo("of-before");
  }

  @Test
  void whereCodeDeployHasDeployedNothingYetItIsMadeFromTheService() {
    AppSpecs.Made made = made(appSpecs(), false, "");
    assertThat(made.text()).contains(NEW, "\"ContainerName\":\"web\"").doesNotContain("Hooks");
    assertThat(made.leftOut()).as("there never was one").isFalse();
  }

  // ---- where it cannot be had

  /** What is known of the deployment before, and what is said. */
  static Stream<Arguments> unknown() {
    return Stream.of(
        arguments("in S3", "", IN_S3, null, "is in s3://b/appspec.yaml, where Slipway does not"),
        arguments("not kept", "", KEPT, null, "CodeDeploy does not have the AppSpec"),
        arguments("no YAML", "", KEPT, "Hooks: [", "cannot be read: "),
        arguments("no AppSpec", "", KEPT, "Hooks: []", "does not have one resource"),
        arguments(
            "left out", "Slipway demo/app#1: x (without its hooks)", KEPT, "", "went back without"),
        arguments("not known", null, KEPT, null, "does not know the deployment any more"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("unknown")
  void aPushStopsAndSaysWhatToDo(
      String name, String description, Revision revision, String appSpec, String words) {
    if (description != null) {
      before(description, revision, appSpec);
    }
    assertThatThrownBy(() -> made(appSpecs(), false, BEFORE))
        .isInstanceOfSatisfying(
            NotDeployableException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.NOT_DEPLOYABLE))
        .hasMessageContaining(words)
        .hasMessageContaining(BEFORE)
        .hasMessageContaining("--name " + PARAMETER + " --value file://appspec.yaml");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("unknown")
  void aWayBackGoesWithoutAndSaysSo(
      String name, String description, Revision revision, String appSpec) {
    if (description != null) {
      before(description, revision, appSpec);
    }
    AppSpecs.Made made = made(appSpecs(), true, BEFORE);
    assertThat(made.leftOut()).isTrue();
    assertThat(made.text()).contains(NEW).doesNotContain("Hooks");
  }

  @Test
  void aParameterThatIsNoAppSpecStopsAPushButAWayBackTakesTheOneBefore() {
    parameters.put(PARAMETER, "Hooks: [");
    before("by hand", KEPT, withHook("of-before"));
    assertThatThrownBy(() -> made(appSpecs(), false, BEFORE))
        .isInstanceOf(NotDeployableException.class)
        .hasMessageContaining("The parameter " + PARAMETER + " cannot be read: ");
    AppSpecs.Made back = made(appSpecs(), true, BEFORE);
    assertThat(hook(back)).isEqualTo("of-before");
    assertThat(back.leftOut()).isFalse();
  }

  private static Parameters refusing(String code) {
    return new Parameters() {
      @Override
      public void put(String name, String value) {
        throw new UnsupportedOperationException();
      }

      @Override
      public Optional<String> get(String name) {
        throw new AwsException(AwsService.SSM, "GetParameter", code, "", 400, Json.object());
      }
    };
  }

  @Test
  void aParameterThatMayNotBeReadStopsAPushButNoWayBack() {
    before("by hand", KEPT, withHook("of-before"));
    AppSpecs denied = appSpecs(refusing("AccessDeniedException"));
    assertThatThrownBy(() -> made(denied, false, BEFORE)).isInstanceOf(AwsException.class);
    assertThat(hook(made(denied, true, BEFORE))).isEqualTo("of-before");
  }

  @Test
  void whatPassesIsWaitedForEitherWay() {
    before("by hand", KEPT, withHook("of-before"));
    AppSpecs throttled = appSpecs(refusing("ThrottlingException"));
    assertThatThrownBy(() -> made(throttled, false, BEFORE)).isInstanceOf(AwsException.class);
    assertThatThrownBy(() -> made(throttled, true, BEFORE)).isInstanceOf(AwsException.class);
  }
}
