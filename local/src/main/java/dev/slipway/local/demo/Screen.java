package dev.slipway.local.demo;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Where the commands write: colours only where a person reads them. Thread-safe. */
public final class Screen {

  /** What a piece of text is, not how it looks. */
  public enum Style {
    PLAIN(""),
    STRONG("1"),
    SOFT("2"),
    ACCENT("36"),
    GOOD("32"),
    WARN("33"),
    BAD("31");

    private final String code;

    Style(String code) {
      this.code = code;
    }
  }

  /** Width where no terminal says how wide it is. */
  private static final int WIDTH = 120;

  private static final int NARROWEST = 60;

  private final PrintStream out;
  private final boolean coloured;
  private final int width;

  /**
   * @param coloured whether ANSI escapes are understood and wanted
   * @param width in columns
   */
  public Screen(PrintStream out, boolean coloured, int width) {
    this.out = out;
    this.coloured = coloured;
    this.width = Math.max(NARROWEST, width);
  }

  /**
   * Coloured on a terminal unless NO_COLOR is set.
   *
   * @param noColor of the environment, or null; see https://no-color.org
   * @param columns of the environment, or null
   */
  public static Screen of(PrintStream out, boolean terminal, String noColor, String columns) {
    boolean coloured = terminal && (noColor == null || noColor.isEmpty());
    boolean told = columns != null && columns.matches("[0-9]{2,4}");
    return new Screen(out, coloured, told ? Integer.parseInt(columns) : WIDTH);
  }

  public int width() {
    return width;
  }

  public boolean coloured() {
    return coloured;
  }

  public String styled(Style style, String text) {
    return coloured && !style.code.isEmpty() && !text.isEmpty()
        ? "\u001b[" + style.code + "m" + text + "\u001b[0m"
        : text;
  }

  public synchronized void line(String text) {
    out.println(text);
    out.flush();
  }

  public void line() {
    line("");
  }

  /** Text from outside must not move the cursor or change colours. */
  public static String clean(String text) {
    return text.replaceAll("\\p{Cc}", " ");
  }

  /** The text in exactly so many columns. */
  public static String column(String text, int columns) {
    String fitted = fit(text, columns);
    return fitted + " ".repeat(columns - fitted.length());
  }

  /** The text in lines of at most so many columns, broken at spaces. */
  public static List<String> wrap(String text, int columns) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.strip().split("\\s+")) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > columns) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }

  /** The text in at most so many columns. */
  public static String fit(String text, int columns) {
    return text.length() <= columns ? text : text.substring(0, Math.max(0, columns - 1)) + "…";
  }
}
