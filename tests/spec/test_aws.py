"""The tables of what AWS offers agree with AWS's own schemas, as cfn-lint carries them."""

from __future__ import annotations

import json
from pathlib import Path

import cfnlint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asbuilt.spec import fargate
from asbuilt.spec.aws import RETENTION_DAYS
from asbuilt.spec.cidrs import moved

DATA = Path(cfnlint.__file__).parent / "data" / "schemas"


def test_retention_periods():
    for path in (DATA / "resources").glob("*.json"):
        text = path.read_text()
        if '"RetentionInDays"' in text:
            schema = json.loads(text)
            if schema["typeName"] == "AWS::Logs::LogGroup":
                assert tuple(schema["properties"]["RetentionInDays"]["enum"]) == RETENTION_DAYS
                return
    pytest.fail("cfn-lint has no schema of AWS::Logs::LogGroup")


def test_fargate_sizes():
    text = (DATA / "extensions" / "aws_ecs_taskdefinition" / "fargate_cpu_memory.json").read_text()
    sizes = {}
    for pair in json.loads(text)["then"]["anyOf"]:
        memory = pair["properties"]["Memory"]["then"]
        options = memory.get("enum") or range(memory["minimum"], memory["maximum"] + 1, memory["multipleOf"])
        sizes[int(pair["properties"]["Cpu"]["then"]["enum"][0])] = tuple(options)
    assert sizes == fargate.SIZES


@given(st.integers(0, 40000), st.integers(0, 300000))
def test_rounding_up_gives_the_smallest_size_that_is_enough(cpu, memory):
    enough = [(c, m) for c, options in fargate.SIZES.items() for m in options if c >= cpu and m >= memory]
    assert fargate.round_up(cpu, memory) == (min(enough) if enough else None)


@pytest.mark.parametrize(
    ("cidr", "old", "new", "found"),
    [
        ("10.0.101.0/24", "10.0.0.0/16", "10.1.0.0/16", "10.1.101.0/24"),
        ("172.16.4.0/22", "172.16.0.0/16", "192.168.0.0/16", "192.168.4.0/22"),
        ("10.0.101.0/24", "10.0.0.0/16", "10.1.0.0/20", None),
        ("10.0.0.0/16", "10.0.0.0/16", "10.1.0.0/17", None),
        ("10.2.1.0/24", "10.0.0.0/16", "10.1.0.0/16", None),
        ("10.0.2.0/23", "10.0.0.0/16", "10.1.1.0/24", None),
        ("10.0.2.0/23", "10.0.0.0/16", "10.1.1.0/22", None),
        ("nonsense", "10.0.0.0/16", "10.1.0.0/16", None),
    ],
)
def test_a_layout_moves_with_its_vpc(cidr, old, new, found):
    assert moved(cidr, old, new) == found
