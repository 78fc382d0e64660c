"""A small run with one of everything, and hostile names in it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from asbuilt.model import Diagnostic, Gap, Location, Severity, Step, UnknownKind, Verdict
from asbuilt.results import (
    MASK,
    BaselineInfo,
    Dispute,
    Edit,
    EvidenceItem,
    ExternalFinding,
    ExternalRun,
    Finding,
    Fixed,
    Frame,
    Reach,
    Requirement,
    Results,
    RuleInfo,
    Run,
    SourceInfo,
    SpecInfo,
    Subject,
    Summary,
)

HOSTILE = (
    "\x1b[2J\x1b]0;owned\x07<script>alert(1)</script><img src=x onerror=alert(2)>\"'&|`"
    "](https://evil.example) @everyone ::error::pwn %0A\u202e\u2028\r\n=cmd|' /C calc'!A0{{7*7}}]]>\x00\ud800"
)
SPEC = "docs/architecture.md"


MEDIA: dict[str, Any] = {
    "rule": "log-group-retention",
    "requirement": None,
    "resource": 'module.ecs.aws_cloudwatch_log_group.services["media"]',
    "service": None,
    "environment": None,
    "reason": "archived elsewhere until the migration ends",
    "owner": "media-team",
    "ticket": "OPS-77",
    "expires": "2027-01-31",
    "expired": False,
    "inline": False,
    "location": {"file": "waivers.yaml", "start_line": 2, "start_column": 5, "end_line": 7, "end_column": 20},
}
LAPSED: dict[str, Any] = {
    **MEDIA,
    "rule": "alb-tls-policy",
    "requirement": "ALB-2",
    "resource": None,
    "owner": HOSTILE,
    "reason": "a client of the old days",
    "ticket": None,
    "expires": "2026-06-30",
    "expired": True,
    "inline": True,
    "location": {"file": f"modules/{HOSTILE}.tf", "start_line": 9, "start_column": 3, "end_line": 9, "end_column": 80},
}


def at(file: str, line: int, column: int = 1, end_column: int = 0) -> Location:
    return Location(file, line, column, line if end_column else 0, end_column)


REQUIREMENTS = {
    "NET-9": Requirement("NET-9", "Network Architecture", "Tasks get no public address.", at(SPEC, 88, 3, 29)),
    "INV-1": Requirement("INV-1", "Service Inventory", "payments listens on 8010.", at(SPEC, 71, 1, 40)),
    "MON-3": Requirement(
        "MON-3", "Monitoring & Logging", "Events are kept for 30 days, in staging for 14.", at(SPEC, 212, 3, 51)
    ),
    "MON-4": Requirement(
        "MON-4", "Monitoring & Logging", "Log groups are encrypted with a key of our own.", at(SPEC, 240)
    ),
    "SEC-2": Requirement("SEC-2", "Security", "Secrets come from Secrets Manager.", at(SPEC, 301, 3, 33)),
    "ALB-2": Requirement("ALB-2", "Load Balancing", "SSL policy ELBSecurityPolicy-TLS13-1-2-2021-06", None),
}
REQUIREMENTS |= {
    # One statement for each way to stand that no finding shows.
    "COST-1": Requirement("COST-1", "Cost", "Staging has half the size.", at(SPEC, 400)),
    "COST-2": Requirement("COST-2", "Cost", "The bill is paid in euros.", at(SPEC, 402)),
    "COST-3": Requirement("COST-3", "Cost", "Workers run on Spot.", at(SPEC, 404)),
    "NET-1": Requirement("NET-1", "Network Architecture", "Tasks run in private subnets.", at(SPEC, 60)),
    "NET-2": Requirement("NET-2", "Network Architecture", "The VPC has three zones and a name.", at(SPEC, 62)),
    "NET-3": Requirement("NET-3", "Network Architecture", "Endpoints serve the tasks.", at(SPEC, 64)),
}
REACHES = (
    Reach("NET-9", ("task-no-public-ip",)),
    Reach("NET-1", ("tasks-in-private-subnets",)),
    Reach("NET-2", ("vpc-zones",), open=("network.name",)),
    Reach("NET-3", ("vpc-endpoints",)),
    Reach("INV-1", ("service-inventory",)),
    Reach("MON-3", ("log-group-retention",)),
    Reach("MON-4", ("log-group-encryption",)),
    Reach("SEC-2", ("secret-in-environment",)),
    Reach("ALB-2", ("alb-tls-policy",)),
    Reach("COST-1", (), ("staging",)),
    Reach("COST-2"),
    Reach("COST-3", ("spot-share",)),
)
# The frame shows where the value is to be changed, not where it surfaces.
LOG_FRAME = Frame(1, ('name     = "broxiva-prod"', "", "log_days = 7", "log_kms  = true"))


def finding(rule: str, requirement: str, resource: Subject, **changes: Any) -> Finding:
    defaults: dict[str, Any] = {
        "id": f"{rule}-{abs(hash_of(resource.address + changes.get('message', ''))):08x}",
        "title": TITLES[rule],
        "verdict": Verdict.FAIL,
        "severity": SEVERITIES[rule],
        "message": TITLES[rule],
        "fix": "",
        "baseline": "new",
    }
    return Finding(rule=rule, requirement=REQUIREMENTS[requirement], resource=resource, **(defaults | changes))


def hash_of(text: str) -> int:
    """A hash that is the same in every process."""
    total = 0
    for char in text:
        total = (total * 31 + ord(char)) % (1 << 32)
    return total


TITLES = {
    "task-no-public-ip": "Task gets a public IP address",
    "service-inventory": "Service of the inventory is missing",
    "log-group-retention": "Log group keeps events for another period than the architecture says",
    "log-group-encryption": "Log group is not encrypted with a customer managed key",
    "secret-in-environment": "Secret is passed as a plain environment variable",
    "alb-tls-policy": "Listener negotiates another TLS policy than the architecture says",
}
SEVERITIES = {
    "task-no-public-ip": Severity.HIGH,
    "service-inventory": Severity.MEDIUM,
    "log-group-retention": Severity.MEDIUM,
    "log-group-encryption": Severity.LOW,
    "secret-in-environment": Severity.CRITICAL,
    "alb-tls-policy": Severity.INFO,
}


def log_group(service: str, verdict: Verdict = Verdict.FAIL, **changes: Any) -> Finding:
    address = f'module.ecs.aws_cloudwatch_log_group.services["{service}"]'
    evidence = EvidenceItem(
        outcome="violation",
        message=f"{service}: RetentionInDays is 7, the architecture says 30",
        path="RetentionInDays",
        native="retention_in_days",
        expected=30,
        actual=7,
        location=at("modules/ecs/logs.tf", 12, 23, 35),
        via=(
            Step("var.log_days", at("modules/ecs/variables.tf", 3, 1, 22)),
            Step("log_days = 7", at("environments/prod/terraform.tfvars", 3, 12, 13)),
        ),
        frame=LOG_FRAME,
        edit=Edit(at("environments/prod/terraform.tfvars", 3, 12, 13), "30"),
    )
    resource = Subject(
        "AWS::Logs::LogGroup", address, f"/aws/ecs/broxiva-prod/{service}", service, at("modules/ecs/logs.tf", 10, 1, 2)
    )
    return finding(
        "log-group-retention",
        "MON-3",
        resource,
        **(
            {
                "verdict": verdict,
                "message": f"{service}: RetentionInDays is 7, the architecture says 30",
                "fix": "Set `retention_in_days` to 30.",
                "evidence": (evidence,),
                "baseline": "new",
            }
            | changes
        ),
    )


def findings() -> tuple[Finding, ...]:
    public = Subject(
        "AWS::ECS::Service",
        "module.ecs.aws_ecs_service.api",
        "api",
        "api",
        at("modules/ecs/service.tf", 20, 1, 2),
        environment="prod",
    )
    hostile = Subject("AWS::ECS::Service", HOSTILE, HOSTILE, "", at(f"modules/{HOSTILE}.tf", 4, 3, 9))
    secret = Subject("AWS::ECS::TaskDefinition", "aws_ecs_task_definition.web", "web", "web", at("web.tf", 1, 1, 2))
    missing = Subject("", "", "payments", "payments", at(SPEC, 71, 1, 40))
    return (
        finding(
            "task-no-public-ip",
            "NET-9",
            public,
            message="AssignPublicIp is ENABLED",
            fix="Set `assign_public_ip = false`; the task reaches AWS through the endpoints.",
            evidence=(
                EvidenceItem(
                    "violation",
                    "AssignPublicIp is ENABLED",
                    "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp",
                    "network_configuration.assign_public_ip",
                    "DISABLED",
                    "ENABLED",
                    location=at("modules/ecs/service.tf", 24, 25, 29),
                    frame=Frame(23, ("  network_configuration {", "\t\tassign_public_ip    = true", "  }")),
                ),
                EvidenceItem("note", "the subnet routes to an internet gateway", location=at("network.tf", 9, 1, 8)),
            ),
            baseline="known",
        ),
        finding(
            "task-no-public-ip",
            "NET-9",
            hostile,
            message=f"{HOSTILE} gets a public IP",
            fix=HOSTILE,
            evidence=(
                EvidenceItem(
                    "violation",
                    HOSTILE,
                    "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp",
                    HOSTILE,
                    HOSTILE,
                    HOSTILE,
                    location=at(f"modules/{HOSTILE}.tf", 4, 3, 9),
                    via=(Step(HOSTILE, at(HOSTILE, 1)),),
                    frame=Frame(4, (HOSTILE, "}")),
                    edit=Edit(at(f"modules/{HOSTILE}.tf", 4, 1, 1), "\n  assign_public_ip = false"),
                ),
            ),
        ),
        finding(
            "service-inventory",
            "INV-1",
            missing,
            message="No service is named payments",
            fix="Add the service, or take it out of the inventory.",
            evidence=(EvidenceItem("violation", "service payments is missing", location=at(SPEC, 71, 1, 40)),),
        ),
        finding(
            "alb-tls-policy",
            "ALB-2",
            Subject("AWS::ElasticLoadBalancingV2::Listener", "aws_lb_listener.https", "https"),
            message="SslPolicy is not set",
            waiver=LAPSED,
            evidence=(
                EvidenceItem(
                    "violation", "SslPolicy is not set", "SslPolicy", expected="ELBSecurityPolicy-TLS13", absent=True
                ),
            ),
        ),
        *(log_group(service) for service in ("api", "web", "search")),
        log_group(
            "media",
            Verdict.WAIVED,
            waiver=MEDIA,
        ),
        *(
            finding(
                "log-group-encryption",
                "MON-4",
                Subject(
                    "AWS::Logs::LogGroup",
                    f'module.ecs.aws_cloudwatch_log_group.services["{name}"]',
                    location=at("modules/ecs/logs.tf", 10),
                ),
                verdict=Verdict.UNKNOWN,
                message="KmsKeyId is not known",
                fix="Give the variable a value: --var logs_key=ARN.",
                reason="variable logs_key has no value",
                evidence=(
                    EvidenceItem(
                        "unknown",
                        "variable logs_key has no value",
                        "KmsKeyId",
                        "kms_key_id",
                        location=at("modules/ecs/logs.tf", 13, 16, 28),
                        via=(Step("var.logs_key", at("variables.tf", 8, 1, 20)),),
                    ),
                ),
            )
            for name in ("api", "web")
        ),
        finding(
            "log-group-encryption",
            "MON-4",
            Subject("AWS::Logs::LogGroup", "aws_cloudwatch_log_group.broken", location=at("logs.tf", 1)),
            verdict=Verdict.ERROR,
            message="The rule stopped",
            reason="KeyError: 'KmsKeyId' in log_group_encryption.py",
        ),
        finding(
            "log-group-encryption",
            "MON-4",
            Subject("AWS::Logs::LogGroup", "aws_cloudwatch_log_group.default", location=at("logs.tf", 7)),
            verdict=Verdict.NOT_APPLICABLE,
            baseline=None,
            message="Not a log group of the platform",
            reason="the architecture names no such log group",
        ),
        finding(
            "secret-in-environment",
            "SEC-2",
            secret,
            message="DATABASE_URL holds a credential",
            fix="Move it to Secrets Manager and name it under `secrets`.",
            evidence=(
                EvidenceItem(
                    "violation",
                    "DATABASE_URL holds a credential",
                    "ContainerDefinitions.0.Environment.2.Value",
                    "container_definitions[0].environment[2].value",
                    "a reference to Secrets Manager",
                    MASK,
                    location=at("web.tf", 9, 15, 47),
                    frame=Frame(8, ('  { name = "DATABASE_URL",', '    value = "postgres://u:hunter2@db/web" },')),
                ),
            ),
        ),
    )


def others(text: str = HOSTILE) -> ExternalRun:
    """Return what another tool said: one of everything, and one finding made of a text."""
    logs = "Ensure CloudWatch log groups retains logs for at least 1 year"
    api, place = 'module.ecs.aws_cloudwatch_log_group.services["api"]', at("modules/ecs/logs.tf", 10, 1, 2)
    return ExternalRun(
        tool="checkov",
        version="3.3.30",
        passes=415,
        findings=(
            ExternalFinding(
                "f1" * 16,
                "CKV_AWS_338",
                logs,
                "fail",
                api,
                place,
                called=at("environments/prod/main.tf", 40),
                rules=("log-group-retention",),
                requirements=("MON-3",),
                baseline="known",
            ),
            ExternalFinding(
                "f2" * 16, "CKV_AWS_18", "Ensure the S3 bucket has access logging", "fail", "aws_s3_bucket.a"
            ),
            ExternalFinding(
                "f3" * 16,
                "CKV_AWS_18",
                "Ensure the S3 bucket has access logging",
                "fail",
                text,
                Location(text, 3, 2, 3, 9),
                Location(text, 1),
                Severity.HIGH,
                "https://docs.example.com/s3",
                baseline="new",
            ),
            ExternalFinding("f4" * 16, "CKV_AWS_21", text, "suppressed", "aws_s3_bucket.b", place, reason=text),
        ),
        disputes=(
            Dispute(
                "CKV_AWS_338",
                logs,
                "fail",
                Verdict.PASS,
                "log-group-retention",
                "MON-3",
                "aws_cloudwatch_log_group.audit",
                "checkov asks for 365 days; the architecture asks for exactly the number of days stated",
                location=place,
            ),
            Dispute(
                "CKV_AWS_2", text, "pass", Verdict.UNKNOWN, "r", "ALB-4", text, text, text, Location(text, 3, 2, 3, 9)
            ),
        ),
    )


def results(chosen: tuple[Finding, ...] | None = None, **changes: Any) -> Results:
    """Return the sample run, or one with other findings."""
    chosen = findings() if chosen is None else chosen
    passes = {
        "log-group-retention": ("a.one", "a.two"),
        "task-no-public-ip": tuple(f"s.{i}" for i in range(7)),
        "tasks-in-private-subnets": tuple(f"s.{i}" for i in range(4)),
        "vpc-zones": ("aws_vpc.this",),
    }
    counts = {verdict.value: sum(f.verdict is verdict for f in chosen) for verdict in Verdict}
    counts["pass"] = 14
    by_section: dict[str, dict[str, int]] = {
        "Network Architecture": {"pass": 12},
        "Monitoring & Logging": {"pass": 2},
    }
    for one in chosen:
        tally = by_section.setdefault(one.requirement.section, {})
        tally[one.verdict.value] = tally.get(one.verdict.value, 0) + 1
    judged = sum(counts.values()) - counts["not_applicable"]
    fails = [one for one in chosen if one.verdict is Verdict.FAIL]
    sample = Results(
        tool="asbuilt",
        version="0.1.0",
        run=Run(
            command="check",
            started_at="2026-11-22T21:30:00+00:00",
            duration_s=0.41,
            environment="prod",
            spec=SpecInfo("broxiva", "Broxiva E-Commerce Platform", SPEC, "3f" * 32),
            sources=(SourceInfo("terraform", "environments/prod", 212, "prod"),),
            exit_code=1,
            commit="c405ecb1f0c1d2e3a4b5c6d7e8f901234567890a",
            baseline=BaselineInfo(
                "out/before.json", "2026-11-01T08:00:00+00:00", "1111111f0c1d2e3a4b5c6d7e8f901234567890a"
            ),
        ),
        summary=Summary(
            counts,
            round(100 * 14 / judged, 1),
            by_section,
            {s.value: sum(f.severity is s for f in fails) for s in Severity},
        ),
        findings=chosen,
        passes=passes,
        gaps=(
            Gap(
                "terraform",
                "modules/cache/main.tf",
                "does not parse: line 14: expected `}`",
                "Correct the syntax error; nothing in this file was checked.",
                at("modules/cache/main.tf", 14, 3, 4),
                True,
                frozenset({"AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::SubnetGroup"}),
                UnknownKind.ERROR,
            ),
            Gap(
                "terraform",
                "module.vpc (terraform-aws-modules/vpc/aws)",
                "the module is not on disk",
                "Run `terraform init`, or give --module-dir.",
                incomplete=False,
                kind=UnknownKind.MODULE,
            ),
        ),
        diagnostics=(
            Diagnostic("warning", "duplicate-tfvars", "log_days is set twice; the last one wins", at("a.tfvars", 3)),
        ),
        rules=tuple(
            RuleInfo(
                rule,
                TITLES[rule],
                SEVERITIES[rule],
                "",
                f"Why {rule} matters: <b>read</b> it.",
                f"How to mend {rule}.",
                "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ (2026-11-20)",
            )
            for rule in TITLES
        ),
        waivers=(
            {**MEDIA, "state": "live", "waived": 1, "findings": [log_group("media").id]},
            {**LAPSED, "state": "expired", "waived": 0, "findings": ["alb-tls-policy-1"]},
            {**MEDIA, "resource": "aws_lb.old", "state": "unused", "waived": 0, "findings": []},
        ),
        fixed=(
            Fixed(
                "f1",
                "alb-tls-policy",
                TITLES["alb-tls-policy"],
                Severity.HIGH,
                "ALB-2",
                "Load Balancing",
                "aws_lb.a",
                "",
                "passes",
            ),
            Fixed(
                "f2",
                "task-no-public-ip",
                HOSTILE,
                Severity.LOW,
                "NET-9",
                "Network Architecture",
                HOSTILE,
                "web",
                "gone",
            ),
        ),
        sections=(
            "Service Inventory",
            "Network Architecture",
            "Load Balancing",
            "Monitoring & Logging",
            "Security",
            "Cost",
        ),
        requirements=tuple(REQUIREMENTS.values()),
        coverage=REACHES,
    )
    return replace(sample, **changes)


def clean() -> Results:
    """Return a run in which everything passed."""
    sample = results((), gaps=(), diagnostics=(), waivers=(), fixed=())
    return replace(sample, run=replace(sample.run, exit_code=0, baseline=None))


def many(number: int) -> Results:
    """Return a run with that many findings over many rules' worth of resources."""
    base = [one for one in findings() if one.verdict in (Verdict.FAIL, Verdict.UNKNOWN)]
    chosen = []
    for index in range(number):
        one = base[index % len(base)]
        address = f"module.m{index // len(base)}.{one.resource.address[:80]}[{index}]"
        chosen.append(replace(one, id=f"{one.rule}-{index:06x}", resource=replace(one.resource, address=address)))
    order = {rule: position for position, rule in enumerate(TITLES)}
    return results(tuple(sorted(chosen, key=lambda one: (order[one.rule], one.resource.address))))
