"""`asbuilt audit` over recorded responses and over moto."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from asbuilt.cli.audit import command
from asbuilt.sources.aws import session as sessions
from sources.aws.overlay import ACCOUNT, Overlay

CLUSTER = f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/broxiva-prod"


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that answers the calls of any session made after it from a mapping."""

    def answer(answers: dict[str, Any]) -> Overlay:
        overlay = Overlay(answers)
        made = sessions.Session.__init__

        def init(self: Any, access: Any, prepare: Any = None, watch: Any = lambda _: None) -> None:
            made(self, access, overlay.install, watch)

        monkeypatch.setattr(sessions.Session, "__init__", init)
        return overlay

    return answer


def audit(*arguments: str) -> Any:
    return CliRunner().invoke(command, ["--spec", "broxiva", "--env", "prod", "-q", "--no-config", *arguments])


def test_denied_listing_of_services_leaves_every_ecs_statement_unknown(answered: Any, tmp_path: Path) -> None:
    answered({"ecs.ListClusters": {"clusterArns": [CLUSTER]}, "ecs.ListServices": {"error": "AccessDeniedException"}})
    result = audit("--only", "service-inventory", "--only", "task-cpu", "-o", f"json={tmp_path / 'out.json'}")
    assert result.exit_code == 3, result.output
    told = json.loads((tmp_path / "out.json").read_text())
    assert {finding["verdict"] for finding in told["findings"]} == {"unknown"}
    assert not told["passes"]
    assert any(gap["action"] == "allow ecs:ListServices" for gap in told["gaps"])
    assert told["run"]["account"] == ACCOUNT
    assert told["run"]["regions"] == ["us-east-1"]


def test_values_of_environments_are_in_no_output(answered: Any, tmp_path: Path) -> None:
    service = {
        "serviceArn": f"{CLUSTER.replace('cluster', 'service')}/api",
        "serviceName": "api",
        "status": "ACTIVE",
        "taskDefinition": "api:1",
    }
    container = {"name": "api", "image": "api", "environment": [{"name": "DB_PASSWORD", "value": "hunter2-hunter2"}]}
    answered(
        {
            "ecs.ListClusters": {"clusterArns": [CLUSTER]},
            "ecs.ListServices": {"serviceArns": [service["serviceArn"]]},
            "ecs.DescribeServices": {"services": [service]},
            "ecs.DescribeTaskDefinition": {
                "taskDefinition": {
                    "taskDefinitionArn": f"arn:aws:ecs:us-east-1:{ACCOUNT}:task-definition/api:1",
                    "family": "api",
                    "containerDefinitions": [container],
                }
            },
        }
    )
    formats = ("json", "html", "sarif", "junit", "markdown", "csv", "ocsf", "asff")
    outputs = [part for name in formats for part in ("-o", f"{name}={tmp_path / name}")]
    result = audit(*outputs, "-o", "text", "-v")
    told = result.output + "".join(file.read_text("utf-8") for file in tmp_path.iterdir())
    assert len(list(tmp_path.iterdir())) == len(formats)
    assert "DB_PASSWORD" in told
    assert "hunter2" not in told
    findings = json.loads((tmp_path / "json").read_text())["findings"]
    assert any(f["rule"] == "plain-text-secrets" and f["verdict"] == "fail" for f in findings)


def test_another_account_than_expected_is_not_read(answered: Any) -> None:
    overlay = answered({})
    result = audit("--account", "999999999999")
    assert result.exit_code == 2
    assert "999999999999" in result.stderr
    assert set(overlay.calls) == {"sts.GetCallerIdentity"}
