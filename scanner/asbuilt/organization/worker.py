"""Run one job, wherever the worker is: assume the role, read the region, judge it. Nothing it meets ends the audit."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from asbuilt import __version__, scan
from asbuilt.graph import joined
from asbuilt.model import UnknownKind
from asbuilt.organization.job import Job, Report, SpecText
from asbuilt.results import Covered
from asbuilt.sources.aws.account import read_account
from asbuilt.sources.aws.evidence import Made, Recorder
from asbuilt.sources.aws.failures import DISABLED, NOT_ACCEPTED, REFUSED, THROTTLING
from asbuilt.sources.aws.session import ENTRY, IDENTITY, AccessError
from asbuilt.sources.aws.words import words_of
from asbuilt.spec.load import SpecDocument, from_bytes, load_spec

if TYPE_CHECKING:
    from asbuilt.results import Results
    from asbuilt.sources.aws.failures import Failure

_NAMED = 5  # actions of a row


class _Seen:
    """The failures of a job's calls, and its evidence, if wanted."""

    def __init__(self, job: Job) -> None:
        self.recorder = Recorder(bodies=job.bodies) if job.evidence else None
        self.failures: list[Failure] = []
        self._lock = threading.Lock()

    def __call__(self, made: Made) -> None:
        """Note a call."""
        if self.recorder is not None:
            self.recorder(made)
        if made.failure is not None:
            with self._lock:
                self.failures.append(made.failure)


def run(job: Job) -> Report:
    """Run a job. Never raises: what went wrong is the row."""
    at, ticks, seen = datetime.now(UTC), time.monotonic(), _Seen(job)
    results = ""
    try:
        row, found = _audited(job, seen)
        if found is not None:
            from asbuilt_reports.json_results import to_json

            results = to_json(found)
    except Exception as error:  # noqa: BLE001 - one bad account is a row, never the end of the audit
        row = job.row("crashed", crash(error), "report it, with the version of asbuilt")
    calls = seen.recorder.lines(job.account, job.region)[job.region] if seen.recorder is not None else ()
    stamp = at.isoformat(timespec="seconds")
    return Report(row, results, tuple(calls), stamp, round(time.monotonic() - ticks, 3))


def crash(error: BaseException) -> str:
    """Say what crashed, and where."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({PurePosixPath(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:200]}{where}"


def _audited(job: Job, seen: _Seen) -> tuple[Covered, Results | None]:
    if job.version != __version__:
        reason = f"the worker has asbuilt {__version__}, the audit was started with {job.version}"
        return job.row("crashed", reason, "install the same version everywhere"), None
    started = scan.Clock()
    document = _document(job.spec)
    spec = document.resolve(job.options.environment)
    words = words_of(spec, document.names_of(spec.environment) if spec.environment else ())
    try:
        read = read_account(job.access, [job.region], words, expected=job.account, watch=seen)
    except AccessError as error:
        return _outside(job, error), None
    results = scan.judge(document, spec, job.options, joined(read.parts), started, "audit")
    results = replace(results, run=replace(results.run, account=read.account, regions=read.regions))
    return _covered(job, results, seen.failures), results


@lru_cache(4)
def _document(spec: SpecText) -> SpecDocument:
    """Return the spec; each worker reads it once."""
    if spec.bundled:
        document = load_spec(spec.bundled)
        if document.sha256 == spec.sha256:
            return document
    return from_bytes(spec.raw, PurePosixPath(spec.path).suffix, spec.path)


def _outside(job: Job, error: AccessError) -> Covered:
    """Return the row of an account that could not be entered."""
    failure = error.failure
    if failure is None:
        return job.row("unread", str(error))
    if failure.cause == NOT_ACCEPTED and error.operation is IDENTITY and job.access.role_arn:
        # The same keys were handed out a moment ago: it is the region that does not know them.
        reason = f"{job.region} does not accept the keys of the role: it is not enabled for the account"
        return job.row("not-enabled", reason, f"enable {job.region}, or leave it out")
    action = failure.action
    if error.operation is ENTRY and failure.cause == REFUSED:
        action = f"let {job.access.role_arn} be assumed by who audits (asbuilt iam-policy --format terraform)"
    return job.row(_word(failure), failure.reason, action)


def _word(failure: Failure) -> str:
    words = {
        REFUSED: "denied",
        NOT_ACCEPTED: "denied",
        THROTTLING: "throttled",
        DISABLED: "not-enabled",
    }
    return "crashed" if failure.kind is UnknownKind.ERROR else words.get(failure.cause, "unread")


def _covered(job: Job, results: Results, failures: list[Failure]) -> Covered:
    """Return the row of results: what was read in whole is `audited`, else the worst of what kept it from being."""
    outcome, reasons, actions = _told(results, failures)
    return Covered(
        job.account,
        job.name,
        job.region,
        job.options.environment or "",
        outcome,
        _listed(reasons),
        _listed(actions),
        results.run.exit_code,
        {verdict: count for verdict, count in results.summary.counts.items() if count},
        sum(source.resources for source in results.run.sources),
    )


def _told(results: Results, failures: list[Failure]) -> tuple[str, list[str], list[str]]:
    gaps = [gap for gap in results.gaps if gap.incomplete]
    if not gaps:
        return "audited", [], []
    crashed = [gap for gap in gaps if gap.kind is UnknownKind.ERROR]
    if crashed:
        return "crashed", [f"{gap.what}: {gap.reason}" for gap in crashed], [gap.action for gap in crashed]
    words = [_word(failure) for failure in failures]
    for word in ("denied", "throttled", "not-enabled"):
        mine = [failure for failure, one in zip(failures, words, strict=True) if one == word]
        if mine:
            return word, [failure.reason for failure in mine], [failure.action for failure in mine]
    return "unread", [f"{gap.what}: {gap.reason}" for gap in gaps], [gap.action for gap in gaps]


def _listed(texts: list[str]) -> str:
    different = sorted(dict.fromkeys(filter(None, texts)))
    more = f"; and {len(different) - _NAMED} more" if len(different) > _NAMED else ""
    return "; ".join(different[:_NAMED]) + more
