package dev.slipway.simulation;

import dev.slipway.aws.AwsApi;
import dev.slipway.aws.JsonAlarms;
import dev.slipway.aws.JsonCodeDeploy;
import dev.slipway.aws.JsonContainerLogs;
import dev.slipway.aws.JsonEcr;
import dev.slipway.aws.JsonEcs;
import dev.slipway.aws.JsonParameters;
import dev.slipway.aws.JsonTagging;
import dev.slipway.aws.Lanes;
import dev.slipway.aws.Patience;
import dev.slipway.chat.ChatDesk;
import dev.slipway.deploy.EcsDiagnostics;
import dev.slipway.deploy.Options;
import dev.slipway.deploy.Worker;
import dev.slipway.ledger.Ledger;
import dev.slipway.plan.Planner;
import dev.slipway.runtime.Environment;
import dev.slipway.runtime.Log;
import dev.slipway.runtime.Metrics;
import dev.slipway.watch.Watcher;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;

/** The functions' own code in one version of it, without Lambda. */
record Functions(Planner planner, Watcher watcher, Worker worker, ChatDesk desk) {

  /** Nobody reads what is logged and counted. */
  private static final PrintStream NOWHERE =
      new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);

  /** Two plans that collide part by chance; nothing has to wait for that here. */
  private static final Patience IMPATIENT =
      new Patience() {
        @Override
        public long nanoTime() {
          return 0;
        }

        @Override
        public void sleep(Duration duration) {}

        @Override
        public double random() {
          return 0;
        }
      };

  /**
   * @param over the ledger
   * @param requests to chat that were seen; versions that run side by side have the same
   */
  static Functions of(
      AwsApi aws,
      Ledger over,
      Lanes looks,
      Map<String, String> requests,
      Options options,
      InstantSource clock) {
    Log log = new Log("simulation", new Environment(Map.of()), clock, NOWHERE);
    Metrics metrics = new Metrics(clock, NOWHERE);
    JsonEcs ecs = new JsonEcs(aws);
    JsonEcr ecr = new JsonEcr(aws);
    JsonCodeDeploy codeDeploy = new JsonCodeDeploy(aws);
    return new Functions(
        new Planner(
            new Planner.Means(
                new JsonTagging(aws),
                ecs,
                ecr,
                over,
                looks,
                clock,
                false,
                IMPATIENT,
                log,
                metrics)),
        new Watcher(over, looks, clock, log, metrics),
        new Worker(
            ecs,
            codeDeploy,
            ecr,
            over,
            new JsonParameters(aws),
            new JsonAlarms(aws),
            new EcsDiagnostics(ecs, codeDeploy, new JsonContainerLogs(aws), "", log),
            clock,
            options,
            log,
            metrics),
        new ChatDesk(OneProcess.WEB, over, looks, requests, clock, log));
  }
}
