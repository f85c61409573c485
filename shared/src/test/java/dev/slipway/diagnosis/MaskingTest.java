package dev.slipway.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens are put together here, so that no scanner takes this file for a leak. */
class MaskingTest {

  private static final String JWT =
      "eyJ" + "hbGciOiJIUzI1NiJ9.eyJ" + "zdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P";

  static Stream<Arguments> secrets() {
    return Stream.of(
        secret("Unable to sign with AKIA" + "IOSFODNN7EXAMPLE", "IOSFODNN7"),
        secret("ASIA" + "IOSFODNN7EXAMPLE expired", "IOSFODNN7"),
        secret("IQoJ" + "b3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJ".repeat(2), "b3JpZ2lu"),
        secret("AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "wJalr"),
        secret("leaked wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY here", "K7MDENG"),
        secret("auth.header." + JWT, "dozjgNryP4J3", "hbGciOi"),
        secret("short.eyJ.x\\n" + JWT + ".", "dozjgNryP4J3", "hbGciOi"),
        secret("jwt " + JWT + " refused", "dozjgNryP4J3", "hbGciOi", "zdWIiOi"),
        secret("Authorization: Bearer " + JWT, "dozjgNryP4J3"),
        secret("Authorization: Bearer short1", "short1"),
        secret("authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
        secret("Authorization: Digest username=\"bob\", response=\"6629fae49393\"", "6629fae"),
        secret("{\"Authorization\":\"Token abc def\",\"host\":\"x\"}", "abc", "def"),
        secret("sent Bearer a1b2c3d4e5f6", "a1b2c3d4e5f6"),
        secret("Cookie: a=1; sid=s3ss10n", "s3ss10n"),
        secret("set-cookie: sid=s3ss10n; Path=/", "s3ss10n"),
        secret("postgres://shop:hunter2@db:5432/shop", "hunter2"),
        secret("postgres://shop:p@ss:word@db:5432/shop", "p@ss", "word"),
        secret("redis://:hunter2@cache:6379", "hunter2"),
        secret("amqps://u:pa/ss@mq/vhost", "pa/ss"),
        secret("dial shop:hunter2@tcp(db:3306)/shop?tls=true", "hunter2"),
        secret("dsn=\"shop:hun@ter2@unix(/run/mysql.sock)/shop\"", "hun@ter2", "ter2"),
        secret("open(shop:hunter2@tcp(db:3306)/shop)", "hunter2"),
        secret("jdbc:oracle:thin:shop/hunter2@//db:1521/shop", "hunter2"),
        secret("https://0123456789abcdef0123@git.example.com/x.git", "0123456789abcdef"),
        secret("DB_PASSWORD=hunter2 DB_HOST=db", "hunter2"),
        secret("password = hunter2", "hunter2"),
        secret("Password: hunter2", "hunter2"),
        secret("password=a,b;c&d", "a,b", "c&d"),
        secret("pwd=hunter2;Server=db", "hunter2"),
        secret("DB_PASS=hunter2", "hunter2"),
        secret("{\"password\":\"hun ter2\",\"user\":\"shop\"}", "hun ter2", "ter2"),
        secret("{\"password\": \"hun\\\"ter2\"}", "hun", "ter2"),
        secret("{\\\"password\\\":\\\"hun ter2\\\",\\\"user\\\":\\\"shop\\\"}", "hun ter2"),
        secret("{'api_key': 'hun ter2'}", "hun ter2"),
        secret("{DB_PASSWORD=hunter2, DB_HOST=db}", "hunter2"),
        secret("secrets: [\"one1\", \"two2\"]", "one1", "two2"),
        secret("\"clientSecret\" : 1234567", "1234567"),
        secret("client_secret=>'hun ter2'", "hun ter2"),
        secret("x-api-key: hunter2", "hunter2"),
        secret("apikey=hunter2", "hunter2"),
        secret("GET /v1?access_token=hunter2&x=1", "hunter2"),
        secret("X-Amz-Signature=fe5f80f77d5fa3beca038a248ff027", "fe5f80f7"),
        secret("X-Amz-Credential=hunter2", "hunter2"),
        secret("SENTRY_DSN=https://abc@o1.ingest.example/1", "abc@o1"),
        secret("migrate --password hunter2 --host db", "hunter2"),
        secret("migrate --db-password=hunter2", "hunter2"),
        secret("login -token hunter2", "hunter2"),
        secret("passwordless passwordtoken_x: hunter2", "hunter2"),
        secret("my token API key: hunter2", "hunter2"),
        secret("token xox" + "b-123456789012-abcdefABCDEF", "123456789012", "abcdefAB"),
        secret("xapp" + "-1-A0123-456-abcdef", "A0123"),
        secret("https://hooks.slack.com/services/T000/B000/XXXXXXXX", "T000/B000"),
        secret("gh" + "p_abcdefghijklmnopqrstuvwxyz0123456789", "abcdefghij"),
        secret("github" + "_pat_11ABCDEFG0abcdefghijkl_mnopqrstuv", "11ABCDEFG"),
        secret("gl" + "pat-abcdefghij0123456789", "abcdefghij"),
        secret("sk" + "_live_abcdefghij0123456789", "abcdefghij"),
        secret("sk" + "-proj-abcdefghijklmnop0123", "abcdefghijkl"),
        secret("AIza" + "SyA-abcdefghijklmnopqrstuvwxyz01234", "abcdefghij"),
        secret("hash 5f4dcc3b5aa765d61d8327deb882cf99", "5f4dcc3b"),
        secret("sig 5F4DCC3B5AA765D61D8327DEB882CF995F4DCC3B", "5F4DCC3B"),
        secret("arn:aws:ecs:x:1:y password=hunter2", "hunter2"),
        secret("\u001b[31mpass\u001b[0mword=hunter2", "hunter2"),
        secret("pass\u200bword=hunter2", "hunter2"),
        secret(
            "key:\n"
                + "-----BEGIN RSA PRIVATE KEY-----\n"
                + "MIIEow\n"
                + "abc=\n"
                + "-----END RSA PRIVATE KEY-----\n"
                + "ok",
            "MIIEow",
            "abc="),
        secret("-----BEGIN PRIVATE KEY-----\\nMIIEow\\n-----END PRIVATE KEY-----", "MIIEow"),
        secret("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1r", "b3BlbnNz"),
        secret("MIIEow\nabc=\n-----END PRIVATE KEY-----\nok", "MIIEow", "abc="));
  }

  @ParameterizedTest
  @MethodSource("secrets")
  void nothingOfASecretRemains(String text, List<String> hidden) {
    String masked = Masking.SECRETS.mask(text);

    assertThat(masked).contains(Masking.MASK);
    assertThat(hidden).noneMatch(masked::contains);
    assertThat(Masking.SECRETS.mask(masked)).isEqualTo(masked);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Essential container in task exited",
        "arn:aws:ecs:eu-west-1:123456789012:task/shop/0123456789abcdef0123456789abcdef",
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/db-AbCdEf",
        "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/shop-Targe-1GXHAH9WXSU9V/8e6d68f88cd88d12",
        "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/web:main-0f3c2b1a0f3c2b1a0f3c2b1a0f3c2b1a0f3c2b1a",
        "web@sha256:1f6b0cf4b0f4c9d7f6c0f5f7b3c0a8f5f2d1e0c9b8a7968574635241302f1e0d",
        "(service web) has started 1 tasks: (task 0123456789abcdef0123456789abcdef).",
        "deployment ecs-svc/1234567890123456789",
        "request 1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed",
        "trace_id=0af7651916cd43dd8448eb211c80319c",
        "basic authentication failed, bearer authentication failed",
        "SyntaxError: Unexpected token < in JSON at position 0",
        "FATAL: password authentication failed for user \"shop\"",
        "unable to pull secrets or registry auth: execution resource retrieval failed",
        "at com.example.shop.checkout.payment.PaymentGatewayConfiguration.connect(Gateway.java:42)",
        "/usr/local/lib/python3.12/site-packages/django/core/management/base.py",
        "http://10.0.0.1:8080/health answered 502",
        "https://example.com/a/long/path/that/has/no/secret/in/it/at/all/2024",
        "TOTAL 12345678901234567890123456789012345",
        "--------------------------------------------------",
        "two lines\nwith a\ttab"
      })
  void whatIsNoSecretStays(String text) {
    assertThat(Masking.SECRETS.mask(text)).isEqualTo(text);
  }

  static Stream<Arguments> environments() {
    return Stream.of(
        Arguments.of("connecting to orders-db", Set.of("orders-db"), "connecting to ••••"),
        Arguments.of("xorders-dbx", Set.of("orders-db"), "x••••x"),
        Arguments.of("port 80 is on", Set.of("80", "on"), "port 80 is on"),
        Arguments.of("none", Set.of("    ", ""), "none"),
        // told apart from secrets by what they are: they are in every other line
        Arguments.of(
            "level=info env=production ok=true port 8080 arn:aws:ecs:eu-west-1:1",
            Set.of("info", "production", "true", "8080", "eu-west-1"),
            "level=info env=production ok=true port 8080 arn:aws:ecs:eu-west-1:1"),
        Arguments.of("pin 123456", Set.of("123456"), "pin ••••"),
        Arguments.of("productions", Set.of("productions"), "••••"),
        Arguments.of("q=a%20b%2fc", Set.of("a b/c"), "q=••••"),
        Arguments.of("q=%61 x%2fcde", Set.of("x/cde"), "q=%61 ••••"),
        Arguments.of("go \"a\\u0026b\\u003cc\"", Set.of("a&b<c"), "go \"••••\""),
        Arguments.of("php \"http:\\/\\/db\\/x\"", Set.of("http://db/x"), "php \"••••\""),
        Arguments.of("abcdef", Set.of("abcd", "cdef"), "••••"),
        Arguments.of("aaaaaaa", Set.of("aaaa"), "••••"),
        Arguments.of("abcdabcde", Set.of("abcd", "abcde"), "••••"),
        Arguments.of("url a%26b%3Dc", Set.of("a&b=c"), "url ••••"),
        Arguments.of("b64 aHVudGVyMg==", Set.of("hunter2"), "b64 ••••=="),
        Arguments.of("json \"a\\\"bc\"", Set.of("a\"bc"), "json \"••••\""),
        Arguments.of("one line of it: second", Set.of("first\nsecond\n"), "one line of it: ••••"),
        // the value of one rule is the word by which another knows a secret
        Arguments.of("password=hunter2", Set.of("pass"), "••••word=••••"),
        Arguments.of("it is ••••", Set.of("••••"), "it is ••••"));
  }

  @ParameterizedTest
  @MethodSource("environments")
  void environmentValuesAreMasked(String text, Set<String> values, String expected) {
    Masking masking = Masking.of(values);

    assertThat(masking.mask(text)).isEqualTo(expected);
    assertThat(masking.mask(masking.mask(text))).isEqualTo(masking.mask(text));
  }

  @Test
  void aSecretThatGoesOverSeveralLinesIsMasked() {
    assertThat(
            Masking.SECRETS.maskLines(
                List.of(
                    "a", "-----BEGIN PRIVATE KEY-----", "MIIE", "-----END PRIVATE KEY-----", "b")))
        .containsExactly("a", "••••", "b");
  }

  @Test
  void ofALongLogTheNewestLinesStay() {
    List<String> lines = IntStream.range(0, 5000).mapToObj(i -> "line " + i).toList();

    List<String> masked = Masking.SECRETS.maskLines(lines);

    assertThat(masked).hasSizeGreaterThan(1000).endsWith("line 4998", "line 4999");
  }

  @Test
  void aSecretThatTheCutDividesIsNotShown() {
    for (int pad = 15_900; pad < 16_001; pad += 10) {
      String text = "x".repeat(pad) + " postgres://shop:hunter2@db " + "y".repeat(100);

      assertThat(Masking.SECRETS.mask(text)).doesNotContain("hunter2", "hunt");
    }
  }

  @Test
  void hugeAndHostileTextsAreMaskedInTime() {
    for (String piece :
        List.of(
            "a",
            "\"",
            "\\\"",
            "password",
            "password=",
            "://",
            "eyJ",
            "-----BEGIN ",
            "A1b",
            "eyJabcdefgh.",
            "a.",
            "-token",
            "--token ",
            "a:b@tcp",
            "jdbc:oracle:thin:a/",
            "arn:aws:s3:::",
            "QQ==\n-----END PRIVATE KEY-----\n",
            "{",
            "=\n")) {
      String text = piece.repeat(100_000 / piece.length());

      assertThat(Masking.SECRETS.mask(text)).hasSizeLessThanOrEqualTo(16_001);
      assertThat(Masking.SECRETS.maskLines(List.of(text, text))).isNotNull();
    }
  }

  /**
   * Random secrets in random surroundings; the seed is fixed so that a failure can be seen again.
   */
  @Test
  void nothingOfARandomSecretRemains() {
    Random random = new Random(20260101);
    List<Function<String, String>> places =
        List.of(
            secret -> "DB_PASSWORD=" + secret,
            secret -> "{\"user\":\"a\",\"apiKey\":\"" + secret + "\"}",
            secret -> "{\\\"token\\\": \\\"" + secret + "\\\"}",
            secret -> "run --client-secret " + secret + " --now",
            secret -> "postgres://shop:" + secret + "@db/shop",
            secret -> "Authorization: Bearer " + secret,
            secret -> "said Bearer " + secret,
            secret -> "using " + secret + " for it",
            secret -> "gh" + "p_" + secret.replaceAll("[^A-Za-z0-9]", "a"),
            secret -> "config[" + secret + "]",
            secret -> "a=" + secret);
    for (int round = 0; round < 4000; round++) {
      byte[] bytes = new byte[30 + random.nextInt(40)];
      random.nextBytes(bytes);
      String secret =
          random.nextBoolean()
              ? Base64.getEncoder().withoutPadding().encodeToString(bytes)
              : Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
      Function<String, String> place = places.get(random.nextInt(places.size()));
      String text = words(random) + place.apply(secret) + " " + words(random);

      String masked = Masking.SECRETS.mask(text);

      for (int at = 0; at + 8 <= secret.length(); at++) {
        String part = secret.substring(at, at + 8);
        if (text.contains(part)) {
          assertThat(masked).as(text).doesNotContain(part);
        }
      }
      assertThat(Masking.SECRETS.mask(masked)).as(text).isEqualTo(masked);
    }
  }

  /** Any characters at all: short values over a small alphabet, so that they overlap and nest. */
  @Test
  void nothingOfARandomEnvironmentValueRemains() {
    Random random = new Random(20260102);
    String alphabet = "ab=:\"\\/@ -•password";
    for (int round = 0; round < 4000; round++) {
      Set<String> values = new java.util.HashSet<>();
      for (int i = 0; i < 3; i++) {
        values.add(letters(random, alphabet, 4 + random.nextInt(4)));
      }
      String text =
          letters(random, alphabet, random.nextInt(10))
              + String.join(letters(random, alphabet, random.nextInt(5)), values)
              + letters(random, alphabet, random.nextInt(10));
      Masking masking = Masking.of(values);

      String masked = masking.mask(text);

      for (String value : values) {
        String plain = value.strip();
        if (plain.length() >= 4 && !plain.contains("•")) {
          assertThat(masked).as("%s in %s", values, text).doesNotContain(plain);
        }
      }
      assertThat(masking.mask(masked)).as("%s in %s", values, text).isEqualTo(masked);
    }
  }

  private static String words(Random random) {
    String[] words = {
      "the", "task", "failed:", "\"x\":", "retry=3", "at", "10:42", "\n", "(web)", ""
    };
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(5); i > 0; i--) {
      text.append(words[random.nextInt(words.length)]).append(' ');
    }
    return text.toString();
  }

  private static String letters(Random random, String alphabet, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }

  private static Arguments secret(String text, String... hidden) {
    return Arguments.of(text, List.of(hidden));
  }
}
