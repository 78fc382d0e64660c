"""The bundled spec says what the architecture says; the facts are written down here a second time."""

from __future__ import annotations

from pathlib import Path

import pytest

from asbuilt.spec import load_spec, validate

# name, class, port, health check, CPU, memory, minimum, maximum
INVENTORY = [
    ("api", "critical", 4000, "/health", 2048, 4096, 5, 20),
    ("web", "critical", 3000, "/api/health", 1024, 2048, 5, 15),
    ("ai-engine", "critical", 8002, "/health", 512, 1024, 2, 10),
    ("recommendation", "critical", 8001, "/health", 512, 1024, 2, 10),
    ("search", "critical", 8003, "/health", 256, 512, 2, 10),
    ("notification", "critical", 8009, "/health", 256, 512, 2, 10),
    ("inventory", "critical", 8007, "/health", 256, 512, 2, 10),
    ("pricing", "critical", 8006, "/health", 256, 512, 2, 6),
    ("analytics", "worker", None, None, 256, 512, 1, 5),
    ("chatbot", "worker", None, None, 256, 512, 1, 5),
    ("fraud-detection", "worker", None, None, 256, 512, 1, 5),
    ("media", "worker", None, None, 256, 512, 1, 5),
    ("personalization", "worker", None, None, 256, 512, 1, 5),
    ("supplier-integration", "worker", None, None, 256, 512, 1, 5),
    ("ai-agents", "worker", None, None, 256, 512, 1, 5),
]
ROUTES = [
    (100, ("/api/*", "/graphql"), "api"),
    (110, ("/ai/*",), "ai-engine"),
    (120, ("/recommendations/*",), "recommendation"),
    (130, ("/search/*",), "search"),
    (140, ("/notifications/*",), "notification"),
    (160, ("/inventory/*",), "inventory"),
    (170, ("/pricing/*",), "pricing"),
]
VALUES = {
    "compute.launch_type": "FARGATE",
    "region": "us-east-1",
    "network.vpc_cidr": "10.0.0.0/16",
    "network.availability_zones": ("us-east-1a", "us-east-1b", "us-east-1c"),
    "network.subnets.public.cidrs": ("10.0.101.0/24", "10.0.102.0/24", "10.0.103.0/24"),
    "network.subnets.public.default_route": "internet_gateway",
    "network.subnets.public.holds": ("load_balancer", "nat_gateway"),
    "network.subnets.private.cidrs": ("10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24"),
    "network.subnets.private.default_route": "nat_gateway",
    "network.subnets.private.holds": ("tasks",),
    "network.subnets.database.cidrs": ("10.0.201.0/24", "10.0.202.0/24", "10.0.203.0/24"),
    "network.subnets.database.default_route": None,
    "network.subnets.database.holds": ("database", "cache"),
    "tasks.subnets": "private",
    "tasks.public_ip": False,
    "security_groups.load_balancer": {"ports": (80, 443), "protocols": ("tcp",), "from": ("internet",)},
    "security_groups.tasks": {"from": ("load_balancer", "self")},
    "security_groups.discovery": {"ports": (53,), "protocols": ("udp", "tcp"), "from": ("vpc",)},
    "security_groups.database": {"ports": (5432,), "protocols": ("tcp",), "from": ("tasks",)},
    "security_groups.cache": {"ports": (6379,), "protocols": ("tcp",), "from": ("tasks",)},
    "security_groups.least_privilege": True,
    "load_balancer.type": "application",
    "load_balancer.scheme": "internet-facing",
    "load_balancer.tls_policy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
    "load_balancer.tls": {"offers": "TLSv1.3", "minimum": "TLSv1.2", "strict": False},
    "load_balancer.http_redirect": {"protocol": "HTTPS", "port": 443, "status_codes": (301, 302)},
    "load_balancer.default_service": "web",
    "load_balancer.default_priority": 200,
    "load_balancer.host_routing": True,
    "discovery.namespace": "broxiva-prod.local",
    "discovery.type": "DNS_PRIVATE",
    "discovery.service_name": "${service}",
    "discovery.required_for": ("critical",),
    "scaling": {
        "every_service": True,
        "cpu_target": 70,
        "memory_target": 80,
        "requests_per_target": True,
        "scale_out_cooldown": 60,
        "scale_in_cooldown": 300,
    },
    "iam.separate_roles": True,
    "iam.ecs_exec": True,
    "iam.execution_role.trusts": "ecs-tasks.amazonaws.com",
    "iam.task_role.trusts": "ecs-tasks.amazonaws.com",
    "logging": {"log_group": "/aws/ecs/broxiva-prod/${service}", "retention_days": 30, "kms": True},
    "monitoring.container_insights": True,
    "monitoring.alarms.cpu": {"threshold": 80, "minutes": 3},
    "monitoring.alarms.memory": {"threshold": 80, "minutes": 3},
    "monitoring.alarms.alb_5xx": {"threshold": 10, "minutes": 1},
    "monitoring.alarms.response_time": {"threshold": 2},
    "monitoring.xray": True,
    "deployment": {
        "circuit_breaker": True,
        "rollback": True,
        "minimum_healthy_percent": {"critical": 100, "worker": 50},
        "maximum_percent": 200,
        "health_check_grace_period": {"critical": 120, "worker": 60},
    },
    "capacity.providers": ("FARGATE", "FARGATE_SPOT"),
    "capacity.spot_share": {"critical": 0.0, "worker": 0.8},
    "endpoints": ("ecr.api", "ecr.dkr", "secretsmanager", "s3"),
    "secrets": {"store": "secretsmanager", "holds": ("database credentials", "API keys"), "plain_text": False},
    "configuration.store": "ssm",
    "database": {"engine": "postgres", "multi_az": True, "encrypted": True},
    "cache": {"engine": "redis", "cluster_mode": True, "encrypted": True},
    "cdn": {"service": "cloudfront", "origin": "load_balancer"},
}
# permission -> an action it must name, whether it is confined to the project
PERMISSIONS = {
    "execution_role": {
        "ECR image pull": ("ecr:BatchGetImage", "any"),
        "CloudWatch Logs write": ("logs:PutLogEvents", None),
        "Secrets Manager read": ("secretsmanager:GetSecretValue", "project"),
        "SSM Parameter Store read": ("ssm:GetParameters", None),
        "KMS decrypt": ("kms:Decrypt", None),
    },
    "task_role": {
        "S3 access": ("s3:GetObject", "project"),
        "SQS send and receive": ("sqs:ReceiveMessage", None),
        "SNS publish": ("sns:Publish", None),
        "SES send email": ("ses:SendEmail", None),
        "X-Ray trace submission": ("xray:PutTraceSegments", "any"),
        "SSM Messages": ("ssmmessages:OpenDataChannel", "any"),
    },
}
COUNTS = {
    "INV": 7, "NET": 10, "SG": 6, "ALB": 7, "SD": 2, "AS": 4, "IAM": 4, "MON": 8,
    "DEP": 5, "COST": 6, "SEC": 8, "EDGE": 1,
}  # fmt: skip
SECTIONS = (
    "Overview", "Architecture Diagram", "Service Inventory", "Networking", "Load Balancing", "Service Discovery",
    "Auto Scaling", "IAM Roles", "Monitoring & Logging", "Deployment Strategy", "Cost Optimization", "Security",
)  # fmt: skip


