"""Hold the code of an earlier commit to the same spec, so that only what is new since then gates."""

from __future__ import annotations

import os
import tempfile
from contextlib import chdir, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from asbuilt.cli.common import fail
from asbuilt.model import Diagnostic
from asbuilt.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from asbuilt.baseline import Baseline
    from asbuilt.checkov.beside import Settings
    from asbuilt.git import Repository
    from asbuilt.git.changes import Changes
    from asbuilt.results import Results
    from asbuilt.scan import Options
    from asbuilt.spec.load import SpecDocument
    from asbuilt.spec.models import Spec

NO_BASE = "no-merge-base"
BASE_PARTS = "merge-base-incomplete"


@dataclass(frozen=True, slots=True)
class Compared:
    """What an earlier commit says: its results, what there is to say about it, and which lines differ from it."""

    baseline: Baseline | None = None
    remarks: tuple[Diagnostic, ...] = ()
    changes: Changes | None = None


def repository_of(path: Path) -> Repository:
    """Return the repository around a path; where there is none, the command ends with exit 2."""
    from asbuilt.git import GitError, around

    try:
        return around(path, os.environ.get("PATH", os.defpath))
    except GitError as error:
        fail(str(error))


def compared(
    reference: str,
    document: SpecDocument,
    spec: Spec,
    options: Options,
    progress: Callable[[str], None],
    beside: Settings | None = None,
) -> Compared:
    """Scan the merge base of a reference and HEAD as the work tree is scanned, with checkov beside it where asked.

    Without a merge base, everything counts, and a remark says so: a shallow clone must not pass for a clean one.
    """
    from asbuilt.git import GitError
    from asbuilt.git.changes import Changes

    repository = repository_of(Path.cwd())
    try:
        other, head = repository.commit(reference), repository.commit("HEAD")
        base = repository.merge_base(other, head) if other and head else None
    except GitError as error:
        fail(str(error))
    if base is None:
        what = f"{reference} is no commit" if other is None else f"{reference} and HEAD have no common ancestor"
        text = f"{what} here: every finding counts. Fetch the whole history (fetch-depth: 0 of actions/checkout)."
        return Compared(remarks=(Diagnostic("warning", NO_BASE, text),))
    progress(f"reading {base[:12]}")
    baseline, remarks = _scanned(repository, base, document, spec, options, progress, beside)
    return Compared(baseline, remarks, Changes(repository, base, Path.cwd()))


def changes_since(reference: str) -> Changes | None:
    """Return which lines differ from the merge base of a reference and HEAD, None where there is none."""
    from asbuilt.git import GitError
    from asbuilt.git.changes import Changes

    repository = repository_of(Path.cwd())
    try:
        other, head = repository.commit(reference), repository.commit("HEAD")
        base = repository.merge_base(other, head) if other and head else None
    except GitError:
        return None
    return Changes(repository, base, Path.cwd()) if base else None


def with_remarks(results: Results, found: Compared) -> Results:
    """Return results that carry what was to be said about the comparison; warnings go to standard error too."""
    for remark in found.remarks:
        if remark.severity == "warning":
            click.echo(f"asbuilt: {remark.message}", err=True)
    return replace(results, diagnostics=(*results.diagnostics, *found.remarks)) if found.remarks else results


@contextmanager
def written(repository: Repository, commit: str) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Write a commit into a temporary folder; yield its top, and what was left out. Raises GitError."""
    from asbuilt.git import write_tree

    with tempfile.TemporaryDirectory(prefix="asbuilt-", ignore_cleanup_errors=True) as folder:
        top = Path(folder).resolve() / "tree"
        top.mkdir()
        left_out = write_tree(repository, commit, top).left_out
        # Marks the top of the checkout, beyond which nothing is read, and says which commit it is.
        (top / ".git").mkdir()
        (top / ".git" / "HEAD").write_text(f"{commit}\n", "ascii")
        yield top, left_out


@contextmanager
def standing_in(repository: Repository, top: Path) -> Iterator[None]:
    """Stand where the user stands, but in another tree: every path is shown as it is here."""
    here = Path(os.path.realpath(Path.cwd())).relative_to(repository.top)
    (top / here).mkdir(parents=True, exist_ok=True)
    with chdir(top / here):
        yield


def _scanned(
    repository: Repository,
    commit: str,
    document: SpecDocument,
    spec: Spec,
    options: Options,
    progress: Callable[[str], None],
    beside: Settings | None,
) -> tuple[Baseline | None, tuple[Diagnostic, ...]]:
    from asbuilt.baseline import Baseline
    from asbuilt.git import GitError
    from asbuilt.scan import ScanError, check

    remarks: list[Diagnostic] = []
    try:
        with written(repository, commit) as (top, left_out):
            if left_out:
                text = f"{commit[:12]} is compared without {'; '.join(left_out[:5])}"
                remarks.append(Diagnostic("info", BASE_PARTS, text + (" and more" if len(left_out) > 5 else "")))
            there = _moved(options, repository, top)
            with standing_in(repository, top):
                there = replace(
                    there,
                    paths=[path for path in there.paths if path.exists()],
                    var_files=[path for path in there.var_files if path.exists()],
                    parameters=[text for text in there.parameters if "=" in text or Path(text).exists()],
                )
                if beside is not None:
                    beside = replace(beside, var_files=there.var_files)
                results = check(document, spec, there, progress, beside) if there.paths else None
    except GitError as error:
        fail(f"{commit[:12]} cannot be read: {error}")
    except ScanError as error:
        text = f"the merge base {commit[:12]} has nothing to compare with: {error}. Every finding counts."
        return None, (*remarks, Diagnostic("warning", NO_BASE, text))
    if results is None:
        text = f"the merge base {commit[:12]} has none of the paths: every finding counts."
        return None, (*remarks, Diagnostic("warning", NO_BASE, text))
    return Baseline(f"{commit[:12]} (merge base)", results), tuple(remarks)


def _moved(options: Options, repository: Repository, top: Path) -> Options:
    """Return the options with every path of the checkout in the other tree. Plans are of this tree: they stay behind.

    Folders of registry modules are the user's own where they lie outside; inside, they are those of the other tree.
    """
    here = Path(os.path.realpath(Path.cwd()))
    if not here.is_relative_to(repository.top):
        fail(f"{here}: not inside of the git checkout")
    stands = top / here.relative_to(repository.top)

    def moved(path: Path, *, outside: bool) -> Path:
        real = Path(os.path.abspath(path))  # noqa: PTH100 - links are followed in the tree they stand in
        real = Path(os.path.realpath(real.parent)) / real.name
        if real.is_relative_to(repository.top):
            return Path(os.path.relpath(top / real.relative_to(repository.top), stands))
        if not outside:
            fail(f"{path} is not inside of the git checkout {repository.top}: it has no earlier state to compare with")
        return real

    return replace(
        options,
        paths=[moved(path, outside=False) for path in options.paths],
        var_files=[moved(path, outside=True) for path in options.var_files],
        parameters=[
            str(moved(Path(text), outside=True)) if Path(text).exists() else text for text in options.parameters
        ],
        module_dirs={source: moved(folder, outside=True) for source, folder in options.module_dirs.items()},
        root=moved(options.root, outside=True) if options.root is not None else None,
        plan=None,
        baseline=None,
    )
