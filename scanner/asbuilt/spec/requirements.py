"""Join every value of a spec to the statement that sets it.

A value that no statement names gets a requirement of its own, made from the value: its id is the path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import Severity
from asbuilt.results import Requirement
from asbuilt.spec.data import MISSING, UNSTATED, areas, leaves, matches, parts
from asbuilt.spec.errors import Problem, suggest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.model import Path
    from asbuilt.spec.positioned import Positioned

_TITLES = {"iam": "IAM", "cdn": "CDN"}


class RequirementIndex:
    """The statements of a spec by the paths of the values they set."""

    def __init__(self, document: Positioned) -> None:
        self._tree: dict[Any, Any] = {}
        self._ordered: list[tuple[Path, Requirement]] = []
        self._severities: dict[str, Severity] = {}
        self._answers: dict[tuple[Path, ...], Requirement] = {}
        self._document = document
        stated = [*self._statements(document), *self._asserted(document)]
        self.generated = tuple(self._generated(document))
        self.all: tuple[Requirement, ...] = (*stated, *self.generated)

    def _statements(self, document: Positioned) -> list[Requirement]:
        stated = []
        for number, row in enumerate(document.data.get("requirements", ())):
            where = document.value(("requirements", number, "statement"))
            requirement = Requirement(row["id"], row["section"], row["statement"], where)
            stated.append(requirement)
            if "severity" in row:
                self._severities[row["id"]] = Severity(row["severity"])
            for value in row["values"]:
                self._add(parts(value), requirement)
        return stated

    def _asserted(self, document: Positioned) -> Iterator[Requirement]:
        """Join each assertion to its statement; one without is its own."""
        known = {requirement.id: requirement for _, requirement in self._ordered}
        for name, assertion in document.data.get("assertions", {}).items():
            path: Path = ("assertions", name)
            own = Requirement(name, assertion.get("section", "Assertions"), assertion["message"], document.key(path))
            requirement = known.get(assertion.get("requirement", ""), own)
            self._add(path, requirement)
            if requirement is own:
                yield own

    def _generated(self, document: Positioned) -> Iterator[Requirement]:
        for path, value in statable(document.data):
            base = path[2:] if path[0] == "environments" and path[2] != "sizing" else path
            if self._prefix(path) is None and self._prefix(base) is None:
                requirement = made_from(path, value, document)
                self._add(path, requirement)
                yield requirement

    def _add(self, path: Path, requirement: Requirement) -> None:
        node = self._tree
        for part in path:
            node = node.setdefault(part, {})
        node.setdefault("", requirement)
        self._ordered.append((path, requirement))

    def _prefix(self, path: Path) -> Requirement | None:
        """Return the requirement of the longest pattern that covers a path; a literal key goes before `*`."""
        best: tuple[int, int, Requirement] | None = None
        stack = [(self._tree, 0, 0)]
        while stack:
            node, depth, literal = stack.pop()
            if "" in node and (best is None or (depth, literal) > best[:2]):
                best = (depth, literal, node[""])
            if depth < len(path):
                if path[depth] in node:
                    stack.append((node[path[depth]], depth + 1, literal + 1))
                if "*" in node and path[depth] != "*":
                    stack.append((node["*"], depth + 1, literal))
        return best[2] if best else None

    def find(self, *paths: Path) -> Requirement:
        """Return the requirement of the first of these paths that a statement names, else of what is below them."""
        answer = self._answers.get(paths)
        if answer is None:
            answer = self._answers[paths] = self._find(paths)
        return answer

    def _find(self, paths: tuple[Path, ...]) -> Requirement:
        for path in paths:
            found = self._prefix(path)
            if found is not None:
                return found
        for path in paths:
            for pattern, requirement in self._ordered:
                if _begins(pattern, path):
                    return requirement
        return made_from(paths[-1], None, self._document)

    def severity(self, requirement: Requirement) -> Severity | None:
        """Return the severity a statement sets, if it sets one."""
        return self._severities.get(requirement.id)


def _begins(pattern: Path, path: Path) -> bool:
    return len(pattern) >= len(path) and all(a == b or "*" in (a, b) for a, b in zip(pattern, path, strict=False))


def statable(data: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    """Yield every value that a statement should name: those of the areas, and how environments differ."""
    for path, value in leaves(areas(data)):
        if path[:1] not in UNSTATED and path not in UNSTATED:
            yield path, value
    for name, settings in data.get("environments", {}).items():
        prefix: Path = ("environments", name)
        if settings.get("sizing"):
            yield (*prefix, "sizing"), settings["sizing"]
        for path, value in leaves(areas(settings)):
            if value is not None:
                yield (*prefix, *path), value


def made_from(path: Path, value: Any, document: Positioned) -> Requirement:
    """Make a requirement from a value that no statement names."""
    name = ".".join(map(str, path))
    area = str(path[2] if path[0] == "environments" and len(path) > 2 else path[0])
    title = _TITLES.get(area, area.replace("_", " ").capitalize())
    shown = "" if value is None else f" to {plain(value)}"
    return Requirement(name, title, f"The architecture sets {name}{shown}.", document.value(path))


def plain(value: Any) -> str:
    """Write a value in a sentence."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(plain(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {plain(item)}" for key, item in value.items())
    return str(value)


def check_statements(document: Positioned) -> Iterator[Problem]:
    """Yield what is wrong with the statements: ids given twice, unknown sections, values that are not set."""
    data = document.data
    ids: dict[str, int] = {}
    for number, row in enumerate(data.get("requirements", ())):
        place: Path = ("requirements", number)
        if row["id"] in ids:
            where = document.value((*place, "id"))
            yield Problem(
                where, f"the id {row['id']} is taken by line {ids[row['id']]}", "give each statement its own id"
            )
        ids.setdefault(row["id"], document.value((*place, "id")).start_line)
        sections = data.get("sections", ())
        if sections and row["section"] not in sections:
            remedy = suggest(row["section"], sections, "sections")
            yield Problem(document.value((*place, "section")), f"`{row['section']}` is no section", remedy)
        for position, value in enumerate(row["values"]):
            if not any(found is not None for _, found in matches(data, parts(value))):
                where = document.value((*place, "values", position))
                yield Problem(where, f"{row['id']} names `{value}`, which is not set", _closest(value, data))


def _closest(value: str, data: dict[str, Any]) -> str:
    path = parts(value)
    for length in range(len(path) - 1, -1, -1):
        above = next((found for _, found in matches(data, path[:length])), MISSING) if length else data
        if isinstance(above, dict):
            prefix = ".".join(map(str, path[:length]))
            remedy = suggest(str(path[length]), above, f"set there{' in ' + prefix if prefix else ''}")
            if remedy.startswith("did you mean"):
                word = remedy.removeprefix("did you mean ")
                return f"did you mean {prefix + '.' if prefix else ''}{word}"
            return remedy
    return ""
