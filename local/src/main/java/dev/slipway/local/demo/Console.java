package dev.slipway.local.demo;

import dev.slipway.chat.Plain;
import dev.slipway.local.demo.Screen.Style;
import dev.slipway.local.page.Timeline.Entry;
import dev.slipway.local.page.Timeline.Kind;
import dev.slipway.local.slack.SlackMessage;
import dev.slipway.local.slack.SlackSimulation.Change;
import dev.slipway.local.slack.Terminal;
import dev.slipway.slack.Message;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;

/**
 * Prints what happens as it happens: the account's time, what sort of thing, which service, what.
 */
public final class Console {

  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneOffset.UTC);
  private static final int KIND = 8;
  private static final int SERVICE = 14;
  private static final String INDENT = " ".repeat(10);

  /** What the titles of cards begin with until there is a verdict. */
  private static final List<String> UNDER_WAY = List.of("⏳", "🚀", "🔎", "⏪");

  private final Screen screen;
  private final Map<String, String> channels;
  private final boolean everything;
  private final Terminal slack;

  /**
   * @param channels id to name of Slack's channels
   * @param everything whether task changes and the clock are printed too
   */
  public Console(Screen screen, Map<String, String> channels, boolean everything) {
    this.screen = screen;
    this.channels = Map.copyOf(channels);
    this.everything = everything;
    this.slack = new Terminal(Math.min(screen.width() - INDENT.length(), 96), screen.coloured());
  }

  /** A line of the timeline. */
  public void entry(Entry entry) {
    // Steps have their own headings.
    boolean printed =
        switch (entry.kind()) {
          case STEP -> false;
          case TASK, CLOCK, OWN -> everything;
          case PUSH, EVENT, LOOK, CALL, VERDICT, CHAT -> true;
        };
    if (!printed) {
      return;
    }
    String service = Screen.clean(entry.service());
    int room = screen.width() - INDENT.length() - KIND - 1;
    String text = Screen.clean(entry.text());
    // Without a service the text begins where the service would stand.
    String rest =
        service.isEmpty()
            ? Screen.fit(text, room)
            : Screen.column(service, Math.max(SERVICE, Math.min(service.length(), 30)))
                + " "
                + Screen.fit(text, Math.max(20, room - SERVICE - 1));
    screen.line(
        screen.styled(Style.SOFT, CLOCK.format(entry.at()) + "  ")
            + screen.styled(
                entry.kind() == Kind.PUSH ? Style.ACCENT : Style.SOFT,
                Screen.column(entry.kind().word(), KIND))
            + " "
            + screen.styled(style(entry), rest));
  }

  private static Style style(Entry entry) {
    return switch (entry.tone()) {
      case GOOD -> Style.GOOD;
      case WARN -> Style.WARN;
      case BAD -> Style.BAD;
      case PLAIN ->
          switch (entry.kind()) {
            case PUSH -> Style.ACCENT;
            case CALL, VERDICT -> Style.PLAIN;
            case STEP, EVENT, OWN, TASK, LOOK, CHAT, CLOCK -> Style.SOFT;
          };
    };
  }

  /**
   * Something changed in Slack. Drawn when it has come to rest: a terminal cannot take back what it
   * printed, and the lines of the timeline tell what was said on the way.
   */
  public void slack(Change change) {
    SlackMessage message = change.message();
    boolean drawn =
        switch (change) {
          case Change.Replied _, Change.Answered _ -> true;
          case Change.Posted _ -> !underWay(message);
          case Change.Edited _ -> !underWay(message) && newTitle(message);
        };
    if (drawn) {
      draw(message);
    }
  }

  private static String title(Message message) {
    List<String> lines = Plain.lines(message);
    return lines.isEmpty() ? "" : lines.getFirst();
  }

  /** Whether its title still has one of the signs of a deployment without a verdict. */
  private static boolean underWay(SlackMessage message) {
    String title = title(message.content());
    return UNDER_WAY.stream().anyMatch(title::startsWith);
  }

  private static boolean newTitle(SlackMessage message) {
    return message.history().isEmpty()
        || !title(message.history().getLast()).equals(title(message.content()));
  }

  private synchronized void draw(SlackMessage message) {
    SlackMessage named =
        new SlackMessage(
            channels.getOrDefault(message.channel(), message.channel()),
            message.ts(),
            message.threadTs(),
            message.aloud(),
            message.content(),
            message.history(),
            message.at());
    List<String> box = slack.draw(named);
    screen.line(INDENT + String.join("\n" + INDENT, box));
  }

  /** What somebody does, or what goes wrong, where the account's own lines do not tell it. */
  public void action(Instant at, String words) {
    screen.line(
        screen.styled(Style.SOFT, CLOCK.format(at) + "  ")
            + screen.styled(Style.ACCENT, Screen.column("does", KIND))
            + " "
            + screen.styled(Style.ACCENT, Screen.clean(words)));
  }

  /** Heading of a step. */
  public void step(int number, int of, String name) {
    screen.line();
    screen.line(screen.styled(Style.STRONG, number + " of " + of + "  " + name));
  }
}
