"""Dynamic references are read at deployment, wherever their text is put together."""

from __future__ import annotations

from pathlib import Path

import pytest

from asbuilt.model import Unknown, UnknownKind
from sources.cloudformation.templates import graph_of, resource

TEMPLATE = """
    Parameters:
      Env: {{Type: String, Default: prod}}
      Cpu: {{Type: String, Default: "{{{{resolve:ssm:/prod/cpu}}}}"}}
    Mappings:
      Sizes: {{prod: {{Cpu: "{{{{resolve:ssm:/prod/cpu}}}}"}}}}
    Resources:
      Secret: {{Type: AWS::SecretsManager::Secret}}
      Task:
        Type: AWS::ECS::TaskDefinition
        Properties:
          Cpu: {value}
"""


@pytest.mark.parametrize(
    "value",
    [
        '"{{resolve:ssm:/prod/cpu}}"',
        '!Sub "{{resolve:ssm:/${Env}/cpu}}"',
        '!Join ["/", ["{{resolve:ssm:", !Ref Env, "cpu}}"]]',
        "!Ref Cpu",
        "!Sub ${Cpu}",
        "!FindInMap [Sizes, !Ref Env, Cpu]",
    ],
)
def test_a_dynamic_reference_is_unknown(tmp_path: Path, value: str) -> None:
    found = resource(graph_of(tmp_path, TEMPLATE.format(value=value)), "Task").get("Cpu")
    assert isinstance(found, Unknown)
    assert found.kind is UnknownKind.DATA_SOURCE
    assert found.reason == "the SSM parameter /prod/cpu is read at deployment"
    assert [ref.attribute for ref in found.references] == ["Value"]


def test_a_reference_to_a_secret_that_is_made_here_is_its_content_not_its_name(tmp_path: Path) -> None:
    value = '!Sub "postgres://u:{{resolve:secretsmanager:${Secret}:SecretString:password}}@db"'
    found = resource(graph_of(tmp_path, TEMPLATE.format(value=value)), "Task").get("Cpu")
    assert isinstance(found, Unknown)
    assert (found.kind, found.prefix, found.exact) == (UnknownKind.DATA_SOURCE, "postgres://u:", False)
    assert [ref.attribute for ref in found.references] == ["SecretString", "Ref"]
