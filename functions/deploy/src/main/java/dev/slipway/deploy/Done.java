package dev.slipway.deploy;

/** How a look goes on after a step. */
enum Done {
  /** There is nothing to do until something happens. */
  REST,
  /** Ask for the next step at once. */
  AGAIN
}
