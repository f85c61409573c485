package dev.slipway.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SampleTest {

  @Test
  void medianOfAnOddNumberIsTheMiddleOne() {
    assertThat(Sample.of(List.of(30.0, 10.0, 200.0)).median()).isEqualTo(30);
  }

  @Test
  void medianOfAnEvenNumberLiesBetweenTheMiddleTwo() {
    assertThat(Sample.of(List.of(40.0, 10.0, 20.0, 30.0)).median()).isEqualTo(25);
  }

  @Test
  void textHasMedianLeastAndMost() {
    assertThat(Sample.of(List.of(30.4, 9.96, 200.0)).text()).isEqualTo("30 (10.0-200)");
  }

  @Test
  void nothingIsNoSample() {
    assertThatThrownBy(() -> Sample.of(List.of())).isInstanceOf(IllegalArgumentException.class);
  }
}
