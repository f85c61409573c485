package dev.slipway.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.chat.Desk.Home;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Deployment.Revisions;
import dev.slipway.deployment.Deployment.RolledBackBy;
import dev.slipway.deployment.Deployment.Rollout;
import dev.slipway.deployment.Deployment.Trigger;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Head.LastGood;
import dev.slipway.deployment.Head.Quarantine;
import dev.slipway.deployment.Head.Wanted;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.follow.ServiceRef;
import dev.slipway.follow.Settings.Audience;
import dev.slipway.image.Digest;
import dev.slipway.image.Image;
import dev.slipway.image.ImageSet;
import dev.slipway.ledger.HeadChangedException;
import dev.slipway.ledger.Ledger;
import dev.slipway.ledger.MemoryLedger;
import dev.slipway.ledger.PushRecord;
import dev.slipway.runtime.Environment;
import dev.slipway.runtime.Json;
import dev.slipway.runtime.Log;
import dev.slipway.runtime.PermanentFailure;
import dev.slipway.slack.Message;
import dev.slipway.slack.SlackException;
import dev.slipway.verdict.Hook;
import dev.slipway.verdict.Shift;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeskTest {

  private static final String OPERATOR = "U0123ABCD";
  private static final String STRANGER = "U0999ZZZZ";
  private static final Instant NOW = Instant.parse("2026-01-15T09:30:00Z");
  private static final Home HOME =
      Home.ofFunction("arn:aws:lambda:eu-west-1:123456789012:function:slipway-chat-desk");
  private static final ServiceRef WEB = HOME.service("prod/web");
  private static final ServiceRef API = HOME.service("prod/api");
  private static final String RESPONSE_URL = "https://hooks.slack.com/commands/T0/1/x";

  private record Answer(String url, String text, boolean everyone) {}

  private final MemoryLedger ledger = new MemoryLedger();
  private final List<String> looks = new ArrayList<>();
  private final List<Answer> answers = new ArrayList<>();
  private final Map<String, String> seen = new HashMap<>();
  private final List<String> sections = new ArrayList<>();
  private boolean slackIsDown;
  private int messages;

  private void respond(String responseUrl, Message message, boolean everyone) {
    if (slackIsDown) {
      throw SlackException.outage("response_url", "HTTP 500");
    }
    answers.add(new Answer(responseUrl, message.text(), everyone));
    sections.clear();
    message.blocks().forEach(block -> sections.add(block.path("text").path("text").asText()));
  }

  private Desk desk(Ledger over, String operators) {
    return new Desk(
        over,
        (services, cause) -> services.forEach(service -> looks.add(service.brief() + " " + cause)),
        this::respond,
        (signature, messageId, now) ->
            messageId.equals(seen.computeIfAbsent(signature, _ -> messageId)),
        Operators.parse(operators),
        () -> NOW,
        new Log(
            "chat-desk",
            new Environment(Map.of()),
            () -> NOW,
            new PrintStream(OutputStream.nullOutputStream())));
  }

  private Answer say(String user, String text) {
    return send(
        desk(ledger, OPERATOR),
        "command=%2Fslipway&user_id="
            + user
            + "&text="
            + encode(text)
            + "&response_url="
            + encode(RESPONSE_URL));
  }

  private Answer press(String user, String action, String value) {
    return send(desk(ledger, OPERATOR), pressed(user, action, value));
  }

  private static String pressed(String user, String action, String value) {
    var payload = Json.object().put("type", "block_actions").put("response_url", RESPONSE_URL);
    payload.putObject("user").put("id", user);
    payload.putArray("actions").addObject().put("action_id", action).put("value", value);
    return "payload=" + encode(Json.write(payload));
  }

  private Answer send(Desk desk, String form) {
    String id = Integer.toString(++messages);
    int before = answers.size();
    desk.handle(new QueuedRequest("v0=" + id, "1768469400", form).text(), id, HOME);
    return answers.size() == before ? null : answers.getLast();
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static Digest digest(char digit) {
    return new Digest("sha256:" + String.valueOf(digit).repeat(64));
  }

  private static ImageSet images(String tag, char digit) {
    return new ImageSet(Map.of("web", image(tag, digit)));
  }

  private static Image image(String tag, char digit) {
    return Image.of("123456789012", "eu-west-1", "team/app", tag, digest(digit));
  }

  private static Deployment deployment(long sequence, Status status) {
    return new Deployment(
        WEB,
        sequence,
        status,
        Reason.PUSHED,
        "",
        images("v1", 'a'),
        images("v2", 'b'),
        new Trigger(Trigger.Kind.PUSH, "", "", NOW),
        Revisions.NONE,
        Rollout.NONE,
        0,
        RolledBackBy.NOBODY,
        Audience.DEFAULT,
        Optional.empty(),
        NOW,
        NOW,
        status.ended() ? NOW : null);
  }

  @BeforeEach
  void twoServices() {
    Head web =
        Head.unseen(WEB)
            .running(images("v1", 'a'))
            .lastGood(new LastGood("td:1", images("v1", 'a'), 1, NOW, true));
    Shift shift =
        new Shift(
            "CANARY",
            List.of(new Shift.Mark("POST_PRODUCTION_TRAFFIC_SHIFT", OptionalDouble.of(10), NOW)),
            OptionalDouble.empty(),
            NOW.plusSeconds(3600),
            Optional.of(
                new Hook(
                    "ecs-pause-1",
                    Hook.Type.PAUSE,
                    "",
                    "POST_PRODUCTION_TRAFFIC_SHIFT",
                    Hook.State.AWAITING_ACTION,
                    NOW.plusSeconds(3600),
                    Hook.TimeoutAction.ROLLBACK,
                    NOW)));
    Deployment plain = deployment(2, Status.ROLLING_OUT);
    Deployment flying = plain.with(plain.rollout().toBuilder().shift(shift).build());
    ledger.write(
        new Ledger.Change(
            Head.unseen(WEB),
            web.inFlight(flying),
            List.of(flying),
            List.of(
                new Quarantine(digest('c'), "team/app:v9", 1, Reason.TASKS_FAILED, NOW),
                new Quarantine(digest('d'), "team/app:bad", 1, Reason.TASKS_FAILED, NOW),
                new Quarantine(digest('e'), "team/web:bad", 1, Reason.TASKS_FAILED, NOW)),
            List.of()));
    Head api =
        Head.unseen(API)
            .running(images("v5", 'f'))
            .waiting(
                Head.Waiting.NOTHING.with(
                    new Wanted(
                        image("v6", 'a'), NOW, new Trigger(Trigger.Kind.PUSH, "", "", NOW))));
    ledger.write(Ledger.Change.of(Head.unseen(API), api));
  }

  // ---- who may

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hold all",
        "resume all",
        "hold prod/web",
        "resume prod/web",
        "release prod/web v9"
      })
  void letsOnlyOperatorsActAndSaysHowToBecomeOne(String text) {
    Answer answer = say(STRANGER, text);

    assertThat(answer.everyone()).isFalse();
    assertThat(answer.text()).contains(STRANGER).contains("Operators=" + OPERATOR + "," + STRANGER);
    assertThat(ledger.accountHold()).isEmpty();
    assertThat(ledger.head(WEB).hold()).isEmpty();
    assertThat(ledger.head(WEB).quarantine()).hasSize(3);
    assertThat(looks).isEmpty();
  }

  @Test
  void letsOnlyOperatorsPressTheButton() {
    Answer answer = press(STRANGER, "roll_back", new RollBackButton.Value(WEB, 2).text());

    assertThat(answer.text()).contains(STRANGER, "Operators");
    assertThat(ledger.head(WEB).request()).isEmpty();
    assertThat(looks).isEmpty();
  }

  @Test
  void letsNobodyActWhereThereAreNoOperators() {
    Answer answer =
        send(
            desk(ledger, ""),
            "command=%2Fslipway&user_id=&text=hold+all&response_url=" + encode(RESPONSE_URL));

    assertThat(answer.text()).contains("which is empty");
    assertThat(ledger.accountHold()).isEmpty();
  }

  @Test
  void letsEverybodyLook() {
    assertThat(say(STRANGER, "status").text()).contains("*prod/web*", "*prod/api*");
    assertThat(say(STRANGER, "help").text()).contains("/slipway hold all");
  }

  // ---- the account

  @Test
  void holdsEverythingAndSaysSoToAll() {
    Answer answer = say(OPERATOR, "hold all the <sale> & more");

    assertThat(ledger.accountHold()).contains(new Head.Hold(OPERATOR, "the <sale> & more", NOW));
    assertThat(answer.everyone()).isTrue();
    assertThat(answer.text())
        .contains("<@U0123ABCD> holds everything: the &lt;sale&gt; &amp; more");
    assertThat(say(OPERATOR, "hold all").text()).contains("held already");
    assertThat(say(STRANGER, "status").text()).contains("Everything is held");
  }

  @Test
  void resumesEverythingAndLooksAtWhatWaited() {
    say(OPERATOR, "hold all");

    Answer answer = say(OPERATOR, "resume all");

    assertThat(ledger.accountHold()).isEmpty();
    assertThat(looks).containsExactly("prod/api person");
    assertThat(answer.everyone()).isTrue();
    assertThat(answer.text()).contains("1 waited");
  }

  @Test
  void looksAgainWhenResumedTwiceForTheFirstLookMayBeLost() {
    Answer answer = say(OPERATOR, "resume all");

    assertThat(answer.text())
        .startsWith("There was no hold over everything.")
        .contains("`/slipway resume cluster/service`");
    assertThat(looks).containsExactly("prod/api person");
  }

  // ---- one service

  @Test
  void holdsAndResumesOneService() {
    assertThat(say(OPERATOR, "hold prod/api wait for me").text()).contains("holds `prod/api`");
    assertThat(ledger.head(API).hold()).contains(new Head.Hold(OPERATOR, "wait for me", NOW));
    assertThat(ledger.head(WEB).hold()).isEmpty();
    assertThat(say(OPERATOR, "hold prod/api").text()).contains("held already");

    looks.clear();
    assertThat(say(OPERATOR, "resume prod/api").text()).contains("what waits goes on");
    assertThat(ledger.head(API).hold()).isEmpty();
    assertThat(ledger.head(API).due()).isEqualTo(NOW);
    assertThat(looks).containsExactly("prod/api person");
    assertThat(say(OPERATOR, "resume prod/api").text()).contains("was not held");
  }

  @Test
  void saysThatAServiceWaitsOnWhileEverythingIsHeld() {
    say(OPERATOR, "hold prod/api");
    say(OPERATOR, "hold all the sale");

    assertThat(say(OPERATOR, "resume prod/api").text())
        .contains("lifted the hold over `prod/api`, but everything is held by <@U0123ABCD>")
        .contains("the sale; `/slipway resume all` lifts that.");
    assertThat(say(OPERATOR, "resume prod/api").text())
        .contains("`prod/api` was not held itself, but everything is held");
  }

  /** What was wrong, the value, and what to do. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "deploy prod/web     | 'deploy'              | /slipway status",
        "hold                | 'hold' needs          | a service such as prod/web",
        "hold web            | 'web' is not          | such as prod/web",
        "resume              | 'resume' needs        | a service such as prod/web",
        "resume web          | 'web' is not          | '/slipway status' lists",
        "status web          | 'web' is not          | '/slipway status' lists",
        "status prod/nowhere | never seen `prod/nowhere` | the tag `slipway`",
        "hold prod/nowhere   | never seen `prod/nowhere` | the tag `slipway`",
        "release prod/nowhere v1 | never seen `prod/nowhere` | the tag `slipway`",
        "release prod/web    | 'release prod/web'    | '/slipway status prod/web'",
        "release prod/web <x | '&lt;x' is not an image | such as v1.2.3",
        "release prod/web v7 | `v7` is not in quarantine at `prod/web` | *In quarantine*",
        "release prod/web bad | `bad` fits several   | by its digest",
        "resume prod/web     | `prod/web` was not held | itself",
        "resume all          | no hold over everything | /slipway resume cluster/service",
      })
  void everyRefusalNamesTheValueAndWhatToDo(String text, String wrong, String todo) {
    Answer answer = say(OPERATOR, text);

    assertThat(answer.everyone()).isFalse();
    assertThat(answer.text()).contains(wrong, todo);
  }

  @Test
  void showsOneServiceWithWhatItDidLast() {
    Answer answer = say(STRANGER, "status prod/web");

    assertThat(answer.text())
        .contains(
            "runs `team/app:v1`",
            "last good `team/app:v1`",
            "in flight #2",
            "10 % of traffic, waits for a person",
            "quarantine")
        .contains("🚀 #2 waits for a person · `team/app:v1 → team/app:v2`");
    assertThat(answer.everyone()).isFalse();
  }

  private static final String AT =
      "<!date^1768469400^{date_short_pretty} {time}|2026-01-15 09:30 UTC>";

  @Test
  void showsTheVerdictsOfTheLastDeploymentsAndWhoWantedThem() {
    Head head = backFromV2();
    Deployment back =
        asked(deployment(3, Status.SUCCEEDED).to(images("v2", 'b'), images("v1", 'a')), 2);
    Deployment undone =
        deployment(2, Status.ROLLED_BACK)
            .backBy(RolledBackBy.PERSON)
            .as(Status.ROLLED_BACK, Reason.UNDONE_BY_PERSON, "", NOW);
    ledger.write(Ledger.Change.of(head, head, undone, back));

    assertThat(say(STRANGER, "status prod/web").text().lines())
        .containsSequence(
            "*Last deployments*",
            "✅ #3 went back · `team/app:v2 → team/app:v1` · asked for by <@U0123ABCD> at " + AT,
            "🔙 #2 was rolled back by <@U0123ABCD> · `team/app:v1 → team/app:v2` · a person"
                + " rolled it back · pushed at "
                + AT);
  }

  private static Deployment asked(Deployment d, long rollbackOf) {
    return new Deployment(
        d.service(),
        d.sequence(),
        d.status(),
        d.reason(),
        d.detail(),
        d.from(),
        d.to(),
        new Trigger(Trigger.Kind.PERSON, OPERATOR, "", NOW),
        d.revisions(),
        d.rollout(),
        rollbackOf,
        d.rolledBackBy(),
        d.audience(),
        d.diagnosis(),
        d.createdAt(),
        d.updatedAt(),
        d.finishedAt());
  }

  @Test
  void showsWhatIsInQuarantineAndHowToReleaseIt() {
    backFromV2();

    assertThat(say(STRANGER, "status prod/web").text().lines())
        .contains(
            "*In quarantine*",
            "🔒 `team/app:v2` `sha256:bbbbbbbbbbbb` since #2 at "
                + AT
                + ": too many tasks of the new revision failed")
        .anyMatch(line ->
            line.startsWith("If the image was not to blame: `/slipway release prod/web sha256:"));
  }

  @Test
  void theCommandThatItNamesForAReleaseWorks() {
    backFromV2();
    String text = say(STRANGER, "status prod/web").text();
    String command = text.replaceAll("(?s).*`/slipway (release [^`]*)`.*", "$1");

    assertThat(say(OPERATOR, command).text()).contains("released");
  }

  @Test
  void showsThePushesThatWereDeclinedWithTheirReasonsNewestFirst() {
    for (int i = 1; i <= 7; i++) {
      ledger.addPush(declined(i, Trigger.Kind.PUSH), NOW);
    }
    ledger.addPush(declined(8, Trigger.Kind.PERSON), NOW);

    List<String> lines = say(STRANGER, "status prod/web").text().lines().toList();

    int first = lines.indexOf("*Last pushes that changed nothing*") + 1;
    assertThat(lines.subList(first, lines.size())).hasSize(5);
    assertThat(lines.get(first))
        .isEqualTo(
            "ℹ️ `team/app:v0.8` at "
                + AT.replace("1768469400", "1768469408")
                + ", asked for by <@U0123ABCD>: the version is lower than the running one. 0.8"
                + " &lt; 1.0");
    assertThat(lines.getLast()).contains("`team/app:v0.4`");
  }

  /** Regression: Slipway had "never seen" the service whose tags it had complained of. */
  @Test
  void saysWhyAServiceIsNotFollowedThoughItHasNoHead() {
    ServiceRef shop = ServiceRef.parse(WEB.arn().replace("prod/web", "shop/cart"));
    ledger.addPush(
        new PushRecord(
            shop,
            "",
            "",
            Reason.SETTINGS_UNREADABLE,
            "The tag slipway:team/cart = 'latest' is not a policy.",
            new Trigger(Trigger.Kind.RECONCILE, "", "reconcile:1", NOW),
            Audience.DEFAULT),
        NOW);

    assertThat(say(STRANGER, "status shop/cart").text())
        .contains(
            "*shop/cart*",
            "ℹ️ found at "
                + AT
                + ": a tag on the service cannot be read. The tag"
                + " slipway:team/cart = 'latest' is not a policy.")
        .doesNotContain("never seen");
  }

  private static PushRecord declined(int number, Trigger.Kind kind) {
    return new PushRecord(
        WEB,
        "team/app:v0." + number,
        digest('a').value(),
        Reason.VERSION_LOWER,
        "0." + number + " < 1.0",
        new Trigger(kind, OPERATOR, "event-" + number, NOW.plusSeconds(number)),
        Audience.DEFAULT);
  }

  @Test
  void saysWhatAWishWaitsFor() {
    assertThat(say(STRANGER, "status prod/api").text())
        .contains("waits `team/app:v6`, pushed at " + AT, "it waits for the next look");

    Head head = ledger.head(API);
    head =
        ledger.write(
            Ledger.Change.of(
                head,
                head.waiting(head.waiting().because("somebody else's <web:7>", Audience.DEFAULT))));
    assertThat(say(STRANGER, "status prod/api").text())
        .contains("it waits for its turn: somebody else's &lt;web:7&gt;");

    say(OPERATOR, "hold all");
    assertThat(say(STRANGER, "status prod/api").text())
        .contains("it waits for the hold over everything; `/slipway resume all` lifts it");

    say(OPERATOR, "hold prod/api the sale");
    assertThat(say(STRANGER, "status prod/api").text())
        .contains(
            "it waits for the hold over this service",
            "⏸️ held by <@U0123ABCD> since " + AT + ": the sale; `/slipway resume prod/api`");

    head = ledger.head(API);
    ledger.write(Ledger.Change.of(head, head.inFlight(deployment(3, Status.BAKING))));
    assertThat(say(STRANGER, "status prod/api").text())
        .contains("it waits for #3, which is in flight");
  }

  @Test
  void aLongAnswerIsNotCutInTheMiddle() {
    for (int i = 1; i <= 5; i++) {
      ledger.addPush(
          new PushRecord(
              WEB,
              "team/" + "n".repeat(300) + ":v" + i,
              digest('a').value(),
              Reason.VERSION_LOWER,
              "<".repeat(500),
              new Trigger(Trigger.Kind.PUSH, "", "event-" + i, NOW),
              Audience.DEFAULT),
          NOW);
    }
    say(STRANGER, "status prod/web");

    assertThat(sections).allSatisfy(text -> assertThat(text.length()).isBetween(1, 3000));
    assertThat(String.join("\n", sections))
        .contains(":v1`", ":v5`", "*Last deployments*", "*In quarantine*");
  }

  @Test
  void doesNotInventAService() {
    Answer answer = say(OPERATOR, "hold staging/web");

    assertThat(answer.text()).contains("never seen `staging/web`", "Did you mean `prod/web`?");
    assertThat(ledger.heads(10)).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({"v9, c", "team/app:v9, c", "sha256:cccccccccccc, c", "cccccccccccccccc, c"})
  void releasesOneImageFromQuarantine(String image, char released) {
    Answer answer = say(OPERATOR, "release prod/web " + image);

    assertThat(answer.everyone()).isTrue();
    assertThat(answer.text()).contains("released `team/app:v9`");
    assertThat(ledger.head(WEB).quarantined(digest(released))).isFalse();
    assertThat(ledger.head(WEB).quarantine()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({
    "v7,            is not in quarantine",
    "sha256:cccc,   is not in quarantine",
    "bad,           fits several digests",
  })
  void releasesNothingThatIsNotClearlyNamed(String image, String words) {
    Answer answer = say(OPERATOR, "release prod/web " + image);

    assertThat(answer.text()).contains(words, "*In quarantine*");
    assertThat(ledger.head(WEB).quarantine()).hasSize(3);
  }

  /** #2 brought v2 and failed; v1 runs again. */
  private Head backFromV2() {
    Head head = ledger.head(WEB);
    Deployment failed = deployment(2, Status.ROLLED_BACK);
    return ledger.write(
        new Ledger.Change(
            head,
            head.idle(),
            List.of(failed),
            List.of(new Quarantine(digest('b'), "team/app:v2", 2, Reason.TASKS_FAILED, NOW)),
            List.of()));
  }

  @Test
  void whatIsReleasedIsWantedAgainAndLookedAt() {
    backFromV2();

    Answer answer = say(OPERATOR, "release prod/web v2");

    Head head = ledger.head(WEB);
    assertThat(head.quarantined(digest('b'))).isFalse();
    assertThat(head.waiting().byRepository().get("team/app"))
        .isEqualTo(
            new Wanted(
                image("v2", 'b'),
                NOW,
                new Trigger(Trigger.Kind.PERSON, OPERATOR, "release:" + digest('b').value(), NOW)));
    assertThat(head.due()).isEqualTo(NOW);
    assertThat(looks).containsExactly("prod/web person");
    assertThat(answer.everyone()).isTrue();
    assertThat(answer.text())
        .startsWith(
            "🔓 <@U0123ABCD> released `team/app:v2` (`sha256:bbbbbbbbbbbb`) for `prod/web`.")
        .contains("It is deployed again now, if the service's tags want it")
        .contains("`/slipway status prod/web`");
  }

  @Test
  void saysThatWhatIsReleasedWaitsForAHold() {
    backFromV2();
    say(OPERATOR, "hold prod/web after-rollback");

    assertThat(say(OPERATOR, "release prod/web v2").text())
        .contains("the service is held by <@U0123ABCD>", "`/slipway resume prod/web` lets it go");
    assertThat(ledger.head(WEB).waiting().isEmpty()).isFalse();
  }

  @Test
  void saysThatWhatIsReleasedWaitsForTheAccountsHold() {
    backFromV2();
    say(OPERATOR, "hold all");

    assertThat(say(OPERATOR, "release prod/web v2").text())
        .contains("everything is held", "`/slipway resume all` lets it go");
  }

  @Test
  void releasesNothingWhileAnotherImageOfTheRepositoryWaits() {
    Head head = backFromV2();
    ledger.write(
        Ledger.Change.of(
            head,
            head.waiting(
                head.waiting()
                    .with(
                        new Wanted(
                            image("v3", 'f'), NOW, new Trigger(Trigger.Kind.PUSH, "", "", NOW))))));

    Answer answer = say(OPERATOR, "release prod/web v2");

    assertThat(answer.everyone()).isFalse();
    assertThat(answer.text())
        .contains("`team/app:v2` stays in quarantine", "`team/app:v3` waits", "Ask again");
    assertThat(ledger.head(WEB).quarantined(digest('b'))).isTrue();
    assertThat(looks).isEmpty();
  }

  @Test
  void releasesNothingWhileAnotherImageOfTheRepositoryIsUnderWay() {
    Head head = backFromV2();
    Deployment flying = deployment(3, Status.ROLLING_OUT).to(images("v1", 'a'), images("v3", 'f'));
    ledger.write(Ledger.Change.of(head, head.inFlight(flying), flying));

    assertThat(say(OPERATOR, "release prod/web v2").text())
        .contains("stays in quarantine", "#3 is under way", "`team/app:v3`", "Ask again");
    assertThat(ledger.head(WEB).quarantined(digest('b'))).isTrue();
  }

  @Test
  void deploysNothingThatRunsOrIsForgotten() {
    Head head = backFromV2();
    ledger.write(Ledger.Change.of(head, head.running(images("v2", 'b'))));

    assertThat(say(OPERATOR, "release prod/web v2").text()).contains("It runs there");
    assertThat(say(OPERATOR, "release prod/web v9").text())
        .contains("push it again, under a tag that is new");
    assertThat(ledger.head(WEB).quarantine()).hasSize(2);
    assertThat(ledger.head(WEB).waiting().isEmpty()).isTrue();
    assertThat(looks).isEmpty();
  }

  // ---- the button

  @Test
  void writesDownThatAPersonWantsToGoBackAndSendsALook() {
    Answer answer = press(OPERATOR, "roll_back", new RollBackButton.Value(WEB, 2).text());

    assertThat(ledger.head(WEB).request()).contains(new Head.Request.RollBack(2, OPERATOR, NOW));
    assertThat(ledger.head(WEB).due()).isEqualTo(NOW);
    assertThat(looks).containsExactly("prod/web person");
    assertThat(answer)
        .isEqualTo(new Answer(RESPONSE_URL, "⏪ <@U0123ABCD> rolls back `prod/web` #2.", true));
  }

  @Test
  void sendsAnotherLookWhenPressedTwice() {
    String value = new RollBackButton.Value(WEB, 2).text();
    press(OPERATOR, "roll_back", value);
    Head before = ledger.head(WEB);

    Answer answer = press(OPERATOR, "roll_back", value);

    assertThat(answer.text()).contains("on its way back already");
    assertThat(ledger.head(WEB).version()).isEqualTo(before.version());
    assertThat(looks).hasSize(2);
  }

  @Test
  void doesNothingWithAButtonOfLongAgo() {
    Head head = ledger.head(WEB);
    Deployment old = deployment(1, Status.SUCCEEDED);
    Deployment now = deployment(2, Status.SUCCEEDED);
    ledger.write(
        Ledger.Change.of(
            head,
            head.idle().lastGood(new LastGood("td:2", images("v2", 'b'), 2, NOW, true)),
            old,
            now));

    Answer answer = press(OPERATOR, "roll_back", new RollBackButton.Value(WEB, 1).text());

    assertThat(answer.text()).contains("is not what `prod/web` runs any more");
    assertThat(ledger.head(WEB).request()).isEmpty();
    assertThat(looks).isEmpty();
  }

  @Test
  void doesNothingWithADeploymentThatIsNotInTheLedger() {
    assertThat(press(OPERATOR, "roll_back", new RollBackButton.Value(WEB, 77).text()).text())
        .contains("#77 is not in the ledger");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "{\"service\":\"web\",\"sequence\":2}"})
  void saysThatItCannotReadAButton(String value) {
    assertThat(press(OPERATOR, "roll_back", value).text()).contains("cannot read");
    assertThat(looks).isEmpty();
  }

  @Test
  void doesNothingWithAnotherButton() {
    assertThat(press(OPERATOR, "approve", "x")).isNull();
    assertThat(looks).isEmpty();
  }

  @Test
  void decidesAgainWhenSomebodyElseWasFaster() {
    int[] refusals = {2};
    Ledger busy =
        overLedger((method, arguments) -> {
          if (method.equals("write") && refusals[0]-- > 0) {
            throw new HeadChangedException(WEB, 1);
          }
        });

    send(
        desk(busy, OPERATOR),
        pressed(OPERATOR, "roll_back", new RollBackButton.Value(WEB, 2).text()));

    assertThat(ledger.head(WEB).request()).isPresent();
  }

  private interface Before {
    void call(String method, Object[] arguments);
  }

  private Ledger overLedger(Before before) {
    return (Ledger)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Ledger.class},
            (proxy, method, arguments) -> {
              before.call(method.getName(), arguments);
              try {
                return method.invoke(ledger, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  // ---- requests

  @Test
  void doesNothingWithARequestThatIsSentAgain() {
    Desk desk = desk(ledger, OPERATOR);
    String form = pressed(OPERATOR, "roll_back", new RollBackButton.Value(WEB, 2).text());
    String request = new QueuedRequest("v0=aa", "1768469400", form).text();

    desk.handle(request, "message-1", HOME);
    desk.handle(request, "message-2", HOME);

    assertThat(looks).hasSize(1);
    assertThat(answers).hasSize(1);
  }

  @Test
  void finishesARequestThatItCouldNotFinishTheFirstTime() {
    boolean[] broken = {true};
    Ledger flaky =
        overLedger((method, arguments) -> {
          if (method.equals("deployment") && broken[0]) {
            throw new IllegalStateException("no answer");
          }
        });
    Desk desk = desk(flaky, OPERATOR);
    String request =
        new QueuedRequest(
                "v0=aa",
                "1768469400",
                pressed(OPERATOR, "roll_back", new RollBackButton.Value(WEB, 2).text()))
            .text();

    assertThatThrownBy(() -> desk.handle(request, "message-1", HOME))
        .hasMessageContaining("no answer");
    broken[0] = false;
    desk.handle(request, "message-1", HOME);

    assertThat(ledger.head(WEB).request()).isPresent();
  }

  @Test
  void doesNotRepeatWhatIsDoneBecauseSlackTakesNoAnswer() {
    slackIsDown = true;

    say(OPERATOR, "hold all");

    assertThat(ledger.accountHold()).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "[]",
        "{}",
        "{\"signature\":\"v0=1\",\"timestamp\":\"1\"}",
        "{\"signature\":1,\"timestamp\":\"1\",\"body\":\"\"}",
        "{\"signature\":\"v0=1\",\"timestamp\":\"1\",\"body\":\"payload=%7B\"}",
        "{\"signature\":\"v0=1\",\"timestamp\":\"1\",\"body\":\"payload=%zz\"}",
      })
  void sendsWhatItCanNeverReadToTheDeadLetters(String body) {
    assertThatThrownBy(() -> desk(ledger, OPERATOR).handle(body, "1", HOME))
        .isInstanceOf(PermanentFailure.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"payload=%7B%22type%22%3A%22view_submission%22%7D", "payload=%5B%5D"})
  void doesNothingWithWhatItHasNotAskedFor(String form) {
    assertThat(send(desk(ledger, OPERATOR), form)).isNull();
  }

  @Test
  void findsServicesWhereItLives() {
    assertThat(
            Home.ofFunction("arn:aws-cn:lambda:cn-north-1:123456789012:function:x:live")
                .service("prod/web")
                .arn())
        .isEqualTo("arn:aws-cn:ecs:cn-north-1:123456789012:service/prod/web");
    assertThatThrownBy(() -> Home.ofFunction("desk")).hasMessageContaining("'desk'");
  }
}
