"""The collectors: how they ask, what they make of answers, and of answers that do not come."""

from __future__ import annotations

from typing import Any

import pytest

from asbuilt.graph import Graph, Part, joined
from asbuilt.model import Unknown, UnknownKind
from asbuilt.sources.aws.collect import operations, read_region
from asbuilt.sources.aws.session import Access, Identity, Session
from asbuilt.sources.aws.words import words_of
from asbuilt.spec import load_spec
from sources.aws.overlay import ACCOUNT, Overlay

CLUSTER = f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/broxiva-prod"
BASE = f"arn:aws:ecs:us-east-1:{ACCOUNT}:service/broxiva-prod"


def read(answers: dict[str, Any], *, first: bool = True) -> tuple[Graph, Part, Overlay]:
    document = load_spec("broxiva")
    overlay = Overlay(answers)
    session = Session(Access(attempts=1), overlay.install)
    words = words_of(document.resolve("prod"), document.names_of("prod"))
    part = read_region(session, Identity(ACCOUNT, "", "aws"), "us-east-1", words, first=first)
    return joined([part]), part, overlay


def services(*names: str) -> dict[str, Any]:
    return {
        "ecs.ListClusters": {"clusterArns": [CLUSTER]},
        "ecs.DescribeClusters": {"clusters": [{"clusterArn": CLUSTER, "clusterName": "broxiva-prod"}]},
        "ecs.ListServices": {"serviceArns": [f"{BASE}/{name}" for name in names]},
        "ecs.DescribeServices": {
            "services": [{"serviceArn": f"{BASE}/{name}", "serviceName": name, "status": "ACTIVE"} for name in names]
        },
    }


def test_an_empty_account_is_asked_and_has_no_gaps() -> None:
    _, part, overlay = read({})
    assert part.gaps == []
    assert [r.type for r in part.resources] == ["Live::XRay::Traces"]
    assert overlay.calls["ec2.DescribeVpcs"] == 1


def test_global_services_are_read_once_an_account() -> None:
    _, _, overlay = read({}, first=False)
    assert not overlay.calls["iam.GetAccountAuthorizationDetails"]
    assert not overlay.calls["cloudfront.ListDistributions"]
    assert overlay.calls["ecs.ListClusters"] == 1


def test_services_are_described_ten_at_a_time_and_those_of_the_architecture_at_once() -> None:
    names = [f"extra-{number:02}" for number in range(23)]
    _, _, overlay = read(services(*names))
    batches = [params["services"] for name, params in overlay.asked if name == "ecs.DescribeServices"]
    assert all(1 <= len(batch) <= 10 for batch in batches)
    assert sorted(len(batch) for batch in batches if batch[0].startswith("arn:")) == []  # told by the named answer
    assert {name for batch in batches for name in batch} >= {"api", "web", "ai-agents"}
    asked = [params for name, params in overlay.asked if name == "ecs.ListServices"]
    assert asked == [{"cluster": CLUSTER, "maxResults": 100}]


def test_tasks_are_listed_of_clusters_that_may_be_ours_and_described_a_hundred_at_a_time() -> None:
    other, staging = (CLUSTER.replace("broxiva-prod", name) for name in ("data-science", "broxiva-staging"))
    tasks = [f"{CLUSTER.replace('cluster', 'task')}/{number:032}" for number in range(230)]
    answers = services("api")
    answers["ecs.ListClusters"] = {"clusterArns": [CLUSTER, other, staging]}
    answers["ecs.ListTasks"] = [{"params": {"cluster": CLUSTER}, "response": {"taskArns": tasks}}, {"response": {}}]
    _, _, overlay = read(answers)
    listed = [params for name, params in overlay.asked if name == "ecs.ListTasks"]
    assert sorted(params["cluster"] for params in listed) == sorted([CLUSTER, other])
    assert all(params["maxResults"] == 100 for params in listed)
    described = [params for name, params in overlay.asked if name == "ecs.DescribeTasks"]
    assert sorted(len(params["tasks"]) for params in described) == [30, 100, 100]
    assert {params["cluster"] for params in described} == {CLUSTER}


