"""Compare two specs: which values differ, and whether a value became looser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.records import dataclass
from asbuilt.spec.data import MISSING, UNSTATED, areas, leaves, parts

if TYPE_CHECKING:
    from asbuilt.model import Location, Path
    from asbuilt.spec.load import SpecDocument

# Values where more is stricter, and where less is; what is in neither list is only "changed".
_MORE = ("logging.retention_days", "network.availability_zones", "deployment.minimum_healthy_percent", "endpoints")
_LESS = (
    *("monitoring.alarms", "scaling.cpu_target", "scaling.memory_target", "capacity.spot_share"),
    *("load_balancer.http_redirect.status_codes", "deployment.maximum_percent", "iam.execution_role.permissions"),
    *("iam.task_role.permissions", "security_groups"),
)
# Values of which one is stricter than the other, the strictest last.
_RANKED: dict[str, tuple[Any, ...]] = {
    "load_balancer.tls.minimum": ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"),
    "load_balancer.tls.offers": ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"),
    "load_balancer.scheme": ("internet-facing", "internal"),
    "tasks.public_ip": (True, False),
    "secrets.plain_text": (True, False),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that two specs do not agree on; MISSING is a value that is not stated."""

    path: str
    old: Any
    new: Any
    old_location: Location
    new_location: Location

    @property
    def kind(self) -> str:
        """Return stated, dropped, loosened, tightened or changed."""
        if self.old is MISSING:
            return "stated"
        if self.new is MISSING:
            return "dropped"
        return _direction(self.path, self.old, self.new)


def differences(old: SpecDocument, new: SpecDocument) -> list[Difference]:
    """Return the values that differ, in the order of the old spec; the words of statements do not count."""
    before, after = _facts(old), _facts(new)
    return [
        Difference(
            ".".join(map(str, path)),
            before.get(path, MISSING),
            after.get(path, MISSING),
            old._content.value(path),
            new._content.value(path),
        )
        for path in dict.fromkeys((*before, *after))
        if _comparable(before.get(path, MISSING)) != _comparable(after.get(path, MISSING))
    ]


def _comparable(value: Any) -> Any:
    """Return a value so that the order of a list of plain values does not count."""
    if isinstance(value, tuple) and all(isinstance(item, str | int | float) for item in value):
        return frozenset(value)
    return value


def _facts(document: SpecDocument) -> dict[Path, Any]:
    data = document._content.data
    severities = {
        ("requirements", row["id"], "severity"): row["severity"]
        for row in data.get("requirements", ())
        if "severity" in row
    }
    facts = dict(leaves({**areas(data), "environments": data.get("environments", {})}))
    return {
        path: value for path, value in facts.items() if path[:1] not in UNSTATED or path[0] == "assertions"
    } | severities


def _direction(path: str, old: Any, new: Any) -> str:
    if path.startswith("requirements."):
        order = ("info", "low", "medium", "high", "critical")
        return "loosened" if order.index(new) < order.index(old) else "tightened"
    steps = parts(path)
    place = ".".join(map(str, steps[2:] if steps[0] == "environments" else steps))
    if place in _RANKED and old in _RANKED[place] and new in _RANKED[place]:
        return "loosened" if _RANKED[place].index(new) < _RANKED[place].index(old) else "tightened"
    if isinstance(old, bool) and isinstance(new, bool):
        return "tightened" if new else "loosened"
    more = any(place == name or place.startswith(f"{name}.") for name in _MORE)
    less = any(place == name or place.startswith(f"{name}.") for name in _LESS)
    grown = _grown(old, new)
    if grown is None or not (more or less):
        return "changed"
    return "tightened" if grown == more else "loosened"


def _grown(old: Any, new: Any) -> bool | None:
    """Say whether a number grew, or a list gained without losing; None where neither can be said."""
    if isinstance(old, int | float) and isinstance(new, int | float):
        return new > old
    if isinstance(old, tuple) and isinstance(new, tuple):
        gained, lost = [x for x in new if x not in old], [x for x in old if x not in new]
        if gained and not lost:
            return True
        return False if lost and not gained else None
    return None
