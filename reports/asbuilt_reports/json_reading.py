"""Reading results.json: data from outside is checked here, once, and is plain typed data ever after."""

from __future__ import annotations

from typing import Any

from asbuilt.model import Diagnostic, Gap, Severity, Step, UnknownKind, Verdict
from asbuilt.results import (
    SCHEMA_VERSION,
    BaselineInfo,
    Covered,
    Earlier,
    Edit,
    EvidenceItem,
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
from asbuilt_reports.json_external import read_external
from asbuilt_reports.json_nodes import Node, ResultsError, location_at, place_at

__all__ = ["ResultsError", "read_results"]


def read_results(data: Any) -> Results:
    """Turn the parsed JSON into results.

    Raises:
        ResultsError: another schema version, or something missing or of the wrong type.
    """
    top = Node(data, "results")
    version = top.raw("schema_version")
    if version != SCHEMA_VERSION:
        raise ResultsError(
            f"schema_version {version!r} is not supported: this version of asbuilt reads {SCHEMA_VERSION!r}; "
            "scan again, or render the file with the version that wrote it"
        )
    tool, passes = top.node("tool"), top.node("passes")
    return Results(
        tool=tool.text("name"),
        version=tool.text("version"),
        run=_run(top.node("run")),
        summary=_summary(top.node("summary")),
        findings=tuple(_finding(node) for node in top.nodes("findings")),
        passes={rule: passes.texts(rule) for rule in passes.data},
        gaps=tuple(_gap(node) for node in top.nodes("gaps")),
        diagnostics=tuple(_diagnostic(node) for node in top.nodes("diagnostics")),
        rules=tuple(_rule(node) for node in top.nodes("rules")),
        waivers=tuple(node.data for node in top.nodes("waivers")),
        sections=top.texts("sections"),
        requirements=tuple(_requirement(node) for node in top.nodes("requirements")),
        fixed=tuple(_fixed(node) for node in top.nodes("fixed")),
        coverage=tuple(_reach(node) for node in top.nodes("coverage")) if "coverage" in top.data else (),
        external=tuple(read_external(node) for node in top.nodes("external")) if "external" in top.data else (),
        accounts=tuple(read_covered(node) for node in top.nodes("accounts")) if "accounts" in top.data else (),
    )


def read_covered(node: Node) -> Covered:
    """Turn a JSON object into what was covered of a region of an account. Raises ResultsError."""
    return Covered(
        account=node.text("account"),
        name=node.text("name"),
        region=node.text("region"),
        environment=node.text("environment"),
        outcome=node.text("outcome"),
        reason=node.text("reason"),
        action=node.text("action"),
        exit_code=None if node.raw("exit_code") is None else node.integer("exit_code"),
        counts=node.node("counts").counts(),
        resources=node.integer("resources"),
        file=node.text("file"),
    )


def _run(node: Node) -> Run:
    spec = node.node("spec")
    return Run(
        command=node.text("command"),
        started_at=node.text("started_at"),
        duration_s=node.number("duration_s"),
        environment=node.text("environment"),
        spec=SpecInfo(spec.text("name"), spec.text("title"), spec.text("path"), spec.text("sha256")),
        sources=tuple(
            SourceInfo(item.text("kind"), item.text("path"), item.integer("resources"), item.text("environment"))
            for item in node.nodes("sources")
        ),
        exit_code=node.integer("exit_code"),
        fail_on=node.text("fail_on"),
        on_unknown=node.text("on_unknown"),
        commit=node.text_or_none("commit"),
        account=node.text_or_none("account"),
        regions=node.texts("regions"),
        baseline=None if node.raw("baseline") is None else _baseline(node.node("baseline")),
        earlier=_earlier(node.node("earlier")) if "earlier" in node.data else None,
    )


def _baseline(node: Node) -> BaselineInfo:
    return BaselineInfo(node.text("path"), node.text("started_at"), node.text_or_none("commit"))


def _earlier(node: Node) -> Earlier:
    return Earlier(
        runs=node.integer("runs"),
        since=node.text("since"),
        alike=node.integer("alike"),
        started_at=node.text("started_at"),
        score=None if node.raw("score") is None else node.number("score"),
        fail=node.integer("fail"),
    )


def _fixed(node: Node) -> Fixed:
    return Fixed(
        id=node.text("id"),
        rule=node.text("rule"),
        title=node.text("title"),
        severity=node.word("severity", Severity),
        requirement=node.text("requirement"),
        section=node.text("section"),
        address=node.text("address"),
        service=node.text("service"),
        how=node.text("how"),
    )


def _summary(node: Node) -> Summary:
    by_section = node.node("by_section")
    return Summary(
        counts={verdict.value: node.integer(verdict.value) for verdict in Verdict},
        score=None if node.raw("score") is None else node.number("score"),
        by_section={section: by_section.node(section).counts() for section in by_section.data},
        by_severity=node.node("by_severity").counts(),
    )


def _finding(node: Node) -> Finding:
    return Finding(
        id=node.text("id"),
        rule=node.text("rule"),
        title=node.text("title"),
        verdict=node.word("verdict", Verdict),
        severity=node.word("severity", Severity),
        message=node.text("message"),
        fix=node.text("fix"),
        requirement=_requirement(node.node("requirement")),
        resource=_subject(node.node("resource")),
        evidence=tuple(_evidence(item) for item in node.nodes("evidence")),
        reason=node.text_or_none("reason"),
        waiver=None if node.raw("waiver") is None else node.node("waiver").data,
        baseline=node.text_or_none("baseline"),
    )


def _requirement(node: Node) -> Requirement:
    return Requirement(node.text("id"), node.text("section"), node.text("statement"), location_at(node))


def _subject(node: Node) -> Subject:
    return Subject(
        type=node.text("type"),
        address=node.text("address"),
        name=node.text("name"),
        service=node.text("service"),
        location=location_at(node),
        source=node.text("source"),
        environment=node.text("environment"),
        canonical=node.text_or_none("canonical") or "",
        construct=node.text_or_none("construct") or "",
    )


def _evidence(node: Node) -> EvidenceItem:
    return EvidenceItem(
        outcome=node.text("outcome"),
        message=node.text("message"),
        path=node.text("property"),
        native=node.text("native"),
        expected=node.raw("expected"),
        actual=node.raw("actual"),
        absent=node.flag("absent"),
        location=location_at(node),
        via=tuple(Step(step.text("what"), place_at(step)) for step in node.nodes("via")),
        frame=_frame(node),
        fix=node.text("fix"),
        edit=None if node.data.get("edit") is None else _edit(node.node("edit")),
    )


def _edit(node: Node) -> Edit:
    return Edit(place_at(node.node("location")), node.text("text"))


def _frame(node: Node) -> Frame | None:
    if node.raw("frame") is None:
        return None
    frame = node.node("frame")
    return Frame(frame.integer("first_line"), frame.texts("lines"))


def _rule(node: Node) -> RuleInfo:
    return RuleInfo(
        id=node.text("id"),
        title=node.text("title"),
        severity=node.word("severity", Severity),
        requirement=node.text("requirement"),
        why=node.text("why"),
        fix=node.text("fix"),
        source=node.text("source"),
        page=_page(node.text("page")) if "page" in node.data else "",
    )


def _page(text: str) -> str:
    """Return the address of a page; results come from anywhere, and reports make links of it."""
    return text if text.startswith("https://") and not set(text) & set(" \t\r\n<>\"'`()[]") else ""


def _reach(node: Node) -> Reach:
    return Reach(node.text("requirement"), node.texts("rules"), node.texts("environments"), node.texts("open"))


def _gap(node: Node) -> Gap:
    return Gap(
        source=node.text("source"),
        what=node.text("what"),
        reason=node.text("reason"),
        action=node.text("action"),
        location=location_at(node),
        incomplete=node.flag("incomplete"),
        types=frozenset(node.texts("types")),
        kind=node.word("kind", UnknownKind),
    )


def _diagnostic(node: Node) -> Diagnostic:
    return Diagnostic(node.text("severity"), node.text("code"), node.text("message"), location_at(node))
