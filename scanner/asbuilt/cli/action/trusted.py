"""Spec, waivers and configuration of the base: a pull request must not choose what it is held to."""

from __future__ import annotations

import os
import tempfile
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from asbuilt.cli.common import fail
from asbuilt.configuration import NAMES, PROJECT
from asbuilt.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.git import Repository

SETTINGS: Final = (*NAMES, PROJECT)


@dataclass(frozen=True, slots=True)
class Base:
    """The commit whose files decide, and a folder that holds those that were asked for."""

    repository: Repository
    commit: str
    top: Path

    def fetch(self, name: str) -> bool:
        """Put a file of the commit, named as seen from here, into the folder; whether there is one.

        What is not in this repository is as the workflow left it, and is not the pull request's to change.
        """
        path = self.inside(name)
        if path is None:
            return False
        content = self.repository.content(self.commit, path)
        if content is None:
            return False
        target = self.top / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        return True

    def inside(self, name: str) -> str | None:
        """Return the path of a file in this repository, None for one that is somewhere else.

        The name decides, not where links of the pull request lead: a link must not turn a file of the repository into
        one the workflow vouches for. Another checkout inside of this one is somewhere else.
        """
        top = self.repository.top
        named = Path(os.path.normpath(Path(os.path.realpath(Path.cwd())) / name))
        for place in (named, Path(os.path.realpath(named))):
            if place.is_relative_to(top):
                return None if _of_another_checkout(place, top) else place.relative_to(top).as_posix()
        return None

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Stand in the folder where the user stands in the checkout, so that every path is shown as it is here."""
        here = Path(os.path.realpath(Path.cwd())).relative_to(self.repository.top)
        (self.top / here).mkdir(parents=True, exist_ok=True)
        with chdir(self.top / here):
            yield

    def named(self, name: str, what: str) -> str:
        """Fetch a file that has to be there; return how to name it. Where it is not, the command ends with exit 2."""
        if self.inside(name) is None:
            return os.path.abspath(name)  # noqa: PTH100 - links stay
        if not self.fetch(name):
            fail(
                f"{name}: the base ({self.commit[:12]}) has no such {what}, and the pull request's own does not count. "
                "Merge it first, or set trust-head: true."
            )
        return os.path.normpath(name)


def _of_another_checkout(place: Path, top: Path) -> bool:
    for folder in reversed(place.relative_to(top).parents[:-1]):
        if (top / folder).is_symlink():
            return False
        if (top / folder / ".git").exists():
            return True
    return False


@contextmanager
def base_at(repository: Repository, reference: str) -> Iterator[Base]:
    """Yield the base; where its commit is not here, the command ends with exit 2."""
    commit = repository.commit(reference)
    if commit is None:
        fail(
            f"the base {reference} is not in this clone, so spec, waivers and configuration cannot be taken from it: "
            "give actions/checkout fetch-depth: 0"
        )
    with tempfile.TemporaryDirectory(prefix="asbuilt-", ignore_cleanup_errors=True) as folder:
        top = Path(folder).resolve()
        (top / ".git").mkdir()
        yield Base(repository, commit, top)


def differing(base: Base, names: tuple[str, ...]) -> list[str]:
    """Return which of these files the pull request adds, changes or removes, in words."""
    found = []
    for name in names:
        path = base.inside(name)
        if path is None:
            continue
        old = base.repository.content(base.commit, path)
        here = Path(name)
        new = here.read_bytes() if here.is_file() else None
        if old != new:
            verb = "adds" if old is None else "removes" if new is None else "changes"
            found.append(f"{verb} {name}")
    return found


def values_of(found: Any) -> dict[str, Any]:
    """Return the values of a configuration in the names of the Action's inputs."""
    values = dict(found.values) if found is not None else {}
    if "env" in values:
        values["environment"] = values.pop("env")
    return values
