"""`asbuilt audit --organization`: the same, in every account of an organisation."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from asbuilt.cli.common import USAGE, Progress, fail, print_problems
from asbuilt.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from asbuilt.cli.kept import Bundle
    from asbuilt.cli.options import Judging
    from asbuilt.organization.choose import Chosen
    from asbuilt.organization.executors import Workers
    from asbuilt.organization.folder import Folder
    from asbuilt.organization.job import Job, Report, SpecText
    from asbuilt.results import Covered, Results
    from asbuilt.scan import Clock, Options
    from asbuilt.sources.aws.session import Access
    from asbuilt.spec.load import SpecDocument

THREADS = 4  # jobs at a time; each has as many calls at a time as the audit of one account


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for on the command line."""

    role_name: str | None
    accounts: tuple[str, ...]
    exclude_accounts: tuple[str, ...]
    out: Path | None
    resume: Path | None
    retry: bool
    jobs: int | None
    processes: int | None
    scheduler: str | None
    regions: tuple[str, ...] = ()
    environment: str | None = None

    @property
    def role(self) -> str:
        """The role's path and name, as an ARN has them."""
        return (self.role_name or "").lstrip("/")

    def refuse(self, judging: Judging) -> None:
        """End the command with exit 2 where options contradict each other."""
        if not self.role_name:
            fail("--organization: name the role that every account has, with --role-name")
        if (self.out is None) == (self.resume is None):
            fail("--organization writes what it finds as it goes: name a new folder with --out, or go on with --resume")
        if self.retry and self.resume is None:
            fail("--retry goes with --resume")
        if sum(bool(one) for one in (self.jobs, self.processes, self.scheduler)) > 1:
            fail("--jobs, --processes and --scheduler: choose one")
        if self.scheduler and not self.scheduler.startswith(("tcp://", "tls://")):
            fail(f"--scheduler {self.scheduler}: expected tcp://HOST:PORT or tls://HOST:PORT")
        if judging.baseline or judging.store:
            fail("--baseline and --store do not go with --organization; compare with `asbuilt diff OLD.json NEW.json`")


