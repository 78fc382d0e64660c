"""What the store knows about runs, as plain values: the input of everything that is worked out over time."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from asbuilt.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

UNDECIDED = ("unknown", "error")


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """What makes two runs comparable: the same spec, environment, sources and selection of rules.

    `selection` is what `--only` and `--skip` left: a partial run must not look as if the rest were fixed.
    """

    spec: str
    environment: str
    sources: tuple[str, ...]
    selection: str = ""

    @property
    def label(self) -> str:
        """A name for people: spec, environment, and the selection where there is one."""
        return " · ".join(filter(None, (self.spec, self.environment, self.selection)))


@dataclass(frozen=True, slots=True)
class Deviation:
    """A finding that failed in a run, or was waived there."""

    id: str
    rule: str
    requirement: str
    section: str
    severity: str
    address: str
    type: str = ""
    service: str = ""
    waived: bool = False


@dataclass(frozen=True, slots=True)
class WaiverFact:
    """A waiver as a run knew it; `expires` is a day in ISO 8601, or empty."""

    owner: str
    rule: str = ""
    requirement: str = ""
    resource: str = ""
    service: str = ""
    environment: str = ""
    reason: str = ""
    ticket: str = ""
    expires: str = ""
    file: str = ""
    expired: bool = False

    @property
    def key(self) -> tuple[str, ...]:
        """What stays the same while reason, ticket and expiry may change."""
        return self.owner, self.rule, self.requirement, self.resource, self.service, self.environment, self.file

    @property
    def what(self) -> str:
        """What it excepts: rule or requirement, then resource and service."""
        service = f"service {self.service}" if self.service else ""
        about = self.resource or service or (f"in {self.file}" if self.file else "")
        return " ".join(filter(None, (self.rule, self.requirement, about))) or "(everything)"


@dataclass(frozen=True, slots=True)
class RunFacts:
    """One stored run.

    `deviations` are by fingerprint; `undecided` are the (rule, address) pairs that came out unknown or error. `gaps`
    maps what was not read to the resource types it may hide (none: any). `passed` reads, when asked, which (rule,
    address) pairs passed.
    """

    id: str
    started_at: datetime
    scope: Scope
    score: float | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    sections: tuple[tuple[str, Mapping[str, int]], ...] = ()
    rules: frozenset[str] = frozenset()
    requirements: frozenset[str] = frozenset()
    gaps: Mapping[str, frozenset[str]] = field(default_factory=dict)
    deviations: Mapping[str, Deviation] = field(default_factory=dict)
    undecided: frozenset[tuple[str, str]] = frozenset()
    waivers: tuple[WaiverFact, ...] = ()
    commit: str | None = None
    command: str = "check"
    version: str = ""
    spec_title: str = ""
    spec_sha256: str = ""
    exit_code: int = 0
    passed: Callable[[], frozenset[tuple[str, str]]] = frozenset

    @property
    def failing(self) -> frozenset[str]:
        """The fingerprints of what failed, waived ones left out."""
        return frozenset(key for key, deviation in self.deviations.items() if not deviation.waived)
