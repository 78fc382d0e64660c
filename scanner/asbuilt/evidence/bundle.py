"""Write an evidence bundle: the calls of each account and region, the results, and a manifest with their hashes.

    DIR/manifest.json                what was used and what is here, each with its SHA-256; written last
    DIR/results.json                 the results
    DIR/calls/<account>/<region>.jsonl    one line a call

The manifest is not signed: whoever keeps its SHA-256 elsewhere can tell later that all of it is as it was.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from asbuilt_reports.write import write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from asbuilt.results import Results

VERSION: Final = "1"
MANIFEST: Final = "manifest.json"
RESULTS: Final = "results.json"
CALLS: Final = "calls"


class EvidenceError(Exception):
    """A folder that cannot hold a bundle, or holds none. The message says what to do."""


def vacant(folder: Path) -> None:
    """Make the folder, or see that it is empty: what lies there would pass for evidence. Raises EvidenceError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise EvidenceError(f"{folder} is not empty: name a new folder for the evidence")
    except OSError as error:
        raise EvidenceError(f"{folder}: {error.strerror or error}") from None


def write_calls(folder: Path, account: str, calls: Mapping[str, Iterable[str]]) -> None:
    """Write the calls that were made in an account, by region. Raises OSError."""
    below = folder / CALLS / (account or "unknown")
    below.mkdir(parents=True, exist_ok=True)
    for region, lines in calls.items():
        write_atomically(below / f"{region}.jsonl", "".join(f"{line}\n" for line in lines))


def write_manifest(folder: Path, results: Results, text: str) -> str:
    """Write the results and, last, the manifest over all that is there; return the manifest's SHA-256. Raises OSError.

    `text` is the results as JSON.
    """
    write_atomically(folder / RESULTS, text)
    run = results.run
    manifest = {
        "evidence_version": VERSION,
        "tool": {"name": results.tool, "version": results.version},
        "spec": {"name": run.spec.name, "path": run.spec.path, "sha256": run.spec.sha256},
        "environment": run.environment,
        "started_at": run.started_at,
        "account": run.account,
        "regions": list(run.regions),
        "results": {"path": RESULTS, "sha256": sha256((folder / RESULTS).read_bytes())},
        "files": [described(folder, path) for path in sorted((folder / CALLS).glob("*/*.jsonl"))],
    }
    body = json.dumps(manifest, indent=1, ensure_ascii=True) + "\n"
    write_atomically(folder / MANIFEST, body)
    return sha256(body.encode("ascii"))


def described(folder: Path, path: Path) -> dict[str, Any]:
    """Return what the manifest says of a file of calls: its hash, and a short one of each line to name changes."""
    data = path.read_bytes()
    lines = [short(line) for line in data.splitlines(keepends=True)]
    return {"path": path.relative_to(folder).as_posix(), "sha256": sha256(data), "bytes": len(data), "lines": lines}


def sha256(data: bytes) -> str:
    """Return the SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def short(line: bytes) -> str:
    """Return enough of a line's hash to tell lines apart; the file's own is what is relied on."""
    return sha256(line)[:16]
