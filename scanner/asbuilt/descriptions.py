"""Join what the rules say of several descriptions of one platform."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from asbuilt.model import Diagnostic, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asbuilt.results import Finding
    from asbuilt.topology.descriptions import Description

    Judged = tuple[Description, Sequence[Finding], dict[str, list[str]]]  # findings, and addresses that passed by rule


def merged(judged: Sequence[Judged]) -> tuple[list[Finding], dict[str, list[str]]]:
    """Return the findings of all descriptions, and what passed.

    What is about no resource says in which description. What is in several descriptions is told once, and passes only
    if it does in all.
    """
    findings: list[Finding] = []
    told: set[tuple[str, str, str, str, str]] = set()
    for description, found, _ in judged:
        where = f"(in {', '.join(description.roots)})"
        for one in found:
            about = one.resource
            finding = replace(one, message=f"{one.message} {where}") if about.source == "spec" else one
            key = (finding.rule, finding.requirement.id, about.address, finding.verdict.value, finding.message)
            if about.address in description.shared and key in told:
                continue
            told.add(key)
            findings.append(finding)
    against = {(f.rule, f.resource.address) for f in findings if f.verdict is not Verdict.NOT_APPLICABLE}
    passes = _passes(judged, against)
    decided = against.union((rule, address) for rule, addresses in passes.items() for address in addresses)
    return [f for f in findings if not _is_beside_the_point(f, decided)], passes


def _passes(judged: Sequence[Judged], against: set[tuple[str, str]]) -> dict[str, list[str]]:
    own = {r.address for description, _, _ in judged for r in description.graph.resources}
    own -= {address for description, _, _ in judged for address in description.shared}
    passes: dict[str, list[str]] = {}
    told: set[tuple[str, str]] = set()
    for _, _, passed in judged:
        for rule, addresses in passed.items():
            kept = passes.setdefault(rule, [])
            for address in addresses:
                if address in own or ((rule, address) not in told and (rule, address) not in against):
                    kept.append(address)
                    told.add((rule, address))
    return {rule: addresses for rule, addresses in passes.items() if addresses}


def _is_beside_the_point(finding: Finding, decided: set[tuple[str, str]]) -> bool:
    """Whether something does not apply to one description and does to another."""
    if finding.verdict is not Verdict.NOT_APPLICABLE or finding.resource.source != "spec":
        return False
    return (finding.rule, finding.resource.address) in decided


def remark(described: Sequence[Description]) -> Diagnostic:
    """Return what to say of a platform that is described more than once."""
    names = "; ".join(", ".join(description.roots) for description in described)
    message = f"the same services are described {len(described)} times ({names}): each description is checked by itself"
    return Diagnostic("info", "described-twice", message)
