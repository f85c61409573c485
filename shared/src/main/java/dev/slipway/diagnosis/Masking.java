package dev.slipway.diagnosis;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes secrets out of text that people will read: log lines, AWS's reasons, service events.
 *
 * <p>Every rule marks what it would hide in the text as it came; the marks are merged and replaced
 * together. So no rule can hide the word by which another would have known a secret, and the order
 * of the rules does not matter. Where a rule cannot tell where a secret ends, it hides too much.
 *
 * <p>Terminal colours and control characters are removed: they can split a word that a rule looks
 * for. Masking a masked text changes nothing. Immutable.
 */
public final class Masking {

  /** What stands in the place of a secret. */
  public static final String MASK = "••••";

  /** Masks what looks like a secret, and knows no environment. */
  public static final Masking SECRETS = new Masking(List.of());

  /** Shorter environment values ({@code on}, {@code 80}) are in every text and tell nothing. */
  private static final int SHORTEST_VALUE = 4;

  /** Values that are in every text, and that nobody would keep secret. */
  private static final Pattern COMMON =
      Pattern.compile(
          "(?i)true|false|none|null|undefined|enabled?|disabled?|auto|default"
              + "|trace|debug|info|notice|warn(?:ing)?|error|fatal"
              + "|prod(?:uction)?|stag(?:e|ing)|dev(?:elopment)?|test(?:ing)?|local(?:host)?"
              + "|https?|json|text|utf-?8|utc|0\\.0\\.0\\.0|127\\.0\\.0\\.1|\\d{1,5}"
              + "|[a-z]{2}(?:-[a-z]+){1,3}-\\d");

  private static final Pattern PERCENT = Pattern.compile("%[0-9A-F]{2}");

  /** Longer texts are cut before they are searched: nobody is shown that much. */
  private static final int LONGEST_TEXT = 16_000;

  /** What a hard cut may have left of a secret at the end of the text. */
  private static final int FRAYED_END = 512;

  private static final int PASSES = 10;

  // ---- Whole values known by their own shape

  /** A PEM block, also on one line with escaped breaks, also when its end is missing. */
  private static final Pattern PRIVATE_KEY =
      Pattern.compile(
          "-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----[\\s\\S]*?"
              + "(?:-----END [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----|\\z)");

  /** The end of a PEM block whose beginning is above the first line we have. */
  private static final Pattern PRIVATE_KEY_END =
      Pattern.compile("(?m)^[ \\t]*-----END [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----");

  private static final Pattern PRIVATE_KEY_LINE = Pattern.compile("[ \\t]*[A-Za-z0-9+/=]+[ \\t]*");

  private static final int MOST_KEY_LINES = 100;

  /**
   * Access key ids and session tokens.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html">unique
   *     identifiers</a>
   */
  private static final Pattern AWS_KEY =
      Pattern.compile(
          "(?<![A-Z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}"
              + "|(?:IQoJ|FwoG|FQoG)[A-Za-z0-9/+=]{20,}");

  /** What may be a JWS or JWE: parts in base64url with dots between them. */
  private static final Pattern DOTTED =
      Pattern.compile("(?<![A-Za-z0-9_-])[A-Za-z0-9_-]++(?:\\.[A-Za-z0-9_-]*+)++");

  /** The header is base64url of a JSON object, so it begins so. */
  private static final String JWT_START = "eyJ";

  private static final int SHORTEST_JWT_HEADER = 11;

  /** Tokens that their issuers marked with a prefix, so that scanners find them. */
  private static final Pattern PREFIXED_TOKEN =
      Pattern.compile(
          "(?<![A-Za-z0-9])(?:"
              + "xox[a-z](?:\\.xox[a-z])?-[A-Za-z0-9-]{8,}" // Slack
              + "|xapp-[A-Za-z0-9-]{8,}"
              + "|gh[a-z]_[A-Za-z0-9]{20,}" // GitHub
              + "|github_pat_[A-Za-z0-9_]{20,}"
              + "|gl[a-z]{2,6}-[A-Za-z0-9_.-]{20,}" // GitLab
              + "|(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{8,}" // Stripe
              + "|whsec_[A-Za-z0-9+/=]{8,}"
              + "|sk-[A-Za-z0-9_-]{20,}" // OpenAI, Anthropic
              + "|AIza[A-Za-z0-9_-]{30,}" // Google
              + "|ya29\\.[A-Za-z0-9_-]{10,}"
              + "|GOCSPX-[A-Za-z0-9_-]{10,}"
              + "|npm_[A-Za-z0-9]{30,}"
              + "|pypi-[A-Za-z0-9_-]{20,}"
              + "|dckr_pat_[A-Za-z0-9_-]{10,}"
              + "|SG\\.[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{10,}" // SendGrid
              + "|shp[a-z]{2}_[A-Za-z0-9]{20,}" // Shopify
              + "|dop_v1_[A-Za-z0-9]{20,}" // DigitalOcean
              + "|hv[sbr]\\.[A-Za-z0-9_-]{20,}" // Vault
              + "|(?:SK|AC)[0-9a-f]{32}" // Twilio
              + ")");

