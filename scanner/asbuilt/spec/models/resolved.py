"""The spec of one environment: what rules, topology and reports are given."""

from __future__ import annotations

import re
from dataclasses import field
from functools import cache
from typing import TYPE_CHECKING, Any

from asbuilt.model import Location, Path, Severity
from asbuilt.records import dataclass
from asbuilt.spec.data import MISSING, get, leaves, matches, parts

if TYPE_CHECKING:
    from asbuilt.results import Requirement
    from asbuilt.spec.environments.derive import Resolved
    from asbuilt.spec.models import (
        Cache,
        Capacity,
        Cdn,
        Compute,
        Configuration,
        Database,
        Deployment,
        Discovery,
        Iam,
        LoadBalancer,
        Logging,
        Monitoring,
        Network,
        Scaling,
        Secrets,
        SecurityGroups,
        Service,
        ServiceClass,
        TaskPlacement,
    )
    from asbuilt.spec.positioned import Positioned
    from asbuilt.spec.requirements import RequirementIndex


@dataclass(frozen=True, slots=True, eq=False)
class Stated:
    """The values of one environment, and the statements that set them; `environment` is None for the base values."""

    environment: str | None
    sections: tuple[str, ...]
    requirements: tuple[Requirement, ...]
    _values: Resolved = field(repr=False)
    _document: Positioned = field(repr=False)
    _index: RequirementIndex = field(repr=False)
    _setting: dict[str, Requirement] = field(repr=False)  # what `requirement` answered

    def value(self, path: str) -> Any:
        """Return the value at a dotted path, None where nothing is stated.

        With `*` (`services.*.port`): a mapping of the full paths that are stated to their values.
        """
        place = parts(path)
        if "*" not in place:
            found = get(self._values.data, place)
            return found if _says_something(found) else None
        every = {_dotted(at): value for at, value in matches(self._values.data, place) if _says_something(value)}
        return every or None

    def values(self) -> dict[str, Any]:
        """Return all values as nested mappings, by the keys they have in YAML; lists are tuples."""
        return self._values.data

    def requirement(self, path: str) -> Requirement:
        """Return the statement that sets a value: of the path, of a wildcard for it, of the nearest thing around it."""
        if path not in self._setting:
            self._setting[path] = self.requirement_of(parts(path))
        return self._setting[path]

    def requirement_of(self, place: Path) -> Requirement:
        """Return what `requirement` does, for a path in parts."""
        reason = self._reason(place)
        candidates = [reason] if reason else []
        origin = self._values.origin(place)
        if origin != place:
            candidates.append(origin)
        return self._index.find(*candidates, place)

    def requirements_at(self, path: str) -> tuple[Requirement, ...]:
        """Return the statements that set the values at or below a path; `*` stands for any key."""
        return tuple(dict.fromkeys(self.requirement(_dotted(at)) for at in self._below(parts(path))))

    def _reason(self, place: Path) -> Path:
        """Return what the sizes below a path were derived by, where all of them were."""
        if not self._derived(place):
            return ()
        reasons = {self._values.derived[p] for p in self._below(place) if p in self._values.derived}
        reason = reasons.pop() if len(reasons) == 1 else ()
        return reason if reason[-1:] == ("sizing",) else ()

    def severity(self, path: str) -> Severity | None:
        """Return the severity that the statement of a value sets, if it sets one."""
        return self._index.severity(self.requirement(path))

    def is_derived(self, path: str) -> bool:
        """Say whether a value (or everything below a path) was derived, not stated, for this environment."""
        return self._derived(parts(path))

    def _derived(self, place: Path) -> bool:
        derived = self._values.derived
        if not derived:
            return False
        for length in range(1, len(place) + 1):
            if place[:length] in derived:
                return True
        if "*" not in place and not isinstance(get(self._values.data, place), dict):
            return False  # most often: one value, and nothing below it
        below = self._below(place)
        return bool(below) and all(path in derived for path in below)

    def _below(self, place: Path) -> list[Path]:
        found = matches(self._values.data, place)
        return [path for at, value in found for path, _ in leaves(value, at)]

    def location(self, path: str) -> Location:
        """Return where a value stands in the spec file, or the nearest thing around it."""
        place = parts(path)
        if "*" in place:
            place = next((at for at, _ in matches(self._values.data, place)), place[: place.index("*")])
        return self._document.value(self._values.origin(place))


@dataclass(frozen=True, slots=True, eq=False)
class Spec(Stated):
    """An architecture spec for one environment.

    Areas are always there; a value that is not stated is None (or an empty mapping). `environment_names` are all
    names environments go by. Names still hold `${service}`, and `${environment}` in the base values: see `expand`.
    """

    name: str
    title: str
    project: str
    environment_names: tuple[str, ...]
    region: str | None
    service_classes: dict[str, ServiceClass]
    services: dict[str, Service]
    compute: Compute
    network: Network
    tasks: TaskPlacement
    security_groups: SecurityGroups
    load_balancer: LoadBalancer
    discovery: Discovery
    scaling: Scaling
    iam: Iam
    logging: Logging
    monitoring: Monitoring
    deployment: Deployment
    capacity: Capacity
    endpoints: tuple[str, ...] | None
    secrets: Secrets
    configuration: Configuration
    database: Database
    cache: Cache
    cdn: Cdn

    def expand(self, template: str, **words: str) -> str:
        """Put words in the place of placeholders: `expand(spec.logging.log_group, service="api")`."""
        for name, word in words.items():
            template = template.replace(f"${{{name}}}", word)
        return template

    def pattern(self, template: str, **words: str) -> re.Pattern[str]:
        """Return a pattern for the names a template may stand for; an open placeholder stands for any one name."""
        return _pattern(self.expand(template, **words))


@cache
def _pattern(template: str) -> re.Pattern[str]:
    pieces = re.split(r"(\$\{\w+\})", template)
    return re.compile("".join("[^/.]+" if p.startswith("${") else re.escape(p) for p in pieces))


def _says_something(value: Any) -> bool:
    return value is not MISSING and value is not None and value != {}


def _dotted(path: Path) -> str:
    return ".".join(map(str, path))
