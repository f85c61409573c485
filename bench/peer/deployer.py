"""What people write instead: an ECR push starts this function, and it updates the services that are tagged for the repository.

Written as its author would be advised to: clients made once, when the module is imported; pagination; DescribeServices in
groups of ten. It keeps no record, does not watch what it started, and does not go back.
"""

import json

import boto3

TAG_PREFIX = "deploy:"
# RegisterTaskDefinition refuses what DescribeTaskDefinition adds.
NOT_REGISTERED = {
    "taskDefinitionArn", "revision", "status", "requiresAttributes", "compatibilities", "registeredAt", "registeredBy",
    "deregisteredAt",
}

ecs = boto3.client("ecs")
tagging = boto3.client("resourcegroupstaggingapi")


def handler(event, context):
    detail = event["detail"]
    if detail["action-type"] != "PUSH" or detail["result"] != "SUCCESS" or not detail.get("image-tag"):
        return {"updated": []}
    repository = detail["repository-name"]
    registry = f"{event['account']}.dkr.ecr.{event['region']}.amazonaws.com"
    image = f"{registry}/{repository}:{detail['image-tag']}@{detail['image-digest']}"

    by_cluster = {}
    pages = tagging.get_paginator("get_resources").paginate(
        TagFilters=[{"Key": TAG_PREFIX + repository}], ResourceTypeFilters=["ecs:service"])
    for page in pages:
        for resource in page["ResourceTagMappingList"]:
            arn = resource["ResourceARN"]
            by_cluster.setdefault(arn.split("/")[-2], []).append(arn)

    updated = []
    for cluster, arns in by_cluster.items():
        for start in range(0, len(arns), 10):
            services = ecs.describe_services(cluster=cluster, services=arns[start:start + 10])["services"]
            for service in services:
                updated.append(update(service, f"{registry}/{repository}", image))
    print(json.dumps({"level": "INFO", "message": "updated", "image": image, "services": updated}))
    return {"updated": updated}


def update(service, repository, image):
    described = ecs.describe_task_definition(taskDefinition=service["taskDefinition"], include=["TAGS"])
    definition = {key: value for key, value in described["taskDefinition"].items() if key not in NOT_REGISTERED}
    if described.get("tags"):
        definition["tags"] = described["tags"]
    for container in definition["containerDefinitions"]:
        if container["image"].split("@")[0].rsplit(":", 1)[0] == repository:
            container["image"] = image
    revision = ecs.register_task_definition(**definition)["taskDefinition"]["taskDefinitionArn"]
    ecs.update_service(cluster=service["clusterArn"], service=service["serviceArn"], taskDefinition=revision)
    return service["serviceArn"]
