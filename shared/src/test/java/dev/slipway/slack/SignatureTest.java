package dev.slipway.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.slack.Signature.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignatureTest {

  private static final String SECRET = "8f742231b10e8888abcd99yyyzzz85a5";

  /** The worked example of Slack's documentation. */
  private static final byte[] BODY =
      ("token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
              + "&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
              + "&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com"
              + "%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
              + "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c")
          .getBytes(StandardCharsets.UTF_8);

  private static final String TIMESTAMP = "1531420618";
  private static final Instant AT = Instant.ofEpochSecond(1531420618);
  private static final String SLACKS =
      "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";

  @Test
  void signsAsSlacksDocumentationDoes() {
    assertThat(Signature.sign(SECRET, 1531420618, BODY)).isEqualTo(SLACKS);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "as sent,                   1531420618, "
        + " v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503,    0, GOOD",
    "at the edge of the window, 1531420618, "
        + " v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503,  300, GOOD",
    "too old,                   1531420618, "
        + " v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503,  301, STALE",
    "from the future,           1531420618, "
        + " v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503, -301, STALE",
    "one digit wrong,           1531420618, "
        + " v0=b2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503,    0, WRONG",
    "another time,              1531420619, "
        + " v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503,    0, WRONG",
    "without the version,       1531420618, "
        + " a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503,       0, WRONG",
    "upper case,                1531420618, "
        + " v0=A2114D57B48EAC39B9AD189DD8316235A7B4A8D21A10BD27519666489C69B503,    0, WRONG",
    "empty signature,           1531420618,  '',                                                   "
        + "                  0, WRONG",
    "no signature,              1531420618,  ,                                                     "
        + "                  0, MISSING",
    "no timestamp,              ,           "
        + " v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503,    0, MISSING",
    "timestamp with a sign,     -1531420618,"
        + " v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503,    0, MISSING",
    "timestamp of words,        now,        "
        + " v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503,    0, MISSING",
    "timestamp too long,        9999999999999999999, v0=00,                                        "
        + "                  0, MISSING",
  })
  void verifies(
      String name, String timestamp, String signature, long secondsLater, Outcome outcome) {
    assertThat(Signature.verify(SECRET, timestamp, signature, BODY, AT.plusSeconds(secondsLater)))
        .isEqualTo(outcome);
  }

  @Test
  void noticesOneChangedByteOfTheBody() {
    byte[] changed = BODY.clone();
    changed[changed.length - 1] ^= 1;

    assertThat(Signature.verify(SECRET, TIMESTAMP, SLACKS, changed, AT)).isEqualTo(Outcome.WRONG);
  }

  @Test
  void signsTheBytesOfUtf8AsTheyAre() {
    byte[] body = "text=größe→ok".getBytes(StandardCharsets.UTF_8);
    String signature = Signature.sign(SECRET, 1531420618, body);

    assertThat(Signature.verify(SECRET, TIMESTAMP, signature, body, AT)).isEqualTo(Outcome.GOOD);
  }

  @Test
  void refusesToVerifyWithoutASecret() {
    assertThatThrownBy(() -> Signature.verify("", TIMESTAMP, SLACKS, BODY, AT))
        .hasMessageContaining("signing secret");
  }
}
