"""Names and values in an account that somebody wrote to harm whoever reads a report about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from live_platform import containers
from live_platform.network import tags
from live_platform.operations import put

if TYPE_CHECKING:
    from live_platform.account import Account, Platform

MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>"
FORMULA = '=HYPERLINK("http://evil.example","x")'
TERMINAL = "\x1b]0;owned\x07\x1b[2J\x1b[31mred"
COMMAND = "a\r\n::error::injected\n::set-output name=x::y"
MARKDOWN = "](http://evil.example) | `x` ![i](http://evil.example/i.png)"
TEXTS = (MARKUP, FORMULA, TERMINAL, COMMAND, MARKDOWN, "+1", "@SUM(1)", "\u202egnp.exe", "{{ 7 * 7 }}", "]]>\ufffe")
# XML cannot carry control characters, so neither can the answers of the services that speak it.
IN_XML = tuple(text for text in TEXTS if text.isprintable())
MEGABYTE = "x<b>" * 250_000


def spoil(aws: Account, made: Platform) -> None:
    """Write such texts wherever an account lets somebody write what an audit reads."""
    for number, text in enumerate(TEXTS):
        service(aws, made, f"{text}{number}", text)
        dimensions = [{"Name": "ClusterName", "Value": made.cluster}, {"Name": "ServiceName", "Value": text}]
        put(aws, f"{made.prefix}-{text}", "AWS/ECS", "CPUUtilization", dimensions, 1.0, 1, Statistic="Average")
    for number, text in enumerate(IN_XML):
        group = aws.ec2.create_security_group(
            GroupName=f"{text}{number}",
            Description=text,
            VpcId=made.vpc,
            TagSpecifications=tags("security-group", text),
        )["GroupId"]
        opened = {"CidrIp": "0.0.0.0/0", "Description": text}
        permission = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [opened]}
        aws.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
    routed = [one for one in made.environment.services if one.port is not None]
    for one, text in zip(routed, IN_XML, strict=False):
        aws.elbv2.modify_target_group(TargetGroupArn=made.target_groups[one.name], HealthCheckPath=f"/{text}"[:1024])
        paths = {"Field": "path-pattern", "PathPatternConfig": {"Values": [f"/{text}"]}}
        aws.elbv2.modify_rule(RuleArn=made.rules[one.name], Conditions=[paths])
    aws.ec2.create_tags(Resources=[made.vpc], Tags=[{"Key": MARKUP[:100], "Value": MARKDOWN}])


def service(aws: Account, made: Platform, name: str, text: str) -> None:
    """Run a service of that name, with a container that carries the text, and one with a value of a megabyte."""
    definition = containers.task_definition(made, aws, made.environment.services[0])
    container = definition["containerDefinitions"][0]
    container["name"] = text
    container["image"] = text
    container["environment"] = [
        {"name": "API_KEY", "value": text},
        {"name": f"PASSWORD_{text}", "value": MEGABYTE if text == MARKUP else text},
    ]
    container["secrets"] = [{"name": "JWT_SECRET", "valueFrom": text}]
    container["logConfiguration"]["options"]["awslogs-group"] = text
    arn = aws.ecs.register_task_definition(**definition)["taskDefinition"]["taskDefinitionArn"]
    aws.ecs.create_service(
        cluster=made.cluster,
        serviceName=name,
        taskDefinition=arn,
        desiredCount=0,
        networkConfiguration=containers.network(made, public=True),
    )
    if text == MARKUP:
        aws.ecs.update_service(cluster=made.cluster, service="api", taskDefinition=arn)
