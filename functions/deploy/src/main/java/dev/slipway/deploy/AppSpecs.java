package dev.slipway.deploy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AppSpec;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.CodeDeploy;
import dev.slipway.aws.CodeDeployment;
import dev.slipway.aws.Parameters;
import dev.slipway.aws.ServiceView;
import dev.slipway.aws.ServiceView.TaskSet;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Reason;
import dev.slipway.follow.ServiceRef;
import dev.slipway.runtime.Log;
import java.util.Optional;

/**
 * Finds the AppSpec of a service: the one in its parameter, or the one of the deployment that made
 * what production runs. Where nothing was deployed with CodeDeploy yet, it is made from the
 * service.
 *
 * <p>An AppSpec that is there and cannot be had is never left out: its hooks are somebody's tests.
 * Only a way back goes without, says so, and is remembered, by its description, as one that nothing
 * can be copied from.
 */
final class AppSpecs {

  /**
   * Before {@code cluster/service}. Its dot keeps it apart from the parameters that name images: no
   * cluster has one.
   */
  private static final String FOLDER = "/slipway/codedeploy.appspec/";

  private final CodeDeploy codeDeploy;
  private final Parameters parameters;
  private final Log log;

  AppSpecs(CodeDeploy codeDeploy, Parameters parameters, Log log) {
    this.codeDeploy = codeDeploy;
    this.parameters = parameters;
    this.log = log;
  }

  /**
   * @param leftOut whether there is one that could not be had, and this one has no hooks
   */
  record Made(String text, boolean leftOut) {}

  /** An AppSpec that is there and cannot be had; a sentence that says why. */
  private static final class UnknownException extends Exception {
    private static final long serialVersionUID = 1;

    UnknownException(String message) {
      super(message);
    }
  }

  static String parameter(ServiceRef service) {
    return FOLDER + service.brief();
  }

  /**
   * The AppSpec of a deployment to its own revision.
   *
   * @param like what production runs
   * @throws NotDeployableException saying why it cannot be had, and what to do
   */
  Made of(Deployment deployment, ServiceView service, TaskSet like) {
    String own = deployment.revisions().own();
    try {
      Optional<String> kept = kept(service.ref(), own, like, deployment.isRollback());
      return new Made(kept.isPresent() ? kept.get() : AppSpec.of(own, like), false);
    } catch (UnknownException e) {
      if (deployment.isRollback()) {
        log.warn("going back without hooks: " + e.getMessage(), "service", service.ref().brief());
        return new Made(AppSpec.of(own, like), true);
      }
      throw new NotDeployableException(
          Reason.NOT_DEPLOYABLE,
          e.getMessage()
              + " Its hooks would not run. Put the AppSpec that is to be used, in YAML or JSON,"
              + " into the parameter "
              + parameter(service.ref())
              + ", for example with 'aws ssm put-parameter --type String --overwrite --name "
              + parameter(service.ref())
              + " --value file://appspec.yaml'.");
    }
  }

  /** Empty if there never was one. */
  private Optional<String> kept(ServiceRef service, String own, TaskSet like, boolean back)
      throws UnknownException {
    try {
      Optional<String> given = parameters.get(parameter(service));
      if (given.isPresent()) {
        return Optional.of(changed(given.get(), own, like, "The parameter " + parameter(service)));
      }
    } catch (UnknownException | AwsException e) {
      if (!back || (e instanceof AwsException refused && refused.passing())) {
        throw e;
      }
      log.warn("the parameter is of no use for a way back: " + e.getMessage());
    }
    if (like.codeDeployId().isEmpty()) {
      return Optional.empty();
    }
    CodeDeployment before = before(like.codeDeployId());
    String text =
        codeDeploy
            .appSpec(before)
            .orElseThrow(() ->
                new UnknownException(
                    "CodeDeploy does not have the AppSpec of the deployment before, "
                        + before.id()
                        + ", any more."));
    return Optional.of(
        changed(text, own, like, "The AppSpec of the deployment before, " + before.id() + ","));
  }

  private CodeDeployment before(String id) throws UnknownException {
    CodeDeployment before =
        codeDeploy
            .deployment(id)
            .orElseThrow(() ->
                new UnknownException(
                    "CodeDeploy does not know the deployment any more that made what runs, "
                        + id
                        + "."));
    if (CodeDeployNames.leftOut(before.description())) {
      throw new UnknownException(
          "The deployment before, "
              + id
              + ", went back without hooks, for its AppSpec could not be had.");
    }
    if (!before.revision().place().isEmpty()) {
      throw new UnknownException(
          "The AppSpec of the deployment before, "
              + id
              + ", is in "
              + before.revision().place()
              + ", where Slipway does not read.");
    }
    return before;
  }

  private static String changed(String text, String own, TaskSet like, String what)
      throws UnknownException {
    try {
      ObjectNode document = AppSpecText.read(text);
      return AppSpec.of(own, like, document);
    } catch (AppSpecText.UnreadableException | AppSpec.NoAppSpecException e) {
      throw new UnknownException(what + " cannot be read: " + e.getMessage() + ".");
    }
  }
}
