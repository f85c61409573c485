package dev.slipway.diagnosis;

import java.util.Set;

/** What the exit codes of containers mean. */
final class ExitCodes {

  private static final int SIGNALS = 128;

  /** SIGKILL. */
  static final int KILL = 137;

  /** SIGTERM. */
  static final int TERMINATE = 143;

  /** STATUS_CONTROL_C_EXIT: how Windows ends a process that is told to stop. */
  static final int CONTROL_C = 0xC000013A;

  /** By signals that a program brings on itself. */
  static final Set<Integer> CRASHES = Set.of(132, 134, 135, 136, 139);

  /** Of a container that was told to stop. */
  static final Set<Integer> TOLD_TO_STOP = Set.of(KILL, TERMINATE, CONTROL_C);

  private ExitCodes() {}

  /**
   * What an exit code means.
   *
   * @see <a href="https://tldp.org/LDP/abs/html/exitcodes.html">exit codes with special
   *     meanings</a>
   */
  static String meaning(int code, String container, String life) {
    String who = "Container " + container;
    return switch (code) {
      case 0 ->
          who + " ended with exit code 0" + life + ", but an essential container must not end";
      case 126 -> who + " exited with code 126" + life + ": its command cannot be executed";
      case 127 -> who + " exited with code 127" + life + ": its command was not found";
      case 134 -> who + " exited with code 134" + life + ": it aborted (SIGABRT)";
      case KILL ->
          who + " exited with code 137" + life + ": it was killed (SIGKILL), often for its memory";
      case 139 -> who + " exited with code 139" + life + ": segmentation fault (SIGSEGV)";
      case TERMINATE -> who + " exited with code 143" + life + ": it was told to stop (SIGTERM)";
      case CONTROL_C ->
          who + " exited with code 0xC000013A" + life + ": it was told to stop (CTRL+C)";
      default ->
          code > SIGNALS && code <= SIGNALS + 64
              ? who + " exited with code " + code + life + ": ended by signal " + (code - SIGNALS)
              // Windows' codes are known by their hexadecimal form.
              : who
                  + " exited with code "
                  + (code < 0 ? String.format("0x%08X", code) : code)
                  + life;
    };
  }

  static String advice(int code) {
    return switch (code) {
      case 0 -> "Let its main process run in the foreground, or set essential to false";
      case 126, 127 -> "Check entryPoint and command in the task definition against the image";
      case KILL ->
          "See whether its memory was near the limit (Container Insights), and whether it ends on"
              + " SIGTERM within stopTimeout";
      case TERMINATE, CONTROL_C ->
          "Look for what stopped it: another container of the task that ended, or a health check";
      default -> "Look in its log for why it ended";
    };
  }
}
