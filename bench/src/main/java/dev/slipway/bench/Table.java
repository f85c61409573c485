package dev.slipway.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A table in Markdown, so that it can be read in a terminal and put into a page as it is. */
final class Table {
  private final List<String> head;
  private final List<List<String>> rows = new ArrayList<>();

  /** The first column is text, and so is every one whose heading ends in a full stop. */
  Table(String... head) {
    this.head = List.of(head);
  }

  Table row(Object... cells) {
    rows.add(Arrays.stream(cells).map(String::valueOf).toList());
    return this;
  }

  void print(PrintStream out) {
    int[] width = new int[head.size()];
    for (int i = 0; i < width.length; i++) {
      width[i] = heading(i).length();
      for (List<String> row : rows) {
        width[i] = Math.max(width[i], row.get(i).length());
      }
    }
    List<String> headings = new ArrayList<>();
    StringBuilder rule = new StringBuilder("|");
    for (int i = 0; i < width.length; i++) {
      headings.add(heading(i));
      rule.append(text(i) ? ":" : "-").append("-".repeat(width[i]));
      rule.append(text(i) ? "-|" : ":|");
    }
    line(out, headings, width);
    out.println(rule);
    rows.forEach(row -> line(out, row, width));
    out.println();
  }

  private boolean text(int column) {
    return column == 0 || head.get(column).endsWith(".");
  }

  private String heading(int column) {
    String name = head.get(column);
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  private void line(PrintStream out, List<String> cells, int[] width) {
    StringBuilder line = new StringBuilder("|");
    for (int i = 0; i < width.length; i++) {
      String padding = " ".repeat(width[i] - cells.get(i).length());
      line.append(' ');
      line.append(text(i) ? cells.get(i) + padding : padding + cells.get(i));
      line.append(" |");
    }
    out.println(line);
  }
}
