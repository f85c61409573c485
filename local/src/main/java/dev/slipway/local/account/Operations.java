package dev.slipway.local.account;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** The operations that a part of the account serves, by AWS's names. */
public final class Operations {
  private final TreeMap<String, UnaryOperator<ObjectNode>> handlers = new TreeMap<>();

  public Operations on(String operation, UnaryOperator<ObjectNode> handler) {
    if (handlers.put(operation, handler) != null) {
      throw new IllegalArgumentException(operation + " is served twice");
    }
    return this;
  }

  public Operations all(Operations others) {
    others.handlers.forEach(this::on);
    return this;
  }

  public Set<String> names() {
    return handlers.keySet();
  }

  public ObjectNode handle(String operation, ObjectNode input) {
    UnaryOperator<ObjectNode> handler = handlers.get(operation);
    if (handler == null) {
      throw new Refusal(
          "UnknownOperationException",
          "the local account does not serve the operation " + operation);
    }
    return handler.apply(input);
  }
}
