package dev.slipway.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.chat.RollBackButton.Use;
import dev.slipway.deployment.Deployment;
import dev.slipway.deployment.Head;
import dev.slipway.deployment.Reason;
import dev.slipway.deployment.Status;
import dev.slipway.image.ImageSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RollBackButtonTest {

  private static Head lastGood(long sequence) {
    return Head.unseen(Sample.WEB)
        .lastGood(
            new Head.LastGood("td:1", Sample.images("v1", 'a'), sequence, Sample.START, true));
  }

  @ParameterizedTest
  @CsvSource({
    // status, last good, use
    "PREPARING,    11, YES",
    "ROLLING_OUT,  11, YES",
    "BAKING,       11, YES",
    "SUCCEEDED,    12, YES",
    "SUCCEEDED,    13, NOT_CURRENT",
    "ROLLING_BACK, 11, ALREADY",
    "ROLLED_BACK,  11, ALREADY",
    "FAILED,       11, NOT_CURRENT",
    "SUPERSEDED,   13, NOT_CURRENT",
  })
  void isOfUseWhileItCanUndoSomething(Status status, long lastGood, Use use) {
    assertThat(RollBackButton.use(lastGood(lastGood), Sample.deployment(status, Reason.PUSHED)))
        .isEqualTo(use);
  }

  @Test
  void isOfNoUseOnceSomethingNewerIsUnderWay() {
    Deployment succeeded = Sample.deployment(Status.SUCCEEDED, Reason.COMPLETED);
    Head head = lastGood(12).inFlight(Sample.rollback(Status.ROLLING_OUT, Reason.IN_PROGRESS));

    assertThat(RollBackButton.use(head, succeeded)).isEqualTo(Use.NOT_CURRENT);
  }

  @Test
  void isOfNoUseOnTheWayBackItself() {
    assertThat(
            RollBackButton.use(
                lastGood(11), Sample.rollback(Status.ROLLING_OUT, Reason.IN_PROGRESS)))
        .isEqualTo(Use.IS_ROLLBACK);
  }

  @Test
  void isOfNoUseWhenNothingIsKnownToGoBackTo() {
    Deployment first = Sample.deployment(Status.ROLLING_OUT, Reason.IN_PROGRESS);
    Deployment baseline =
        Sample.deployment(Status.SUCCEEDED, Reason.BASELINE)
            .to(ImageSet.EMPTY, Sample.images("v1", 'a'));
    Head unsteady =
        Head.unseen(Sample.WEB)
            .lastGood(new Head.LastGood("td:1", ImageSet.EMPTY, 11, Sample.START, false));

    assertThat(RollBackButton.use(Head.unseen(Sample.WEB), first)).isEqualTo(Use.NOTHING_BEFORE);
    assertThat(RollBackButton.use(unsteady, first)).isEqualTo(Use.NOTHING_BEFORE);
    assertThat(RollBackButton.use(lastGood(12), baseline)).isEqualTo(Use.NOTHING_BEFORE);
  }

  @Test
  void isOfNoUseTwice() {
    Deployment deployment = Sample.deployment(Status.ROLLING_OUT, Reason.IN_PROGRESS);
    Head head = lastGood(11).request(new Head.Request.RollBack(12, "U0123ABCD", Sample.START));

    assertThat(RollBackButton.use(head, deployment)).isEqualTo(Use.ALREADY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "[]",
        "{}",
        "{\"service\":\"arn:aws:ecs:eu-west-1:123456789012:service/prod/web\"}",
        "{\"service\":\"arn:aws:ecs:eu-west-1:123456789012:service/prod/web\",\"sequence\":\"1\"}",
        "{\"service\":\"prod/web\",\"sequence\":1}",
      })
  void refusesAValueThatItDidNotWrite(String text) {
    assertThatThrownBy(() -> RollBackButton.Value.parse(text))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
