package dev.slipway.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":[1,-2,\"x\",true,false,null,{}],\"b\":{\"c\":\"é\\n\\\"\"}}",
        "[]",
        "\"text\"",
        "1.50",
        "12345678901234567890123",
        "9007199254740993",
        "1767225600.123456789",
        "null"
      })
  void keepsEveryFieldAndEveryDigit(String text) {
    assertThat(Json.write(Json.read(text))).isEqualTo(text);
    assertThat(Json.write(Json.read(text.getBytes(StandardCharsets.UTF_8)))).isEqualTo(text);
  }

  @Test
  void writesWhatWasPutIntoATreeByHand() {
    assertThat(
            Json.write(
                Json.object()
                    .put("int", 1)
                    .put("long", 1L << 40)
                    .put("double", 0.5)
                    .put("float", 0.5f)
                    .putNull("none")
                    .set("list", Json.array(List.of("a", "b")))))
        .isEqualTo(
            "{\"int\":1,\"long\":1099511627776,\"double\":0.5,\"float\":0.5,\"none\":null,"
                + "\"list\":[\"a\",\"b\"]}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "{", "{\"a\":}", "{} {}", "[1,]", "secret-token-value"})
  void refusesWhatIsNotExactlyOneValue(String text) {
    assertThatThrownBy(() -> Json.read(text))
        .isInstanceOf(Json.MalformedJsonException.class)
        .hasMessageStartingWith("not JSON");
  }

  @Test
  void quotesNothingOfAMalformedTextThatMayHoldSecrets() {
    assertThatThrownBy(() -> Json.read("{\"token\":\"xoxb-123456789\" oops}"))
        .hasMessageNotContaining("xoxb");
  }

  @Test
  void refusesAnotherKindOfValueWhereAnObjectIsExpected() {
    assertThatThrownBy(() -> Json.readObject("[1]"))
        .hasMessage("expected a JSON object and found an array");
  }

  @Test
  void readsInstantsAsIsoTextWithAnyOffsetAndAsSecondsWithFractions() {
    var node =
        Json.read(
            """
            {"z":"2026-01-01T00:00:00Z","nano":"2026-01-01T00:00:00.123456789Z",
             "offset":"2026-01-01T09:00:00+09:00","seconds":1767225600,"fraction":1767225600.25,
             "float":1.7672256E9,"empty":"","none":null,"odd":"yesterday"}
            """);
    Instant newYear = Instant.parse("2026-01-01T00:00:00Z");
    assertThat(Json.instant(node, "z")).isEqualTo(newYear);
    assertThat(Json.instant(node, "nano")).isEqualTo(newYear.plusNanos(123456789));
    assertThat(Json.instant(node, "offset")).isEqualTo(newYear);
    assertThat(Json.instant(node, "seconds")).isEqualTo(newYear);
    assertThat(Json.instant(node, "fraction")).isEqualTo(newYear.plusMillis(250));
    assertThat(Json.instant(node, "float")).isEqualTo(newYear);
    assertThat(List.of("empty", "none", "odd", "missing"))
        .allSatisfy(field -> assertThat(Json.instant(node, field)).isNull());
  }

  @Test
  void givesTheTextOfAFieldOrNothing() {
    var node = Json.read("{\"text\":\"a\",\"number\":7,\"none\":null,\"list\":[1]}");
    assertThat(Json.text(node, "text")).isEqualTo("a");
    assertThat(Json.text(node, "number")).isEqualTo("7");
    assertThat(List.of("none", "list", "missing"))
        .allSatisfy(field -> assertThat(Json.text(node, field)).isEmpty());
  }

  @Test
  void refusesADocumentNestedSoDeepThatReadingItWouldOverflowTheStack() {
    assertThatThrownBy(() -> Json.read("[".repeat(100_000)))
        .isInstanceOf(Json.MalformedJsonException.class);
  }
}
