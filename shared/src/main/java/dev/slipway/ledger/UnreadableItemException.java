package dev.slipway.ledger;

/**
 * An item of the ledger that this version of Slipway cannot read: written by a newer one, or by
 * hand. Names the item and the value.
 */
public final class UnreadableItemException extends RuntimeException {
  public UnreadableItemException(String item, String problem) {
    super("the ledger's item " + item + " cannot be read: " + problem);
  }
}
