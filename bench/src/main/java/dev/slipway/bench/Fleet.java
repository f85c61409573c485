package dev.slipway.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.runtime.Json;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * Services that are used once each: a push to one that is already rolling out is another job. Every
 * service has a repository of its own.
 */
final class Fleet {

  /** A service, and the repository whose pushes it wants. */
  record Service(String arn, String name, String repository) {}

  private final Account account;
  private final Deque<Service> fresh = new ArrayDeque<>();

  private Fleet(Account account) {
    this.account = account;
  }

  /** Followers whose baseline is taken, so that the next push is a deployment. */
  static Fleet followers(Account account, FunctionProcess deploy, int count) {
    Fleet fleet = new Fleet(account);
    for (int i = 0; i < count; i++) {
      String repository = "bench/app-" + i;
      Service service =
          fleet.add(
              "app-" + i, repository, Map.of("slipway", "on", "slipway:" + repository, "any"));
      takeBaseline(account, deploy, service.arn());
    }
    return fleet;
  }

  static void takeBaseline(Account account, FunctionProcess deploy, String arn) {
    String look = account.batch("LaneQueue", Json.object().put("look", arn).put("cause", "first"));
    FunctionProcess.requireSuccess("deploy", deploy.invoke(look).response());
  }

  /** The peer's services, which know nothing of Slipway. */
  static Fleet peers(Account account, int count) {
    Fleet fleet = new Fleet(account);
    for (int i = 0; i < count; i++) {
      String repository = "bench/peer-" + i;
      fleet.add("peer-" + i, repository, Map.of("deploy:" + repository, "any"));
    }
    return fleet;
  }

  private Service add(String name, String repository, Map<String, String> tags) {
    account.push(repository, "v1.0.0");
    Service service = new Service(account.service(name, repository, tags), name, repository);
    fresh.add(service);
    return service;
  }

  Service next() {
    return fresh.remove();
  }

  /**
   * Pushes an image for the service, now.
   *
   * @return the event that ECR sends
   */
  ObjectNode push(Service service) {
    account.catchUp();
    return account.push(service.repository(), "v1.1.0");
  }

  /** Pushes, and lets plan do its part: what is left is one look, which is returned. */
  String look(Service service, FunctionProcess plan) {
    plan.invoke(account.batch("PushQueue", push(service)));
    List<String> looks = account.take("LaneQueue");
    if (looks.size() != 1) {
      throw new IllegalStateException(
          "plan sent " + looks.size() + " looks for " + service.name() + "\n" + plan.log());
    }
    return looks.getFirst();
  }
}
