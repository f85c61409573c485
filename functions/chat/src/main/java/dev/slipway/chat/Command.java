package dev.slipway.chat;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a person can write behind {@code /slipway}. */
sealed interface Command {

  /** What is going on, everywhere or in one service. */
  record Status(Optional<String> service) implements Command {}

  /** Nothing new starts in the account. */
  record HoldAll(String why) implements Command {}

  /** Lifts that. */
  record ResumeAll() implements Command {}

  /** Nothing new starts in one service. */
  record Hold(String service, String why) implements Command {}

  /** Lifts that. */
  record Resume(String service) implements Command {}

  /**
   * Lets an image that failed be deployed again.
   *
   * @param image a digest, its beginning, a tag, or repository and tag
   */
  record Release(String service, String image) implements Command {}

  /**
   * How it goes.
   *
   * @param problem what could not be understood; empty if help was asked for
   */
  record Help(String problem) implements Command {}

  /** {@code cluster/service}, as ECS lets them be named. */
  Pattern SERVICE = Pattern.compile("[A-Za-z0-9_-]{1,255}/[A-Za-z0-9_-]{1,255}");

  /** A digest, its beginning with or without the algorithm, a tag, or repository and tag. */
  Pattern IMAGE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_./:-]{0,400}");

  /** Whether only operators may do it. */
  default boolean acts() {
    return switch (this) {
      case Status _, Help _ -> false;
      case HoldAll _, ResumeAll _, Hold _, Resume _, Release _ -> true;
    };
  }

  /** Never fails: what is not understood is answered with help. */
  static Command parse(String text) {
    List<String> words = Arrays.stream(text.strip().split("\\s+")).toList();
    String verb = words.getFirst().toLowerCase(Locale.ROOT);
    List<String> rest = words.subList(1, words.size());
    return switch (verb) {
      case "", "help" -> new Help("");
      case "status" -> status(rest);
      case "hold" -> hold(rest);
      case "resume" -> resume(rest);
      case "release" -> release(rest);
      default -> new Help("I do not know '" + cut(verb) + "'. Write one of these:");
    };
  }

  private static Command status(List<String> rest) {
    if (rest.isEmpty() || all(rest.getFirst())) {
      return new Status(Optional.empty());
    }
    return service(rest.getFirst())
        ? new Status(Optional.of(rest.getFirst()))
        : notAService(rest.getFirst());
  }

  private static Command hold(List<String> rest) {
    if (rest.isEmpty()) {
      return new Help("'hold' needs to know what: 'all', or a service such as prod/web.");
    }
    String why = String.join(" ", rest.subList(1, rest.size()));
    if (all(rest.getFirst())) {
      return new HoldAll(why);
    }
    return service(rest.getFirst()) ? new Hold(rest.getFirst(), why) : notAService(rest.getFirst());
  }

  private static Command resume(List<String> rest) {
    if (rest.isEmpty()) {
      return new Help("'resume' needs to know what: 'all', or a service such as prod/web.");
    }
    if (all(rest.getFirst())) {
      return new ResumeAll();
    }
    return service(rest.getFirst()) ? new Resume(rest.getFirst()) : notAService(rest.getFirst());
  }

  private static Command release(List<String> rest) {
    if (rest.isEmpty()) {
      return new Help(
          "'release' needs a service and the image's digest or tag: '/slipway release prod/web"
              + " v1.2.3'.");
    }
    if (!service(rest.getFirst())) {
      return notAService(rest.getFirst());
    }
    if (rest.size() < 2) {
      return new Help(
          "'release "
              + cut(rest.getFirst())
              + "' needs the image's digest or tag behind it: '/slipway status "
              + cut(rest.getFirst())
              + "' shows what is in quarantine there.");
    }
    String image = rest.get(1);
    return IMAGE.matcher(image).matches()
        ? new Release(rest.getFirst(), image)
        : new Help(
            "'"
                + cut(image)
                + "' is not an image: write its tag, such as v1.2.3, its digest, or at least the"
                + " first twelve digits of that.");
  }

  private static boolean all(String word) {
    return word.equalsIgnoreCase("all");
  }

  private static boolean service(String word) {
    return SERVICE.matcher(word).matches();
  }

  private static Help notAService(String word) {
    return new Help(
        "'"
            + cut(word)
            + "' is not a service: write its cluster and its name, such as prod/web. '/slipway"
            + " status' lists those that I know.");
  }

  private static String cut(String word) {
    return word.length() <= 80 ? word : word.substring(0, 80) + "…";
  }
}
