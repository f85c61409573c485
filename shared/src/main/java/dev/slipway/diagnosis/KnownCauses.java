package dev.slipway.diagnosis;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The texts in which AWS says why a task did not live, and what each means. AWS promises none of
 * them, so they serve people only: no decision is made by them. The first row that matches counts,
 * so special ones stand before general ones. A text that is in no row is shown as it is.
 *
 * <p>Service events repeat the reasons of tasks ("was unable to place a task. Reason: ..."), so
 * there is one table for both.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html">stopped
 *     tasks error messages</a>
 */
final class KnownCauses {

  /**
   * A row.
   *
   * @param name what diagnoses are grouped by
   * @param pattern found anywhere in the text
   * @param sentence {@code {container}} and {@code {Container}} are replaced by the container,
   *     {@code {1}} by a group of the pattern
   * @param remedy what a person can do, as a sentence without its full stop; the same holes
   */
  private record Row(String name, Pattern pattern, String sentence, String remedy) {}

  /** A text that is known. */
  record Known(String name, String sentence, String remedy) {

    /** It only complains: whatever else is known says more. */
    boolean saysLittle() {
      return SAY_LITTLE.contains(name);
    }

    /** It only tells what came after the end: the container would not be gone. */
    boolean cameAfterwards() {
      return name.equals("cannot-stop");
    }

    /** It is the whole cause, so that an exit code says nothing beside it. */
    boolean saysAll() {
      return name.equals("wrong-architecture");
    }

    /** It knows why a load balancer was not content, where {@link #TARGET_FAILED} does not. */
    boolean saysWhyTargetFailed() {
      return name.equals("target-unhealthy");
    }
  }

  private static Row row(String name, String pattern, String sentence, String remedy) {
    return new Row(
        name,
        Pattern.compile(pattern, Pattern.CASE_INSENSITIVE | Pattern.DOTALL),
        sentence,
        remedy);
  }

  private static String any(String... alternatives) {
    return String.join("|", alternatives);
  }

  // ---- Advice that several rows share

  private static final String BUILD =
      "Build the image for the platform of the task (docker buildx build --platform), or change"
          + " runtimePlatform in the task definition";
  private static final String LET_PULL =
      "Let the task's execution role (on EC2 the role of the container instance) pull from the"
          + " repository: ecr:GetAuthorizationToken, ecr:BatchGetImage, ecr:GetDownloadUrlForLayer;"
          + " for a repository of another account its policy as well";
  private static final String LET_READ_SECRET =
      "Let the task's execution role read the secret: secretsmanager:GetSecretValue or"
          + " ssm:GetParameters on it, and kms:Decrypt on its key";
  private static final String MAKE_ROOM =
      "Add container instances or larger ones, lower cpu or memory in the task definition, or lower"
          + " the service's maximumPercent";
  private static final String LOOK_AT_HOST =
      "Look at the load, disk and memory of the host; on EC2 at Docker's log, too";
  private static final String CHECK_TARGETS =
      "Check the health check's path, port and codes against what the container serves, the"
          + " security groups between load balancer and task, and whether"
          + " healthCheckGracePeriodSeconds covers its start";

