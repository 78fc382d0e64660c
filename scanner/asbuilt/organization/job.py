"""What a worker is sent, and what it sends back. Neither holds credentials, so both may cross a network."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from asbuilt import __version__
from asbuilt.records import dataclass
from asbuilt.results import Covered
from asbuilt.sources.aws.evidence import canonical

if TYPE_CHECKING:
    from asbuilt.scan import Options
    from asbuilt.sources.aws.session import Access


@dataclass(frozen=True, slots=True)
class SpecText:
    """A spec as it is sent: its bytes, its path as reports show it, and the name of a bundled one."""

    raw: bytes
    path: str
    bundled: str = ""

    @property
    def sha256(self) -> str:
        """The hash that results name."""
        return hashlib.sha256(self.raw).hexdigest()


@dataclass(frozen=True, slots=True)
class Job:
    """One region of one account, which `access` leads into by a role."""

    account: str
    name: str
    region: str
    access: Access
    spec: SpecText
    options: Options
    evidence: bool = False
    bodies: bool = False
    version: str = __version__

    @property
    def key(self) -> str:
        """What a result depends on, besides the account itself: one recorded under another key is of another audit."""
        options, access = self.options, self.access
        file = options.waivers.file
        waivers = [file.content.data if file is not None else None, options.waivers.max_days, options.waivers.inline]
        parts: dict[str, Any] = {
            "account": self.account,
            "region": self.region,
            "role": access.role_arn,
            "external_id": access.external_id,
            "session_policy": access.session_policy,
            "endpoint_url": access.endpoint_url,
            "spec": [self.spec.sha256, self.spec.path],
            "environment": options.environment,
            "only": sorted(options.only),
            "skip": sorted(options.skip),
            "fail_on": options.fail_on.value,
            "on_unknown": options.on_unknown,
            "allow_incomplete": options.allow_incomplete,
            "waivers": repr(waivers),
            "evidence": [self.evidence, self.bodies],
            "version": self.version,
        }
        return hashlib.sha256(canonical(parts).encode("ascii")).hexdigest()

    def row(self, outcome: str, reason: str = "", action: str = "") -> Covered:
        """Return the row of this job where there are no results."""
        return Covered(self.account, self.name, self.region, self.options.environment or "", outcome, reason, action)


@dataclass(frozen=True, slots=True)
class Report:
    """What a job came to: its row, its results as JSON ("" where there are none), its calls as lines of JSON."""

    row: Covered
    results: str = ""
    evidence: tuple[str, ...] = ()
    at: str = ""
    seconds: float = 0.0


def as_dict(row: Covered) -> dict[str, Any]:
    """Return a row as JSON values."""
    return asdict(row)
