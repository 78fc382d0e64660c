"""Run a rule over its fixtures: `fixtures/rules/<rule-id>/<verdict>[-suffix]/`, each a small Terraform root.

`<verdict>[-suffix].live.yaml` beside them is what an account answers: see `sources.aws.overlay`. The collectors read
it, so that each verdict is one of a live audit.

`<verdict>[-suffix].template.yaml` is the same in CloudFormation. A comment `# parameters: NAME=VALUE …` in it gives
parameters.

A trailing comment `# expect: <text>` marks the line a finding must point at, with a message that holds the text. A
comment `# expect: <text>` on a line of its own stands for a finding that has no line, because something is missing.
Live findings have no lines: behind `retentionInDays: 7`, the comment says that the finding names the field.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asbuilt import model
from asbuilt.discovery import discover
from asbuilt.evaluate import Evaluation, evaluate
from asbuilt.graph import joined
from asbuilt.model import Path as PropertyPath
from asbuilt.model import Property, Resource, Verdict
from asbuilt.scan import Options, read
from asbuilt.sources.aws.collect import read_region
from asbuilt.sources.aws.session import Access, Session
from asbuilt.sources.aws.words import words_of
from asbuilt.spec import load_spec
from sources.aws.overlay import Switch
from sources.aws.overlay import read as overlay_read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from asbuilt.graph import Graph
    from asbuilt.results import EvidenceItem, Finding
    from asbuilt.rules import Rule
    from asbuilt.spec.load import SpecDocument
    from asbuilt.spec.models import Spec

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures" / "rules"
VERDICTS = tuple(sorted((v.value for v in Verdict), key=len, reverse=True))
LIVE = ".live.yaml"
TEMPLATE = ".template.yaml"
PARAMETERS = re.compile(r"^# parameters: (.+)$", re.MULTILINE)
FIELD = re.compile(r"^[\s-]*(?P<name>\w+):")
MARK = re.compile(r"^(?P<code>.*?)\s*(?:#|//)\s*expect:\s*(?P<text>.*?)\s*$")


@dataclass(frozen=True, slots=True)
class Case:
    """One fixture: which rule, which folder (or template, or file of responses), which verdict it must get."""

    rule: str
    folder: Path
    verdict: Verdict

    @property
    def id(self) -> str:
        return f"{self.rule}-{self.folder.name}"

    @property
    def live(self) -> bool:
        return self.folder.name.endswith(LIVE)


@dataclass(frozen=True, slots=True)
class Mark:
    """A line that a finding must point at; `line` is 0 for a finding without one.

    `field` is the field of a response that it must name instead.
    """

    file: Path
    line: int
    text: str
    field: str = ""


def cases() -> list[Case]:
    """Return every case of every rule; a folder whose name starts with no verdict is an error."""
    found = []
    for folder in sorted(FIXTURES.glob("*/*/")):
        verdict = next((v for v in VERDICTS if re.fullmatch(rf"{v}(-.+)?", folder.name)), None)
        assert verdict, f"{folder}: the name starts with no verdict"
        found.append(Case(folder.parent.name, folder, Verdict(verdict)))
    for file in sorted([*FIXTURES.glob(f"*/*{LIVE}"), *FIXTURES.glob(f"*/*{TEMPLATE}")]):
        name = file.name.removesuffix(LIVE).removesuffix(TEMPLATE)
        verdict = next((v for v in VERDICTS if re.fullmatch(rf"{v}(-.+)?", name)), None)
        assert verdict, f"{file}: the name starts with no verdict"
        found.append(Case(file.parent.name, file, Verdict(verdict)))
    return found


@cache
def rules() -> dict[str, Rule]:
    return {rule.id: rule for rule in discover()}


@cache
def document_at(path: Path) -> SpecDocument:
    return load_spec(str(path))


def document_of(case: Case) -> SpecDocument:
    """Return the spec of a case: its own, its rule's, or that of all."""
    own = case.folder.with_name(case.folder.name.removesuffix(TEMPLATE))
    nearest = (own / "spec.yaml", case.folder.parent / "spec.yaml", FIXTURES / "spec.yaml")
    return document_at(next(path for path in nearest if path.exists()))


