"""Where an audit of an organisation writes as it goes: results of each job, and a line for each job that has ended.

    DIR/coverage.jsonl               one line a job, appended when its results are on disk
    DIR/jobs/<account>/<region>.json    its results

A stopped audit goes on from there: a line counts only for the same job (`Job.key`), while it is fresh, and while the
files that it names are as they were written.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from asbuilt.organization.job import Job, Report, as_dict
from asbuilt.records import dataclass
from asbuilt.results import Covered
from asbuilt_reports.write import write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

LINES: Final = "coverage.jsonl"
FRESH: Final = timedelta(hours=24)  # what is older says too little about today


class FolderError(Exception):
    """A folder that cannot be written to or gone on from. The message says what to do."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """What a stopped audit left: the rows of jobs that need not run again, and how many lines did not count."""

    rows: dict[str, Covered]
    stale: int = 0


class Folder:
    """Writes what ends. One process at a time."""

    def __init__(self, path: Path, evidence: Path | None = None) -> None:
        self.path = path
        self.evidence = evidence

    def start(self) -> None:
        """Make the folder. Raises FolderError where there is something in it."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            if any(self.path.iterdir()):
                raise FolderError(f"{self.path} is not empty: name a new folder, or go on from it with --resume")
            (self.path / LINES).touch()
        except OSError as error:
            raise FolderError(f"{self.path}: {error.strerror or error}") from None

    def resume(self, jobs: Iterable[Job], now: datetime, *, retry: bool = False) -> Resumed:
        """Read what is done already; with `retry`, only what was read in whole counts. Raises FolderError."""
        try:
            text = (self.path / LINES).read_bytes()
        except OSError as error:
            reason = error.strerror or error
            raise FolderError(f"{self.path}: nothing to go on from: {LINES}: {reason}") from None
        wanted = {job.key for job in jobs}
        rows: dict[str, Covered] = {}
        kept: dict[str, str] = {}
        stale = 0
        for line in text.splitlines():
            read = self._line(line, now)
            if read is None or read[0] not in wanted or (retry and read[1].open):
                stale += 1
                continue
            rows[read[0]], kept[read[0]] = read[1], line.decode("ascii")
        try:  # a line that was cut off must not become the beginning of the next one
            write_atomically(self.path / LINES, "".join(f"{line}\n" for line in kept.values()))
        except OSError as error:
            raise FolderError(f"{self.path}: {error.strerror or error}") from None
        return Resumed(rows, stale)

    def _line(self, line: bytes, now: datetime) -> tuple[str, Covered] | None:
        """Return the key and the row of a line that counts."""
        try:
            data = json.loads(line)
            row = Covered(**data["row"])
            age = now - datetime.fromisoformat(data["at"])
            whole = self._same(self.path, row.file, data["sha256"])
            if self.evidence is not None and data["evidence"]:
                whole = whole and self._same(self.evidence, calls_file(row), data["evidence"])
            key: str = data["key"]
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return None
        return (key, row) if whole and timedelta(0) <= age <= FRESH else None

    @staticmethod
    def _same(folder: Path, name: str, wanted: str) -> bool:
        if not name:
            return not wanted
        path = folder / name
        try:
            return path.resolve().is_relative_to(folder.resolve()) and sha256(path.read_bytes()).hexdigest() == wanted
        except OSError:
            return False

    def keep(self, job: Job, report: Report) -> Covered:
        """Write what a job came to; return its row. Raises OSError."""
        row, digest, calls = report.row, "", ""
        if report.results:
            row = replace(row, file=f"jobs/{job.account}/{job.region}.json")
            digest = self._write(self.path / row.file, report.results)
        if self.evidence is not None:
            text = "".join(f"{line}\n" for line in report.evidence)
            calls = self._write(self.evidence / calls_file(row), text)
        line = {
            "key": job.key,
            "at": report.at or datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": report.seconds,
            "sha256": digest,
            "evidence": calls,
            "row": as_dict(row),
        }
        with (self.path / LINES).open("a", encoding="ascii") as stream:
            stream.write(json.dumps(line) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        return row

    @staticmethod
    def _write(path: Path, text: str) -> str:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, text)
        return sha256(text.encode("utf-8", errors="backslashreplace")).hexdigest()

    def results(self, rows: Iterable[Covered]) -> Iterator[tuple[Covered, Any]]:
        """Yield the results of each row that has some, read one after the other. Raises FolderError."""
        from asbuilt_reports.json_reading import ResultsError
        from asbuilt_reports.json_results import from_json

        for row in rows:
            if row.file:
                try:
                    yield row, from_json((self.path / row.file).read_bytes())
                except (OSError, ResultsError) as error:
                    raise FolderError(f"{self.path / row.file}: {error}") from None


def calls_file(row: Covered) -> str:
    """Return where the calls of a job are in an evidence bundle."""
    return f"calls/{row.account}/{row.region}.jsonl"
