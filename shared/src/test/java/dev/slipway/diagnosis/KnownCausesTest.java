package dev.slipway.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class KnownCausesTest {

  static Stream<Arguments> texts() {
    return cases()
        .map(row ->
            Arguments.of(
                row.path("text").asText(), row.path("name").asText(), row.path("cause").asText()));
  }

  @ParameterizedTest(name = "{1}: {0}")
  @MethodSource("texts")
  void aTextOfAwsIsUnderstood(String text, String name, String cause) {
    var known = KnownCauses.of(text, "web", " after 4 s", words -> words);

    assertThat(known.map(KnownCauses.Known::name).orElse("")).isEqualTo(name);
    assertThat(known.map(KnownCauses.Known::sentence).orElse("")).isEqualTo(cause);
  }

  /** What is shown has been masked: a mask that knows no environment must not hurt any of it. */
  @ParameterizedTest
  @MethodSource("texts")
  void aTextOfAwsHoldsNoSecret(String text, String name, String cause) {
    assertThat(Masking.SECRETS.mask(text)).isEqualTo(text);
    assertThat(Masking.SECRETS.mask(cause)).isEqualTo(cause);
  }

  /** A row that no case reaches is not needed, or one above it takes its texts. */
  @Test
  void everyRowHasACase() {
    Set<Integer> reached =
        cases()
            .flatMapToInt(row -> KnownCauses.row(row.path("text").asText()).stream())
            .boxed()
            .collect(Collectors.toSet());

    assertThat(
            IntStream.range(0, KnownCauses.rows())
                .filter(row -> !reached.contains(row))
                .mapToObj(KnownCauses::describe))
        .isEmpty();
  }

  /** Reasons are cut at 255 or 1,024 characters, wherever that is. */
  @ParameterizedTest
  @MethodSource("texts")
  void aTextThatIsCutShowsNoHole(String text, String name, String cause) {
    for (int length = 0; length <= text.length(); length += 7) {
      KnownCauses.of(text.substring(0, length), "", "", words -> words)
          .ifPresent(known ->
              assertThat(known.sentence() + known.remedy()).doesNotContain("{", "}").isNotBlank());
    }
  }

  @ParameterizedTest
  @MethodSource("texts")
  void whatIsUnderstoodComesWithAdvice(String text, String name, String cause) {
    KnownCauses.of(text, "web", "", words -> words)
        .ifPresent(known ->
            assertThat(known.remedy())
                .hasSizeBetween(10, Diagnoser.LONGEST_ADVICE)
                .doesNotEndWith(".")
                .matches("[A-Z].*"));
  }

  @Test
  void aLogIsBelievedOnlyWhatCannotMeanSomethingElse() {
    assertThat(KnownCauses.ofLog("exec /app: exec format error", "web", "", words -> words))
        .isPresent();
    assertThat(KnownCauses.ofLog("Error: listen EADDRINUSE :::80", "web", "", words -> words))
        .isPresent();
    assertThat(KnownCauses.ofLog("Capacity is unavailable at this time", "web", "", words -> words))
        .isEmpty();
  }

  private static Stream<JsonNode> cases() {
    try (InputStream in =
        KnownCausesTest.class.getResourceAsStream("/diagnosis/known-causes.json")) {
      JsonNode all = new ObjectMapper().readTree(in);
      return StreamSupport.stream(all.spliterator(), false);
    } catch (IOException e) {
      throw new IllegalStateException("/diagnosis/known-causes.json cannot be read", e);
    }
  }
}
