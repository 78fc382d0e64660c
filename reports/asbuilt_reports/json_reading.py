"""Reading results.json: data from outside is checked here, once, and is plain typed data ever after."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from asbuilt.model import Diagnostic, Gap, Location, Severity, Step, UnknownKind, Verdict
from asbuilt.results import (
    SCHEMA_VERSION,
    BaselineInfo,
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

if TYPE_CHECKING:
    from collections.abc import Iterator

Word = TypeVar("Word", bound=StrEnum)


class ResultsError(ValueError):
    """The text is no results.json that this version can read."""


class Node:
    """One JSON object and where it stands, with typed access to its keys."""

    __slots__ = ("data", "where")

    def __init__(self, data: Any, where: str) -> None:
        if not isinstance(data, dict):
            raise ResultsError(f"{where}: an object is expected, found {_kind(data)}")
        self.data: dict[str, Any] = data
        self.where = where

    def raw(self, key: str) -> Any:
        """Return whatever is at a key that has to be there."""
        if key not in self.data:
            raise ResultsError(f"{self.where}: `{key}` is missing")
        return self.data[key]

    def _typed(self, key: str, *types: type) -> Any:
        found = self.raw(key)
        if not isinstance(found, types) or (isinstance(found, bool) and bool not in types):
            wanted = " or ".join(_NAMES[kind] for kind in types)
            raise ResultsError(f"{self.where}.{key}: {wanted} is expected, found {_kind(found)}")
        return found

    def text(self, key: str) -> str:
        """Return a string."""
        found: str = self._typed(key, str)
        return found

    def text_or_none(self, key: str) -> str | None:
        """Return a string or null."""
        return None if self.data.get(key) is None else self.text(key)

    def integer(self, key: str) -> int:
        """Return a whole number."""
        found: int = self._typed(key, int)
        return found

    def number(self, key: str) -> float:
        """Return a number."""
        found: float = self._typed(key, int, float)
        return found

    def flag(self, key: str) -> bool:
        """Return true or false."""
        found: bool = self._typed(key, bool)
        return found

    def word(self, key: str, words: type[Word]) -> Word:
        """Return one of a fixed set of words."""
        found = self.text(key)
        try:
            return words(found)
        except ValueError:
            raise ResultsError(f"{self.where}.{key}: {found!r} is none of {', '.join(words)}") from None

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of strings."""
        found = self._typed(key, list)
        if not all(isinstance(item, str) for item in found):
            raise ResultsError(f"{self.where}.{key}: every element has to be a string")
        return tuple(found)

    def node(self, key: str) -> Node:
        """Return an object."""
        return Node(self.raw(key), f"{self.where}.{key}")

    def nodes(self, key: str) -> Iterator[Node]:
        """Yield the objects of a list."""
        for index, item in enumerate(self._typed(key, list)):
            yield Node(item, f"{self.where}.{key}[{index}]")

    def counts(self) -> dict[str, int]:
        """Return the object as counts by name."""
        return {key: self.integer(key) for key in self.data}


_NAMES = {str: "a string", int: "a whole number", float: "a number", bool: "true or false", list: "a list"}


def _kind(value: Any) -> str:
    return "null" if value is None else _NAMES.get(type(value), "an object")


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
    )


def _baseline(node: Node) -> BaselineInfo:
    return BaselineInfo(node.text("path"), node.text("started_at"), node.text_or_none("commit"))


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
    return Requirement(node.text("id"), node.text("section"), node.text("statement"), _location(node))


def _subject(node: Node) -> Subject:
    return Subject(
        type=node.text("type"),
        address=node.text("address"),
        name=node.text("name"),
        service=node.text("service"),
        location=_location(node),
        source=node.text("source"),
        environment=node.text("environment"),
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
        location=_location(node),
        via=tuple(Step(step.text("what"), _place(step)) for step in node.nodes("via")),
        frame=_frame(node),
        fix=node.text("fix"),
        edit=None if node.data.get("edit") is None else _edit(node.node("edit")),
    )


def _edit(node: Node) -> Edit:
    return Edit(_place(node.node("location")), node.text("text"))


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
        location=_location(node),
        incomplete=node.flag("incomplete"),
        types=frozenset(node.texts("types")),
        kind=node.word("kind", UnknownKind),
    )


def _diagnostic(node: Node) -> Diagnostic:
    return Diagnostic(node.text("severity"), node.text("code"), node.text("message"), _location(node))


def _location(node: Node) -> Location | None:
    return None if node.raw("location") is None else _place(node.node("location"))


def _place(node: Node) -> Location:
    return Location(
        file=node.text("file"),
        start_line=node.integer("start_line"),
        start_column=node.integer("start_column"),
        end_line=node.integer("end_line"),
        end_column=node.integer("end_column"),
    )
