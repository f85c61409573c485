package dev.slipway.follow;

/**
 * A tag on a service that cannot be read.
 *
 * @param problem what is wrong with it, to be read after "the tag": {@code is not a duration}
 * @param remedy what would be right
 */
public record TagProblem(String key, String value, String problem, String remedy) {

  /** One sentence for people: key, value, what is wrong and what would be right. */
  public String sentence() {
    return "The tag " + key + " = '" + value + "' " + problem + "; " + remedy + ".";
  }
}
