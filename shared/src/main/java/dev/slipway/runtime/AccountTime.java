package dev.slipway.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The time that the functions go by: the system's clock in AWS. In the account on a laptop time is
 * the account's own and stands still while a function runs; {@code SLIPWAY_CLOCK_URL}, which no
 * template sets, says where to ask for it.
 */
public final class AccountTime implements InstantSource {

  private static final int TIMEOUT_MILLIS = 5_000;

  private final String url;
  private volatile Instant told;

  private AccountTime(String url) {
    this.url = url;
  }

  public static AccountTime from(Environment environment) {
    return new AccountTime(environment.optional("SLIPWAY_CLOCK_URL", ""));
  }

  /**
   * Called at the start of each invocation.
   *
   * @throws IllegalStateException if there is a clock to ask and it gives no time
   */
  public void refresh() {
    if (!url.isEmpty()) {
      told = ask();
    }
  }

  @Override
  public Instant instant() {
    if (url.isEmpty()) {
      return Instant.now();
    }
    if (told == null) {
      refresh();
    }
    return told;
  }

  private Instant ask() {
    try {
      HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
      connection.setConnectTimeout(TIMEOUT_MILLIS);
      connection.setReadTimeout(TIMEOUT_MILLIS);
      try (InputStream body = connection.getInputStream()) {
        String text = new String(body.readAllBytes(), StandardCharsets.UTF_8).strip();
        return Instant.parse(text);
      }
    } catch (IOException | java.time.DateTimeException e) {
      throw new IllegalStateException("the account's clock at " + url + " gave no time", e);
    }
  }
}
