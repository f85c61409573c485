package dev.slipway.bench;

import dev.slipway.bench.Account.Call;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The calls to AWS from a push to UpdateService, counted, in accounts of different size. Counts are
 * not timings: they are the same on every machine.
 */
final class CallCounts {

  /** An account, and how many of its services follow the repository that is pushed to. */
  record Case(int followers, int services) {

    String title() {
      return "%,d of %,d".formatted(followers, services);
    }
  }

  static final List<Case> CASES =
      List.of(new Case(1, 10), new Case(1, 10_000), new Case(10, 10), new Case(10, 10_000));

  /** Why each call is made. A call that has no reason here is one too many, or wants one. */
  private static final Map<String, String> REASONS =
      Map.ofEntries(
          Map.entry("plan tag:GetResources", "finds the followers, and no other service"),
          Map.entry("plan dynamodb:Query", "the head and its quarantines, to decide with"),
          Map.entry(
              "plan dynamodb:TransactWriteItems", "what is wanted, unless the head has changed"),
          Map.entry("plan sqs:SendMessageBatch", "the looks, ten at a time"),
          Map.entry("deploy dynamodb:Query", "the head and its quarantines, to decide with"),
          Map.entry("deploy ecs:DescribeServices", "what runs, and the tags of this moment"),
          Map.entry("deploy dynamodb:GetItem", "whether somebody holds the whole account"),
          Map.entry(
              "deploy dynamodb:TransactWriteItems",
              "head and record: once before it acts, once after"),
          Map.entry("deploy ecs:DescribeTaskDefinition", "the revision to copy"),
          Map.entry("deploy ecs:RegisterTaskDefinition", "the copy with the image pinned"),
          Map.entry("deploy ecs:UpdateService", "the rollout"));

  private CallCounts() {}

  /** Calls by function and operation, in the order of their first appearance. */
  static Map<String, Integer> count(Launches launches, Case wanted) {
    try (Account account = new Account(launches.template(), Optional.empty());
        FunctionProcess plan = FunctionProcess.start(launches.function("plan", account));
        FunctionProcess deploy = FunctionProcess.start(launches.function("deploy", account))) {
      String repository = "team/web";
      account.push(repository, "v1.0.0");
      account.push("team/other", "v1.0.0");
      for (int i = 0; i < wanted.services(); i++) {
        // The others are tagged too: what they follow is another repository.
        String followed = i < wanted.followers() ? repository : "team/other";
        String arn =
            account.service(
                "app-" + i, followed, Map.of("slipway", "on", "slipway:" + followed, "any"));
        if (i < wanted.followers()) {
          Fleet.takeBaseline(account, deploy, arn);
        }
      }
      account.catchUp();
      pause();
      account.catchUp();
      String push = account.batch("PushQueue", account.push(repository, "v1.1.0"));
      int mark = account.mark();
      FunctionProcess.requireSuccess("plan", plan.invoke(push).response());
      List<String> looks = account.take("LaneQueue");
      for (String look : looks) {
        FunctionProcess.requireSuccess("deploy", deploy.invoke(look).response());
      }
      Map<String, Integer> counted = new LinkedHashMap<>();
      for (Call call : account.callsSince(mark)) {
        String function = call.principal().equals("PlanFunction") ? "plan" : "deploy";
        counted.merge(function + " " + call.name(), 1, Integer::sum);
      }
      int updates = counted.getOrDefault("deploy ecs:UpdateService", 0);
      if (updates != wanted.followers()) {
        throw new IllegalStateException(
            updates + " services were updated, not " + wanted.followers() + "\n" + deploy.log());
      }
      return counted;
    }
  }

  /** Events know seconds: a push in the second of the baseline is not a later one. */
  static void pause() {
    try {
      Thread.sleep(1_100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Why it is made, or empty if nobody has said. */
  static String reason(String call) {
    return REASONS.getOrDefault(call, "");
  }

  /** Operations that were called more often in the larger account, for as many followers. */
  static List<String> growing(Map<Case, Map<String, Integer>> counts) {
    return counts.keySet().stream()
        .flatMap(small ->
            counts.keySet().stream()
                .filter(large ->
                    large.followers() == small.followers() && large.services() > small.services())
                .flatMap(large ->
                    counts.get(large).entrySet().stream()
                        .filter(entry ->
                            entry.getValue() > counts.get(small).getOrDefault(entry.getKey(), 0))
                        .map(entry ->
                            "%s: %d with %,d services, %d with %,d"
                                .formatted(
                                    entry.getKey(),
                                    counts.get(small).getOrDefault(entry.getKey(), 0),
                                    small.services(),
                                    entry.getValue(),
                                    large.services()))))
        .toList();
  }
}
