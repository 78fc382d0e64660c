"""A repository with a pull request, and a runner for it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from action.runner import Finished, Runner

SPEC = """\
asbuilt: 1
name: shop
environments:
  prod: {paths: ["**/prod"]}
services:
  api: {class: critical, port: 4000}
  mails: {class: critical}
service_classes:
  critical: {title: Critical}
logging:
  retention_days: 30
  log_group: /shop/${service}
"""
CODE = """\
resource "aws_cloudwatch_log_group" "api" {
  name              = "/shop/api"
  retention_in_days = 30
}
resource "aws_ecs_service" "api" {
  name = "api"
}
"""
CONFIG = "paths: [prod]\nspec: architecture.yaml\nenv: prod\nonly: [log-group-retention]\nwaivers: waivers.yaml\n"
WAIVER = """\
waivers:
  - {rule: log-group-retention, resource: aws_cloudwatch_log_group.mails, reason: later, owner: ops, expires: %s}
"""
MAILS = """\

resource "aws_cloudwatch_log_group" "mails" {
  name              = "/shop/mails"
  retention_in_days = 5
}
"""


class Repository:
    """A clone in which a pull request is checked out as GitHub does: the merge of base and head."""

    def __init__(self, folder: Path, scratch: Path) -> None:
        self.folder = folder
        self.runner = Runner(folder, scratch)
        folder.mkdir()
        self.git("init", "-q")
        self.write(
            {"architecture.yaml": SPEC, "prod/main.tf": CODE, "asbuilt.yaml": CONFIG, "waivers.yaml": "waivers: []\n"}
        )
        self.base = self.commit("base")
        self.git("checkout", "-q", "-b", "head")

    def git(self, *arguments: str) -> str:
        names = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]
        command = ["git", *names, *arguments]
        return subprocess.run(command, cwd=self.folder, check=True, capture_output=True, text=True).stdout.strip()

    def write(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def commit(self, message: str) -> str:
        self.git("add", "-A", "-f")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def rebase(self, files: dict[str, str]) -> None:
        """Change the base, and start the pull request from there."""
        self.git("checkout", "-q", "main")
        self.write(files)
        self.base = self.commit("base")
        self.git("checkout", "-q", "-B", "head")

    def pull_request(self, files: dict[str, str], **inputs: str) -> Finished:
        """Run the Action on a pull request that writes these files."""
        self.write(files)
        self.commit("change")
        self.git("checkout", "-q", "-B", "merged", "main")
        self.git("merge", "-q", "--no-ff", "-m", "merge", "head")
        try:
            return self.runner.run("pull_request", {"pull_request": {"base": {"sha": self.base}}}, **inputs)
        finally:
            self.git("checkout", "-q", "head")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "workspace", tmp_path / "scratch")
