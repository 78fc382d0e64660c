"""The region that a template's `Rules` insist on: CloudFormation refuses to create its stack anywhere else.

Source: AWS CloudFormation User Guide, "CloudFormation template Rules syntax": a rule without a condition always holds;
read 2026-11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from asbuilt.sources.cloudformation.stacks.parameters import Given

if TYPE_CHECKING:
    from asbuilt.sources.cloudformation.reading.document import Document

REGION: Final = "AWS::Region"
_REF: Final = {"Ref": REGION}


def asserted_region(document: Document) -> Given | None:
    """Return the one region in which a template's rules let its stack be created, None where they leave it open."""
    rules = document.data.get("Rules")
    for name, rule in rules.items() if isinstance(rules, dict) else ():
        if not isinstance(rule, dict) or "RuleCondition" in rule:
            continue
        assertions = rule.get("Assertions")
        for at, assertion in enumerate(assertions if isinstance(assertions, list) else ()):
            found = _region(assertion.get("Assert")) if isinstance(assertion, dict) else None
            if found is not None:
                return Given(found, f"rule {name}", document.locate(("Rules", name, "Assertions", at, "Assert")))
    return None


def _region(raw: Any) -> str | None:
    """Return the region that an assertion asks for."""
    if not isinstance(raw, dict) or len(raw) != 1:
        return None
    function, arguments = next(iter(raw.items()))
    if not isinstance(arguments, list):
        return None
    if function == "Fn::And":
        return next((found for part in arguments if (found := _region(part)) is not None), None)
    if len(arguments) != 2 or _REF not in arguments:
        return None
    other = arguments[0] if arguments[1] == _REF else arguments[1]
    if function == "Fn::Contains" and arguments[1] == _REF and isinstance(other, list) and len(other) == 1:
        other = other[0]
    elif function != "Fn::Equals":
        return None
    return other if isinstance(other, str) else None
