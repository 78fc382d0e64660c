"""Waivers in templates: comments in YAML, `asbuilt` in the Metadata of a resource."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from click.testing import CliRunner

from asbuilt.cli import main
from sources.cloudformation.templates import graph_of, scan, write

SOON = (datetime.now(UTC).date() + timedelta(days=30)).isoformat()
WAIVER = f'rule=log-group-retention reason="kept \\"long\\"" owner=team-a expires={SOON}'


def verdicts(folder: Path) -> dict[str, str]:
    command = ["check", str(folder), "--spec", "broxiva", "--env", "prod", "-q", "--only", "log-group-retention"]
    done = CliRunner().invoke(main, [*command, "-o", "json", "--on-unknown", "ignore"])
    results = json.loads(done.output)
    assert not [d for d in results["diagnostics"] if d["code"] == "inline-waiver"], results["diagnostics"]
    return {finding["resource"]["address"]: finding["verdict"] for finding in results["findings"]}


def test_comments_inside_and_above_a_resource_waive(tmp_path: Path) -> None:
    body = "Type: AWS::Logs::LogGroup\n    Properties: {LogGroupName: /aws/ecs/broxiva-prod/%s, RetentionInDays: 1}\n"
    text = (
        f"Resources:\n  # asbuilt:waive {WAIVER}\n  # one more\n  Above:\n    {body % 'api'}"
        f"  Inside:\n    # asbuilt:waive {WAIVER}\n    {body % 'web'}  None:\n    {body % 'ai-engine'}"
    )
    write(tmp_path, {"main.yaml": text})
    graph = scan(tmp_path)
    assert [comment.problem for comment in graph.comments] == ["", ""]
    assert verdicts(tmp_path) == {"Above": "waived", "Inside": "waived", "None": "fail"}


def test_metadata_waives_in_json_too(tmp_path: Path) -> None:
    fields = {"rule": "log-group-retention", "reason": 'kept "long"', "owner": "team-a", "expires": SOON}
    logs = {
        "Type": "AWS::Logs::LogGroup",
        "Metadata": {"asbuilt": {"waive": [fields]}},
        "Properties": {"LogGroupName": "/aws/ecs/broxiva-prod/api", "RetentionInDays": 1},
    }
    write(tmp_path, {"main.json": json.dumps({"Resources": {"Logs": logs}}, indent=2)})
    [comment] = scan(tmp_path).comments
    assert comment.location.start_line == 8
    assert (comment.blocks[0].start_line, comment.problem) == (3, "")
    assert f'expires="{SOON}"' in comment.text
    assert verdicts(tmp_path) == {"Logs": "waived"}


def test_what_only_looks_like_a_comment_is_text(tmp_path: Path) -> None:
    text = f"""
        # asbuilt:waive {WAIVER}

        Resources:
          T:
            Type: AWS::SNS::Topic
            Properties:
              DisplayName: "x # asbuilt:waive rule=x"
              TopicName: |
                # asbuilt:waive rule=x
            Metadata: {{asbuilt: yes}}
    """
    graph = graph_of(tmp_path, text)
    assert [(c.location.start_line, bool(c.problem)) for c in graph.comments] == [(2, True), (11, True)]
