"""Whole configurations: what Terraform plans is what the evaluator says; what is unknown to it is Unknown here.

`scripts/record_terraform_configs.py` records the answers.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from asbuilt.model import ABSENT, Sensitive, Unknown
from asbuilt.sources.terraform.language.values import to_plain
from asbuilt.sources.terraform.load import load

CONFIGS = Path(__file__).parent / "configs"
NAMES = sorted(path.name for path in CONFIGS.iterdir() if (path / "expected.json").exists())

# Terraform says so while it decides how many instances there are; to us that is an Unknown, not an error.
NOT_AN_ERROR = {"error_count_unknown", "error_for_each_unknown"}


def test_there_are_enough_configurations() -> None:
    assert len(NAMES) >= 40


@pytest.mark.parametrize("name", NAMES)
def test_a_configuration_is_planned_as_terraform_plans_it(name: str) -> None:
    expected = json.loads((CONFIGS / name / "expected.json").read_text())
    loaded = load([CONFIGS / name], root=CONFIGS / name)
    (root,) = loaded.roots
    instances = {instance.address: instance for instance in root.instances()}
    values = {address: instance.values() for address, instance in instances.items()}
    outputs = {output: root.module.output(output) for output in root.module.node.module.outputs}
    errors = [d for d in loaded.diagnostics if d.severity == "error"]
    if "errors" in expected:
        assert bool(errors) is (name not in NOT_AN_ERROR), errors
        return
    assert errors == []
    assert set(instances) == set(expected["resources"])
    for address, planned in expected["resources"].items():
        for attribute in ("input", "triggers_replace"):
            ours = values[address].get(attribute, None)
            same(
                ours,
                planned["after"].get(attribute),
                planned["unknown"].get(attribute, False),
                f"{address}.{attribute}",
            )
    assert set(outputs) == set(expected["outputs"]) | {name for name, value in outputs.items() if value is None}
    for output, planned in expected["outputs"].items():
        same(outputs[output], planned["after"], planned["unknown"], f"output.{output}")


def same(ours: Any, after: Any, unknown: Any, where: str) -> None:
    """Compare one value with what Terraform planned."""
    ours = to_plain(ours)
    if isinstance(ours, Sensitive):
        ours = ours.value
    if unknown is True:
        assert isinstance(ours, Unknown), f"{where}: {ours!r} should be unknown"
        return
    assert not isinstance(ours, Unknown), f"{where}: {ours!r} should be {after!r}"
    if isinstance(after, dict) or (isinstance(unknown, dict) and unknown):
        after, unknown = after or {}, unknown or {}
        assert isinstance(ours, dict), where
        assert {key for key, value in ours.items() if value is not ABSENT} == {*after, *unknown}, where
        for key, item in ours.items():
            same(item, after.get(key), unknown.get(key, False), f"{where}.{key}")
    elif isinstance(after, list):
        assert isinstance(ours, list), where
        assert len(ours) == len(after), where
        unknowns = unknown if isinstance(unknown, list) else []
        for at, item in enumerate(ours):
            same(item, after[at], unknowns[at] if at < len(unknowns) else False, f"{where}[{at}]")
    elif isinstance(after, float):
        assert ours == pytest.approx(after), where
    else:
        assert (type(ours), ours) == (type(after), after), where