  private static final List<Row> ROWS =
      List.of(
          // ---- Pulling the image
          // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html

          // Fargate and containerd / Docker
          row(
              "wrong-architecture",
              any(
                  "descriptor matching platform '?([\\w/]+)'?",
                  "no matching manifest for ([\\w/]+(?: [\\d.]+)?)",
                  "no match for platform in manifest"),
              "Wrong architecture: the image of {container} has no build for {1|the platform of the"
                  + " task}",
              BUILD),
          // Fargate cuts long reasons
          row(
              "wrong-architecture",
              "does not contain descriptor",
              "Wrong architecture: the image of {container} has no build for the platform of the"
                  + " task",
              BUILD),
          // Docker on Windows, and containers of the one system on the other
          row(
              "wrong-architecture",
              "image operating system \\W*(\\w+)\\W* cannot be used on this platform",
              "Wrong operating system: the image of {container} is for {1}",
              BUILD),
          row(
              "wrong-architecture",
              any(
                  "operating system does not match the host operating system",
                  "a Windows version [\\d.]+-based image is incompatible with a [\\d.]+ host"),
              "Wrong Windows version: the image of {container} is for another one than its host",
              "Build the image on the Windows version of the host, or change runtimePlatform in the"
                  + " task definition"),
          row(
              "pull-rate-limited",
              any(
                  "toomanyrequests",
                  "pull rate limit",
                  "CannotPull.*(?:429 Too Many Requests|Rate exceeded)"),
              "The image of {container} could not be pulled: its registry's rate limit is reached",
              "Pull with credentials (repositoryCredentials), through a pull-through cache of ECR,"
                  + " or from a copy in ECR"),
          row(
              "pull-no-space",
              any(
                  "(?:CannotPull|pull|GetImageBlob|extract|unpack).*no space left on device",
                  "CannotPull.*not enough space on the disk",
                  "CannotPull.*Thin Pool has \\d+ free"),
              "The image of {container} could not be pulled: no space is left on the disk",
              "Raise ephemeralStorage in the task definition on Fargate; on EC2 free or enlarge the"
                  + " disk of the container instance"),
          // ECR hands out layers from a bucket of S3, which is reached through another endpoint
          row(
              "pull-layers-denied",
              "CannotPull.*starport-layer-bucket.*(?:403|AccessDenied|Forbidden)",
              "The image of {container} could not be pulled: access to its layers in S3 was denied",
              "Let the policy of the VPC endpoint for S3 allow s3:GetObject on the bucket"
                  + " prod-REGION-starport-layer-bucket"),
          row(
              "pull-layers-unreachable",
              any(
                  "CannotPull.*starport-layer-bucket.*(?:timeout|deadline|cancel|refused|reset|no"
                      + " such host|unreachable|EOF)",
                  "pull command failed: panic: runtime error: invalid memory address"),
              "The image of {container} could not be pulled: the task cannot reach S3, where ECR"
                  + " keeps its layers",
              "Add a gateway endpoint for S3 (or a NAT gateway) to the route tables of the task's"
                  + " subnets, and let the security groups use port 443"),
          row(
              "pull-denied",
              any(
                  "CannotPull.*not authorized to perform: (\\w[\\w-]*:\\w+)",
                  "not authorized to perform: (ecr(?:-public)?:\\w+)"),
              "The image of {container} could not be pulled: access was denied ({1|})",
              LET_PULL),
          row(
              "pull-credentials",
              "CannotPull.*(?:incorrect username or password|authorization token has expired|bad"
                  + " credentials)",
              "The image of {container} could not be pulled: the registry refuses the credentials",
              "Renew the secret that repositoryCredentials names; on EC2 restart the agent if its"
                  + " token of ECR has expired"),
          // Registries answer this for a repository that does not exist, too
          row(
              "pull-denied",
              any(
                  "pull access denied",
                  "repository does not exist or may require",
                  "has permissions to pull images from Amazon ECR"),
              "The image of {container} could not be pulled: its repository does not exist, or"
                  + " access to it was denied",
              "Check the image's name. " + LET_PULL),
          row(
              "pull-denied",
              any(
                  "no basic auth credentials",
                  "Check that the role has the permissions? to pull",
                  "CannotPull.*(?:403 Forbidden|AccessDenied|not authorized|unauthorized|denied)",
                  "retrieve ecr registry auth.*AccessDenied"),
              "The image of {container} could not be pulled: access was denied",
              LET_PULL),
          row(
              "pull-certificate",
              "CannotPull.*(?:x509:|certificate signed by unknown authority|tls: failed to"
                  + " verify|server gave HTTP response to HTTPS client)",
              "The image of {container} could not be pulled: its registry's certificate is not"
                  + " trusted",
              "Give the registry a certificate of a public authority, or have its clients trust"
                  + " it"),
          row(
              "pull-network",
              any(
                  "There is a connection issue between the task and Amazon ECR",
                  "can.?t pull the image\\. Check your network configuration",
                  "CannotPull.*Check your (?:\\w+ )?network configuration",
                  "CannotPull.*(?:i/o timeout|request cancell?ed|context cancell?ed|context"
                      + " deadline exceeded|connection refused|connection reset|TLS handshake"
                      + " timeout|no such host|no route to host|network is unreachable|send request"
                      + " failed|failed to do request|unexpected EOF)",
                  "retrieve ecr registry auth.*(?:send request failed|RequestCancell?ed|i/o"
                      + " timeout|context)"),
              "The image of {container} could not be pulled: the task cannot reach the registry",
              "Give the task's subnets a way out: a NAT gateway, a public IP address, or VPC"
                  + " endpoints for ecr.api, ecr.dkr and S3; and let the security groups use port"
                  + " 443"),
          row(
              "pull-timeout",
              "CannotPull.*(?:signal: killed|timed out)",
              "The image of {container} could not be pulled: it took too long",
              "Check the way to the registry and S3 (NAT gateway or VPC endpoints); a smaller image"
                  + " helps too"),
          row(
              "pull-not-found",
              "CannotPull.*(?:not found|manifest unknown|does not exist|name unknown)",
              "The image of {container} could not be pulled: it is not in the registry",
              "Push the image again, and check that no lifecycle policy of the repository removes"
                  + " it"),
          // https://vrnithinkumar.github.io/2025/02/17/aws-ecs-docker-pull-error: gzip beside zstd
          row(
              "pull-layers",
              "number of layers and diffIDs don't match",
              "The image of {container} could not be pulled: its layers are compressed in different"
                  + " ways",
              "Build all layers anew with one compression (docker buildx build --output"
                  + " type=image,compression=gzip,force-compression=true)"),
          row(
              "pull-layers",
              any("invalid tar header", "CannotPull.*(?:gzip: invalid header|unexpected gzip)"),
              "The image of {container} could not be pulled: its host cannot unpack the compression"
                  + " of its layers",
              "Compress the layers with gzip, or use a newer AMI or platform version"),
          row(
              "pull-layers",
              any(
                  "stream processor for (\\S+?):? no processor",
                  "no processor for media-type:? ?(\\S*)"),
              "The image of {container} could not be pulled: a layer is of a kind that cannot be"
                  + " unpacked ({1|unknown})",
              "Push a container image under this tag; attestations and other artefacts cannot run"
                  + " (docker buildx build --provenance=false)"),
          row(
              "pull-layers",
              "(?:media type|schema version) .{0,120}(?:no longer"
                  + " supported|unsupported)|unsupported schema version",
              "The image of {container} could not be pulled: its format is no longer supported",
              "Build and push the image with a current builder"),
          row(
              "pull-damaged",
              "CannotPull.*(?:verification failed|unexpected commit digest|failed size validation)",
              "The image of {container} could not be pulled: it arrived damaged",
              "Nothing if it happens once; else push the image again"),
          row(
              "pull-configuration",
              "error pulling image conf",
              "The image of {container} could not be pulled: its registry's rate limit is reached,"
                  + " or the network failed on the way",
              "Pull with credentials or through a cache, and check the way to the registry"),
          row(
              "pull-failed",
              "CannotPull\\w*:? *(?:(?:Error response from daemon|API error \\(\\d+\\)): *)*(.+)",
              "The image of {container} could not be pulled: {1}",
              "Try to pull it with the same role from the same subnet; ECS's words say how far it"
                  + " came"),

          // ---- Before the container starts
          // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html
          row(
              "secret-key-missing",
              "did not contain json key (\\S+?)[.,;]?(?:\\s|$)",
              "A secret that the task definition names has no key {1}",
              "Add the key to the secret, or correct its name in the task definition"),
          row(
              "secret-not-json",
              "retrieve secret from asm: (?:.*: )?invalid character",
              "A secret of which the task definition names a key is not JSON",
              "Store the secret as a JSON object, or leave out the key in the task definition"),
          row(
              "secret-arn",
              any("invalid ARN format for the AWS Secrets Manager secret", "unexpected ARN format"),
              "The ARN of a secret in the task definition is not valid",
              "Correct valueFrom in the task definition:"
                  + " arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-XXXXXX[:KEY:STAGE:VERSION]"),
          row(
              "parameter-missing",
              any(
                  "invalid ssm parameters: (.+?)(?: ?\\.)?$",
                  "SSM Parameter Store.*invalid parameters: (.+?)(?: ?\\.)?$"),
              "A parameter that the task definition names does not exist: {1|}",
              "Create the parameter in the task's region, or correct its name in the task"
                  + " definition"),
          row(
              "secret-empty",
              any(
                  "fetch secret (\\S+) from secrets manager.*can.?t find the specified secret"
                      + " value",
                  "secret (arn:\\S+?):? .*can.?t find the specified secret value"),
              "A secret that the task definition names has no value: {1|}",
              "Store a value; the definition may name a version or stage that the secret does not"
                  + " have"),
          row(
              "secret-empty",
              "can.?t find the specified secret value",
              "A secret that the task definition names has no value",
              "Store a value; the definition may name a version or stage that the secret does not"
                  + " have"),
          row(
              "secret-missing",
              any(
                  "fetch secret (\\S+) from secrets manager.*ResourceNotFoundException",
                  "secret (arn:\\S+?):? *ResourceNotFoundException",
                  "can.?t retrieve the secret with ARN '?([^'\\s]+?)'? ?from AWS"),
              "A secret that the task definition names does not exist: {1|}",
              "Create the secret in the task's region, or correct its ARN in the task definition"),
          row(
              "secret-missing",
              any(
                  "Secrets Manager can.?t find the specified secret",
                  "ParameterNotFound",
                  "can.?t pull the secret from Secrets Manager"),
              "A secret that the task definition names does not exist",
              "Create the secret in the task's region, or correct its name in the task definition"),
          row(
              "secret-denied",
              "not authorized to perform: ((?:secretsmanager|ssm|kms):\\w+)",
              "The task's execution role may not read a secret ({1} was denied)",
              LET_READ_SECRET),
          row(
              "secret-denied",
              any(
                  "Access to KMS is not allowed",
                  "ciphertext refers to a customer master key that does not exist"),
              "The task's execution role may not use the key that encrypts a secret",
              "Let the execution role use kms:Decrypt on the key, in the role and in the key's"
                  + " policy"),
          row(
              "secret-denied",
              any(
                  "retrieve secrets? from (?:ssm|asm):.*AccessDenied",
                  "fetching secret data from .*AccessDenied"),
              "The task's execution role may not read a secret",
              LET_READ_SECRET),
          row(
              "secret-unreachable",
              any(
                  "connection issue between the task and AWS (?:Secrets Manager|Systems Manager)",
                  "Check your network connection between the task and AWS (?:Secrets"
                      + " Manager|Systems Manager)",
                  "unable to (?:pull secrets|retrieve secrets?) .*(?:RequestCancell?ed|context"
                      + " deadline|i/o timeout|send request failed)",
                  "fetching secret data from .*(?:RequestCancell?ed|context deadline|i/o"
                      + " timeout|send request failed|RequestError)"),
              "The task cannot reach the service that holds its secrets",
              "Give the task's subnets a way out: a NAT gateway, a public IP address, or VPC"
                  + " endpoints for secretsmanager, ssm and kms; and let the security groups use"
                  + " port 443"),
          row(
              "start-unreachable",
              "(?:unable to pull secrets or registry auth: pull command failed|pull command failed:"
                  + " unable to pull secrets or registry auth|unable to pull secrets or registry"
                  + " auth.*signal: killed)",
              "The task cannot reach the service that holds its secrets, or its registry",
              "Give the task's subnets a way out: a NAT gateway, a public IP address, or VPC"
                  + " endpoints for secretsmanager, ssm, ecr.api, ecr.dkr and S3; and let the"
                  + " security groups use port 443"),
          row(
              "secret-failed",
              "unable to (?:retrieve secrets? from (?:ssm|asm)|get registry auth from asm):"
                  + " *(?:service call has been retried \\d+ time\\(s\\): *)?(.+)",
              "A secret that the task definition names could not be read: {1}",
              LET_READ_SECRET),
          row(
              "execution-role-missing",
              "unable to find execution role credentials",
              "The task definition names no execution role that ECS can use",
              "Set executionRoleArn in the task definition"),
          row(
              "environment-file",
              any(
                  "connection issue between the task and Amazon S3",
                  "download env(?:ironment)? file.*(?:RequestCancell?ed|context deadline|i/o"
                      + " timeout|send request failed)"),
              "An environment file could not be read from S3: the task cannot reach S3",
              "Give the task's subnets a way out: a NAT gateway, a public IP address, or VPC"
                  + " endpoints for S3 (a gateway endpoint); and let the security groups use port"
                  + " 443"),
          row(
              "environment-file",
              "download env(?:ironment)? file.*(?:403|Forbidden|AccessDenied)",
              "An environment file could not be read from S3: access was denied, or it does not"
                  + " exist",
              "Let the task's execution role use s3:GetObject on the file and s3:GetBucketLocation"
                  + " on its bucket, and check that the file is there"),
          row(
              "environment-file",
              "download env(?:ironment)? file.*(?:404|NotFound|NoSuch|not found)",
              "An environment file could not be read from S3: it does not exist",
              "Put the file there, or correct environmentFiles in the task definition"),
          row(
              "environment-file",
              "download env(?:ironment)? files?:? *(.+)",
              "An environment file could not be read from S3: {1}",
              "Check environmentFiles in the task definition and that the execution role may read"
                  + " them"),
          row(
              "log-group-unreachable",
              any(
                  "connection issue between the task and Amazon CloudWatch",
                  "Cloudwatch log (?:stream|group).*(?:RequestCancell?ed|context deadline|i/o"
                      + " timeout|send request failed|RequestError)"),
              "The log group was not found: the task cannot reach CloudWatch Logs",
              "Give the task's subnets a way out: a NAT gateway, a public IP address, or VPC"
                  + " endpoints for logs; and let the security groups use port 443"),
          row(
              "log-group-missing",
              any(
                  "specified log group does not exist",
                  "cannot find the Amazon CloudWatch log group"),
              "The log group that the task definition names does not exist",
              "Create the log group, or set awslogs-create-group and let the execution role use"
                  + " logs:CreateLogGroup"),
          row(
              "log-group-denied",
              "not authorized to perform: (logs:\\w+)",
              "The task's execution role may not write logs ({1} was denied)",
              "Let the task's execution role use logs:CreateLogStream and logs:PutLogEvents on the"
                  + " log group; with awslogs-create-group also logs:CreateLogGroup"),
          row(
              "log-group-denied",
              any("Cloudwatch log (?:stream|group).*AccessDenied"),
              "The task's execution role may not write logs",
              "Let the task's execution role use logs:CreateLogStream and logs:PutLogEvents on the"
                  + " log group"),
          row(
              "log-group-denied",
              any(
                  "logging driver.*NoCredentialProviders",
                  "logging driver.*failed to refresh cached credentials"),
              "The log driver of {container} has no credentials",
              "Give the task definition an execution role, or the container instance a role, that"
                  + " may write logs"),
          row(
              "log-router",
              "(unable to (?:generate|download|initialize) firelens.+)",
              "The FireLens log router could not be set up: {1}",
              "Check firelensConfiguration and the log options of the containers in the task"
                  + " definition"),
          row(
              "log-driver",
              "failed to (?:initialize logging driver|validate logger args):? *(.+)",
              "The log driver of {container} could not be started: {1}",
              "Check logConfiguration in the task definition"),
          // https://repost.aws/knowledge-center/fargate-unable-to-mount-efs
          row(
              "volume",
              "mount\\.nfs4?.*access denied by server",
              "An EFS volume could not be mounted: access was denied",
              "Let the file system's policy and the task role use elasticfilesystem:ClientMount,"
                  + " and turn on transitEncryption and iam in the volume's configuration"),
          row(
              "volume",
              "EFS utils.*Failed to resolve",
              "An EFS volume could not be mounted: its name cannot be resolved",
              "Check that the file system has a mount target in the task's availability zone, and"
                  + " that the VPC has DNS resolution and DNS hostnames turned on"),
          row(
              "volume",
              "(?:EFS utils|mount\\.nfs4?).*No such file or directory",
              "An EFS volume could not be mounted: its root directory does not exist",
              "Create the directory in the file system, or use an access point that creates it"),
          row(
              "volume",
              "(?:EFS utils|mount\\.nfs4?).*(?:timed? ?out|timeout|Connection"
                  + " (?:refused|reset)|mount system call failed)",
              "An EFS volume could not be mounted: it cannot be reached",
              "Let the security group of the mount target take port 2049 from the task's security"
                  + " group, and check that there is a mount target in each of the task's zones"),
          row(
              "volume",
              "failed to invoke EFS utils commands to set up EFS volumes:? *(?:stderr: *)?(.+)",
              "An EFS volume could not be mounted: {1}",
              "Check the volume's configuration, the mount targets and their security groups (port"
                  + " 2049)"),
          row(
              "volume",
              "failed to copy file info for .*failed to chown .*: operation not permitted",
              "A volume of {container} could not be filled from its image: it may not change owners"
                  + " there",
              "Mount the volume on a path that is empty in the image, or use an access point whose"
                  + " user owns the files"),
          // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshoot-ebs-volumes-scenarios.html
          row(
              "volume",
              "ECS failed to set up the EBS volume\\. *(?:Encountered )?(.+)",
              "An EBS volume could not be set up: {1}",
              "Check the KMS key, the snapshot and the infrastructure role in the service's volume"
                  + " configuration"),
          row(
              "volume",
              any(
                  "ECS timed out while configuring the EBS volume",
                  "Timeout waiting for EBS volume"),
              "An EBS volume could not be attached in time",
              "Check that its file system fits the task's operating system and its snapshot"),
          // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cannot-create-volume.html
          row(
              "volume",
              "CannotCreateVolumeError:? *(.+)",
              "A volume could not be created: {1}",
              "Check the volumes in the task definition"),
          row(
              "volume",
              "InvalidVolumeError:? *(.+)",
              "A volume of the task definition is not valid: {1}",
              "Check the volumes in the task definition"),
          row(
              "credential-spec",
              "((?:unsupported |invalid )?credential-?spec.+)",
              "The credential spec of {container} could not be used: {1}",
              "Check credentialSpecs in the task definition, and that the execution role may read"
                  + " what they name"),
          // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
          row(
              "role",
              "unable to assume the configured ECS Infrastructure Role '([^']+)'",
              "ECS cannot assume the infrastructure role {1}: it is missing, or its trust policy"
                  + " does not allow it",
              "Check that the role exists, that its trust policy names ecs.amazonaws.com, and that"
                  + " who deploys may use iam:PassRole on it"),
          row(
              "role",
              any(
                  "unable to assume (?:the )?role '([^']+)'",
                  "unable to assume (?:the )?role (arn:\\S+?)\\.?(?:\\s|$)"),
              "ECS cannot assume the role {1|of the task}: it is missing, or its trust policy does"
                  + " not allow it",
              "Check that the role exists, that its trust policy names ecs-tasks.amazonaws.com (for"
                  + " a hook or a volume ecs.amazonaws.com), and that who deploys may use"
                  + " iam:PassRole on it"),
          row(
              "role",
              any(
                  "unable to assume (?:the |a )?role",
                  "IAM trust relationship has been misconfigured",
                  "not authorized to perform: sts:AssumeRole"),
              "ECS cannot assume a role of the task: it is missing, or its trust policy does not"
                  + " allow it",
              "Check that the role exists, that its trust policy names ecs-tasks.amazonaws.com, and"
                  + " that who deploys may use iam:PassRole on it"),
          row(
              "role-permissions",
              "missing permissions on ECS Infrastructure Role '([^']+)'",
              "The infrastructure role {1} may not do what ECS needs",
              "Attach AmazonECSInfrastructureRolePolicyForLoadBalancers to the role, and check that"
                  + " its trust policy names ecs.amazonaws.com"),
          row(
              "role-permissions",
              "not authorized to perform:"
                  + " ((?:elasticloadbalancing|ec2|iam|lambda|servicediscovery|vpc-lattice|elasticfilesystem):\\w+)",
              "A role of the service may not do what ECS needs ({1} was denied)",
              "Let the role that ECS's words name do it"),
          row(
              "role-permissions",
              "IAM permissions policies have been misconfigured",
              "A role of the service has lost permissions that ECS needs",
              "Look in CloudTrail for what was denied, and give it back to the role"),
          // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/failed-to-start-error.html
          row(
              "no-addresses",
              any(
                  "InsufficientFreeAddressesInSubnet",
                  "insufficient free addresses",
                  "not have enough free (?:IP )?addresses"),
              "Network: a subnet of the service has no free IP address",
              "Give the service more or larger subnets"),
          row(
              "network-interface",
              "(Unexpected EC2 error while attempting to .+)",
              "Network: the task got no network interface: {1}",
              "Check that the subnets and security groups of the service exist and that the subnets"
                  + " have free addresses"),
          row(
              "network-interface",
              any("Unable to attach network interface to unused device index", "RESOURCE:ENI"),
              "Network: no container instance has a network interface to spare",
              "Add container instances or larger ones, or turn on ENI trunking (account setting"
                  + " awsvpcTrunking)"),
          row(
              "network-interface",
              any(
                  "Timeout waiting for network interface provisioning",
                  "Unable to attach network interface",
                  "network interface provision",
                  "failed to setup network namespace",
                  "ContainerNetworkingError",
                  "InternalError: .*\\bENI\\b"),
              "Network: the task got no network interface",
              "Nothing if it happens once; else look at the limits of network interfaces of the"
                  + " account and the instances"),
          // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshooting-blue-green.html
          row(
              "load-balancer",
              "invalid networking configuration[.:]? *(.+)",
              "The service's load balancer is not set up for this strategy: {1}",
              "Put the listener rules and target groups right as ECS's words say"),
          row(
              "load-balancer",
              "(?:is )?not healthy in \\(?target-group.*TARGET GROUP IS NOT FOUND",
              "The service's target group does not exist",
              "Create the service anew with a target group that exists; ECS cannot change it"
                  + " otherwise"),
          row(
              "load-balancer",
              "failed to (?:register targets in|describe target health on) .*?with \\(error"
                  + " (.+?)\\)?\\.?$",
              "The load balancer does not take the tasks as targets: {1}",
              "Check that target group, tasks and load balancer are in the same VPC and zones, and"
                  + " that its target type fits (ip for awsvpc)"),

          // ---- Room
          row(
              "port-taken",
              any(
                  "port is already allocated",
                  "address already in use",
                  "EADDRINUSE",
                  "already using a port required by your task",
                  "RESOURCE:PORTS"),
              "A port that {container} needs is taken",
              "Look for what listens on it: another container of the task, or with a fixed hostPort"
                  + " another task of the instance (hostPort 0 lets ECS choose)"),
          row(
              "capacity",
              "Unable to launch instance\\(s\\) for capacity provider (\\S+?)\\.? +(?:\\w+: )?(.+)",
              "No capacity: no instance could be launched for capacity provider {1}: {2}",
              "Look at the capacity provider and the EC2 limits of the account; other instance"
                  + " types or zones may have room"),
          row(
              "capacity",
              "Unable to launch instance",
              "No capacity: no instance could be launched",
              "Look at the capacity provider and the EC2 limits of the account"),
          row(
              "capacity",
              "Capacity is unavailable at this time",
              "No capacity: AWS has none for this task in these zones at this time",
              "Wait, or give the service subnets in more zones, or a second capacity provider"
                  + " (FARGATE beside FARGATE_SPOT)"),
          row(
              "capacity",
              "No Container Instances were found in your (cluster|capacity provider)",
              "No capacity: there are no container instances in the {1}",
              "Start container instances, or let the service use a capacity provider that does"),
          row(
              "capacity",
              "has insufficient (CPU|memory|GPU)",
              "No capacity: no container instance has enough {1}",
              MAKE_ROOM),
          row(
              "capacity",
              "RESOURCE:(CPU|GPU)",
              "No capacity: no container instance has enough {1}",
              MAKE_ROOM),
          row(
              "capacity",
              "RESOURCE:MEMORY",
              "No capacity: no container instance has enough memory",
              MAKE_ROOM),
          row(
              "capacity",
              "is missing an attribute required by your task|encountered error \\W*ATTRIBUTE",
              "No capacity: no container instance has an attribute that the task requires",
              "Look at requiresAttributes of the task definition: log drivers, network mode,"
                  + " subnets and zones of the instances"),
          row(
              "capacity",
              "(DistinctInstance|MemberOf|\\w+) placement constraint unsatisfied",
              "No capacity: no container instance satisfies the placement constraint {1}",
              "Add container instances that do, or change the constraint"),
          row(
              "capacity",
              any(
                  "encountered error \\W*AGENT",
                  "agent (?:is |that's currently )?disconnected",
                  "Timed out waiting for Amazon ECS Agent",
                  "TaskFailedToStart: AGENT"),
              "No capacity: the agent of the container instance is not connected",
              "Restart the agent (sudo systemctl restart ecs), and look at"
                  + " /var/log/ecs/ecs-agent.log"),
          row(
              "capacity",
              "reached the limit on the number of ((?:\\w+ ){0,3}(?:tasks|vCPUs)) you can run"
                  + " concurrently",
              "No capacity: the account's limit of {1} is reached",
              "Ask for a higher limit in Service Quotas, or stop what is not needed"),
          row(
              "capacity",
              "requested (CPU|MEMORY) configuration is above your limit",
              "No capacity: the task asks for more {1} than the account's limit",
              "Ask for a higher limit in Service Quotas, or lower the task's size"),
          row(
              "capacity",
              "tasks provisioning capacity limit was exceeded",
              "No capacity: too many tasks of the cluster are being provisioned",
              "Wait until other rollouts of the cluster are done"),
          row(
              "capacity",
              any(
                  "no container instance met all of its requirements",
                  "insufficient capacity",
                  "because the resources could not be found"),
              "No capacity: no container instance meets the task's requirements",
              MAKE_ROOM),
          // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/spot-interruption-errors.html
          row(
              "spot",
              any("Spot (?:Task|instance) (?:was |is being )?interrupted", "SpotInterruption"),
              "No capacity: AWS took back a spot task",
              "Nothing: ECS starts another; a second capacity provider without spot helps where"
                  + " there is none"),
          row(
              "host-lost",
              any(
                  "Host EC2 \\(instance [^)]+\\) (?:was )?(?:terminated|stopped)",
                  "underlying (?:infrastructure|hardware)",
                  "deregistration forced by user"),
              "The host of the task went away",
              "Nothing: ECS starts another task"),
          row(
              "protected-tasks",
              any("number of protected tasks", "tasks? under protection"),
              "Tasks under scale-in protection may not be stopped, so that the service cannot"
                  + " settle",
              "Wait until the protection ends, or take it away with UpdateTaskProtection"),
          row(
              "deployment-configuration",
              "unable to stop or start tasks during a deployment because of the service deployment"
                  + " configuration",
              "The service's minimumHealthyPercent and maximumPercent leave no room to replace a"
                  + " task",
              "Raise maximumPercent or lower minimumHealthyPercent so that one task more or one"
                  + " less is allowed"),
          row(
              "compute-mismatch",
              "task definition is not compatible with the selected compute strategy",
              "The task definition does not fit the cluster's kind of capacity",
              "Make requiresCompatibilities of the task definition and the service's capacity"
                  + " provider or launch type agree"),

          // ---- The container's life
          // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/out-of-memory.html
          row(
              "out-of-memory",
              any(
                  "OutOfMemoryError: Container killed",
                  "container killed due to (?:high )?memory usage",
                  "OutOfMemory: ",
                  "OOM-?killed"),
              "{Container} ran out of memory and was killed{life}",
              "Raise memory of the container or the task in the task definition, or find what takes"
                  + " it"),
          row(
              "too-little-memory",
              "Minimum memory limit",
              "{Container} gets too little memory to start",
              "Raise memory of the container in the task definition"),
          row(
              "heap",
              "java\\.lang\\.OutOfMemoryError: (?:\\S+ )?(Metaspace|Compressed class space|Direct"
                  + " buffer memory|PermGen space|unable to create (?:new )?native thread|Cannot"
                  + " reserve)",
              "{Container} ran out of memory in its JVM ({1}){life}",
              "Give the JVM more of it, and the container the memory for that"),
          row(
              "heap",
              any("java\\.lang\\.OutOfMemoryError", "JavaScript heap out of memory"),
              "{Container} ran out of heap memory{life}",
              "Raise the heap's limit (-XX:MaxRAMPercentage, --max-old-space-size) and the"
                  + " container's memory with it"),
          // https://repost.aws/knowledge-center/ecs-task-stopped
          row(
              "wrong-architecture",
              "exec format error",
              "Wrong architecture: the image of {container} was built for another processor than"
                  + " the task's (exec format error)",
              "Build the image for the platform of the task (docker buildx build --platform), or"
                  + " change runtimePlatform in the task definition. A script as entry point needs"
                  + " a first line such as #!/bin/sh"),
          // What the kernel says when it starts a script, in the container's own log
          row(
              "interpreter",
              "^\\W*(?:standard_init_linux\\.go:\\d+: )?exec (?:user process caused:?|/\\S+:)"
                  + " \\W*no such file or directory",
              "The command of {container}, or the interpreter in its first line, was not found in"
                  + " its image",
              "Check entryPoint and command in the task definition, that scripts end their lines"
                  + " with LF, and that the image holds the shell that their first line names"),
          // https://github.com/opencontainers/runc says it like this
          row(
              "command",
              "exec:? [\\s\"\\\\]*([^\":\\\\]+)[\"\\\\]*: (?:executable file not found|stat .*no"
                  + " such f|no such f)",
              "The command of {container} was not found in its image: {1}",
              "Check entryPoint and command in the task definition, and that the image holds them;"
                  + " a volume may hide them"),
          row(
              "command",
              "exec:? [\\s\"\\\\]*([^\":\\\\]+)[\"\\\\]*: (?:permission denied|is a directory)",
              "The command of {container} may not be executed: {1}",
              "Make it executable in the image (chmod +x)"),
          row(
              "user",
              any("unable to find user (\\S+?):", "no matching entries in (passwd|group) file"),
              "The user {1|of the task definition} of {container} does not exist in its image",
              "Create the user in the image, or correct user in the task definition"),
          row(
              "working-directory",
              "chdir to cwd \\([\"\\\\]*([^\")\\\\]+)[\"\\\\]*\\) set in config\\.json failed",
              "The working directory of {container} cannot be entered: {1}",
              "Create it in the image, or correct workingDirectory in the task definition"),
          row(
              "environment-too-large",
              "argument list too long",
              "The command and environment of {container} are too large to start it",
              "Pass large values by file instead of by environment variable"),
          row(
              "device",
              "error gathering device information while adding custom device [\"\\\\]*([^\"\\\\]+)",
              "A device that the task definition names is not on the host: {1}",
              "Take another kind of instance, or correct devices in the task definition"),
          row(
              "device",
              any("could not select device driver", "nvidia-container-cli"),
              "The host has no GPU that {container} can use",
              "Use the GPU AMI of ECS on an instance with GPUs"),
          row(
              "host-disk-full",
              any(
                  "Cannot(?:Create|Start)Container.*no space left on device",
                  "Cannot(?:Create|Start)Container.*Thin Pool has \\d+ free"),
              "{Container} could not be started: no space is left on the disk of its host",
              "Free or enlarge the disk of the container instance"),
          // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-runtime-timeout-error.html
          row(
              "cannot-stop",
              "(?:ContainerRuntimeTimeout|DockerTimeout)(?:Error)?: Could not tran\\w* to stopped;?"
                  + " timed out after waiting ([\\w.]+)",
              "{Container} did not stop within {1}",
              "Let it end on SIGTERM, or raise stopTimeout in the task definition"),
          row(
              "runtime-timeout",
              "(?:ContainerRuntimeTimeout|DockerTimeout)(?:Error)?: Could not tran\\w* to (\\w+);?"
                  + " timed out after waiting ([\\w.]+)",
              "{Container} did not become {1} within {2}",
              LOOK_AT_HOST),
          row(
              "runtime-timeout",
              "(?:ContainerRuntimeTimeout|DockerTimeout)(?:Error)?:? *(.+)",
              "{Container} took too long: {1}",
              LOOK_AT_HOST),
          // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cannot-start-container.html
          row(
              "cannot-start",
              "Cannot(?:Start|Create)ContainerError:? *(?:(?:ResourceInitializationError|API error"
                  + " \\(\\d+\\)|Error response from daemon|failed to create new container runtime"
                  + " task|failed to create (?:shim )?task(?: for container)?|OCI runtime"
                  + " (?:create|start) failed|runc create failed|unable to start container"
                  + " process|error during container init): *)*(.+)",
              "{Container} could not be started: {1}",
              "Try docker run with the same image, command, user and volumes"),
          row(
              "cannot-inspect",
              "CannotInspectContainerError:? *(.+)",
              "ECS lost sight of {container}: {1}",
              "Nothing if it happens once; else look at the load, disk and memory of the host; on"
                  + " EC2 at Docker's log, too"),
          row(
              "cannot-stop",
              "CannotStopContainerError:? *(.+)",
              "{Container} did not stop: {1}",
              "Let it end on SIGTERM, or raise stopTimeout in the task definition"),
          row(
              "dependencies",
              "TaskDependencyError|Task dependencies cannot be resolved",
              "Containers of the task wait for each other or for one that does not exist",
              "Correct dependsOn, links and volumesFrom in the task definition"),
          row(
              "agent",
              "(?:ContainerRuntimeError|DockerStateError|ContainerVanishedError|NoSuchContainerError|Cannot(?:Describe|List|Remove)Container\\w*Error|CannotGetDocker\\w+Error|HostConfigError|DockerClientConfigError|ImpossibleStateTransitionError|TaskStateError|TaskStoppedBeforePullBeginError):?"
                  + " *(.+)",
              "The container runtime of the host failed: {1}",
              "Nothing if it happens once; else look at the agent's and Docker's log on the host"),
          row(
              "resource-initialization",
              "ResourceInitializationError:? *(.+)",
              "The task's resources could not be prepared: {1}",
              "ECS's words say which; look at what the task definition names there"),

          // ---- Health
          // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-unhealthy-event-messages.html
          row(
              "target-unhealthy",
              "is (?:unhealthy|not healthy) in \\(?target-group"
                  + " \\(?(?:arn:\\S*?:targetgroup/)?([^/)\\s]+)[^)]*\\)+ due to \\(?(?:reason"
                  + " )?(.+?)\\)?\\.?$",
              "Load balancer health checks failed in target group {1}: {2}",
              CHECK_TARGETS),
          row(
              "target-unhealthy",
              "is unhealthy in \\(elb ([^)]+)\\) due to \\((?:reason )?(.+?)\\)",
              "Load balancer health checks failed in {1}: {2}",
              CHECK_TARGETS),
          row(
              "target-failed",
              "failed ELB health checks in \\(target-group (?:arn:\\S*?:targetgroup/)?([^/)\\s]+)",
              "Load balancer health checks failed in target group {1}",
              CHECK_TARGETS),
          row(
              "target-failed",
              "failed ELB health checks in \\(elb ([^)\\s]+)",
              "Load balancer health checks failed in {1}",
              CHECK_TARGETS),
          row(
              "target-failed",
              "failed ELB health checks",
              "Load balancer health checks failed",
              CHECK_TARGETS),
          // https://repost.aws/knowledge-center/ecs-task-stopped
          row(
              "container-unhealthy",
              "failed container health checks",
              "The health check of {container} failed{life}",
              "Run the health check's command in the image, and see whether startPeriod and retries"
                  + " give it time to start"),

          // ---- Says little; used where nothing else says more
          row(
              "throttled",
              "operations are being throttled",
              "ECS is being throttled by AWS and tries again later",
              "Nothing: ECS tries again"),
          row(
              "cannot-place",
              "was unable to place (?:a task|tasks)(?:\\. Reason:| because) *(.+)",
              "No task could be placed: {1}",
              "ECS's words say what stands in the way"),
          row(
              "cannot-launch",
              "failed to launch a task with \\(error (.+)\\)",
              "No task could be launched: {1}",
              "ECS's words say what stands in the way"),
          row(
              "cannot-launch",
              "could not launch \\d+ tasks? for deployment [\\w/-]+[.:]? *(.*)",
              "Not all tasks could be launched: {1|AWS gives no reason}",
              "Look for room: container instances, zones, limits"),
          // ---- What nobody or nothing answered in time
          row(
              "pause-unanswered",
              "the pause(?: at (\\w+))? was not answered in time",
              "Nobody answered the pause at {1|a stage} in time",
              "Answer it before its time is over, as the message says while it waits, or give the"
                  + " pause a longer timeout"),
          // https://docs.aws.amazon.com/codedeploy/latest/userguide/troubleshooting-ecs.html
          row(
              "codedeploy-unhealthy",
              "timed out while waiting for the replacement task set to become"
                  + " healthy(?:.*?is (\\d+ minutes?))?",
              "The new tasks were not healthy within CodeDeploy's own time-out ({1|an hour})",
              "See why its tasks do not become healthy: a health check that never answers, or a"
                  + " slow start. CodeDeploy's time-out cannot be set"),
          row(
              "codedeploy-not-rerouted",
              "timed out while waiting for a manual rerouting",
              "Nobody let the traffic go in CodeDeploy before its wait time was over",
              "Let it go in time, as the message says while it waits, or give the deployment group"
                  + " a longer waitTimeInMinutes"),
          row(
              "internal",
              "InternalError:? *(.+)",
              "AWS had an error of its own: {1}",
              "Nothing if it happens once; else ask AWS Support"),
          row(
              "cannot-start-tasks",
              any(
                  "is unable to consistently start tasks successfully",
                  "deployment failed: tasks failed to start",
                  "circuit breaker threshold was exceeded"),
              "Tasks failed to start again and again, and AWS gives no reason",
              "Look at the stopped tasks in the ECS console; ECS keeps them for about an hour"));