def graph_and_spec(case: Case) -> tuple[Graph, Spec]:
    """Read a case as a scan does."""
    document = document_of(case)
    if case.live:
        return live_graph(case.folder, document), document.resolve("prod")
    given = PARAMETERS.search(case.folder.read_text("utf-8")) if case.folder.is_file() else None
    options = Options(paths=[case.folder], environment="prod", parameters=given[1].split() if given else ())
    graph = read(document, options, lambda _: None)
    return graph, document.resolve("prod")


SWITCH = Switch()


@cache
def session() -> Session:
    return Session(Access(attempts=1), SWITCH.install)


@cache
def live_graph(file: Path, document: SpecDocument) -> Graph:
    """Read recorded responses through the collectors, as an audit does."""
    spec = document.resolve("prod")
    SWITCH.current = overlay = overlay_read(file)
    region = overlay.region or spec.region or "us-east-1"
    part = read_region(session(), session().identity(region), region, words_of(spec, document.names_of("prod")))
    assert not overlay.unasked(), f"{file}: no call asked for {overlay.unasked()}"
    return joined([part])


@cache
def run(case: Case) -> Evaluation:
    """Evaluate the case's rule on it, and nothing else.

    An account has more in it than the case is about: what the statement does not apply to is left out there.
    """
    graph, spec = graph_and_spec(case)
    result = evaluate([rules()[case.rule]], spec, graph)
    if case.live and case.verdict is not Verdict.NOT_APPLICABLE:
        result.findings = [f for f in result.findings if f.verdict is not Verdict.NOT_APPLICABLE]
    return result


def marks(case: Case) -> list[Mark]:
    """Return the marked lines of a case."""
    found = []
    for file in [case.folder] if case.folder.is_file() else sorted(case.folder.rglob("*")):
        if not file.is_file() or file.name == "spec.yaml":
            continue
        for number, line in enumerate(file.read_text("utf-8").split("\n"), 1):
            match = MARK.match(line)
            if match:
                field = FIELD.match(match["code"]) if case.live and "error:" not in match["code"] else None
                line = number if match["code"].strip() and not case.live else 0
                found.append(Mark(file.resolve(), line, match["text"], field["name"] if field else ""))
    return found


def hits(mark: Mark, item: EvidenceItem) -> bool:
    """Whether a piece of evidence is the one a mark announces."""
    if mark.text not in item.message:
        return False
    if mark.field:
        return re.search(rf"\b{mark.field}(\[\d+\])?$", item.native) is not None
    places = [place for place in (item.location, item.origin) if place is not None]
    if mark.line == 0:
        return not places
    return any(Path(place.file).resolve() == mark.file and place.start_line == mark.line for place in places)


def decisive(finding: Finding) -> list[EvidenceItem]:
    """Return the evidence that made the verdict."""
    outcome = {Verdict.FAIL: "violation", Verdict.UNKNOWN: "unknown", Verdict.NOT_APPLICABLE: "not_applicable"}
    return [item for item in finding.evidence if item.outcome == outcome.get(finding.verdict)]


@contextmanager
def recorded(note: Callable[[Property], None]) -> Iterator[None]:
    """Tell `note` of every property that is reached, also of those on the way to another."""
    walk, at, get, get_below = model._walk, Resource.at, Resource.get, Property.get

    def recording(resource: Resource, path: PropertyPath, value: Any, sensitive: bool, parts: PropertyPath) -> Property:
        prop = Property(resource, path, value, sensitive)
        for part in parts:
            prop = walk(resource, prop.path, prop.value, prop.sensitive, (part,))
            note(prop)
        return prop

    def recording_at(self: Resource, path: str = "") -> Property:
        found = at(self, path)
        if len(found.path) == 1:  # these are reached without a walk
            note(found)
        return found

    def recording_get(self: Resource, path: str) -> Any:
        return recording_at(self, path).value

    def recording_below(self: Property, path: str) -> Any:
        return self.at(path).value

    model._walk = recording
    Resource.at = recording_at  # type: ignore[method-assign]
    Resource.get = recording_get  # type: ignore[method-assign]
    Property.get = recording_below  # type: ignore[method-assign]
    try:
        yield
    finally:
        model._walk = walk
        Resource.at = at  # type: ignore[method-assign]
        Resource.get = get  # type: ignore[method-assign]
        Property.get = get_below  # type: ignore[method-assign]
