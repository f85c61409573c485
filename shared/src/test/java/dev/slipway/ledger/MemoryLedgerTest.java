package dev.slipway.ledger;

class MemoryLedgerTest extends LedgerContract {
  @Override
  protected Ledger ledger() {
    return new MemoryLedger();
  }
}
