package dev.slipway.local.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.slipway.chat.Plain;
import dev.slipway.runtime.Json;
import dev.slipway.slack.Message;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/** Draws a message as a box of text. */
public final class Terminal {

  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneOffset.UTC);
  private static final String RESET = "\u001b[0m";

  private enum Style {
    TITLE("\u001b[1m"),
    TEXT(""),
    FAINT("\u001b[2m"),
    BUTTON("\u001b[7m");

    private final String code;

    Style(String code) {
      this.code = code;
    }
  }

  private record Line(String text, Style style) {}

  private final int width;
  private final boolean colour;

  /**
   * @param width of the whole box, at least 40
   * @param colour whether the terminal knows ANSI escapes
   */
  public Terminal(int width, boolean colour) {
    this.width = Math.max(40, width);
    this.colour = colour;
  }

  /** The box, a string a line; each is {@code width} columns wide. */
  public List<String> draw(SlackMessage message) {
    List<String> box = new ArrayList<>();
    String place = message.channel().isEmpty() ? "only you" : "#" + message.channel();
    box.add(
        edge(
            "╭",
            place
                + (message.inThread()
                    ? " · in the thread" + (message.aloud() ? " and in the channel" : "")
                    : ""),
            CLOCK.format(message.at()),
            "╮"));
    for (Line line : lines(message.content())) {
      for (String part : wrap(line.text(), width - 4)) {
        box.add("│ " + styled(part, line.style()) + " ".repeat(width - 4 - columns(part)) + " │");
      }
    }
    String edits =
        switch (message.edits()) {
          case 0 -> "";
          case 1 -> "edited once";
          default -> "edited " + message.edits() + " times";
        };
    box.add(edge("╰", edits, "", "╯"));
    return box;
  }

  private String styled(String text, Style style) {
    return colour && !style.code.isEmpty() ? style.code + text + RESET : text;
  }

  private String edge(String left, String label, String end, String right) {
    String from = label.isEmpty() ? "─" : "─ " + cut(label, width - end.length() - 10) + " ";
    String to = end.isEmpty() ? "─" : " " + end + " ─";
    int fill = width - 2 - columns(from) - columns(to);
    return left + from + "─".repeat(Math.max(0, fill)) + to + right;
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most - 1) + "…";
  }

  private static List<Line> lines(Message message) {
    List<Line> lines = new ArrayList<>();
    if (message.blocks().isEmpty()) {
      Plain.lines(message).forEach(text -> lines.add(new Line(text, Style.TEXT)));
    }
    for (JsonNode block : message.blocks()) {
      Style style =
          switch (block.path("type").asText()) {
            case "header" -> Style.TITLE;
            case "context" -> Style.FAINT;
            case "actions" -> Style.BUTTON;
            default -> Style.TEXT;
          };
      ArrayNode one = Json.array().add(block);
      Plain.lines(new Message("", one)).forEach(text -> lines.add(new Line(text, style)));
    }
    return lines;
  }

  /** Breaks at spaces where it can, within words where it must. */
  static List<String> wrap(String text, int columns) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.replace("\t", "    ").split(" ", -1)) {
      String rest = word;
      if (!line.isEmpty() && columns(line) + 1 + columns(rest) > columns) {
        lines.add(line.toString());
        line.setLength(0);
      } else if (!line.isEmpty()) {
        line.append(' ');
      }
      while (columns(rest) > columns) {
        int end = fitting(rest, columns);
        lines.add(rest.substring(0, end));
        rest = rest.substring(end);
      }
      line.append(rest);
    }
    lines.add(line.toString());
    return lines;
  }

  private static int fitting(String text, int columns) {
    int end = 0;
    while (end < text.length()) {
      int next = text.offsetByCodePoints(end, 1);
      if (columns(text.substring(0, next)) > columns) {
        break;
      }
      end = next;
    }
    return Math.max(1, end);
  }

  /** Columns that a text takes: emoji take two, joiners and variation selectors none. */
  static int columns(CharSequence text) {
    int columns = 0;
    int last = 0;
    int[] points = text.codePoints().toArray();
    for (int point : points) {
      if (point == 0xFE0F) {
        // What stood before is shown as an emoji now.
        columns += 2 - last;
        last = 2;
        continue;
      }
      last = point == 0x200D ? 0 : wide(point) ? 2 : 1;
      columns += last;
    }
    return columns;
  }

  private static boolean wide(int point) {
    return Character.isEmojiPresentation(point)
        || Character.isIdeographic(point)
        || (point >= 0xAC00 && point <= 0xD7A3)
        || (point >= 0x3041 && point <= 0x30FF)
        || (point >= 0xFF01 && point <= 0xFF60);
  }
}
