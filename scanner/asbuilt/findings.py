"""What findings tell of evidence: what may be shown of values, where to change them, which finding is the same."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from asbuilt.digests import sha256_of
from asbuilt.masking import printable
from asbuilt.model import ABSENT, NOWHERE, Evidence, Outcome, Property, UnknownKind
from asbuilt.patterns import when_used
from asbuilt.results import MASK, EvidenceItem, Finding, Rewrite

if TYPE_CHECKING:
    from asbuilt.model import Location

# Each deployment registers another revision of a task definition, and is no other finding.
_TASK_DEFINITION = ":task-definition/"
_REVISION = when_used(rf"(?<={_TASK_DEFINITION})([^:/]+):[0-9]+\Z")


def item_of(evidence: Evidence) -> EvidenceItem:
    """Return evidence as findings have it: in plain values, secrets masked, with its places and what to change."""
    prop = evidence.prop
    if prop is None:
        about = evidence.about
        return EvidenceItem(
            outcome=evidence.outcome,
            message=evidence.message,
            expected=printable(None, evidence.expected),
            actual=printable(None, evidence.actual),
            absent=evidence.actual is ABSENT,
            location=place_of(about.location) if about else None,
            fix=told(evidence.fix),
        )
    trace = prop.trace
    native = prop.resource.native(prop.path)
    return EvidenceItem(
        outcome=evidence.outcome,
        message=evidence.message,
        path=prop.name,
        native=native,
        expected=printable(None, evidence.expected),
        actual=printable(prop, evidence.actual),
        absent=evidence.actual is ABSENT,
        location=place_of(trace.location),
        via=trace.via,
        fix=told(evidence.fix) or _fix(evidence, native, trace.origin),
        rewrite=_rewrite(evidence, prop),
    )


def _rewrite(evidence: Evidence, prop: Property) -> Rewrite | None:
    """Return what stands in the source and what should, where both are plain values that may be shown."""
    if evidence.outcome is not Outcome.VIOLATION or not evidence.literal:
        return None
    found = None if evidence.actual is ABSENT else printable(prop, evidence.actual)
    wanted = evidence.expected
    plain = isinstance(wanted, str | int | float) and (found is None or isinstance(found, str | int | float))
    if not plain or found == MASK:
        return None
    return Rewrite(prop.resource.written(prop.path, found), prop.resource.written(prop.path, wanted))


def place_of(location: Location) -> Location | None:
    """Return a location, None where it is in no file."""
    return location if location.file else None


def told(fix: str) -> str:
    """Return a rule's own advice, without the place of what is live: it stands in no file."""
    return _NO_PLACE.sub("", fix) if _AT_NOWHERE in fix else fix


def _fix(evidence: Evidence, native: str, where: Location) -> str:
    """Say which value to write where, for the plain case of one literal expected value."""
    prop, expected = evidence.prop, evidence.expected
    if evidence.outcome is not Outcome.VIOLATION or not evidence.literal or prop is None:
        return ""
    if isinstance(expected, list | dict | tuple) or expected is None:
        return ""
    expected = prop.resource.written(prop.path, expected)
    shown = str(expected).lower() if isinstance(expected, bool) else str(expected)
    verb = "add" if evidence.actual is ABSENT else "set"
    if not where.file:
        return f"{verb} {prop.name} = {shown} of {prop.resource.address}, and in the code that made it"
    construct = prop.resource.construct
    if construct:  # what it synthesises is written anew each time
        return f"{verb} `{native}` = {shown} in the CDK construct {construct}, synthesised to {where}"
    return f"{verb} `{native}` = {shown} at {where}"


_AT_NOWHERE = f" at {NOWHERE}"
_NO_PLACE = when_used(rf",?{_AT_NOWHERE}(?!\d)")

# What makes an unknown value known.
_ADVICE = {
    UnknownKind.VARIABLE: "give the variable a value: --var, --var-file, or a tfvars file",
    UnknownKind.COMPUTED: "check a plan or the account: the value is known only after apply",
    UnknownKind.DATA_SOURCE: "check a plan: data sources are read when it is made",
    UnknownKind.MODULE: "run terraform init, or say where the module is with --module-dir",
    UnknownKind.CONDITION: "give the inputs that the condition depends on a value",
    UnknownKind.IMPURE: "check a plan: the function gives another value at each run",
    UnknownKind.CONFINED: "name the folder that may be read with --root",
    UnknownKind.LIMIT: "split up what exceeds the bound",
    UnknownKind.ERROR: "mend the error in the code",
    UnknownKind.DENIED: "allow the call that was refused",
}

# What does it in templates.
_ADVICE_FOR_TEMPLATES = {
    UnknownKind.VARIABLE: "give the parameter a value: --parameters NAME=VALUE, or a file of parameters",
    UnknownKind.COMPUTED: "check the account: the value is known only after deployment",
    UnknownKind.DATA_SOURCE: "check the account: the value is read at deployment",
    UnknownKind.MODULE: "name the template by its path, or say with --module-dir URL=FOLDER where it is",
}


def advice(evidence: Evidence) -> str:
    """Say what would decide an unknown verdict."""
    if evidence.fix or evidence.unknown is None:
        return evidence.fix
    kind, about = evidence.unknown.kind, evidence.about
    if about is not None and about.source == "cloudformation" and kind in _ADVICE_FOR_TEMPLATES:
        return _ADVICE_FOR_TEMPLATES[kind]
    return _ADVICE.get(kind, "")


def fingerprint(rule: str, address: str, prop: Property | None) -> str:
    """Return the identity of a finding: it survives moved lines, renamed files, reordered lists and deployments."""
    if _TASK_DEFINITION in address:
        address = _REVISION.sub(r"\1", address)
    path = ".".join(str(part) for part in prop.path if not isinstance(part, int)) if prop else ""
    return sha256_of(f"{rule}\0{address}\0{path}".encode())[:16]


def make_ids_unique(findings: list[Finding]) -> None:
    """Tell findings of the same address in several roots apart, in their stable order."""
    seen: dict[str, int] = {}
    for index, finding in enumerate(findings):
        count = seen.get(finding.id, 0)
        seen[finding.id] = count + 1
        if count:
            findings[index] = replace(finding, id=sha256_of(f"{finding.id}\0{count}".encode())[:16])