def test_settings_of_clusters_are_asked_for() -> None:
    _, _, overlay = read(services())
    (params,) = [params for name, params in overlay.asked if name == "ecs.DescribeClusters"]
    assert params["include"] == ["SETTINGS", "CONFIGURATIONS"]


def test_all_pages_are_read() -> None:
    pages = [
        {"params": {"nextToken": "2"}, "response": {"logGroups": [{"logGroupName": "/aws/ecs/broxiva-prod/web"}]}},
        {"response": {"logGroups": [{"logGroupName": "/aws/ecs/broxiva-prod/api"}], "nextToken": "2"}},
    ]
    graph, part, _ = read({"logs.DescribeLogGroups": pages})
    assert {group.name for group in graph.of_type("AWS::Logs::LogGroup")} == {
        "/aws/ecs/broxiva-prod/web",
        "/aws/ecs/broxiva-prod/api",
    }
    assert part.gaps == []


def test_a_page_that_fails_keeps_what_came_before_and_hides_the_rest() -> None:
    pages = [
        {"params": {"nextToken": "2"}, "error": "ThrottlingException"},
        {"response": {"logGroups": [{"logGroupName": "/aws/ecs/broxiva-prod/api"}], "nextToken": "2"}},
    ]
    graph, part, _ = read({"logs.DescribeLogGroups": pages})
    assert [group.name for group in graph.of_type("AWS::Logs::LogGroup")] == ["/aws/ecs/broxiva-prod/api"]
    (gap,) = part.gaps
    assert gap.kind is UnknownKind.UNREAD
    assert "throttled" in gap.reason
    assert graph.hidden("AWS::Logs::LogGroup") is not None
    assert graph.hidden("AWS::EC2::VPC") is None


def test_a_refused_parent_hides_all_that_is_found_through_it() -> None:
    graph, part, overlay = read({"ecs.ListClusters": {"error": "AccessDeniedException"}})
    (gap,) = part.gaps
    assert gap.kind is UnknownKind.DENIED
    assert gap.action == "allow ecs:ListClusters"
    assert gap.incomplete
    for type_ in ("AWS::ECS::Cluster", "AWS::ECS::Service", "AWS::ECS::TaskDefinition"):
        hidden = graph.hidden(type_)
        assert hidden is not None
        assert "refused" in hidden.reason
    assert not overlay.calls["ecs.ListServices"]


def test_a_refused_listing_of_services_says_nothing_of_those_asked_by_name() -> None:
    graph, _, overlay = read({**services("api"), "ecs.ListServices": {"error": "AccessDeniedException"}})
    assert overlay.calls["ecs.DescribeServices"]
    assert graph.of_type("AWS::ECS::Service") == ()
    assert graph.hidden("AWS::ECS::Service") is not None


def test_a_failure_inside_a_batch_is_a_gap_but_what_is_missing_is_not() -> None:
    answers = services("api")
    answers["ecs.DescribeServices"]["failures"] = [
        {"arn": f"{BASE}/web", "reason": "MISSING"},
        {"arn": f"{BASE}/search", "reason": "INTERNAL"},
    ]
    graph, part, _ = read(answers)
    (gap,) = part.gaps
    assert "search" in gap.reason
    assert "INTERNAL" in gap.reason
    assert graph.hidden("AWS::ECS::Service") is not None


def test_a_value_that_only_a_refused_call_tells_is_unknown_and_hides_nothing() -> None:
    group = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/api/1"
    graph, part, _ = read(
        {
            "elbv2.DescribeTargetGroups": {"TargetGroups": [{"TargetGroupArn": group, "TargetGroupName": "api"}]},
            "elbv2.DescribeTargetHealth": {"error": "AccessDenied"},
        }
    )
    (found,) = graph.of_type("AWS::ElasticLoadBalancingV2::TargetGroup")
    health = found.get("TargetHealth")
    assert isinstance(health, Unknown)
    assert health.kind is UnknownKind.DENIED
    assert [gap.action for gap in part.gaps] == ["allow elasticloadbalancing:DescribeTargetHealth"]
    assert graph.hidden("AWS::ElasticLoadBalancingV2::TargetGroup") is None


