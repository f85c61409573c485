package dev.slipway.local.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.slipway.aws.AwsService;
import dev.slipway.ledger.DynamoLedger;
import dev.slipway.ledger.Ledger;
import dev.slipway.local.SimulatedAccount;
import dev.slipway.local.bus.EventBus.Conduct;
import dev.slipway.local.ecr.ImagePusher;
import dev.slipway.local.http.LoopbackServer;
import dev.slipway.local.page.AccountNarrator;
import dev.slipway.local.page.FleetView;
import dev.slipway.local.page.Narrator;
import dev.slipway.local.page.Pace;
import dev.slipway.local.page.Page;
import dev.slipway.local.page.Steps;
import dev.slipway.local.page.Timeline;
import dev.slipway.local.runtime.LocalAccount;
import dev.slipway.local.slack.Behaviour;
import dev.slipway.local.slack.SignedRequest;
import dev.slipway.local.slack.SlackSimulation;
import dev.slipway.local.template.RuleSpec;
import dev.slipway.runtime.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The account on a laptop as the commands run it: the template's functions, the simulated services,
 * a Slack with one operator, the page, and a fleet.
 */
public final class Playground implements AutoCloseable {

  /** The channel that the stack is told. */
  public static final String CHANNEL = "C0DEPLOYS1";

  /** The one person who may act from chat. */
  public static final String OPERATOR = "U0ANNA";

  /** Id to name of Slack's channels. */
  public static final Map<String, String> CHANNELS = Map.of(CHANNEL, "deploys");

  /** For services whose first tasks are not there all along. */
  private static final Duration FIRST_ROLLOUT = Duration.ofMinutes(3);

  private static final String SLACK_PATH = "/slack";
  private static final String DOOR = "ChatDoorFunction";

  private final LocalAccount account;
  private final SimulatedAccount services;
  private final SlackSimulation slack;
  private final Ledger ledger;
  private final Timeline timeline = new Timeline();
  private final Narrator narrator = new Narrator(timeline);
  private final Steps steps = new Steps();
  private final FleetView fleet;
  private final Pace pace;
  private final HttpClient http = HttpClient.newHttpClient();
  private final AtomicInteger builds = new AtomicInteger();
  private final Disturbance disturbance = new Disturbance();
  private final Watchman watchman = new Watchman();

  /** Whether a scenario has changed the stack's parameters. */
  private boolean otherParameters;

  private Playground(LocalAccount account, SimulatedAccount services, boolean interactive) {
    this.account = account;
    this.services = services;
    this.slack = new SlackSimulation(account.clock()).at(account.endpoint() + SLACK_PATH);
    this.ledger = new DynamoLedger(account.dynamoDb(), account.stack().ref("Ledger"));
    this.fleet = new FleetView(services, ledger, account.clock());
    this.pace = new Pace(account);
    account.http().handle(SLACK_PATH + "/", this::serveSlack);
    account
        .admin()
        .call(
            AwsService.SECRETS_MANAGER,
            "PutSecretValue",
            Json.object()
                .put("SecretId", account.stack().ref("SlackSecret"))
                .put("SecretString", slack.secret()));
    AccountNarrator listener = new AccountNarrator(narrator, ledger, account.clock());
    account.listen(listener);
    slack.listen(listener::slack);
    account.listen(watchman);
    slack.listen(_ -> watchman.changed());
    account.fault(disturbance);
    Page page = page(interactive);
    account.http().handle(Page.PATH, page);
    account.http().handle("/", page);
  }

  /**
   * Starts everything; the functions' processes too, so that the first push need not wait for them.
   *
   * @param root of the repository, with template.yaml and the packaged functions
   * @param port of the account's address, 0 for any free one
   * @param interactive whether the page lets one push and write commands
   */
  public static Playground start(Path root, int port, boolean interactive) {
    AtomicReference<SimulatedAccount> services = new AtomicReference<>();
    LocalAccount account =
        LocalAccount.of(root.resolve("template.yaml"))
            .parameter("SlackChannel", CHANNEL)
            .parameter("ChatEndpoint", "function-url")
            .parameter("Operators", OPERATOR)
            .environment("SLACK_API_URL", endpoint -> endpoint + SLACK_PATH + "/api")
            .port(port)
            .services((clock, random, events, accountId, region) -> {
              services.set(new SimulatedAccount(clock, random, events, accountId, region));
              return services.get();
            })
            .start();
    try {
      return new Playground(account, services.get(), interactive);
    } catch (RuntimeException | Error broken) {
      account.close();
      throw broken;
    }
  }

  private Page page(boolean interactive) {
    return new Page(
        new Page.Sources(
            account.stack().surroundings().accountId(),
            account.stack().surroundings().region(),
            account.clock(),
            pace,
            fleet,
            timeline,
            steps,
            slack,
            CHANNELS,
            Map.of(OPERATOR, "anna"),
            interactive),
        new Page.Actions() {
          @Override
          public void press(String channel, String ts, String action) {
            deliver(slack.press(channel, ts, action, OPERATOR));
          }

          @Override
          public void command(String channel, String text) {
            String command = text.strip();
            if (!command.equals("/slipway") && !command.startsWith("/slipway ")) {
              throw new IllegalArgumentException(
                  "This Slack knows one command only: /slipway status");
            }
            deliver(
                slack.command(channel, OPERATOR, command.substring("/slipway".length()).strip()));
          }

          @Override
          public String push(String repository, String tag, String behaviour) {
            return Playground.this.push(repository, tag, behaviour, List.of("amd64"));
          }
        });
  }