def organization_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of an organisation; the command is given them as one `Asked`, or None without --organization."""

    @wraps(command)
    def called(*, organization: bool, **values: Any) -> None:
        own = {option: values.pop(option) for option in _OWN}
        if not organization and (given := [name for name, value in own.items() if value]):
            fail(f"--{given[0].replace('_', '-')} goes with --organization")
        command(organization=Asked(**own) if organization else None, **values)

    for option in reversed(_OPTIONS):
        called = option(called)
    return called


_OWN = ("role_name", "accounts", "exclude_accounts", "out", "resume", "retry", "jobs", "processes", "scheduler")
_OPTIONS = (
    click.option("--organization", is_flag=True, help="Audit every account of the AWS organisation."),
    click.option("--role-name", metavar="NAME", help="The role, with its path, to assume in every account."),
    click.option(
        "--accounts", multiple=True, metavar="ID|NAME|OU", help="These accounts only; * and ? in a name are wild."
    ),
    click.option("--exclude-accounts", multiple=True, metavar="ID|NAME|OU", help="Not these accounts."),
    click.option(
        "--out",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="A new folder for the results of each account, written as it goes.",
    ),
    click.option(
        "--resume", type=click.Path(path_type=Path), metavar="DIR", help="Go on with an audit that was stopped."
    ),
    click.option("--retry", is_flag=True, help="With --resume: ask again where not everything was read."),
    click.option(
        "--jobs", type=click.IntRange(1, 64), metavar="N", help=f"How many at a time, in threads (default: {THREADS})."
    ),
    click.option("--processes", type=click.IntRange(1, 64), metavar="N", help="How many at a time, in processes."),
    click.option(
        "--scheduler", metavar="URL", help="A Dask cluster to run them on: tcp://HOST:PORT or tls://HOST:PORT."
    ),
)


def audit(
    document: SpecDocument, spec_name: str, access: Access, asked: Asked, judging: Judging, bundle: Bundle
) -> NoReturn:
    """Audit an organisation, and end with its exit code."""
    from asbuilt.organization.folder import Folder, FolderError
    from asbuilt.organization.job import Job
    from asbuilt.scan import Clock

    asked.refuse(judging)
    targets, clock = judging.targets(), Clock()
    partition, chosen = _chosen(document, access, asked)
    rows = [row for one in chosen for row in one.rows]
    base, text = _options(document, judging, chosen), _spec_text(document, spec_name)
    jobs = [
        Job(
            one.member.id,
            one.member.name,
            region,
            replace(access, role_arn=f"arn:{partition}:iam::{one.member.id}:role/{asked.role}"),
            text,
            replace(base, environment=one.environment),
            evidence=bundle.folder is not None,
            bodies=bundle.bodies,
        )
        for one in chosen
        if not one.rows
        for region in _regions(document, asked, [one.environment])
    ]
    folder = Folder(asked.resume or asked.out or Path(), bundle.folder)
    try:
        if asked.resume is not None:
            resumed = folder.resume(jobs, datetime.now(UTC), retry=asked.retry)
            rows += resumed.rows.values()
            _say(f"{len(resumed.rows)} of {len(jobs)} jobs are done already", judging.quiet)
            jobs = [job for job in jobs if job.key not in resumed.rows]
        else:
            folder.start()
        rows += _run(jobs, folder, asked, judging)
        rows.sort(key=lambda row: (row.account, row.region))
        results = judging.complete(_merged(document, judging, clock, rows, folder))
    except FolderError as error:
        fail(str(error))
    bundle.close(results)
    judging.finish(results, targets)


def _chosen(document: SpecDocument, access: Access, asked: Asked) -> tuple[str, list[Chosen]]:
    """Return the partition, and every account of the organisation, with what is to be done there."""
    from asbuilt.organization.choose import AmbiguousError, Choice, choose, unmatched
    from asbuilt.sources.aws.organization import read_organization
    from asbuilt.sources.aws.session import AccessError

    hub = replace(access, role_arn="", external_id="", session_policy="")
    environment = asked.environment and document.resolve(asked.environment).environment
    regions = _regions(document, asked, [environment] if environment else [None, *document.accounts()])
    choice = Choice(regions, asked.accounts, asked.exclude_accounts, environment, document.accounts())
    try:
        found = read_organization(hub, choice.units)
        for text in unmatched(found.members, choice):
            fail(f"{text}: the organisation has no such account: its number, a name (* and ? are wild) or an OU's id")
        return found.partition, list(choose(found.members, choice))
    except (AccessError, AmbiguousError) as error:
        fail(str(error))


def _regions(document: SpecDocument, asked: Asked, environments: Iterable[str | None]) -> tuple[str, ...]:
    """Return the regions that were asked for, else those that the spec gives the environments."""
    from asbuilt.sources.aws.account import REGION

    found = asked.regions or (document.resolve(name).region for name in environments)
    regions = tuple(dict.fromkeys(region for region in found if region))
    if not regions:
        fail("no region to read: name some with --region")
    for region in regions:
        if not REGION.fullmatch(region):
            fail(f"{region!r} is no region; one is called like us-east-1")
    return regions


def _options(document: SpecDocument, judging: Judging, chosen: Sequence[Chosen]) -> Options:
    """Return what every job is to do. Mistakes in it end the command now, not in each account."""
    from asbuilt import scan
    from asbuilt.graph import joined
    from asbuilt.spec import SpecError

    options = scan.Options(paths=(), **judging.scanning())
    try:
        for name in dict.fromkeys(one.environment for one in chosen if not one.rows):
            scan.judge(document, document.resolve(name), options, joined([]), scan.Clock())
    except scan.ScanError as error:
        fail(str(error))
    except SpecError as error:
        print_problems(error)
        raise SystemExit(USAGE) from None
    # A waiver is of some accounts, and unused in all others.
    return replace(options, skip=tuple(dict.fromkeys((*options.skip, "waiver-unused"))))


def _spec_text(document: SpecDocument, name: str) -> SpecText:
    from asbuilt.organization.job import SpecText
    from asbuilt.spec.load import bundled, find

    path = find(name)
    text = SpecText(path.read_bytes(), document.path, name if path in bundled().values() else "")
    if text.sha256 != document.sha256:
        fail(f"{path}: changed while it was read")
    return text


def _run(jobs: Sequence[Job], folder: Folder, asked: Asked, judging: Judging) -> list[Covered]:
    """Run the jobs; a stop leaves what is done, and says how to go on."""
    from asbuilt.organization.executors import ExecutorError
    from asbuilt.organization.run import execute

    rows: list[Covered] = []
    progress = Progress(quiet=judging.quiet)

    def ended(job: Job, report: Report) -> None:
        rows.append(folder.keep(job, report))
        progress(f"{len(rows)} of {len(jobs)} regions of accounts")

    try:
        with _stoppable():
            execute(jobs, lambda: _workers(asked), ended)
    except KeyboardInterrupt:
        text = f"stopped after {len(rows)} of {len(jobs)} jobs; go on with --resume {folder.path} instead of --out"
        click.echo(f"asbuilt: {text}", err=True)
        raise SystemExit(3) from None
    except ExecutorError as error:
        fail(f"{error}. What is done is in {folder.path}: --resume goes on from there")
    except OSError as error:
        fail(f"{folder.path}: cannot be written: {error.strerror or error}")
    return rows


def _workers(asked: Asked) -> Workers:
    from asbuilt.organization import executors

    if asked.scheduler:
        return executors.cluster(asked.scheduler)
    if asked.processes:
        return executors.processes(asked.processes)
    return executors.threads(asked.jobs or THREADS)


@contextmanager
def _stoppable() -> Iterator[None]:
    """Take a request to end as an interrupt, so that what is done is kept."""

    def stop(number: int, frame: object) -> NoReturn:  # noqa: ARG001
        raise KeyboardInterrupt

    try:
        before: Callable[..., object] | int | None = signal.signal(signal.SIGTERM, stop)
    except ValueError:  # not in the main thread, as in tests
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before or signal.SIG_DFL)


def _merged(document: SpecDocument, judging: Judging, clock: Clock, rows: Sequence[Covered], folder: Folder) -> Results:
    import time

    from asbuilt import __version__
    from asbuilt.organization.merge import exit_code, merged, run_of
    from asbuilt.results import Results, Run, SpecInfo, Summary

    spec = document.resolve(None)
    info = SpecInfo(spec.name, spec.title or spec.name, document.path, document.sha256)
    code = exit_code(rows, allow_incomplete=judging.allow_incomplete)
    started = clock.at.isoformat(timespec="seconds")
    run = Run("audit", started, 0.0, "", info, (), code, judging.fail_on, judging.on_unknown)
    empty = Results("asbuilt", __version__, run_of(run, rows, code), Summary({}, None, {}, {}), (), {})
    results = merged(empty, rows, folder.results(rows))
    return replace(results, run=replace(results.run, duration_s=round(time.monotonic() - clock.ticks, 3)))


def _say(text: str, quiet: bool) -> None:
    if not quiet:
        click.echo(f"asbuilt: {text}", err=True)
