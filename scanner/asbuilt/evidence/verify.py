"""Verify an evidence bundle: recompute every hash, and say exactly what is not as it was written."""

from __future__ import annotations

import json
import stat
from collections import Counter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from asbuilt.evidence.bundle import MANIFEST, VERSION, EvidenceError, sha256, short
from asbuilt.records import dataclass
from asbuilt.sources.aws.evidence import body_hash

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NO_FILE = "is missing"


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found: `differences` is empty where all is as it was written."""

    manifest_sha256: str
    files: int
    calls: int
    differences: tuple[str, ...]


def verify(folder: Path, results: Path | None = None, manifest_sha256: str = "") -> Verified:
    """Compare a bundle with its manifest, and other results and a hash of the manifest with those it names.

    Raises EvidenceError where there is no bundle.
    """
    data, manifest = _manifest(folder)
    digest = sha256(data)
    found = []
    if manifest_sha256 and manifest_sha256.lower() != digest:
        found.append(f"{MANIFEST}: its SHA-256 is {digest}, not {manifest_sha256.lower()}")
    listed = {entry["path"]: entry for entry in manifest["files"]}
    if len(listed) != len(manifest["files"]):
        found.append(f"{MANIFEST}: names a file twice")
    own = manifest["results"]
    found += _whole(folder, own["path"], own["sha256"])
    for path, entry in listed.items():
        found += _lined(folder, path, entry)
    found += _extra(folder, {*listed, own["path"], MANIFEST})
    if results is not None:
        try:
            if sha256(results.read_bytes()) != own["sha256"]:
                found.append(f"{results}: not the results that the evidence is of")
        except OSError as error:
            found.append(f"{results}: cannot be read: {error.strerror or error}")
    return Verified(digest, len(listed), sum(len(entry["lines"]) for entry in listed.values()), tuple(found))


def _manifest(folder: Path) -> tuple[bytes, dict[str, Any]]:
    try:
        data = (folder / MANIFEST).read_bytes()
    except OSError as error:
        raise EvidenceError(f"{folder}: no evidence bundle: {MANIFEST}: {error.strerror or error}") from None
    try:
        manifest = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise EvidenceError(f"{folder}: {MANIFEST} cannot be read: {error}") from None
    version = manifest.get("evidence_version") if isinstance(manifest, dict) else None
    if version != VERSION:
        raise EvidenceError(f"{folder}: evidence_version {version!r} is not supported: this asbuilt reads {VERSION!r}")
    if not _entry(manifest.get("results")) or not isinstance(manifest.get("files"), list):
        raise EvidenceError(f"{folder}: {MANIFEST} does not say what is in the bundle")
    if not all(_entry(entry) and _texts(entry.get("lines")) for entry in manifest["files"]):
        raise EvidenceError(f"{folder}: {MANIFEST} does not say what is in the bundle")
    return data, manifest


def _entry(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("path"), str) and isinstance(value.get("sha256"), str)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _read(folder: Path, path: str) -> bytes | str:
    """Return what a file of the bundle holds, or why it cannot be told."""
    name = PurePosixPath(path)
    if name.is_absolute() or ".." in name.parts or not name.parts:
        return "is not a path inside of the bundle"
    place = folder
    try:
        for part in name.parts:
            place /= part
            if stat.S_ISLNK(place.lstat().st_mode):
                return "is, or lies behind, a symbolic link"
        return place.read_bytes() if place.is_file() else "is no file"
    except (FileNotFoundError, NotADirectoryError):
        return NO_FILE
    except (OSError, ValueError) as error:
        return f"cannot be read: {error}"


def _whole(folder: Path, path: str, wanted: str) -> Iterator[str]:
    data = _read(folder, path)
    if isinstance(data, str):
        yield f"{path}: {data}"
    elif sha256(data) != wanted:
        yield f"{path}: was changed"


def _lined(folder: Path, path: str, entry: dict[str, Any]) -> Iterator[str]:
    data = _read(folder, path)
    if isinstance(data, str):
        yield f"{path}: {data}"
        return
    lines = data.splitlines(keepends=True)
    if sha256(data) != entry["sha256"]:
        yield from (f"{path}: {text}" for text in _changes(entry["lines"], lines))
    for number, line in enumerate(lines, 1):
        for page in _unlike(line):
            yield f"{path}: line {number}: the body of page {page} is not the one that was hashed"


def _changes(wanted: list[str], lines: list[bytes]) -> Iterator[str]:
    """Say which lines were changed, added, removed, or stand elsewhere."""
    found = [short(line) for line in lines]
    missing, extra = Counter(wanted) - Counter(found), Counter(found) - Counter(wanted)
    if not missing and not extra:
        places = [number for number, (one, other) in enumerate(zip(wanted, found, strict=False), 1) if one != other]
        yield f"lines stand in another order: {_listed(places)}" if places else "was changed"
        return
    changed = [
        n for n, (one, other) in enumerate(zip(wanted, found, strict=False), 1) if one in missing and other in extra
    ]
    for number in changed:
        missing[wanted[number - 1]] -= 1
        extra[found[number - 1]] -= 1
        yield f"line {number}{_operation(lines[number - 1])} was changed"
    gone = [number for number, one in enumerate(wanted, 1) if number not in changed and missing[one] > 0]
    if gone:
        yield f"lines were removed: {_listed(gone)}"
    more = [number for number, one in enumerate(found, 1) if number not in changed and extra[one] > 0]
    if more:
        yield f"lines were added: {_listed(more)}"


def _listed(numbers: list[int]) -> str:
    more = f" and {len(numbers) - 10} more" if len(numbers) > 10 else ""
    return ", ".join(map(str, numbers[:10])) + more


def _operation(line: bytes) -> str:
    told = _parsed(line).get("operation")
    return f" ({told})" if isinstance(told, str) and told.isprintable() and len(told) < 100 else ""


def _unlike(line: bytes) -> Iterator[int]:
    """Yield the numbers of the pages whose bodies, where they are kept, have another hash than the one beside them."""
    pages = _parsed(line).get("pages")
    for number, page in enumerate(pages if isinstance(pages, list) else (), 1):
        if isinstance(page, dict) and "body" in page and body_hash(page["body"]) != page.get("sha256"):
            yield number


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _extra(folder: Path, known: set[str]) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name not in known and (path.is_symlink() or not path.is_dir()):
            yield f"{name}: was added"
