package dev.slipway.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponseUrlsTest {

  @ParameterizedTest
  @CsvSource({
    "https://slack.com/api,      https://hooks.slack.com/actions/T0/1/x",
    "https://slack.com/api,      https://hooks.slack.com:443/commands/T0/1/x",
    "https://slack-gov.com/api,  https://hooks.slack-gov.com/actions/T0/1/x",
    "http://127.0.0.1:4566/slack/api, http://127.0.0.1:4566/slack/response/1",
    "https://proxy.example/slack/api, https://hooks.slack.com/actions/T0/1/x",
    "https://proxy.example/slack/api, https://hooks.slack-gov.com/commands/T0/1/x",
    "https://proxy.example/slack/api, https://proxy.example/actions/T0/1/x",
    "https://proxy.example:8443/api, https://proxy.example:8443/actions/T0/1/x",
    "https://notslack.com/api, https://hooks.slack.com/actions/T0/1/x",
  })
  void takesTheAddressesOfSlackAndOfAProxy(String base, String address) {
    assertThat(ResponseUrls.allowed(address, URI.create(base))).isEqualTo(URI.create(address));
  }

  @ParameterizedTest
  @CsvSource({
    "https://slack.com/api, http://hooks.slack.com/actions/T0/1/x",
    "https://slack.com/api, https://hooks.slack.com.evil.example/x",
    "https://slack.com/api, https://evil.example/hooks.slack.com",
    "https://slack.com/api, https://hooks.slack.com@evil.example/x",
    "https://slack.com/api, https://user@hooks.slack.com/x",
    "https://slack.com/api, https://hooks.slack.com:8443/x",
    "https://slack.com/api, http://169.254.169.254/latest/meta-data/",
    "https://slack.com/api, http://127.0.0.1:9001/2018-06-01/runtime/invocation/next",
    "https://slack.com/api, file:///proc/self/environ",
    "https://slack.com/api, //hooks.slack.com/x",
    "https://slack.com/api, ''",
    "https://slack.com/api, not an address",
    "http://127.0.0.1:4566/slack/api, http://127.0.0.1:4567/slack/response/1",
    "http://127.0.0.1:4566/slack/api, http://localhost:4566/slack/response/1",
    "http://127.0.0.1:4566/slack/api, https://hooks.slack.com/actions/T0/1/x",
    "https://slack.com/api, https://slack.com/actions/T0/1/x",
    "https://slack-gov.com/api, https://slack-gov.com/actions/T0/1/x",
    "https://proxy.example/slack/api, http://hooks.slack.com/actions/T0/1/x",
    "https://proxy.example/slack/api, https://hooks.slack.com:8443/x",
    "https://proxy.example/slack/api, https://user@hooks.slack.com/x",
    "https://proxy.example/slack/api, https://user@proxy.example/x",
    "https://proxy.example/slack/api, http://proxy.example/x",
    "https://proxy.example/slack/api, https://proxy.example:8443/x",
    "https://proxy.example/slack/api, https://other.proxy.example/x",
    "https://proxy.example/slack/api, https://evil.example/x",
    "https://proxy.example/slack/api, http://169.254.169.254/latest/meta-data/",
  })
  void refusesAllOthersWithoutCallingThem(String base, String address) {
    assertThatThrownBy(() -> ResponseUrls.allowed(address, URI.create(base)))
        .isInstanceOf(SlackException.class)
        .hasMessageContaining("address_not_allowed");
  }
}
