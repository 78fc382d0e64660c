"""One secret in code and in a template: in no format, wherever it stands beside what is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from asbuilt.scan import Options, check
from asbuilt.spec import load_spec
from asbuilt_reports import text
from asbuilt_reports.write import FORMATS

ROOT = Path(__file__).parents[2]
SECRET = "hunter2-hunter2"
CODE = f"""\
resource "aws_ecs_task_definition" "api" {{
  family = "shop-api"
  container_definitions = jsonencode([{{
    name        = "api"
    image       = "api"
    environment = [{{ name = "DB_PASSWORD", value = "{SECRET}" }}]
  }}])
}}

variable "password" {{
  sensitive = true
  default   = "{SECRET}"
}}

resource "aws_cloudwatch_log_group" "api" {{
  name              = "/shop/prod/api"
  retention_in_days = 7
}}
"""
TEMPLATE = f"""\
Parameters:
  Pw: {{Type: String, NoEcho: true, Default: {SECRET}}}
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: shop-api
      ContainerDefinitions:
        - Name: api
          Environment:
            - Name: DB_PASSWORD
              Value: {SECRET}
          PortMappings: [{{ContainerPort: 81}}]
"""


@pytest.mark.parametrize(("name", "code"), [("main.tf", CODE), ("shop.yaml", TEMPLATE)])
def test_a_secret_is_in_no_format(tmp_path: Path, name: str, code: str) -> None:
    (tmp_path / name).write_text(code)
    document = load_spec(str(ROOT / "fixtures/rules/spec.yaml"))
    results = check(document, document.resolve("prod"), Options([tmp_path], "prod", root=tmp_path))
    assert any(f.rule == "plain-text-secrets" and f.verdict == "fail" for f in results.findings)
    assert any(line for f in results.findings for item in f.evidence if item.frame for line in item.frame.lines)
    for form, render in FORMATS.items():
        assert SECRET not in render(results), form
    assert SECRET not in text.render(results, color=True, verbose=True)
