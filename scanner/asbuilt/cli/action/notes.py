"""What a pull request does to the rules it is held to: a looser spec, other waivers, another configuration."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from asbuilt.cli.action.trusted import SETTINGS, Base, differing
from asbuilt.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.cli.base import Compared
    from asbuilt.model import Diagnostic, Location
    from asbuilt.results import Results
    from asbuilt.spec.load import SpecDocument

MOST = 30


@dataclass(frozen=True, slots=True)
class Note:
    """One thing the pull request does: what, the single changes, and where the first of them is."""

    title: str
    items: tuple[str, ...] = ()
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Notes:
    """Everything to be said before the findings; `trusted` is whether the pull request's own files count."""

    found: tuple[Note, ...] = ()
    trusted: bool = False
    remarks: tuple[Diagnostic, ...] = ()

    def markdown(self) -> str:
        """Return it for the top of the summary; nothing where there is nothing to say."""
        from asbuilt_reports.markdown import md

        lines: list[str] = []
        for remark in self.remarks:
            if remark.severity == "warning":
                lines += ["> [!WARNING]", f"> {md(remark.message)}", ""]
        if self.found:
            lines += ["> [!CAUTION]", f"> {md(self._heading())}", ""]
            for note in self.found:
                lines.append(f"- **{md(note.title)}**")
                lines += [f"  - {md(item)}" for item in note.items[:MOST]]
                if len(note.items) > MOST:
                    lines.append(f"  - and {len(note.items) - MOST:,} more")
            lines.append("")
        return "\n".join([*lines, ""]) if lines else ""

    def annotations(self) -> list[tuple[str, str, Location | None]]:
        """Return a title, a text and a place for each, as annotations have them."""
        found = [(note.title, "\n".join([self._heading(), *note.items[:10]]), note.location) for note in self.found]
        return [*found, *(("asbuilt", r.message, None) for r in self.remarks if r.severity == "warning")]

    def _heading(self) -> str:
        counts = "They count: trust-head is set." if self.trusted else "They do not count here: the base's are used."
        return f"This pull request changes what it is held to. {counts}"


def notes_on(
    base: Base, document: SpecDocument, values: dict[str, Any], results: Results, found: Compared, *, trusted: bool
) -> Notes:
    """Compare spec, waivers and configuration of the checkout with the base's."""
    notes = [
        *_spec_notes(base, document, values["spec"], trusted=trusted),
        *_waiver_notes(base, values.get("waivers")),
        *_inline_notes(results, found),
    ]
    settings = differing(base, SETTINGS[:2])
    if changed := differing(base, SETTINGS[2:]):
        settings += [text for text in changed if _configures(base)]
    if settings:
        notes.append(Note("It changes the configuration", tuple(settings)))
    return Notes(tuple(notes), trusted)


def _configures(base: Base) -> bool:
    """Whether `[tool.asbuilt]` itself is another one."""
    path = base.inside(SETTINGS[2])
    here = Path(SETTINGS[2])
    old = base.repository.content(base.commit, path) if path else None
    new = here.read_bytes() if here.is_file() else None
    return bool(_table(old) != _table(new))


def _table(raw: bytes | None) -> Any:
    from asbuilt.configuration.toml import read_toml
    from asbuilt.spec.errors import SpecError

    try:
        found = read_toml(raw, SETTINGS[2]) if raw is not None else None
    except SpecError:
        return raw
    return found.data if found is not None else None


def _spec_notes(base: Base, used: SpecDocument, name: str, *, trusted: bool) -> Iterator[Note]:
    """Compare the spec of the base with that of the checkout."""
    from asbuilt.spec import SpecError, load_spec
    from asbuilt.spec.compare import differences
    from asbuilt.spec.show import difference_text

    path = base.inside(name)
    if path is None or base.repository.content(base.commit, path) is None:
        return
    if not differing(base, (name,)):
        return
    try:
        if trusted:
            base.fetch(name)
            with base.entered():
                old = load_spec(name)
            new = used
        else:
            old, new = used, load_spec(name)
    except SpecError as error:
        yield Note(f"The spec {name} cannot be read", tuple(str(problem) for problem in error.problems[:MOST]))
        return
    found = differences(old, new)
    looser = [item for item in found if item.kind in ("loosened", "dropped")]
    other = [item for item in found if item not in looser]
    if looser:
        where = next((item.new_location for item in looser if item.kind == "loosened"), None)
        yield Note(f"It loosens the architecture in {name}", tuple(map(difference_text, looser)), where)
    if other:
        yield Note(f"It changes the architecture in {name}", tuple(map(difference_text, other)), other[0].new_location)
    if not found:
        yield Note(f"It changes words of the architecture in {name}")


def _waiver_notes(base: Base, name: str | None) -> Iterator[Note]:
    """Compare the entries of the file of waivers, whatever their order."""
    if name is None or not differing(base, (name,)):
        return
    path = base.inside(name)
    here = Path(name)
    old, _ = _entries(base.repository.content(base.commit, path) if path else None, name)
    new, problem = _entries(here.read_bytes() if here.is_file() else None, name)
    added = [(text, where) for text, where in new if text not in {one for one, _ in old}]
    gone = [text for text, _ in old if text not in {one for one, _ in new}]
    items = [*(f"new or changed: {text}" for text, _ in added), *(f"no longer: {text}" for text in gone), *problem]
    title = f"It adds or changes waivers in {name}" if added else f"It changes {name}"
    yield Note(title, tuple(items), added[0][1] if added else None)


def _entries(raw: bytes | None, name: str) -> tuple[list[tuple[str, Location]], list[str]]:
    from asbuilt.spec.errors import SpecError
    from asbuilt.spec.positions import read_yaml

    if raw is None:
        return [], []
    try:
        content = read_yaml(raw, name)
    except SpecError as error:
        return [], [str(error.problems[0])]
    data = content.data if isinstance(content.data, dict) else {}
    rows = data.get("waivers") or ()
    found = [
        (", ".join(f"{key}: {value}" for key, value in sorted(row.items())), content.value(("waivers", index)))
        for index, row in enumerate(rows if isinstance(rows, tuple) else ())
        if isinstance(row, dict)
    ]
    if "max_days" in data:
        found.append((f"max_days: {data['max_days']}", content.value(("max_days",))))
    return found, []


def _inline_notes(results: Results, found: Compared) -> Iterator[Note]:
    """Say which waivers in comments are new since the merge base."""
    if found.baseline is None:
        return
    before = [_inline(waiver) for waiver in found.baseline.results.waivers if waiver.get("inline")]
    added = []
    for waiver in results.waivers:
        if waiver.get("inline"):
            text = _inline(waiver)
            if text in before:
                before.remove(text)
            else:
                added.append((text, waiver))
    if added:
        from asbuilt_reports import exceptions

        places = tuple(f"{text}, in {exceptions.place(waiver)}" for text, waiver in added)
        yield Note("It adds or changes waivers in comments of the code", places, exceptions.location(added[0][1]))


def _inline(waiver: dict[str, Any]) -> str:
    keys = ("rule", "requirement", "resource", "service", "environment", "owner", "reason", "expires", "ticket")
    where = waiver.get("location") or {}
    said = ", ".join(f"{key}: {waiver[key]}" for key in keys if waiver.get(key))
    return f"{said} ({where.get('file', '')})"
