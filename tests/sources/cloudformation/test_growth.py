"""Templates whose values or stacks double at every step end at a bound that is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asbuilt.model import Unknown, UnknownKind
from sources.cloudformation.templates import codes, graph_of, resource, scan, write

if TYPE_CHECKING:
    from pathlib import Path

STEPS = 40
INPUTS = "Parameters:\n" + "".join(f"  P{n}: {{Type: String}}\n" for n in range(STEPS))
CONDITIONS = INPUTS + "Conditions:\n" + "".join(f"  C{n}: !Equals [!Ref P{n}, x]\n" for n in range(STEPS))
TOPIC = "Resources:\n  T:\n    Type: AWS::SNS::Topic\n    Properties:\n      TopicName: "
FORKS = [f"!If [C{n}, a{n}, b{n}]" for n in range(STEPS)]
NESTED_FORKS = "".join(f"!If [C{n}, x{n}, " for n in range(STEPS)) + "y" + "]" * STEPS
VALUES = {
    "forks joined": f"{CONDITIONS}{TOPIC}!Join ['', [{', '.join(FORKS)}]]\n",
    "forks in a text": f"{CONDITIONS}{TOPIC}!Sub ['{''.join(f'${{v{n}}}' for n in range(STEPS))}', "
    f"{{{', '.join(f'v{n}: {fork}' for n, fork in enumerate(FORKS))}}}]\n",
    "forks in forks": f"{CONDITIONS}{TOPIC}{NESTED_FORKS}\n",
    "conditions of conditions": f"{CONDITIONS}  D0: !Condition C0\n"
    + "".join(f"  D{n + 1}: !And [!Condition D{n}, !Not [!Condition D{n}]]\n" for n in range(STEPS))
    + f"{TOPIC}!If [D{STEPS}, a, b]\n",
}


@pytest.mark.parametrize("case", VALUES)
def test_values_that_could_be_a_trillion_are_unknown(case: str, tmp_path: Path) -> None:
    found = resource(graph_of(tmp_path, VALUES[case]), "T")
    value = found.get("TopicName")
    assert isinstance(value, Unknown) or (case.startswith("conditions") and value == "b")


def test_a_text_that_doubles_from_stack_to_stack_ends(tmp_path: Path) -> None:
    doubling = "!Sub '${N%d.Outputs.O}${N%d.Outputs.O}'"
    stacks = "".join(
        f"  N{n}:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: ./child.yaml\n"
        f"      Parameters: {{P: {doubling % (n - 1, n - 1) if n else 'xxxxxxxxxx'}}}\n"
        for n in range(STEPS)
    )
    child = "Parameters: {P: {Type: String}}\nOutputs: {O: {Value: !Sub '${P}${P}'}}\n"
    write(tmp_path, {"child.yaml": child + "Resources: {C: {Type: AWS::SNS::Topic}}\n"})
    graph = graph_of(
        tmp_path, f"Resources:\n{stacks}{TOPIC.removeprefix('Resources:')}!GetAtt N{STEPS - 1}.Outputs.O\n"
    )
    assert isinstance(resource(graph, "T").get("TopicName"), Unknown)
    assert codes(graph) & {"text-too-long", "too-many-references"}


def chain(folder: Path, length: int, width: int) -> None:
    """Write templates that nest one another, each as often as `width` says; the last has a topic."""
    for step in range(length):
        stacks = (
            f"  N{n}: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: ./s{step + 1}.yaml}}}}\n"
            for n in range(width)
        )
        write(folder, {f"s{step}.yaml": "Resources:\n" + "".join(stacks)})
    write(folder, {f"s{length}.yaml": "Resources: {Last: {Type: AWS::SNS::Topic}}\n"})


@pytest.mark.parametrize(("length", "width", "code"), [(14, 1, "too-deep-stacks"), (12, 2, "too-many-stacks")])
def test_stacks_beyond_the_bound_may_hide_anything(length: int, width: int, code: str, tmp_path: Path) -> None:
    chain(tmp_path, length, width)
    graph = scan(tmp_path)
    assert codes(graph) == {code}
    assert [gap.kind for gap in graph.gaps] == [UnknownKind.LIMIT]
    assert all(gap.incomplete for gap in graph.gaps)
    assert graph.hidden("AWS::SNS::Topic") is not None


def test_stacks_within_the_bound_are_read(tmp_path: Path) -> None:
    chain(tmp_path, 12, 1)
    graph = scan(tmp_path)
    assert not graph.gaps
    assert [r.type for r in graph.resources if r.address.endswith("Last")] == ["AWS::SNS::Topic"]
