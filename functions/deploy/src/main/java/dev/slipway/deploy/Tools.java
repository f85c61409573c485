package dev.slipway.deploy;

import dev.slipway.aws.Alarms;
import dev.slipway.aws.Ecr;
import dev.slipway.aws.Ecs;
import dev.slipway.aws.Parameters;
import dev.slipway.ledger.Ledger;
import dev.slipway.runtime.Log;
import dev.slipway.runtime.Metrics;

/** All that a step may use. */
record Tools(
    Ecs ecs,
    Ecr ecr,
    Ledger ledger,
    Parameters parameters,
    Alarms alarms,
    Diagnostics diagnostics,
    Controllers controllers,
    Observer observer,
    Revisions revisions,
    Options options,
    Log log,
    Metrics metrics) {}