def test_an_answer_that_makes_a_collector_stumble_leaves_the_others() -> None:
    graph, part, _ = read(
        {
            "logs.DescribeLogGroups": {"logGroups": [{"arn": "arn:aws:logs:us-east-1:1:log-group:x:*"}]},
            "ssm.DescribeParameters": {"Parameters": [{"Name": "/broxiva/prod/a", "Type": "String"}]},
        }
    )
    (gap,) = part.gaps
    assert gap.kind is UnknownKind.ERROR
    assert gap.types == {"AWS::Logs::LogGroup", "AWS::KMS::Key"}  # keys are found through the log groups
    assert len(graph.of_type("AWS::SSM::Parameter")) == 1


@pytest.mark.parametrize("code", ["AccessDenied", "UnauthorizedOperation", "ExpiredToken", "Throttling", "Whatever"])
def test_every_operation_that_fails_is_a_gap(code: str) -> None:
    first = {str(operation) for operation in operations() if not operation.after}
    graph, part, overlay = read({name: {"error": code} for name in first})
    assert {gap.what.split()[0] for gap in part.gaps} == {o.action for o in operations() if not o.after}
    assert all(gap.incomplete and gap.types and gap.reason for gap in part.gaps)
    assert set(overlay.calls) == first
    for operation in operations():
        for type_ in operation.hides:
            assert graph.hidden(type_) is not None, type_


def test_a_name_that_something_else_outside_bears_leaves_nothing_out() -> None:
    group = {"CacheSubnetGroupName": "default", "VpcId": "vpc-1"}
    graph, _, _ = read(
        {
            "ec2.DescribeVpcs": {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}, {"VpcId": "vpc-2"}]},
            "ec2.DescribeSecurityGroups": {
                "SecurityGroups": [{"GroupId": "sg-2", "GroupName": "default", "VpcId": "vpc-2"}]
            },
            "elasticache.DescribeReplicationGroups": {
                "ReplicationGroups": [{"ReplicationGroupId": "a"}, {"ReplicationGroupId": "b"}]
            },
            "elasticache.DescribeCacheClusters": {
                "CacheClusters": [
                    {"CacheClusterId": "a-1", "ReplicationGroupId": "a", "CacheSubnetGroupName": "default"},
                    {"CacheClusterId": "b-1", "ReplicationGroupId": "b", "CacheSubnetGroupName": "other"},
                ]
            },
            "elasticache.DescribeCacheSubnetGroups": {
                "CacheSubnetGroups": [group, {"CacheSubnetGroupName": "other", "VpcId": "vpc-2"}]
            },
        }
    )
    assert graph.of_type("AWS::EC2::SecurityGroup") == ()
    assert [found.name for found in graph.of_type("AWS::ElastiCache::ReplicationGroup")] == ["a"]


def in_another_vpc() -> dict[str, Any]:
    """Return the answers of an account whose services run in one VPC; load balancer and databases stand in another."""
    answers = services("api")
    service = answers["ecs.DescribeServices"]["services"][0]
    service["networkConfiguration"] = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}
    balancer = f"arn:aws:elasticloadbalancing:us-east-1:{ACCOUNT}:loadbalancer/app/other/1"
    listener = {"ListenerArn": f"{balancer}/2", "LoadBalancerArn": balancer, "Port": 443, "Protocol": "HTTPS"}

    def database(name: str, subnets: str, group: str) -> dict[str, Any]:
        return {
            "DBInstanceIdentifier": name,
            "Engine": "postgres",
            "DBSubnetGroup": {"DBSubnetGroupName": subnets, "VpcId": "vpc-1" if subnets == "own" else "vpc-2"},
            "VpcSecurityGroups": [{"VpcSecurityGroupId": group}],
        }

    return {
        **answers,
        "ec2.DescribeVpcs": {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}, {"VpcId": "vpc-2"}]},
        "ec2.DescribeSubnets": {
            "Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1"}, {"SubnetId": "subnet-2", "VpcId": "vpc-2"}]
        },
        "ec2.DescribeSecurityGroups": {
            "SecurityGroups": [{"GroupId": f"sg-{n}", "GroupName": "default", "VpcId": "vpc-2"} for n in (1, 2, 3)]
        },
        "elbv2.DescribeLoadBalancers": {
            "LoadBalancers": [{"LoadBalancerArn": balancer, "VpcId": "vpc-2", "SecurityGroups": ["sg-1"]}]
        },
        "elbv2.DescribeListeners": {"Listeners": [listener]},
        "elasticache.DescribeServerlessCaches": {
            "ServerlessCaches": [{"ServerlessCacheName": "sessions", "Engine": "redis", "SubnetIds": ["subnet-2"]}]
        },
        "rds.DescribeDBInstances": {
            "DBInstances": [
                database("main", "own", "sg-9"),
                database("broxiva-prod-reports", "reports", "sg-2"),
                database("broxiva-lab", "lab", "sg-3"),
            ]
        },
    }