  private void serveSlack(HttpExchange exchange) throws IOException {
    Map<String, String> headers = new HashMap<>();
    exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
    SlackSimulation.Response response =
        slack.handle(
            exchange.getRequestMethod(),
            exchange.getRequestURI().getPath(),
            headers,
            exchange.getRequestBody().readAllBytes());
    response.headers().forEach(exchange.getResponseHeaders()::set);
    LoopbackServer.answer(
        exchange,
        response.status(),
        response.headers().getOrDefault("Content-Type", "text/plain"),
        response.body());
  }

  /**
   * Sends what a person did in Slack to the door, as Slack would: by HTTP.
   *
   * @throws IllegalArgumentException with the door's answer, if it did not take the request
   */
  private void deliver(SignedRequest request) {
    URI door = URI.create(account.stack().function(DOOR).url() + "slack");
    HttpRequest.Builder post =
        HttpRequest.newBuilder(door).POST(BodyPublishers.ofByteArray(request.body()));
    request.headers().forEach(post::header);
    try {
      var answer = http.send(post.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
      if (answer.statusCode() != 200) {
        throw new IllegalArgumentException(
            "The door answered " + answer.statusCode() + ": " + answer.body());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while Slack's request was under way", e);
    }
  }

  // ---- what it is asked

  public LocalAccount account() {
    return account;
  }

  /** ECS, ECR and the others, past the account's listeners and policies. */
  public SimulatedAccount services() {
    return services;
  }

  public Ledger ledger() {
    return ledger;
  }

  public SlackSimulation slack() {
    return slack;
  }

  public Timeline timeline() {
    return timeline;
  }

  public Narrator narrator() {
    return narrator;
  }

  public Steps steps() {
    return steps;
  }

  public Pace pace() {
    return pace;
  }

  public String pageUrl() {
    return account.endpoint() + Page.PATH;
  }

  // ---- what it does

  /**
   * Pushes an image, as a CI job would; each is a build of its own.
   *
   * @return the digest that the tag names now
   */
  public String push(String repository, String tag, String behaviour, List<String> architectures) {
    return new ImagePusher(account.admin())
        .push(
            new ImagePusher.Push(
                repository,
                tag,
                architectures,
                behaviour,
                "build " + builds.incrementAndGet(),
                false));
  }

  /** An operator presses a message's button. */
  public void press(String channel, String ts, String action) {
    deliver(slack.press(channel, ts, action, OPERATOR));
  }

  /** An operator writes a command; {@code text} is what stands behind {@code /slipway}. */
  void command(String text) {
    deliver(slack.command(CHANNEL, OPERATOR, text));
  }

  /**
   * Makes the services and lets Slipway see them for the first time: it writes down what they run
   * and deploys nothing.
   */
  public void settle(Scenario scenario) {
    Fleet.create(
        services,
        scenario,
        (image, behaviour) ->
            push(Fleet.repository(image), Fleet.tag(image), behaviour, List.of("amd64")));
    account.settle();
    if (!scenario.services().stream().allMatch(Scenario.Service::settled)) {
      account.runFor(FIRST_ROLLOUT);
    }
    reconcile();
    account.settle();
    watchman.begin();
  }

  /**
   * An account as it was at the start, without what the last scenario left behind; the functions'
   * processes stay.
   */
  void reset() {
    disturbance.clear();
    slack.behave(new Behaviour.Healthy());
    account.events(Conduct.DELIVERED, "");
    if (otherParameters) {
      otherParameters = false;
      account.updateParameters(Map.of());
    }
    new Broom(services).sweep();
    account.runFor(Duration.ofMinutes(3));
    account.purgeQueues();
    items().delete();
    account.settle();
    account.purgeQueues();
    slack.forget();
    steps.clear();
  }

  private LedgerItems items() {
    return new LedgerItems(account.dynamoDb(), account.stack().ref("Ledger"));
  }

  /** {@code repository:tag} to digest, of what a scenario's services run at first. */
  Map<String, String> digests(Scenario scenario) {
    Map<String, String> digests = new HashMap<>();
    for (Scenario.Service service : scenario.services()) {
      digests.put(
          service.image(),
          Json.text(watchman.push(service.image()).path("detail"), "image-digest"));
    }
    return digests;
  }

  /** Delivers the event of an image's last push once more. */
  void deliverAgain(String image) {
    account.event(watchman.push(image));
  }

  /**
   * Another version of Slipway, or other parameters for it: new processes.
   *
   * @param items if there: the ledger's items are as another version of Slipway wrote them
   * @param parameters of the stack whose values are others now
   */
  void updateStack(Optional<LedgerItems.Version> items, Map<String, String> parameters) {
    account.settle();
    items.ifPresent(version -> items().rewrite(version));
    if (parameters.isEmpty()) {
      account.replaceFunctions();
    } else {
      otherParameters = true;
      account.updateParameters(parameters);
    }
  }

  Disturbance disturbance() {
    return disturbance;
  }

  /** What has happened so far that no scenario may leave behind. */
  Watchman watchman() {
    return watchman;
  }

  /** What the reconcile schedule sends, now. */
  void reconcile() {
    RuleSpec rule =
        account.stack().rules().stream()
            .filter(one -> one.logicalId().equals("ReconcileRule"))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("the template has no ReconcileRule"));
    List<String> queues = new ArrayList<>();
    account
        .stack()
        .queues()
        .forEach(queue -> {
          if (rule.targets().stream().anyMatch(target -> target.arn().equals(queue.arn()))) {
            queues.add(queue.url());
          }
        });
    ObjectNode message =
        Json.object()
            .put("QueueUrl", queues.getFirst())
            .put("MessageBody", rule.targets().getFirst().input());
    account.admin().call(AwsService.SQS, "SendMessage", message);
  }

  @Override
  public void close() {
    http.close();
    account.close();
  }
}
