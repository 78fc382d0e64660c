from __future__ import annotations

import json
import re
from dataclasses import replace

from sarif_kit.validate import validation_errors

from asbuilt.results import Edit, Frame, Results
from asbuilt_reports import markdown, sarif
from reports import sample


def carrying(edit: Edit, frame: Frame | None) -> Results:
    finding = sample.log_group("api")
    item = replace(finding.evidence[0], edit=edit, frame=frame)
    return replace(sample.clean(), findings=(replace(finding, evidence=(item,)),))


def test_a_replacement_in_sarif() -> None:
    log = json.loads(sarif.render(sample.results()))
    fixes = [r["fixes"] for r in log["runs"][0]["results"] if r["ruleId"] == "log-group-retention"]
    assert fixes[0] == [
        {
            "description": {"text": "Set retention_in_days = 30"},
            "artifactChanges": [
                {
                    "artifactLocation": {"uri": "environments/prod/terraform.tfvars"},
                    "replacements": [
                        {
                            "deletedRegion": {"startLine": 3, "startColumn": 12, "endLine": 3, "endColumn": 13},
                            "insertedContent": {"text": "30"},
                        }
                    ],
                }
            ],
        }
    ]


def test_an_insertion_in_sarif_is_an_empty_region() -> None:
    results = carrying(Edit(sample.at("main.tf", 3, 20, 20), "\n  retention_in_days = 30"), None)
    log = json.loads(sarif.render(results))
    assert validation_errors(log) == []
    (replacement,) = log["runs"][0]["results"][0]["fixes"][0]["artifactChanges"][0]["replacements"]
    assert replacement["deletedRegion"] == {"startLine": 3, "startColumn": 20, "endLine": 3, "endColumn": 20}
    assert replacement["insertedContent"]["text"] == "\n  retention_in_days = 30"


def test_no_edits_no_fixes() -> None:
    log = json.loads(sarif.render(sample.results()))
    assert not any("fixes" in r for r in log["runs"][0]["results"] if r["ruleId"] == "alb-tls-policy")
    assert "### Edits" not in markdown.render(sample.clean())


def test_a_replacement_in_markdown() -> None:
    text = markdown.render(carrying(Edit(sample.at("a.tf", 3, 12, 13), "30"), sample.LOG_FRAME))
    assert "```diff\n@@ a.tf:3 @@\n-log_days = 7\n+log_days = 30\n```" in text


def test_an_insertion_in_markdown() -> None:
    edit = Edit(sample.at("a.tf", 1, 25, 25), "\r\nlog_days = 30")
    text = markdown.render(carrying(edit, sample.LOG_FRAME))
    assert '```diff\n@@ a.tf:1 @@\n name     = "broxiva-prod"\n+log_days = 30\n```' in text


def test_a_masked_or_missing_line_is_not_guessed() -> None:
    for frame in (None, Frame(3, ("(sensitive value)",)), Frame(9, ("x = 1",))):
        text = markdown.render(carrying(Edit(sample.at("a.tf", 3, 12, 13), "30"), frame))
        assert "```diff\n@@ a.tf:3 @@\n+30\n```" in text


def test_ticks_do_not_end_the_fence() -> None:
    frame = Frame(3, ("a = 1 # ``` ````",))
    text = markdown.render(carrying(Edit(sample.at("a.tf", 3, 5, 6), "30"), frame))
    assert re.search(r"^`{5}diff\n@@ a.tf:3 @@\n-a = 1 # ``` ````\n\+a = 30 # ``` ````\n`{5}$", text, re.MULTILINE)


def test_edits_never_burst_the_summary() -> None:
    text = markdown.render(sample.many(3000), limit=20_000)
    assert len(text.encode()) <= 20_000
