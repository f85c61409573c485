package dev.slipway.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Random;

/**
 * What deploys the service of a history, ECS or CodeDeploy, as the service is set up, and what
 * people can do there.
 */
interface Deployer {

  /** How it is set up, for the trace. */
  String text();

  /** The service is there, and has run its first revision all along. */
  void begin();

  /** The input of CreateService. */
  ObjectNode service(String taskDefinition);

  /** Somebody else deploys a revision; false if AWS refuses it. */
  boolean deploy(String taskDefinition);

  /** Somebody else deploys what runs once more; false if AWS refuses it. */
  boolean deployAgain();

  /** Somebody stops what is under way; false if nothing is. */
  boolean stop(Random random);

  /** What people do here and nowhere else; false if there is nothing of the kind to do. */
  boolean act(Random random);

  /** Somebody has pushed: what comes of it may depend on functions and people for a while. */
  void pushed(Random random);

  /** In the end functions answer well, and nothing waits for a person longer than it is set to. */
  void letGo();

  /** Whether the service has one set of tasks, and nothing is under way. */
  boolean settled(JsonNode service);
}