  /** Who knows the address of a Slack webhook may post to it. */
  private static final Pattern WEBHOOK =
      Pattern.compile("hooks\\.slack(?:-gov)?\\.com/([^\\s\"'<>]+)");

  private static final List<Pattern> SHAPES =
      List.of(PRIVATE_KEY, AWS_KEY, PREFIXED_TOKEN, WEBHOOK);

  // ---- Values known by what stands before them

  /** {@code scheme://user:password@host}; up to the last @, as passwords hold some. */
  private static final Pattern URL_PASSWORD =
      Pattern.compile(
          "(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]*://[^\\s/@:\"'<>]*:([^\\s\"'<>]+)@");

  /**
   * {@code user:password@tcp(host:3306)/database}, as Go's MySQL driver has it. Of bounded length,
   * as every colon may begin one.
   */
  private static final Pattern DSN_PASSWORD =
      Pattern.compile("(?<![\\w.%+-])[\\w.%+-]*+:([^\\s\"'<>]{1,200})@(?:tcp6?|udp|unix)\\(");

  /** {@code jdbc:oracle:thin:user/password@host}. */
  private static final Pattern ORACLE_PASSWORD =
      Pattern.compile("(?i)jdbc:oracle:\\w+:[^\\s/@\"']{0,100}/([^\\s\"']{1,200})@");

  /** {@code https://token@host}. */
  private static final Pattern URL_TOKEN = Pattern.compile("://([^\\s/@:\"'<>]{16,})@");

  /** RFC 6750 and RFC 7617 outside a header; prose such as "basic authentication" stays. */
  private static final Pattern SCHEME =
      Pattern.compile(
          "(?i)(?<!\\w)(?:bearer|basic)[ \\t]+"
              + "((?-i:(?=\\S*(?:[0-9=]|[a-z][A-Z])))[A-Za-z0-9._~+/=:-]{6,})");

  private static final List<Pattern> PLACES =
      List.of(URL_PASSWORD, DSN_PASSWORD, ORACLE_PASSWORD, URL_TOKEN, SCHEME);

  /** Headers whose whole value is secret. */
  private static final Pattern HEADER =
      Pattern.compile(
          "(?i)(?<![\\w-])(?:(?:proxy-)?authorization|(?:set-)?cookie)\\\\*[\"']?"
              // "may require authorization: server message: ..." is how registries refuse
              + "[ \\t]*[:=][ \\t]*+(?!server message)");

  private static final String SECRET_WORD =
      // /etc/passwd is a file, and what follows it in a message no value
      "(?:(?<!/etc/)pass(?:word|wd|phrase|code)|(?<![A-Za-z])pass(?![A-Za-z ])|pwd"
          // "Secrets Manager: ..." and "secretsmanager:GetSecretValue" are AWS's names
          + "|secret(?!smanager)|token(?!iz)"
          + "|(?:api|access|private|signing|encryption|master|account|shared|auth|license)[-_"
          + " ]?key|credential(?!Provider)|signature|session[-_ ]?id|connection[-_ ]?string|dsn)";

  /**
   * A secret's word within a name. An ARN is found too, to be skipped as a whole: what follows a
   * colon in it is no value.
   */
  private static final Pattern NAMED =
      Pattern.compile("(?i)\\b(?<arn>arn:aws[\\w-]*:[\\w:/.+@*-]+)|" + SECRET_WORD);

  private static final Pattern REST_OF_NAME = Pattern.compile("[\\w.-]*+");

