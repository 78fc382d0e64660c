"""Writing the policies of a spec into a folder that `checkov --external-checks-dir` reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from asbuilt.checkov.export.policies import POLICIES, REASONS, Policy
from asbuilt.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.results import Requirement
    from asbuilt.spec.models import Spec

PREFIX: Final = "CKV2_ASBUILT_"
HEAD: Final = "# Written by asbuilt export checkov; changes are lost at the next export.\n"


@dataclass(frozen=True, slots=True)
class Written:
    """A policy with the statement it expresses, as the text of its file."""

    id: str
    policy: Policy
    requirement: Requirement
    text: str


@dataclass(frozen=True, slots=True)
class Export:
    """What a spec exports: policies, and the statements that none expresses, each with the reason."""

    written: tuple[Written, ...]
    left: tuple[tuple[Requirement, str], ...]

    def files(self, spec: Spec) -> dict[str, str]:
        """Return the files by name."""
        return {"README.md": _readme(self, spec), **{f"{one.id}.yaml": one.text for one in self.written}}


def export(spec: Spec) -> Export:
    """Return the policies of a spec in its environment."""
    written = []
    for policy in POLICIES:
        definition = policy.build(spec) if spec.value(policy.path) is not None else None
        if definition is not None:
            requirement = spec.requirement(policy.path)
            id_ = f"{PREFIX}{policy.number}"
            written.append(Written(id_, policy, requirement, _yaml(id_, policy, requirement, definition)))
    expressed = {one.requirement.id for one in written}
    reasons = _reasons(spec)
    left = [
        (requirement, reasons.get(requirement.id, "it says nothing in this environment, or needs several resources"))
        for requirement in spec.requirements
        if requirement.id not in expressed
    ]
    return Export(tuple(written), tuple(left))


def _reasons(spec: Spec) -> dict[str, str]:
    found: dict[str, str] = {}
    for path, reason in REASONS:
        for requirement in spec.requirements_at(path):
            found.setdefault(requirement.id, reason)
    return found


def _yaml(id_: str, policy: Policy, requirement: Requirement, definition: dict[str, Any]) -> str:
    import yaml

    statement = " ".join(requirement.statement.split())
    body = {
        "metadata": {"id": id_, "name": f"{requirement.id}: {statement}", "category": policy.category},
        "scope": {"provider": "aws"},
        "definition": definition,
    }
    return HEAD + yaml.dump(body, Dumper=_Plain(), sort_keys=False, width=120, allow_unicode=False)


def _Plain() -> Any:  # noqa: N802 - stands for a class
    """Return a dumper without anchors: two conditions may be one object."""
    import yaml

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
            return True

    return Dumper


def _readme(found: Export, spec: Spec) -> str:
    title = _line(spec.title or spec.name)
    where = f", environment {_line(spec.environment)}" if spec.environment else ""
    lines = [
        f"# {title}{where}: policies for checkov",
        "",
        "Written by `asbuilt export checkov`; changes are lost at the next export. For Terraform code and plans:",
        "",
        "    checkov --directory CODE --external-checks-dir THIS-FOLDER",
        "",
        "checkov skips what it cannot resolve, and where it cannot expand a loop it judges all instances as one: a",
        "policy may be silent, or speak for too many, where asbuilt has a verdict on each.",
        "",
        "| policy | statement | left out |",
        "|---|---|---|",
        *(_row(one.id, one.requirement, one.policy.left_out) for one in found.written),
        "",
        "## Statements that no policy expresses",
        "",
        "| statement | why |",
        "|---|---|",
        *(f"| {_cell(_says(requirement))} | {_cell(reason)} |" for requirement, reason in found.left),
    ]
    return "\n".join(lines) + "\n"


def _row(id_: str, requirement: Requirement, left_out: str) -> str:
    return f"| {id_} | {_cell(_says(requirement))} | {_cell(left_out)} |"


def _says(requirement: Requirement) -> str:
    return f"{requirement.id}: {requirement.statement}"


def _cell(text: str) -> str:
    return _line(text).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def _line(text: str) -> str:
    return " ".join(text.split())


def stale(names: Iterator[str], files: dict[str, str]) -> list[str]:
    """Return the files of an earlier export that this one does not write."""
    return [name for name in names if name.startswith(PREFIX) and name.endswith(".yaml") and name not in files]