  /** The name of what a task knows of a load balancer that was not content with it. */
  static final String TARGET_FAILED = "target-failed";

  private static final Set<String> SAY_LITTLE = Set.of("throttled", "cannot-start-tasks");

  /** What a container's own log may be believed. Anything can stand in a log. */
  private static final Set<String> TOLD_BY_LOGS =
      Set.of("wrong-architecture", "port-taken", "heap", "interpreter");

  private static final Pattern GROUP = Pattern.compile("\\{(\\d)(?:\\|([^}]*))?}");

  private KnownCauses() {}

  /**
   * What a stopped reason, a container's reason or a service event means.
   *
   * @param container name, or empty
   * @param life how long the container lived, such as {@code " after 4 s"}, or empty
   * @param shown makes a part of the text fit to be shown
   */
  static Optional<Known> of(
      String text, String container, String life, UnaryOperator<String> shown) {
    for (Row row : ROWS) {
      Matcher matcher = row.pattern().matcher(text);
      if (matcher.find()) {
        return Optional.of(known(row, matcher, container, life, shown));
      }
    }
    return Optional.empty();
  }

  /** The same for a log line, which may say anything: only what cannot mean something else. */
  static Optional<Known> ofLog(
      String line, String container, String life, UnaryOperator<String> shown) {
    for (Row row : ROWS) {
      Matcher matcher = row.pattern().matcher(line);
      if (TOLD_BY_LOGS.contains(row.name()) && matcher.find()) {
        return Optional.of(known(row, matcher, container, life, shown));
      }
    }
    return Optional.empty();
  }