  private static final Pattern SEPARATOR =
      Pattern.compile("\\\\*+[\"']?[ \\t]*+(?:=>|:=|==?|:)[ \\t]*");

  /** {@code --password hunter2}: the name of an option, and the blank before its value. */
  private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--?([\\w-]++)[ \\t]+(?![-=:])");

  private static final Pattern SECRET_OPTION = Pattern.compile("(?i)" + SECRET_WORD);

  // ---- Values known by their randomness

  private static final Pattern RUN = Pattern.compile("[A-Za-z0-9+/=_-]{32,}");
  private static final Pattern HEX =
      Pattern.compile("(?<![A-Za-z0-9])(?:[0-9a-f]{32,}|[0-9A-F]{32,})(?![A-Za-z0-9])");
  private static final int WINDOW = 32;

  /** Of 31 neighbours in random base64, about 20 are of different kinds; in words, about 8. */
  private static final int CHANGES_OF_KIND = 12;

  /** Random, and no secret: what AWS names things by. */
  private static final Pattern NAMES =
      Pattern.compile(
          "\\barn:aws[\\w-]*:[\\w:/.+@*-]+"
              + "|sha256:[0-9a-f]{64}"
              + "|(?<![0-9A-Fa-f])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
              // an image: its tag is often a commit
              + "|(?<![\\w.-])[\\w.-]+\\.dkr[.-]ecr[\\w.-]*/[\\w./-]+(?::[\\w.-]+)?"
              + "|/(?:manifests|blobs)/[\\w.:-]+"
              // a task, alone, behind its cluster, or with the number of a container
              + "|\\b(?:task|container-instance)[/"
              + " -](?:[\\w-]+/)?[0-9a-f]{32}(?:-\\d+)?(?![A-Za-z0-9])|(?i:trace|span|request)[-_"
              + " ]?(?i:id)[\"']?[ ]?[:=][ ]?\"?[0-9a-f]{32}(?![A-Za-z0-9])");

  // ---- What is not text

  private static final Pattern TERMINAL =
      Pattern.compile(
          "\u001b\\[[0-9;:?]*[ -/]*[@-~]|\u001b\\][^\u0007\u001b]*(?:\u0007|\u001b\\\\)|\u001b.");

  private static final Pattern CONTROL =
      Pattern.compile("[\\p{Cntrl}&&[^\\n\\t]]|[\\u200b-\\u200f\\u2060\\ufeff]");

  /** Longest first. */
  private final List<String> values;

  private Masking(List<String> values) {
    this.values = values;
  }

