"""Plans and states as JSON: the resources as Terraform planned or left them, as instances the vocabulary understands.

Read are `terraform show -json PLAN`, `terraform show -json` of a state, and state files (version 4). Source:
https://developer.hashicorp.com/terraform/internals/json-format (format 1.2, read 2026-11).

A plan knows values, a configuration knows places. Where the directory the plan was made from is given too, each planned
instance has a twin there: it lends its lines, its references, and what is known of a value that the plan does not know.
"""

from __future__ import annotations

import json
from dataclasses import field
from typing import TYPE_CHECKING, Any, Final

from asbuilt.confinement import shown
from asbuilt.model import Diagnostic, Gap, Location
from asbuilt.records import dataclass
from asbuilt.sources.terraform.evaluation.inputs import Given
from asbuilt.sources.terraform.plans.planned import Planned, PlannedInstance
from asbuilt.sources.terraform.plans.references import Configuration
from asbuilt.sources.terraform.plans.state import state_file_rows, state_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from asbuilt.sources.terraform.evaluation.root import Root

MAX_BYTES: Final = 512 * 1024 * 1024
GONE: Final = frozenset({("delete",), ("forget",)})


class PlanError(Exception):
    """A file that is no plan and no state, or cannot be read: the message says which and why."""


@dataclass(slots=True)
class PlanFile:
    """A plan or state that was read. `variables` are the root module's, in a plan."""

    name: str
    rows: list[Planned]
    variables: Mapping[str, Any] = field(default_factory=dict)
    configuration: Configuration | None = None
    diagnostics: list[Diagnostic] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)

    @property
    def is_plan(self) -> bool:
        """Whether it is a plan, not a state."""
        return self.configuration is not None

    def instances(self, root: Root | None = None) -> list[PlannedInstance]:
        """Return the instances; `root` is the configuration the plan was made from, if it is at hand."""
        if root is not None:
            self._lend(root)
        prefix = f"{self.name}//" if root is None else root.key_prefix
        twins = {} if root is None else {twin.address: twin for twin in root.instances() if twin.mode == "managed"}
        place = Location(self.name, 1)
        family: dict[str, list[str]] = {}
        for row in self.rows:
            family.setdefault(row.bare, []).append(row.address)
        found = []
        for row in self.rows:
            twin = twins.get(row.address)
            found.append(PlannedInstance(row, prefix, place, self.configuration, family, twin))
        if root is not None:
            self._compare({row.address for row in self.rows}, {a for a in twins if "[*]" not in a}, root.name)
        return found

    def _lend(self, root: Root) -> None:
        """Give the root module the plan's values of the variables that have none there."""
        for name, declared in root.module.node.module.variables.items():
            if name in self.variables and name not in root.given and "default" not in declared.body.attributes:
                root.given[name] = Given(f"var.{name} in {self.name}", value=self.variables[name])

    def _compare(self, planned: set[str], configured: set[str], directory: str) -> None:
        """Say where plan and configuration are not of one another; what the plan lacks was not scanned."""
        place = Location(self.name, 1)
        strangers, lacking = sorted(planned - configured), sorted(configured - planned)
        if strangers:
            message = f"{_few(strangers)} of this plan: not found in {directory}, so findings name no line there"
            self.diagnostics.append(Diagnostic("warning", "plan-without-configuration", message, place))
        if lacking:
            reason = f"the plan {self.name} leaves out what {directory} has: it is older, or made with -target"
            self.gaps.append(Gap("terraform", _few(lacking), reason, "Make a new plan of everything.", place))


def _few(addresses: list[str]) -> str:
    more = len(addresses) - 3
    return ", ".join(addresses[:3]) + (f" and {more} more" if more > 0 else "")


def read_plan(path: Path) -> PlanFile:
    """Read a plan or a state. Raises PlanError."""
    name = shown(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise PlanError(f"{name}: larger than {MAX_BYTES // 1024 // 1024} MiB")
        return parse_plan(path.read_bytes(), name)
    except OSError as error:
        raise PlanError(f"{name}: cannot be read: {error.strerror or error}") from None


def parse_plan(content: bytes, name: str) -> PlanFile:
    """Read a plan or a state from its bytes. Raises PlanError."""
    try:
        data = json.loads(content.decode("utf-8-sig"), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise PlanError(f"{name}: not JSON: {error}") from None
    if not isinstance(data, dict):
        raise PlanError(f"{name}: no plan and no state: expected an object")
    try:
        if isinstance(data.get("resource_changes"), list) or "planned_values" in data:
            return _plan(data, name)
        if data.get("version") == 4 and isinstance(data.get("resources"), list):
            return PlanFile(name, list(state_file_rows(data)))
        if "version" in data and "resources" not in data and "modules" in data:
            raise PlanError(f"{name}: a state of Terraform before 0.12: upgrade it, or use `terraform show -json`")
        if isinstance(data.get("format_version"), str) and ("values" in data or set(data) <= _EMPTY_STATE):
            return PlanFile(name, list(state_rows(data)))
    except (TypeError, KeyError, AttributeError, ValueError, RecursionError) as error:
        raise PlanError(f"{name}: not as Terraform writes plans and states: {type(error).__name__}: {error}") from None
    raise PlanError(f"{name}: no plan and no state: write one with `terraform show -json PLAN > plan.json`")


_EMPTY_STATE: Final = {"format_version", "terraform_version", "checks", "timestamp"}


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


def _plan(data: Mapping[str, Any], name: str) -> PlanFile:
    place = Location(name, 1)
    found = PlanFile(name, list(_changed(data.get("resource_changes") or ())))
    found.variables = {
        key: value["value"] for key, value in (data.get("variables") or {}).items() if value.get("value") is not None
    }
    found.configuration = Configuration(data.get("configuration") or {}, found.variables)
    if data.get("errored"):
        reason = "Terraform stopped with an error while planning"
        found.gaps.append(Gap("terraform", name, reason, "Mend the error and plan again.", place))
    elif data.get("deferred_changes"):
        reason = f"{len(data['deferred_changes'])} changes are deferred, and not in the plan"
        found.gaps.append(Gap("terraform", name, reason, "Apply the plan and plan again.", place))
    return found


def _changed(changes: Iterable[Mapping[str, Any]]) -> Iterable[Planned]:
    """Yield what there will be; data sources, what is destroyed and what is left alone for good are not."""
    for row in changes:
        change = row["change"]
        if row.get("mode") != "managed" or "deposed" in row or tuple(change["actions"]) in GONE:
            continue
        after = change.get("after")
        unknown = change.get("after_unknown")
        if not isinstance(after, dict):
            if unknown is not True:
                continue
            after = {}
        yield Planned(
            address=str(row["address"]),
            module=str(row.get("module_address") or ""),
            type=str(row["type"]),
            name=str(row["name"]),
            index=row.get("index"),
            values=after,
            unknown=unknown or {},
            sensitive=change.get("after_sensitive") or {},
        )