  private static Known known(
      Row row, Matcher matcher, String container, String life, UnaryOperator<String> shown) {
    return new Known(
        row.name(),
        fill(row.sentence(), matcher, container, life, shown),
        fill(row.remedy(), matcher, container, life, shown));
  }

  private static String fill(
      String sentence,
      Matcher matcher,
      String container,
      String life,
      UnaryOperator<String> shown) {
    return GROUP
        .matcher(
            sentence
                .replace(
                    "{Container}", container.isEmpty() ? "A container" : "Container " + container)
                .replace(
                    "{container}", container.isEmpty() ? "a container" : "container " + container)
                .replace("{life}", life))
        .replaceAll(
            hole -> Matcher.quoteReplacement(group(hole.group(1), hole.group(2), matcher, shown)));
  }

  /** Alternatives of a pattern put the same fact into different groups: the first that matched. */
  private static String group(
      String number, String otherwise, Matcher matcher, UnaryOperator<String> shown) {
    int first = Integer.parseInt(number);
    int last = otherwise == null ? first : matcher.groupCount();
    for (int group = first; group <= last; group++) {
      if (matcher.group(group) != null && !matcher.group(group).isBlank()) {
        return shown.apply(matcher.group(group).strip());
      }
    }
    return otherwise == null ? "" : otherwise;
  }

  /** The number of the row that knows a text, for the tests: each row has a case. */
  static OptionalInt row(String text) {
    return IntStream.range(0, ROWS.size())
        .filter(row -> ROWS.get(row).pattern().matcher(text).find())
        .findFirst();
  }

  static int rows() {
    return ROWS.size();
  }

  /** What stands in the row, for a test that fails. */
  static String describe(int row) {
    return ROWS.get(row).name() + ": " + ROWS.get(row).pattern();
  }
}
