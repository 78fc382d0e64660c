"""checkov's part of a run: started once it is known what is read, collected when we have judged."""

from __future__ import annotations

from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from asbuilt.checkov.program import CheckovError, find
from asbuilt.checkov.run import TIMEOUT, Running, Target
from asbuilt.model import Diagnostic, Gap
from asbuilt.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from asbuilt.checkov.output import Record
    from asbuilt.checkov.run import Said
    from asbuilt.results import Results, SourceInfo

FINDINGS: Final = 1
INCOMPLETE: Final = 3


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user asked for. `environ` is where the PATH comes from; `tf_vars` are TF_VAR_ variables to hand on.

    `fails` lets checkov's failures exit 1. `unlike` names options that checkov has no counterpart of.
    """

    program: Path | None = None
    timeout: float = TIMEOUT
    fails: bool = False
    var_files: Sequence[Path] = ()
    environ: Mapping[str, str] = field(default_factory=dict)
    tf_vars: Mapping[str, str] = field(default_factory=dict)
    unlike: Sequence[str] = ()
    allow_incomplete: bool = False


class Checkov:
    """checkov beside a run: `finish` adds what it said to the results, `stop` ends it whatever it is at."""

    def __init__(self, settings: Settings, sources: Iterable[SourceInfo], templates: Iterable[str] = ()) -> None:
        """Start it; `templates` are all that resources came from, those of nested stacks too."""
        self._settings = settings
        self._running: Running | None = None
        self._failure: CheckovError | None = None
        self._targets, self._left_out = _targets(sources, templates, settings)
        if not self._targets:
            return
        try:
            program = find(settings.program, [target.path for target in self._targets], settings.environ)
        except CheckovError as error:
            self._failure = error
        else:
            self._running = Running(program, self._targets, settings.timeout, settings.tf_vars)

    def finish(
        self, results: Results, baseline: Results | None = None, progress: Callable[[str], None] = lambda _: None
    ) -> Results:
        """Return the results with checkov's beside them, or with a gap that says why there are none.

        What an earlier result has of checkov's says which failures are known.
        """
        gaps = [*results.gaps, *self._left_out]
        external = results.external
        try:
            if self._failure is not None:
                raise self._failure
            if self._running is not None:
                from asbuilt.checkov.compare import external_run

                progress("waiting for checkov")
                said = self._running.said()
                gaps += [_unread(file) for one in said for file in one.output.unread]
                gaps += [_silent(one) for one in said if not any((*_records(one), *one.output.unread))]
                external += (external_run(said, results, gates=self._settings.fails, baseline=baseline),)
        except CheckovError as error:
            gaps.append(Gap("checkov", "checkov", f"it gave no results: {error.reason}", error.action))
        remarks = [_unlike(self._settings.unlike)] if self._settings.unlike and external else []
        found = replace(results, gaps=tuple(gaps), external=external, diagnostics=(*results.diagnostics, *remarks))
        return replace(found, run=replace(found.run, exit_code=self._exit_code(found)))

    def stop(self) -> None:
        """End checkov and its children, if it is still at work."""
        if self._running is not None:
            self._running.stop()

    def _exit_code(self, results: Results) -> int:
        code = results.run.exit_code
        failures = [f for run in results.external if run.gates for f in run.failures if f.baseline != "known"]
        if code == FINDINGS or failures:
            return FINDINGS
        ours = any(gap.incomplete and gap.source == "checkov" for gap in results.gaps)
        return INCOMPLETE if code == 0 and ours and not self._settings.allow_incomplete else code


def _targets(
    sources: Iterable[SourceInfo], templates: Iterable[str], settings: Settings
) -> tuple[list[Target], list[Gap]]:
    """Return what checkov is given: what we read ourselves, as far as it can read it too."""
    targets: list[Target] = []
    files = {Path(name).resolve(): None for name in templates}
    left_out: list[Gap] = []
    for source in sources:
        path = Path(source.path or ".").resolve()
        if source.kind == "terraform" and path.is_dir():
            targets.append(Target(path, "terraform", tuple(file.resolve() for file in settings.var_files)))
        elif source.kind == "terraform" and path.is_file():
            targets.append(Target(path, "terraform_plan"))
        elif source.kind == "cloudformation" and path.is_file():
            files.setdefault(path, None)
        else:
            reason = f"checkov was not given this {source.kind} source: it is neither a folder nor a file to read"
            left_out.append(Gap("checkov", source.path or ".", reason))
    if found := sorted(path for path in files if path.is_file()):
        targets.append(Target(found[0], "cloudformation", more=tuple(found[1:])))
    return targets, left_out


def _unread(file: str) -> Gap:
    from asbuilt.checkov.compare import shown

    return Gap("checkov", shown(file), "checkov could not parse it, so that none of its checks saw it", "")


def _records(one: Said) -> tuple[tuple[Record, ...], ...]:
    return one.output.failed, one.output.suppressed, one.output.passed


def _silent(one: Said) -> Gap:
    """Say that none of its checks looked at anything: what it cannot read (a state) must not look clean."""
    from asbuilt.checkov.compare import shown

    reason = "checkov judged nothing of it: it has no check for what is there, or cannot read it"
    return Gap("checkov", shown(str(one.target.path)), reason, incomplete=False)


def _unlike(options: Sequence[str]) -> Diagnostic:
    said = f"checkov has no counterpart of {' and '.join(options)}: it judged the code without"
    return Diagnostic("info", "checkov-options", said)