  /**
   * Masks these values too, wherever they stand: as they are, line by line, and as JSON, a URL and
   * base64 would write them. Not masked are values of fewer than four characters, and those that
   * every other text has and that tell nothing: {@code true}, {@code 8080}, {@code info}, {@code
   * production}, a region. A log of which every second word is masked helps nobody.
   */
  public static Masking of(Collection<String> environmentValues) {
    Set<String> forms = new LinkedHashSet<>();
    for (String value : environmentValues) {
      if (value == null || COMMON.matcher(value.strip()).matches()) {
        continue;
      }
      String plain = value.strip();
      addForm(forms, plain);
      plain.lines().forEach(line -> addForm(forms, line.strip()));
      if (plain.length() >= SHORTEST_VALUE) {
        String json = plain.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        addForm(forms, json);
        // PHP escapes slashes, Go what HTML would take for markup.
        addForm(forms, json.replace("/", "\\/"));
        addForm(
            forms, json.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"));
        String form = URLEncoder.encode(plain, StandardCharsets.UTF_8);
        for (String url : List.of(form, form.replace("+", "%20"))) {
          addForm(forms, url);
          addForm(
              forms, PERCENT.matcher(url).replaceAll(hex -> hex.group().toLowerCase(Locale.ROOT)));
        }
        byte[] bytes = plain.getBytes(StandardCharsets.UTF_8);
        addForm(forms, Base64.getEncoder().withoutPadding().encodeToString(bytes));
        addForm(forms, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
      }
    }
    return new Masking(
        forms.stream().sorted(Comparator.comparingInt(String::length).reversed()).toList());
  }

  private static void addForm(Set<String> forms, String form) {
    if (form.length() >= SHORTEST_VALUE && form.indexOf(MASK.charAt(0)) < 0) {
      forms.add(form);
    }
  }

  /** The text without secrets; null becomes empty. Line breaks inside it are kept. */
  public String mask(String text) {
    if (text == null || text.isEmpty()) {
      return "";
    }
    String plain = plain(text);
    if (plain.length() <= LONGEST_TEXT) {
      return settled(plain);
    }
    String masked = settled(plain.substring(0, LONGEST_TEXT));
    return masked.substring(0, Math.max(0, masked.length() - FRAYED_END)) + "…";
  }

  /**
   * Lines of one log, oldest first: a secret may go over several of them, so there may be fewer
   * afterwards. Of a long log, only the newest lines (about 16,000 characters) come back.
   */
  public List<String> maskLines(List<String> lines) {
    int first = lines.size();
    int length = 0;
    while (first > 0) {
      length += Texts.orEmpty(lines.get(first - 1)).length() + 1;
      if (length > LONGEST_TEXT && first < lines.size()) {
        break;
      }
      first--;
    }
    List<String> newest = lines.subList(first, lines.size());
    return mask(String.join("\n", newest.stream().map(Texts::orEmpty).toList())).lines().toList();
  }

  private static String plain(String text) {
    String breaks = text.replace("\r\n", "\n").replace('\r', '\n');
    return CONTROL.matcher(TERMINAL.matcher(breaks).replaceAll("")).replaceAll("");
  }

  /** Again until nothing changes: what a mask leaves behind may itself look like a secret. */
  private String settled(String text) {
    String now = text;
    for (int pass = 0; pass < PASSES; pass++) {
      String next = once(now);
      if (next.equals(now)) {
        return now;
      }
      now = next;
    }
    return now;
  }

  private String once(String text) {
    List<Span> spans = new ArrayList<>();
    for (String value : values) {
      for (int at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) {
        spans.add(new Span(at, at + value.length()));
      }
    }
    for (Pattern shape : SHAPES) {
      addGroups(shape, text, spans);
    }
    for (Pattern place : PLACES) {
      addGroups(place, text, spans);
    }
    Matcher header = HEADER.matcher(text);
    while (header.find()) {
      spans.add(value(text, header.end(), true));
    }
    addKeyEnds(text, spans);
    addTokens(text, spans);
    addNamed(text, spans);
    Matcher option = OPTION.matcher(text);
    while (option.find()) {
      if (SECRET_OPTION.matcher(option.group(1)).find()) {
        spans.add(value(text, option.end(), false));
      }
    }
    addRandom(text, spans);
    return replace(text, spans);
  }

  /** The first group that matched, or all of it where there is none. */
  private static void addGroups(Pattern pattern, String text, List<Span> spans) {
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      int group = matcher.groupCount() == 0 ? 0 : 1;
      spans.add(new Span(matcher.start(group), matcher.end(group)));
    }
  }

  /** Ends of private keys, with the lines before them that may be the key's. */
  private static void addKeyEnds(String text, List<Span> spans) {
    Matcher end = PRIVATE_KEY_END.matcher(text);
    while (end.find()) {
      int start = end.start();
      for (int lines = 0; lines < MOST_KEY_LINES && start > 0; lines++) {
        int above = text.lastIndexOf('\n', start - 2) + 1;
        if (!PRIVATE_KEY_LINE.matcher(text).region(above, start - 1).matches()) {
          break;
        }
        start = above;
      }
      spans.add(new Span(start, end.end()));
    }
  }

  /** JSON web tokens. By hand, because a pattern would try the rest of the text at each start. */
  private static void addTokens(String text, List<Span> spans) {
    Matcher dotted = DOTTED.matcher(text);
    while (dotted.find()) {
      int start = text.indexOf(JWT_START, dotted.start());
      while (start >= 0 && start < dotted.end()) {
        int dot = text.indexOf('.', start);
        if (dot < 0 || dot >= dotted.end()) {
          break;
        }
        if (dot - start >= SHORTEST_JWT_HEADER) {
          spans.add(new Span(start, dotted.end()));
          break;
        }
        start = text.indexOf(JWT_START, dot);
      }
    }
  }

  /** Values behind a secret's name and a separator; each name is read once, however long it is. */
  private static void addNamed(String text, List<Span> spans) {
    Matcher named = NAMED.matcher(text);
    Matcher rest = REST_OF_NAME.matcher(text);
    Matcher separator = SEPARATOR.matcher(text);
    int read = 0;
    int from = 0;
    while (named.find(from)) {
      from = named.end();
      if (named.group("arn") != null) {
        continue;
      }
      if (named.end() > read) {
        rest.region(named.end(), text.length());
        read = rest.lookingAt() ? rest.end() : named.end();
      }
      separator.region(read, text.length());
      if (separator.lookingAt()) {
        spans.add(value(text, separator.end(), false));
        from = Math.max(from, separator.end());
      }
    }
  }

  /**
   * Where the value that begins here ends: at its closing quote, at the end of the line if it is a
   * list or an object or {@code line} says so, else at the next blank.
   */
  private static Span value(String text, int from, boolean line) {
    int lineEnd = text.indexOf('\n', from);
    int limit = lineEnd < 0 ? text.length() : lineEnd;
    int start = from;
    while (start < limit && text.charAt(start) == '\\') {
      start++;
    }
    int nesting = start - from;
    if (start < limit && (text.charAt(start) == '"' || text.charAt(start) == '\'')) {
      char quote = text.charAt(start);
      int backslashes = 0;
      for (int at = start + 1; at < limit; at++) {
        char c = text.charAt(at);
        if (c == quote && backslashes <= nesting) {
          return new Span(start + 1, at - backslashes);
        }
        backslashes = c == '\\' ? backslashes + 1 : 0;
      }
      return new Span(start + 1, limit);
    }
    if (line || (from < limit && "{[".indexOf(text.charAt(from)) >= 0)) {
      return new Span(from, limit);
    }
    int end = from;
    while (end < limit && !Character.isWhitespace(text.charAt(end))) {
      end++;
    }
    return new Span(from, end);
  }

  private static void addRandom(String text, List<Span> spans) {
    StringBuilder unnamed = new StringBuilder(text);
    Matcher names = NAMES.matcher(text);
    while (names.find()) {
      unnamed.replace(names.start(), names.end(), " ".repeat(names.end() - names.start()));
    }
    Matcher run = RUN.matcher(unnamed);
    while (run.find()) {
      if (random(run.group())) {
        spans.add(new Span(run.start(), run.end()));
      }
    }
    Matcher hex = HEX.matcher(unnamed);
    while (hex.find()) {
      if (hex.group().chars().anyMatch(Character::isLetter)
          && hex.group().chars().anyMatch(Character::isDigit)) {
        spans.add(new Span(hex.start(), hex.end()));
      }
    }
  }

  /** Whether some stretch of it changes between capitals, small letters and digits all the time. */
  private static boolean random(String run) {
    for (int from = 0; from + WINDOW <= run.length(); from++) {
      int changes = 0;
      int kinds = 0;
      for (int at = from; at < from + WINDOW; at++) {
        int kind = kind(run.charAt(at));
        kinds |= kind;
        // Separators stand between words: they make nothing random.
        if (at > from
            && (kind | kind(run.charAt(at - 1))) < 8
            && kind != kind(run.charAt(at - 1))) {
          changes++;
        }
      }
      if ((kinds & 7) == 7 && changes >= CHANGES_OF_KIND) {
        return true;
      }
    }
    return false;
  }

  private static int kind(char c) {
    if (c >= 'A' && c <= 'Z') {
      return 1;
    }
    if (c >= 'a' && c <= 'z') {
      return 2;
    }
    return c >= '0' && c <= '9' ? 4 : 8;
  }

  private static String replace(String text, List<Span> spans) {
    if (spans.isEmpty()) {
      return text;
    }
    spans.sort(Comparator.comparingInt(Span::start));
    StringBuilder masked = new StringBuilder(text.length());
    int done = 0;
    int start = -1;
    int end = -1;
    for (Span span : spans) {
      if (span.start() >= span.end()) {
        continue;
      }
      if (start >= 0 && span.start() <= end) {
        end = Math.max(end, span.end());
        continue;
      }
      if (start >= 0) {
        masked.append(text, done, start).append(MASK);
        done = end;
      }
      start = span.start();
      end = span.end();
    }
    if (start >= 0) {
      masked.append(text, done, start).append(MASK);
      done = end;
    }
    return masked.append(text, done, text.length()).toString();
  }

  private record Span(int start, int end) {}
}
