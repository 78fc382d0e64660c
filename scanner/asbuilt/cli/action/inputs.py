"""What the Action was asked for: its inputs, and the event that started the workflow."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from asbuilt.cli.common import fail
from asbuilt.cli.pages import check_address
from asbuilt.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX: Final = "ASBUILT_"
LISTS: Final = ("paths", "var_files", "only", "skip", "variables", "parameters", "module_dirs")
TEXTS: Final = ("spec", "environment", "plan", "fail_on", "on_unknown", "waivers", "baseline")
# What GitHub sets before a pull request's own code is merged: nothing of it may be taken from the pull request.
PROPOSALS: Final = ("pull_request", "merge_group")
_NAME = re.compile(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+")
_REF = re.compile(r"[A-Za-z0-9._/-]+")


@dataclass(frozen=True, slots=True)
class Request:
    """The inputs: `values` in the configuration's words, without those that were left empty.

    `base` is what to compare with and to take spec, waivers and configuration from; empty where the event has none.
    """

    values: dict[str, Any]
    folder: Path
    base: str
    trust_head: bool
    changed_only: bool
    config: str
    formats: tuple[str, ...]
    output_dir: str
    pages: str | None


def requested(environ: Mapping[str, str]) -> Request:
    """Read the inputs; one that makes no sense ends the command with exit 2."""

    def text(name: str) -> str:
        found = environ.get(f"{PREFIX}{name.upper()}", "").strip()
        if "\0" in found or (name not in LISTS and ("\n" in found or "\r" in found)):
            fail(f"the input {name.replace('_', '-')} is more than one line")
        return found

    def lines(name: str) -> tuple[str, ...]:
        return tuple(line.strip() for line in text(name).splitlines() if line.strip())

    def flag(name: str) -> bool:
        found = text(name).lower()
        if found not in ("", "true", "false"):
            fail(f"the input {name.replace('_', '-')} is {found!r}: expected true or false")
        return found == "true"

    values: dict[str, Any] = {name: text(name) for name in TEXTS if text(name)}
    values |= {name: lines(name) for name in LISTS if lines(name)}
    if flag("allow_incomplete"):
        values["allow_incomplete"] = True
    event = environ.get("GITHUB_EVENT_NAME", "")
    if event == "pull_request_target":
        fail("on pull_request_target the base branch is checked out, not the pull request: use pull_request")
    base = text("base_ref") or base_of(event, environ.get("GITHUB_EVENT_PATH", ""))
    changed = text("changed_only").lower() or "auto"
    if changed not in ("auto", "true", "false"):
        fail(f"the input changed-only is {changed!r}: expected auto, true or false")
    formats = re.split(r"[\s,]+", environ.get(f"{PREFIX}FORMATS", ""))
    return Request(
        values=values,
        folder=Path(environ.get("GITHUB_WORKSPACE", "")) / (text("working_directory") or "."),
        base=base,
        trust_head=flag("trust_head"),
        changed_only=changed == "true" or (changed == "auto" and bool(base)),
        config=text("config"),
        formats=tuple(word for word in formats if word),
        output_dir=text("output_dir"),
        pages=pages(environ),
    )


def base_of(event: str, path: str) -> str:
    """Return the base's commit of a pull request or merge queue, as GitHub's event names it; "" for other events."""
    if event not in PROPOSALS:
        return ""
    try:
        data = json.loads(Path(path).read_bytes())
        found = data["pull_request"]["base"]["sha"] if event == "pull_request" else data["merge_group"]["base_sha"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        fail(f"the event of this {event} cannot be read ({type(error).__name__}): give base-ref")
    if not isinstance(found, str) or not re.fullmatch(r"[0-9a-f]{40,64}", found):
        fail(f"the event of this {event} names no base commit: give base-ref")
    return found


def pages(environ: Mapping[str, str]) -> str | None:
    """Return where the rules' pages are: in the Action's own repository, at the commit it was called by."""
    server, name = environ.get("GITHUB_SERVER_URL", ""), environ.get(f"{PREFIX}ACTION_REPOSITORY", "")
    reference = environ.get(f"{PREFIX}ACTION_REF", "")
    if not server or not _NAME.fullmatch(name) or not _REF.fullmatch(reference):
        return None
    address = f"{server}/{name}/blob/{reference}/docs/rules"
    if address.startswith("https://"):
        check_address(address)
        return address
    return None
