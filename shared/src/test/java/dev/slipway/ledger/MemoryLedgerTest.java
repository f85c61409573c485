package dev.slipway.ledger;

import dev.slipway.follow.ServiceRef;

class MemoryLedgerTest extends LedgerContract {
  private MemoryLedger ledger;

  @Override
  protected Ledger ledger() {
    ledger = new MemoryLedger();
    return ledger;
  }

  @Override
  protected void plant(ServiceRef service, String sk, String document) {
    ledger.plant(service, sk, document);
  }
}
