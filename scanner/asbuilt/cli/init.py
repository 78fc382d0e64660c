"""`asbuilt init`: the files a project begins with. Nothing that is there is overwritten."""

from __future__ import annotations

import json
import os
import re
from importlib import resources
from pathlib import Path
from typing import Final

import click

from asbuilt.cli.common import fail

OWN: Final = ("OWNER/asbuilt", "0" * 40)
_ACTION: Final = re.compile(r"([A-Za-z0-9-]+/[A-Za-z0-9._-]+)@([0-9a-f]{40})")
_GITHUB: Final = re.compile(r"(?:git\+)?https://github\.com/([A-Za-z0-9-]+/[A-Za-z0-9._-]+?)(?:\.git)?/?")
WORKFLOWS: Final = {
    "gate": ("pull-request",),
    "audit": ("nightly-audit",),
    "organization": ("organization-audit",),
    "report": ("weekly-report",),
    "forks": ("fork-scan", "fork-comment"),
}


@click.command("init")
@click.argument("folder", default=".", type=click.Path(path_type=Path), metavar="[DIR]")
@click.option("--github", is_flag=True, help="Also write the workflow that gates pull requests.")
@click.option(
    "--workflow",
    "workflows",
    multiple=True,
    type=click.Choice([*WORKFLOWS]),
    help="Write this GitHub workflow: the gate, the nightly audit (of an organisation), the weekly report, for forks.",
)
@click.option("--gitlab", is_flag=True, help="Also write the job for GitLab.")
@click.option("--pre-commit", is_flag=True, help="Also write the hooks for pre-commit.")
@click.option("--action", metavar="OWNER/REPOSITORY@COMMIT", help="Where asbuilt comes from, by full commit.")
@click.option("--force", is_flag=True, help="Overwrite what is there.")
def command(
    *,
    folder: Path,
    github: bool,
    workflows: tuple[str, ...],
    gitlab: bool,
    pre_commit: bool,
    action: str | None,
    force: bool,
) -> None:
    """Write a configuration and a spec to begin with into DIR, and what runs asbuilt on every change.

    All files or none: where one of them is there already, nothing is written (exit 2), except that with --github,
    --gitlab or --pre-commit a configuration and a spec that are there are kept.
    """
    origin = _origin(action)
    if not folder.is_dir():
        fail(f"{folder}: no such directory")
    chosen = [*workflows] or (["gate"] if github else [])
    first, kept = _first(folder, keep=not force and bool(chosen or gitlab or pre_commit))
    wanted = {**first, **_others(chosen, gitlab=gitlab, pre_commit=pre_commit)}
    _check(folder, wanted, force=force)
    for name, text in wanted.items():
        _write(folder / name, _filled(text, origin))
        click.echo(f"wrote  {(folder / name).as_posix()}")
    for name in kept:
        click.echo(f"kept   {(folder / name).as_posix()}")
    click.echo("\n".join(["", "Next:", *_next(folder, wanted, origin)]))