def test_what_stands_in_another_vpc_is_looked_at_with_what_it_names() -> None:
    graph, _, _ = read(in_another_vpc())
    assert len(graph.of_type("AWS::ElasticLoadBalancingV2::LoadBalancer")) == 1, "there is none in the platform's VPC"
    assert len(graph.of_type("AWS::ElasticLoadBalancingV2::Listener")) == 1
    assert [one.name for one in graph.of_type("AWS::RDS::DBInstance")] == ["main", "broxiva-prod-reports"]
    assert {one.name for one in graph.of_type("AWS::RDS::DBSubnetGroup")} == {"own", "reports"}
    assert {one.identifiers["id0"] for one in graph.of_type("AWS::EC2::SecurityGroup")} == {"sg-1", "sg-2"}
    assert len(graph.of_type("AWS::ElastiCache::ServerlessCache")) == 1
    assert [one.identifiers["id0"] for one in graph.of_type("AWS::EC2::Subnet")] == ["subnet-1"]
    assert graph.left_out("lab", "AWS::RDS::DBSubnetGroup") is not None
    assert "1 AWS::RDS::DBInstance (broxiva-lab)" in graph.diagnostics[-1].message


def test_other_clusters_and_vpcs_are_left_out() -> None:
    other = f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/data-science"
    answers = services("api")
    answers["ecs.ListClusters"] = {"clusterArns": [CLUSTER, other]}
    answers["ecs.DescribeClusters"]["clusters"].append({"clusterArn": other, "clusterName": "data-science"})
    answers["ecs.ListServices"] = [
        {
            "params": {"cluster": other},
            "response": {"serviceArns": [f"{other.replace('cluster', 'service')}/notebook"]},
        },
        {"response": {"serviceArns": [f"{BASE}/api"]}},
    ]
    arn = f"{other.replace('cluster', 'service')}/notebook"
    notebook = {"serviceArn": arn, "serviceName": "notebook", "clusterArn": other, "status": "ACTIVE"}
    service = answers["ecs.DescribeServices"]["services"][0]
    service["networkConfiguration"] = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}
    answers["ecs.DescribeServices"] = [
        {"params": {"cluster": other}, "response": {"services": [notebook]}},
        {"response": {"services": [service]}},
    ]
    answers["ec2.DescribeVpcs"] = {
        "Vpcs": [
            {"VpcId": "vpc-default", "CidrBlock": "172.31.0.0/16", "IsDefault": True},
            {"VpcId": "vpc-1", "CidrBlock": "10.9.0.0/16"},
            {"VpcId": "vpc-2", "CidrBlock": "10.0.0.0/16"},
        ]
    }
    answers["ec2.DescribeSubnets"] = {
        "Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.9.1.0/24"}]
    }
    graph, part, _ = read(answers)
    assert part.gaps == []
    assert [vpc.identifiers["id0"] for vpc in graph.of_type("AWS::EC2::VPC")] == ["vpc-1"]
    assert [cluster.name for cluster in graph.of_type("AWS::ECS::Service")] == ["api"]
    cluster, remark = graph.diagnostics
    assert f"{other} with 1 service" in cluster.message
    assert "2 AWS::EC2::VPC (vpc-2, vpc-default)" in remark.message


def test_a_service_that_was_listed_and_is_not_found_is_a_gap() -> None:
    answers = services("api")
    answers["ecs.ListServices"]["serviceArns"].append(f"{BASE}/web")
    graph, part, overlay = read(answers)
    (gap,) = part.gaps
    assert f"{BASE}/web was listed, and is not found" in gap.reason
    assert graph.hidden("AWS::ECS::Service") is not None
    asked = [params["services"] for name, params in overlay.asked if name == "ecs.DescribeServices"]
    assert [f"{BASE}/web"] in asked, "what one answer lacks is asked for once more"