@pytest.fixture(scope="module")
def prod():
    return load_spec("broxiva").resolve("prod")


def test_it_is_a_good_spec():
    assert validate("broxiva") == []


def test_inventory_as_stated_and_in_order(prod):
    found = [
        (name, s.class_, s.port, s.health_check, s.cpu, s.memory, s.tasks.min, s.tasks.max)
        for name, s in prod.services.items()
    ]
    assert found == INVENTORY


def test_routes_as_stated(prod):
    assert [(r.priority, r.paths, r.service) for r in prod.load_balancer.rules] == ROUTES


@pytest.mark.parametrize(("path", "value"), VALUES.items(), ids=VALUES)
def test_value_as_stated(prod, path, value):
    assert prod.value(path) == value


@pytest.mark.parametrize("role", PERMISSIONS)
def test_permissions_as_stated(prod, role):
    permissions = getattr(prod.iam, role).permissions
    assert [p.name for p in permissions] == list(PERMISSIONS[role])
    for permission in permissions:
        action, resources = PERMISSIONS[role][permission.name]
        assert action in permission.actions
        assert permission.resources == resources


def test_nothing_is_derived_in_production(prod):
    from asbuilt.spec.show import describe

    assert [row.path for row in describe(prod) if row.derived] == []


def test_every_value_is_among_the_facts_above(prod):
    from asbuilt.spec.show import describe

    known = (*VALUES, "services.", "load_balancer.rules", "iam.execution_role.permissions", "iam.task_role.permissions")
    more = [row.path for row in describe(prod) if not row.path.startswith(known)]
    assert more == []


def test_numbers_read_as_written(prod):
    assert repr(prod.scaling.cpu_target) == "70"
    assert repr(prod.monitoring.alarms.response_time.threshold) == "2"
    assert repr(prod.capacity.spot_share["worker"]) == "0.8"


def test_the_statements_are_the_68_of_the_architecture(prod):
    expected = [f"{area}-{number}" for area, count in COUNTS.items() for number in range(1, count + 1)]
    assert len(expected) == 68
    assert [r.id for r in prod.requirements] == expected


def test_sections_are_the_headings_in_their_order(prod):
    assert prod.sections == SECTIONS
    assert {r.section for r in prod.requirements} == set(SECTIONS)


def test_each_statement_stands_where_it_says(prod):
    lines = Path(prod.requirements[0].location.file).read_text().split("\n")
    for requirement in prod.requirements:
        line = lines[requirement.location.start_line - 1]
        assert line.lstrip().startswith("statement:"), requirement.id
        first_words = requirement.statement[:40]
        following = " ".join(x.strip() for x in lines[requirement.location.start_line - 1 :][:3])
        assert first_words in following


@pytest.mark.parametrize(
    ("path", "id_"),
    [
        ("logging.retention_days", "MON-3"),
        ("logging.kms", "MON-4"),
        ("services.api.port", "INV-2"),
        ("services.*.port", "INV-2"),
        ("services", "INV-1"),
        ("services.api", "INV-1"),
        ("services.api.tasks.min", "INV-6"),
        ("network.subnets.private.default_route", "NET-6"),
        ("network.subnets.public.cidrs.1", "NET-4"),
        ("security_groups.database.ports", "SG-4"),
        ("load_balancer.rules.3.service", "ALB-5"),
        ("capacity.spot_share.worker", "COST-1"),
        ("capacity.spot_share.critical", "COST-2"),
        ("deployment.minimum_healthy_percent.worker", "DEP-3"),
        ("monitoring.alarms.memory.threshold", "MON-5"),
        ("iam.execution_role.permissions", "IAM-2"),
        ("scaling.every_service", "COST-6"),
        ("environments.staging.sizing", "COST-4"),
    ],
)
def test_requirement_of_a_value(prod, path, id_):
    assert prod.requirement(path).id == id_


@pytest.mark.parametrize(("path", "severity"), [("cdn", "low"), ("iam.ecs_exec", "info"), ("logging.kms", None)])
def test_severity_set_by_a_statement(prod, path, severity):
    assert prod.severity(path) == severity
