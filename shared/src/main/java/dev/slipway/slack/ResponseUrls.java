package dev.slipway.slack;

import java.net.URI;
import java.util.Set;

/**
 * Which addresses an answer may be sent to. The address comes with the request; if it were taken as
 * it is, whoever can sign a request could make Slipway call any address from inside the account.
 */
final class ResponseUrls {

  /** GovSlack has a host of its own: https://docs.slack.dev/govslack */
  private static final Set<String> HOSTS = Set.of("hooks.slack.com", "hooks.slack-gov.com");

  private ResponseUrls() {}

  /**
   * @param base of the Web API. A proxy forwards the Web API, but the addresses that Slack hands
   *     out are still Slack's own: behind a proxy both are allowed. Without TLS the base is no
   *     proxy but the account on a laptop, which answers nobody but itself
   * @return the address, if an answer may be sent there
   * @throws SlackException if not
   */
  static URI allowed(String responseUrl, URI base) {
    URI uri;
    try {
      uri = URI.create(responseUrl);
    } catch (IllegalArgumentException e) {
      throw refusal();
    }
    boolean slacks =
        !"http".equals(base.getScheme())
            && "https".equals(uri.getScheme())
            && uri.getHost() != null
            && HOSTS.contains(uri.getHost())
            && (uri.getPort() == -1 || uri.getPort() == 443);
    boolean ours =
        !isSlack(base)
            && base.getScheme().equals(uri.getScheme())
            && base.getHost().equals(uri.getHost())
            && base.getPort() == uri.getPort();
    if (uri.getRawUserInfo() != null || !(slacks || ours)) {
      throw refusal();
    }
    return uri;
  }

  private static boolean isSlack(URI base) {
    return base.getHost().endsWith(".slack.com")
        || base.getHost().equals("slack.com")
        || base.getHost().endsWith(".slack-gov.com")
        || base.getHost().equals("slack-gov.com");
  }

  private static SlackException refusal() {
    return SlackException.refused("response_url", "address_not_allowed");
  }
}
