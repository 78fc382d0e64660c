"""Runs made up for these tests: a small platform whose findings come and go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from asbuilt.model import Gap, Severity, Verdict
from asbuilt.results import Finding, Requirement, Results, RuleInfo, Run, SourceInfo, SpecInfo, Subject, Summary
from asbuilt_reports.json_results import to_json

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
REQUIREMENTS = {
    "MON-3": ("Monitoring & Logging", "Logs are kept for 30 days.", "log-group-retention"),
    "MON-5": ("Monitoring & Logging", "Log groups are encrypted with our own key.", "log-group-encryption"),
    "NET-9": ("Networking", "Tasks get no public address.", "task-no-public-ip"),
    "ALB-2": ("Load Balancing", "Listeners use ELBSecurityPolicy-TLS13-1-2-2021-06.", "listener-tls-policy"),
    "SEC-2": ("Security", "Secrets come from Secrets Manager.", "secret-in-environment"),
    "DEP-1": ("Deployment Strategy", "Failed deployments roll back.", "deployment-rollback"),
}


def at(days: float) -> datetime:
    return START + timedelta(days=days)


def finding(requirement: str, service: str, verdict: str = "fail", **changes: Any) -> Finding:
    section, statement, rule = REQUIREMENTS[requirement]
    address = changes.pop("address", f'module.ecs.aws_ecs_service.this["{service}"]')
    values: dict[str, Any] = {
        "id": f"{rule}:{address}",
        "title": f"{rule} is violated",
        "message": f"{service} breaks {requirement}",
        "fix": "",
    }
    return Finding(
        rule=rule,
        verdict=Verdict(verdict),
        severity=Severity.MEDIUM,
        requirement=Requirement(requirement, section, statement),
        resource=Subject("AWS::ECS::Service", address, service, service),
        **(values | changes),
    )


def results(
    days: float,
    findings: Iterable[Finding] = (),
    *,
    environment: str = "prod",
    passes: Mapping[str, tuple[str, ...]] | None = None,
    without: Iterable[str] = (),
    gaps: tuple[Gap, ...] = (),
    waivers: tuple[dict[str, Any], ...] = (),
    commit: str | None = None,
    spec: str = "shop",
    services: int = 15,
) -> Results:
    """Return a run some days after START; `without` names rules that did not run."""
    found = tuple(sorted(findings, key=lambda f: (f.requirement.id, f.resource.address)))
    by_section: dict[str, dict[str, int]] = {}
    rules = {rule: (key, section) for key, (section, _, rule) in REQUIREMENTS.items() if rule not in set(without)}
    for section in dict.fromkeys(section for section, _, _ in REQUIREMENTS.values()):
        own = [rule for rule, (_, of) in rules.items() if of == section]
        counts = {v.value: sum(f.verdict is v and f.rule in own for f in found) for v in Verdict}
        counts["pass"] = max(0, services * len(own) - sum(counts.values()))
        by_section[section] = counts
    counts = {v.value: sum(section[v.value] for section in by_section.values()) for v in Verdict}
    judged = sum(counts.values()) - counts["not_applicable"]
    fails = any(f.verdict is Verdict.FAIL for f in found)
    return Results(
        tool="asbuilt",
        version="0.1.0",
        run=Run(
            command="check",
            started_at=at(days).isoformat(timespec="seconds"),
            duration_s=0.25,
            environment=environment,
            spec=SpecInfo(spec, "Shop on Fargate", "spec.yaml", "ab" * 32),
            sources=(SourceInfo("terraform", f"environments/{environment}", 42, environment),),
            exit_code=1 if fails else 0,
            commit=commit,
        ),
        summary=Summary(counts, round(100 * counts["pass"] / judged, 1) if judged else None, by_section, {}),
        findings=found,
        passes=dict(passes or {}),
        gaps=gaps,
        rules=tuple(RuleInfo(r, f"{r} is violated", Severity.MEDIUM, key, "", "", "") for r, (key, _) in rules.items()),
        waivers=waivers,
        sections=tuple(by_section),
        requirements=tuple(Requirement(key, section, said) for key, (section, said, _) in REQUIREMENTS.items()),
    )


def document(run: Results) -> str:
    return to_json(run)


def waiver(owner: str, rule: str, expires: str, **more: Any) -> dict[str, Any]:
    return {"rule": rule, "owner": owner, "expires": expires, "reason": "until the migration ends", **more}


def quarter() -> list[Results]:
    """A quarter of weekly runs in two environments, with everything a trend shows."""
    runs = []
    for week in range(14):
        day = week * 7.0
        bad = [finding("MON-3", s) for s in ("api", "web", "search", "cart")[: max(0, 4 - week // 2)]]
        bad += [finding("NET-9", "api")] if week < 5 else []
        bad += [finding("ALB-2", "edge")] if week in (1, 2, 6, 7, 11, 12, 13) else []
        bad += [finding("SEC-2", s) for s in ("payments", "returns")] if week >= 9 else []
        bad += [finding("MON-5", "media", "waived" if week > 3 else "fail")]
        bad += [finding("DEP-1", "batch", "unknown", reason="var.rollback has no value")] if week < 8 else []
        waivers = [waiver("media-team", "log-group-encryption", "2026-05-01" if week < 9 else "2026-08-31")]
        waivers += [waiver("platform", "listener-tls-policy", "2026-05-15", resource="aws_lb_listener.legacy")]
        waivers += [waiver("platform", "deployment-rollback", "2026-12-31", service="batch")] if week > 5 else []
        runs.append(results(day, bad, waivers=tuple(waivers) if week > 3 else (), commit=f"{week:02x}" * 20))
        staging = [finding("MON-3", s) for s in ("api", "web")] if 3 <= week < 6 else []
        staging += [finding("DEP-1", "batch")] if week in (2, 3) else []
        runs.append(results(day + 0.2, staging, environment="staging", commit=f"{week:02x}" * 20))
    return runs
