package dev.slipway.template;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.aws.AwsService;
import dev.slipway.local.template.FunctionSpec;
import dev.slipway.local.template.Stack;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** The calls to AWS that the packaged functions make, as their class files show them. */
public final class AwsCalls {

  private static final String AWS_API = "dev/slipway/aws/AwsApi";

  private static final Map<String, Artefact> ARTEFACTS = new ConcurrentHashMap<>();

  /** A call to AWS by its names. */
  record AwsCall(AwsService service, String operation) {
    @Override
    public String toString() {
      return service + " " + operation;
    }
  }

  private AwsCalls() {}

  /** What all functions of the template call: service and operation, {@code ECS UpdateService}. */
  public static Set<String> ofAllFunctions() {
    Stack stack = Repository.template().stack(Repository.WITH_CHAT);
    Set<String> all = new TreeSet<>();
    for (FunctionSpec function : stack.functions()) {
      in(callsOf(function)).forEach(call -> all.add(call.toString()));
    }
    return all;
  }

  static Artefact artefact(FunctionSpec function) {
    return ARTEFACTS.computeIfAbsent(
        function.code().toString(), zip -> Artefact.of(function.code()));
  }

  static List<Artefact.Call> callsOf(FunctionSpec function) {
    return artefact(function).callsFrom(function.handler());
  }

  /** The calls to AWS among these calls. */
  static List<AwsCall> in(List<Artefact.Call> calls) {
    List<AwsCall> found = new ArrayList<>();
    for (Artefact.Call call : calls) {
      if (call.to().owner().equals(AWS_API) && call.to().name().equals("call") && !passesOn(call)) {
        assertThat(call.arguments().get(0))
            .as("the service of AwsApi.call in %s, which this test wants to read", call.in())
            .isPresent();
        assertThat(call.arguments().get(1))
            .as("the operation of AwsApi.call in %s, which this test wants to read", call.in())
            .isPresent();
        found.add(
            new AwsCall(
                AwsService.valueOf(call.arguments().get(0).orElseThrow()),
                call.arguments().get(1).orElseThrow()));
      }
    }
    return found;
  }

  /** An AwsApi that wraps another one hands on what it was given. */
  private static boolean passesOn(Artefact.Call call) {
    return call.in().name().equals("call") && call.in().descriptor().equals(call.to().descriptor());
  }
}
