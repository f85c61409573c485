package dev.slipway.aws;

/**
 * The AWS services that Slipway calls. All of them speak AWS JSON over HTTP POST, so one small
 * client serves them all, and no field of an answer is lost to a class that does not know it.
 *
 * @see <a href="https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html">AWS JSON
 *     protocol</a>
 */
public enum AwsService {
  ECS("ecs", "ecs", "AmazonEC2ContainerServiceV20141113", "1.1"),
  ECR("api.ecr", "ecr", "AmazonEC2ContainerRegistry_V20150921", "1.1"),
  SQS("sqs", "sqs", "AmazonSQS", "1.0"),
  DYNAMODB("dynamodb", "dynamodb", "DynamoDB_20120810", "1.0"),
  TAGGING("tagging", "tagging", "ResourceGroupsTaggingAPI_20170126", "1.1"),
  SSM("ssm", "ssm", "AmazonSSM", "1.1"),
  SECRETS_MANAGER("secretsmanager", "secretsmanager", "secretsmanager", "1.1"),
  EVENTS("events", "events", "AWSEvents", "1.1"),
  LOGS("logs", "logs", "Logs_20140328", "1.1"),
  CODEDEPLOY("codedeploy", "codedeploy", "CodeDeploy_20141006", "1.1"),
  CLOUDWATCH("monitoring", "monitoring", "GraniteServiceVersion20100801", "1.0");

  private final String endpointPrefix;
  private final String signingName;
  private final String targetPrefix;
  private final String jsonVersion;

  AwsService(String endpointPrefix, String signingName, String targetPrefix, String jsonVersion) {
    this.endpointPrefix = endpointPrefix;
    this.signingName = signingName;
    this.targetPrefix = targetPrefix;
    this.jsonVersion = jsonVersion;
  }

  /** First part of the host name, before the Region: {@code api.ecr}. */
  public String endpointPrefix() {
    return endpointPrefix;
  }

  /** Name of the service in a Signature Version 4 credential scope. */
  public String signingName() {
    return signingName;
  }

  /** What IAM calls it, and so the policies and people: {@code tag} in {@code tag:GetResources}. */
  public String actionPrefix() {
    return switch (this) {
      case TAGGING -> "tag";
      case CLOUDWATCH -> "cloudwatch";
      case ECS, ECR, SQS, DYNAMODB, SSM, SECRETS_MANAGER, EVENTS, LOGS, CODEDEPLOY -> signingName;
    };
  }

  /** What stands before the dot and the operation in the header {@code X-Amz-Target}. */
  public String targetPrefix() {
    return targetPrefix;
  }

  /** {@code 1.0} or {@code 1.1}, as in {@code application/x-amz-json-1.1}. */
  public String jsonVersion() {
    return jsonVersion;
  }
}
