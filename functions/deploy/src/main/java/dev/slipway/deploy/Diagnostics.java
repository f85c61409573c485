package dev.slipway.deploy;

import dev.slipway.aws.ServiceView;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Reason;
import dev.slipway.diagnosis.Diagnosis;
import dev.slipway.verdict.StoppedTask;
import java.util.List;

/** Finds out what went wrong. Never throws: without a diagnosis the way back goes on. */
@FunctionalInterface
public interface Diagnostics {
  Diagnosis of(
      Deployment deployment, Reason reason, ServiceView service, List<StoppedTask> stopped);
}
