package dev.slipway.local.template;

/** The template cannot be read, or asks for something that the local account does not have. */
public final class TemplateException extends RuntimeException {

  /**
   * @param where logical id and path, for example {@code PlanFunction.Properties.Environment}
   */
  public TemplateException(String where, String message) {
    super(where.isEmpty() ? message : where + ": " + message);
  }
}
