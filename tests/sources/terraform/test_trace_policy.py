"""From a place in a rendered policy document to the line that is to be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asbuilt.scan import Options, read

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = """
data "aws_iam_policy_document" "x" {
  statement {
    actions   = ["s3:PutObject"] # one
    resources = ["*"] # star
  }

  dynamic "statement" {
    for_each = ["sqs"] # each

    content {
      effect = "Deny" # effect
      actions = [
        "sqs:A", # a
        "sqs:C", # c
        "sqs:B", # b
      ]
      resources = ["*"]
    }
  }

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::1:root"] # root
    }

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com", "ec2.amazonaws.com"] # services
    }
  }
%s}

resource "aws_iam_role_policy" "x" {
  role   = "r"
  policy = data.aws_iam_policy_document.x.json # here
}
"""


def line_of(tmp_path: Path, path: str, more: str = "") -> str:
    """Return the comment on the line that a path of the policy comes from."""
    (tmp_path / "main.tf").write_text(SOURCE % more, "utf-8")
    (policy,) = read(None, Options(paths=[tmp_path]), lambda _: None).of_type("AWS::IAM::RolePolicy")
    line = (SOURCE % more).split("\n")[policy.at(path).trace.origin.start_line - 1]
    return line.partition("# ")[2] or line.strip()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Statement.0.Action", "one"),
        ("Statement.0.Resource", "star"),
        ("Statement.1.Effect", "effect"),
        ("Statement.1.Action.0", "c"),
        ("Statement.1.Action.1", "b"),
        ("Statement.1.Action.2", "a"),
        ("Statement.2.Principal.AWS", "root"),
        ("Statement.2.Principal.Service.1", "services"),
        ("Statement.2", "statement {"),
    ],
)
def test_places_in_a_document(path: str, expected: str, tmp_path: Path) -> None:
    assert line_of(tmp_path, f"PolicyDocument.{path}") == expected


def test_statements_of_other_documents_are_not_traced_into(tmp_path: Path) -> None:
    more = '  source_policy_documents = [jsonencode({ Statement = [{ Effect = "Allow", Action = "a:B" }] })]\n'
    assert line_of(tmp_path, "PolicyDocument.Statement.1.Action", more) == 'data "aws_iam_policy_document" "x" {'
