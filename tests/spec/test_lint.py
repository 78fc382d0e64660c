"""Doubts inside a spec: each check finds what it is for, and nothing in a spec that says it well."""

from __future__ import annotations

import pytest

from asbuilt.spec import load_spec
from asbuilt.spec.lint import lint, negotiated

HEAD = "asbuilt: 1\nname: shop\n"


def doubts(tmp_path, text):
    path = tmp_path / "spec.yaml"
    path.write_text(HEAD + text, "utf-8")
    return [(doubt.level, doubt.code, doubt.location.start_line) for doubt in lint(load_spec(str(path)))]


def balancer(policy, tls):
    return f"load_balancer:\n  tls_policy: ELBSecurityPolicy-{policy}\n  tls: {tls}\n"


RULES = "\n".join(f"    - {{priority: {n}, paths: ['/{n}/*'], service: api}}" for n in (10, 20, 30, 50, 60))
SERVICES = "services:\n  api: {class: c, port: 80, tasks: {min: 1, max: 5}}\nservice_classes: {c: {}}\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (balancer("TLS13-1-2-2021-06", "{offers: TLSv1.3, minimum: TLSv1.2}"), ("warning", "tls-versions", 5)),
        (balancer("TLS13-1-2-2021-06", "{offers: TLSv1.3, strict: true}"), ("error", "tls-versions", 4)),
        (balancer("TLS-1-2-2017-01", "{offers: TLSv1.3, minimum: TLSv1.2}"), ("error", "tls-versions", 4)),
        (balancer("2016-08", "{minimum: TLSv1.2}"), ("error", "tls-versions", 4)),
        (SERVICES + f"load_balancer:\n  default_service: api\n  rules:\n{RULES}\n", ("info", "priority-gap", 9)),
        (
            SERVICES.replace("services:\n", "services:\n  web: {class: c, port: 81}\n")
            + "load_balancer:\n  rules: [{priority: 1, paths: [/x], service: api}]\n",
            ("warning", "service-not-routed", 4),
        ),
        (
            SERVICES.replace("port: 80, ", "")
            + "load_balancer:\n  rules: [{priority: 1, paths: [/x], service: api}]\n",
            ("warning", "routed-without-port", 4),
        ),
        (
            SERVICES
            + "load_balancer:\n  rules:\n    - {priority: 9, paths: [/a/b], service: api}\n"
            + "    - {priority: 5, paths: ['/a/*'], service: api}\n",
            ("warning", "rule-never-reached", 8),
        ),
        (
            "scaling: {memory_target: 80}\nmonitoring: {alarms: {memory: {threshold: 80, minutes: 3}}}\n",
            ("warning", "alarm-during-scaling", 4),
        ),
        (
            SERVICES.replace("port: 80, ", "") + "scaling: {requests_per_target: true}\n",
            ("warning", "no-requests", 6),
        ),
        (
            SERVICES + "capacity: {providers: [FARGATE, FARGATE_SPOT], spot_share: {c: 0.8}}\n",
            ("warning", "spot-share-unreachable", 6),
        ),
        (
            SERVICES + "compute: {launch_type: EC2}\ncapacity: {providers: [FARGATE_SPOT], spot_share: {c: 1.0}}\n",
            ("error", "spot-on-ec2", 7),
        ),
        (
            "service_classes: {c: {}}\ndeployment: {minimum_healthy_percent: {c: 100}, maximum_percent: 100}\n",
            ("error", "deployment-stuck", 4),
        ),
        (SERVICES + "deployment: {minimum_healthy_percent: {c: 50}}\n", ("info", "percentage-rounds-up", 6)),
        (
            SERVICES.replace("port: 80, ", "") + "deployment: {health_check_grace_period: {c: 60}}\n",
            ("info", "grace-period-unused", 6),
        ),
        (
            "tasks: {subnets: a}\nnetwork: {subnets: {a: {}, b: {holds: [tasks]}}}\n",
            ("error", "task-subnets", 3),
        ),
        (
            "tasks: {subnets: a, public_ip: false}\nnetwork: {subnets: {a: {default_route: internet_gateway}}}\n",
            ("warning", "no-way-out", 3),
        ),
        (
            "network: {availability_zones: [a, b], subnets: {x: {cidrs: [10.0.0.0/24]}}}\n",
            ("warning", "subnets-per-zone", 3),
        ),
        ("database: {multi_az: true}\nnetwork: {availability_zones: [a]}\n", ("error", "multi-az", 3)),
        (
            "network: {vpc_cidr: 10.0.0.0/16}\nenvironments:\n  prod: {}\n  dev: {derives_from: prod}\n",
            ("warning", "vpcs-overlap", 3),
        ),
    ],
)
def test_doubts(tmp_path, text, found):
    assert found in doubts(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    [
        balancer("TLS13-1-3-2021-06", "{offers: TLSv1.3, minimum: TLSv1.3, strict: true}"),
        balancer("FS-1-2-2019-08", "{minimum: TLSv1.2}"),
        "scaling: {cpu_target: 70}\nmonitoring: {alarms: {cpu: {threshold: 80, minutes: 3}}}\n",
        SERVICES.replace("min: 1, max: 5", "min: 5, max: 5")
        + "capacity: {providers: [FARGATE, FARGATE_SPOT], spot_share: {c: 0.8}}\n"
        + "load_balancer: {default_service: api}\n",
        "network: {vpc_cidr: 10.0.0.0/16}\nenvironments:\n  prod: {}\n  dev: {network: {vpc_cidr: 10.1.0.0/16}}\n",
    ],
)
def test_no_doubts(tmp_path, text):
    assert doubts(tmp_path, text) == []


def test_the_bundled_spec():
    found = {doubt.code: doubt.level for doubt in lint(load_spec("broxiva"))}
    assert {code for code, level in found.items() if level == "warning"} == {
        "tls-versions",
        "alarm-during-scaling",
        "spot-share-unreachable",
    }
    assert "error" not in found.values()
    assert "priority-gap" in found


def test_names_of_policies_agree_with_the_table_of_elastic_load_balancing():
    from asbuilt.topology.tls_policies import TLS_POLICIES

    checked = 0
    for name, versions in TLS_POLICIES.items():
        found = negotiated(name)
        if found is not None:
            checked += 1
            assert found == (min(versions), max(versions)), name
    assert checked > 5