def test_a_cluster_that_was_listed_and_is_not_found_hides_its_services() -> None:
    graph, part, _ = read({**services("api"), "ecs.DescribeClusters": {"clusters": []}})
    (gap,) = part.gaps
    assert CLUSTER in gap.reason
    assert graph.hidden("AWS::ECS::Service") is not None


def test_a_service_that_is_being_deleted_counts_as_missing_and_is_told() -> None:
    answers = services("api")
    answers["ecs.DescribeServices"]["services"][0]["status"] = "DRAINING"
    graph, part, _ = read(answers)
    assert graph.of_type("AWS::ECS::Service") == ()
    assert part.gaps == []
    (remark,) = graph.diagnostics
    assert f"{BASE}/api is DRAINING" in remark.message


def writing_to(group: str) -> dict[str, Any]:
    """Return the answers of an account with a service whose container writes to a log group with a key."""
    answers = services("api")
    answers["ecs.DescribeServices"]["services"][0]["taskDefinition"] = "api:1"
    options = {"awslogs-group": group, "awslogs-region": "us-east-1", "awslogs-stream-prefix": "api"}
    container = {"name": "api", "logConfiguration": {"logDriver": "awslogs", "options": options}}
    arn = f"arn:aws:ecs:us-east-1:{ACCOUNT}:task-definition/api:1"
    answers["ecs.DescribeTaskDefinition"] = {
        "taskDefinition": {"taskDefinitionArn": arn, "family": "api", "containerDefinitions": [container]}
    }
    groups = [{"logGroupName": group, "kmsKeyId": "k-1"}, {"logGroupName": "/other/team", "kmsKeyId": "k-2"}]
    answers["logs.DescribeLogGroups"] = {"logGroups": groups}
    key = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/k-1"
    answers["kms.DescribeKey"] = {"KeyMetadata": {"KeyId": "k-1", "Arn": key, "KeyState": "PendingDeletion"}}
    return answers


def test_keys_are_described_of_every_log_group_that_containers_write_to() -> None:
    graph, part, overlay = read(writing_to("/legacy/api"))
    assert [params for name, params in overlay.asked if name == "kms.DescribeKey"] == [{"KeyId": "k-1"}]
    assert [group.name for group in graph.of_type("AWS::Logs::LogGroup")] == ["/legacy/api"]
    assert [key.get("KeyState") for key in graph.of_type("AWS::KMS::Key")] == ["PendingDeletion"]
    assert part.gaps == []


@pytest.mark.parametrize("name", ["ecs.DescribeTaskDefinition", "ecs.DescribeServices", "ecs.ListServices"])
def test_what_scope_is_told_from_is_unread_so_what_was_left_out_is_in_doubt(name: str) -> None:
    graph, _, _ = read({**writing_to("/legacy/api"), name: {"error": "AccessDeniedException"}})
    assert graph.of_type("AWS::Logs::LogGroup") == ()
    hidden = graph.hidden("AWS::Logs::LogGroup")
    assert hidden is not None
    assert name.replace("ecs.", "ecs:") in hidden.reason
    assert graph.hidden("AWS::SSM::Parameter") is None  # nothing of it was left out


def test_a_connection_that_breaks_is_a_gap() -> None:
    from botocore.exceptions import ReadTimeoutError

    class Broken(Overlay):
        def _answer(self, model: Any, context: dict[str, Any], **given: Any) -> Any:
            if model.name == "DescribeVpcs":
                raise ReadTimeoutError(endpoint_url="https://aws.invalid")
            return super()._answer(model, context, **given)

    document = load_spec("broxiva")
    session = Session(Access(attempts=1), Broken({}).install)
    words = words_of(document.resolve("prod"), document.names_of("prod"))
    (gap,) = list(read_region(session, Identity(ACCOUNT, "", "aws"), "us-east-1", words).gaps)  # type: ignore[arg-type]
    assert "ec2.DescribeVpcs timed out" in gap.reason