def _first(folder: Path, *, keep: bool) -> tuple[dict[str, str], list[str]]:
    """Return the configuration and the spec, and those of them that stay as they are."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", folder.resolve().name).strip("-_") or "project"
    found = {
        "asbuilt.yaml": _text("asbuilt.yaml"),
        "architecture.yaml": _text("architecture.yaml").replace("NAME", name),
    }
    kept = [file for file in found if keep and os.path.lexists(folder / file)]
    if "asbuilt.yaml" not in kept and _has_table(folder / "pyproject.toml"):
        kept.append("pyproject.toml")
        found.pop("asbuilt.yaml")
    return {file: text for file, text in found.items() if file not in kept}, kept


def _has_table(path: Path) -> bool:
    """Whether a project has its configuration in pyproject.toml already: two would be an error."""
    from asbuilt.configuration.toml import read_toml
    from asbuilt.spec.errors import SpecError

    try:
        return path.is_file() and read_toml(path.read_bytes(), path.name) is not None
    except (OSError, SpecError):
        return False


def _others(chosen: list[str], *, gitlab: bool, pre_commit: bool) -> dict[str, str]:
    found = {}
    for word in dict.fromkeys(chosen):
        for name in WORKFLOWS[word]:
            shown = "asbuilt" if name == "pull-request" else f"asbuilt-{name}"
            found[f".github/workflows/{shown}.yml"] = _text(f"github/{name}.yml")
    if gitlab:
        found[".gitlab-ci.yml"] = _text("gitlab.yml")
    if pre_commit:
        found[".pre-commit-config.yaml"] = _text("pre-commit.yaml")
    return found


def _check(folder: Path, wanted: dict[str, str], *, force: bool) -> None:
    """End with exit 2, before anything is written, where a file is there or a link leads elsewhere."""
    top = os.path.realpath(folder)
    there = [name for name in wanted if os.path.lexists(folder / name)]
    if there and not force:
        names = ", ".join(there)
        fail(f"{names}: there already; nothing was written. Give --force to overwrite, or another DIR")
    for name in wanted:
        real = os.path.realpath(folder / name)
        if not real.startswith(top.rstrip("/") + "/") or (folder / name).is_symlink() or Path(real).is_dir():
            fail(f"{name}: not a file inside of {folder}; nothing was written")


def _write(path: Path, text: str) -> None:
    from asbuilt_reports.write import write_atomically

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, text)
    except OSError as error:
        fail(f"{path}: cannot be written: {error.strerror or error}")


def _text(name: str) -> str:
    return resources.files("asbuilt").joinpath("starter", name).read_text("utf-8")


def _filled(text: str, origin: tuple[str, str]) -> str:
    return text.replace(OWN[0], origin[0]).replace(OWN[1], origin[1])


def _origin(action: str | None) -> tuple[str, str]:
    """Return the repository and commit asbuilt comes from: as given, as pip noted it, or what is to be filled in."""
    if action is not None:
        found = _ACTION.fullmatch(action)
        if found is None:
            fail(f"--action {action!r}: expected OWNER/REPOSITORY@ and the 40 digits of a commit; tags can be moved")
        return found[1], found[2]
    return _installed_from() or OWN


def _installed_from() -> tuple[str, str] | None:
    """Return where pip got this installation, if from GitHub.

    Source: packaging.python.org, "Recording the Direct URL Origin of installed distributions" (2026-11).
    """
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        said = json.loads(distribution("asbuilt").read_text("direct_url.json") or "{}")
        url, commit = said["url"], said["vcs_info"]["commit_id"]
    except (PackageNotFoundError, OSError, ValueError, KeyError, TypeError):
        return None
    place = _GITHUB.fullmatch(str(url))
    return (place[1], commit) if place and re.fullmatch(r"[0-9a-f]{40}", str(commit)) else None


def _next(folder: Path, wanted: dict[str, str], origin: tuple[str, str]) -> list[str]:
    steps = []
    if "architecture.yaml" in wanted:
        steps.append("state your architecture in architecture.yaml, or import a document: asbuilt spec import DOC.md")
    if "asbuilt.yaml" in wanted:
        steps.append("name the folders and the environment in asbuilt.yaml")
    steps.append("asbuilt check" if folder == Path() else f"cd {folder.as_posix()} && asbuilt check")
    if any(OWN[0] in text for text in wanted.values()) and origin == OWN:
        steps.append(f"replace {OWN[0]} and the commit {OWN[1]} by where your asbuilt comes from (or give --action)")
    if any("-audit" in name for name in wanted):
        steps.append("set the variables ASBUILT_AUDIT_ROLE and AWS_REGION; asbuilt iam-policy prints the role's policy")
    if any(name.startswith(".github/") for name in wanted):
        steps.append("let somebody own .github/ and architecture.yaml (CODEOWNERS)")
    return [f"  {number}. {step}" for number, step in enumerate(steps, 1)]
