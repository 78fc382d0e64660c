"""Every recorded answer of the `terraform` binary, held against values, operators and functions."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from asbuilt.model import Sensitive, Unknown, UnknownKind
from asbuilt.sources.terraform.functions import FUNCTIONS
from asbuilt.sources.terraform.language.numbers import BigFloat, to_text
from asbuilt.sources.terraform.language.typesys import Type, type_from_text
from asbuilt.sources.terraform.language.values import (
    EvalError,
    get_type,
    is_wholly_known,
    unknown,
    unmark_deep,
)
from oracle.through_evaluator import evaluate_text as evaluate

HERE = Path(__file__).parent
FILES = HERE / "files"


def table(name: str) -> list[dict[str, Any]]:
    return json.loads((HERE / name).read_text(encoding="utf-8"))["records"]


def as_recorded(value: Any) -> Any:
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int | BigFloat):
        return {"number": to_text(value)}

    if isinstance(value, dict):
        return {key: as_recorded(item) for key, item in value.items()}
    return [as_recorded(item) for item in value]


def unsigned_zero(value: Any) -> Any:
    """Drop the sign of Terraform's zero: ours has none, and nothing but its own text tells them apart."""
    return {"number": "0"} if value == {"number": "-0"} else value


def theirs(text: str) -> Type:
    return type_from_text(text.replace("dynamic", "any").replace(":", "="))


def same_type(ours: Type, recorded: Type) -> bool:
    """Compare types; a null of ours has none, so that `any` stands for whatever is recorded."""
    if ours.kind == "any":
        return True
    if ours.kind != recorded.kind or len(ours.items) != len(recorded.items):
        return False
    if ours.element is not None and recorded.element is not None:
        return same_type(ours.element, recorded.element)
    if [name for name, _ in ours.attributes] != [name for name, _ in recorded.attributes]:
        return False
    pairs = [*zip(ours.items, recorded.items, strict=True)]
    pairs += [(a, b) for (_, a), (_, b) in zip(ours.attributes, recorded.attributes, strict=True)]
    return all(same_type(a, b) for a, b in pairs)


RECORDS = table("expressions.json")

# What is left unknown on purpose, and why. Nothing else may be.
LEFT_UNKNOWN = {
    'regex("\\\\p{Greek}+","a\u03b1\u03b2")': "Python has no table of scripts",
    'cidrsubnet("10.1.2.0/24",4,-1)': "Terraform's arithmetic wraps round",
}


@pytest.mark.parametrize("record", RECORDS, ids=[record["expression"] for record in RECORDS])
def test_answers_as_terraform_does(record: dict[str, Any]) -> None:
    if "error" in record:
        with pytest.raises(EvalError):
            evaluate(record["expression"], FILES)
        return
    value = evaluate(record["expression"], FILES)
    if record["expression"] in LEFT_UNKNOWN or "Inf" in record.get("printed", ""):
        # Infinities have no JSON and no use in a configuration.
        assert value.kind == UnknownKind.UNSUPPORTED
    elif "printed" in record:
        assert record["expression"].startswith("type(")
        assert theirs(re.sub(r",\s*([\])}])", r"\1", record["printed"])) == type_from_text(value)
    else:
        check(value, record)


def check(value: Any, record: dict[str, Any]) -> None:
    bare, _ = unmark_deep(value)
    assert as_recorded(bare) == unsigned_zero(record["value"])
    assert isinstance(value, Sensitive) == record.get("sensitive", False)
    # The console writes attribute names without quotes: types with odd ones cannot be read back.
    if "type" in record and all(map(str.isidentifier, attribute_names(bare))):
        assert same_type(get_type(bare), theirs(record["type"])), (str(get_type(bare)), record["type"])


def attribute_names(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [name for key, item in value.items() for name in (key, *attribute_names(item))]
    return [name for item in value for name in attribute_names(item)] if isinstance(value, list) else []


UNKNOWN_RECORDS = table("unknown.json")
NAMES = {
    "u": unknown(UnknownKind.COMPUTED, "known after apply"),
    "s": unknown(UnknownKind.COMPUTED, "known after apply", type_="string"),
    "c": unknown(UnknownKind.COMPUTED, "known after apply", type_="bool"),
}


# Known to us although not to Terraform's plan: any other outcome is an error.
ONLY_ANSWER = {"{a = 1}[s]": 1}


@pytest.mark.parametrize("record", UNKNOWN_RECORDS, ids=[record["expression"] for record in UNKNOWN_RECORDS])
def test_knows_what_terraform_plans(record: dict[str, Any]) -> None:
    """We may know more than Terraform plans (both arms lead to the same), never something else, and not less."""
    expression = record["expression"].replace("local.", "")
    if "error" in record and "sensitive" not in record["error"]:
        with pytest.raises(EvalError):
            pytest.fail(f"{record['error']}: {evaluate(expression, FILES, NAMES)!r}")
        return
    value, _ = unmark_deep(evaluate(expression, FILES, NAMES))
    if expression in ONLY_ANSWER:
        assert value == ONLY_ANSWER[expression]
    elif "error" not in record:
        assert agrees(value, record["after"], record["unknown"]), (value, record)


def agrees(value: Any, after: Any, mask: Any) -> bool:
    if mask is True:
        return isinstance(value, Unknown)
    if isinstance(value, Unknown):
        return False
    if isinstance(value, list):
        masks = mask if isinstance(mask, list) else [False] * len(value)
        return len(value) == len(after) and all(map(agrees, value, after, masks))
    if isinstance(value, dict):
        masks = mask if isinstance(mask, dict) else {}
        names = set(after) | set(masks)
        return set(value) == names and all(agrees(value[n], after.get(n), masks.get(n, False)) for n in names)
    return is_wholly_known(value) and as_plain(value) == after


def as_plain(value: Any) -> Any:
    return float(value) if isinstance(value, BigFloat) else value


def test_how_much_is_covered() -> None:
    """Keep the table honest: every function but the impure has an expression of its own."""
    text = "\n".join(record["expression"] for record in RECORDS + UNKNOWN_RECORDS)
    used = set(re.findall(r"(\w+)\(", text))
    uncovered = set(FUNCTIONS) - used - {"base64gzip", "rsadecrypt", "abspath", "plantimestamp"}
    assert uncovered == set()
    assert len(RECORDS) >= 1200
