package dev.slipway.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.AwsApi;
import dev.slipway.aws.AwsException;
import dev.slipway.aws.AwsService;
import dev.slipway.local.account.Account;
import dev.slipway.local.account.Json;
import dev.slipway.local.account.Operations;
import dev.slipway.local.account.Refusal;
import dev.slipway.local.account.TagIndex;
import dev.slipway.local.codedeploy.CodeDeploy;
import dev.slipway.local.ecr.Images;
import dev.slipway.local.ecr.Registry;
import dev.slipway.local.ecs.Ecs;
import dev.slipway.local.ecs.EcsTimings;
import dev.slipway.local.ecs.EcsUnknowns;
import dev.slipway.local.ecs.Neighbours;
import dev.slipway.local.services.Alarms;
import dev.slipway.local.services.EventEntry;
import dev.slipway.local.services.LogGroups;
import dev.slipway.local.services.Parameters;
import dev.slipway.local.services.Secrets;
import dev.slipway.local.services.Tagging;
import dev.slipway.local.time.AccountClock;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The AWS services around Slipway as state machines over one clock: ECS, ECR, CodeDeploy, the
 * tagging API, Parameter Store, Secrets Manager, CloudWatch's logs and alarms, and the entrance of
 * EventBridge.
 *
 * <p>Same seed, same calls at the same times: same answers, ids and events. Thread-safe; one call
 * or timer runs at a time. Events reach the sink after the change that caused them, in order, and
 * never two at once.
 */
public final class SimulatedAccount implements AwsApi {

  private final AccountClock clock;
  private final Account account;
  private final Map<AwsService, Operations> served = new EnumMap<>(AwsService.class);
  private final Map<String, Long> calls = new TreeMap<>();
  private final TagIndex tags;
  private final Registry registry;
  private final Parameters parameters;
  private final Secrets secrets;
  private final LogGroups logs;
  private final Alarms alarms;
  private final Ecs ecs;
  private final CodeDeploy codeDeploy;
  private Throttling throttling;

  public SimulatedAccount(
      AccountClock clock,
      Random random,
      Consumer<ObjectNode> eventSink,
      String accountId,
      String region) {
    this(
        clock, random, eventSink, accountId, region, EcsTimings.standard(), EcsUnknowns.standard());
  }

  /**
   * @param random for ids; seeded, a run can be repeated
   * @param eventSink gets every event on the default bus, in EventBridge's envelope; it may call
   *     the account
   */
  public SimulatedAccount(
      AccountClock clock,
      Random random,
      Consumer<ObjectNode> eventSink,
      String accountId,
      String region,
      EcsTimings timings,
      EcsUnknowns unknowns) {
    this.clock = clock;
    this.account = new Account(clock, random, eventSink, accountId, region);
    this.tags = new TagIndex(account);
    this.registry = new Registry(account);
    this.parameters = new Parameters(account);
    this.secrets = new Secrets(account);
    this.logs = new LogGroups(account);
    this.alarms = new Alarms(account, tags);
    this.ecs =
        new Ecs(
            account,
            new Neighbours(new Images(registry), logs, secrets, parameters, alarms, tags),
            timings,
            unknowns);
    served.put(AwsService.ECS, ecs.operations());
    served.put(AwsService.ECR, registry.operations());
    served.put(AwsService.TAGGING, new Tagging(account, tags).operations());
    served.put(AwsService.SSM, parameters.operations());
    served.put(AwsService.SECRETS_MANAGER, secrets.operations());
    served.put(AwsService.LOGS, logs.operations());
    served.put(AwsService.CLOUDWATCH, alarms.operations());
    this.codeDeploy = new CodeDeploy(account, ecs.taskSets(), alarms);
    served.put(AwsService.CODEDEPLOY, codeDeploy.operations());
    served.put(AwsService.EVENTS, new EventEntry(account).operations());
  }

  @Override
  public ObjectNode call(AwsService service, String operation, ObjectNode input) {
    return handle(service, operation, input);
  }

  /**
   * Answers one call.
   *
   * @throws AwsException with AWS's code; {@code UnknownOperationException} for a call that the
   *     local account does not serve
   */
  public ObjectNode handle(AwsService service, String operation, ObjectNode input) {
    return account.exclusively(() -> {
      try {
        if (throttling != null) {
          throttling.take(service, operation);
        }
        return served.getOrDefault(service, new Operations()).handle(operation, input);
      } catch (Refusal refusal) {
        throw refused(service, operation, refusal);
      } finally {
        calls.merge(service.actionPrefix() + ":" + operation, 1L, Long::sum);
      }
    });
  }

  private static AwsException refused(AwsService service, String operation, Refusal refusal) {
    return new AwsException(
        service,
        operation,
        refusal.code(),
        refusal.getMessage(),
        400,
        Json.object().put("__type", refusal.code()).put("message", refusal.getMessage()));
  }

  /** How often each operation was called, refused calls included: {@code ecs:UpdateService}. */
  public Map<String, Long> calls() {
    return account.exclusively(() -> new TreeMap<>(calls));
  }

  public void forgetCalls() {
    account.exclusively(calls::clear);
  }

  /** The operations of a service that are served; empty for a service that is not. */
  public Set<String> operations(AwsService service) {
    return served.getOrDefault(service, new Operations()).names();
  }

  /** Whether calls are held to AWS's published rates; not at first. */
  public void throttle(boolean on) {
    account.exclusively(() -> throttling = on ? new Throttling(clock) : null);
  }

  public AccountClock clock() {
    return clock;
  }

  public Ecs ecs() {
    return ecs;
  }

  public CodeDeploy codeDeploy() {
    return codeDeploy;
  }

  public Registry registry() {
    return registry;
  }

  public TagIndex tags() {
    return tags;
  }

  public Parameters parameters() {
    return parameters;
  }

  public Secrets secrets() {
    return secrets;
  }

  public LogGroups logs() {
    return logs;
  }

  public Alarms alarms() {
    return alarms;
  }
}
