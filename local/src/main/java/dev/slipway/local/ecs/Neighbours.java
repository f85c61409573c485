package dev.slipway.local.ecs;

import dev.slipway.local.account.TagIndex;
import dev.slipway.local.ecr.Images;
import dev.slipway.local.services.Alarms;
import dev.slipway.local.services.LogGroups;
import dev.slipway.local.services.Parameters;
import dev.slipway.local.services.Secrets;

/** What ECS needs of the other services of the account. */
public record Neighbours(
    Images images,
    LogGroups logs,
    Secrets secrets,
    Parameters parameters,
    Alarms alarms,
    TagIndex tags) {}
