"""Read Terraform configuration: from paths to root modules ready to be evaluated."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asbuilt.confinement import Confinement, shown
from asbuilt.model import Diagnostic, Gap
from asbuilt.records import dataclass
from asbuilt.sources.terraform.configuration.directories import Directories
from asbuilt.sources.terraform.configuration.roots import discover
from asbuilt.sources.terraform.configuration.tfvars import Inputs, automatic_files
from asbuilt.sources.terraform.configuration.tree import Loader
from asbuilt.sources.terraform.evaluation.root import EvaluationLimits, Root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping


@dataclass(slots=True)
class Loaded:
    """What was read. `gaps` and `diagnostics` grow while values are asked for: evaluation is lazy."""

    roots: list[Root]
    loader: Loader
    inputs: list[Inputs] = field(default_factory=list)
    refused: list[Gap] = field(default_factory=list)  # in any of the roots

    @property
    def gaps(self) -> list[Gap]:
        """What could not be read so far."""
        found = [*self.loader.gaps.values(), *(gap for inputs in self.inputs for gap in inputs.gaps), *self.refused]
        return list(dict.fromkeys(found))

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """What went wrong so far."""
        found = [*self.loader.diagnostics]
        for inputs, root in zip(self.inputs, self.roots, strict=True):
            found += [*inputs.diagnostics, *root.diagnostics]
        return list(dict.fromkeys(found))


def load(
    paths: Iterable[Path | str],
    *,
    variables: Mapping[str, Any] | None = None,
    var_files: Iterable[Path | str] = (),
    module_dirs: Mapping[str, Path | str] | None = None,
    root: Path | None = None,
    environ: Mapping[str, str] | None = None,
    workspace: str = "default",
    choose: Callable[[list[Path]], Iterable[Path]] = lambda found: found,
    limits: EvaluationLimits | None = None,
    directories: Directories | None = None,
) -> Loaded:
    """Load the root modules at or below some paths; `directories` are those of the paths, where they are known.

    `variables` and `var_files` are `--var` and `--var-file`; `module_dirs` maps module sources to directories; `root`
    is the confinement root; `environ` is where `TF_VAR_` variables are taken from, if anywhere; `choose` picks among
    the roots found.
    """
    tops = [Path(path) for path in paths]
    vendored = {source: Path(directory) for source, directory in (module_dirs or {}).items()}
    if directories is None:
        directories = Directories(tops, Confinement.around(tops, root, vendored.values()))
    loader = Loader(directories.confinement, vendored)
    loaded = Loaded([], loader)
    with collector_off():
        for directory in choose(discover(directories, loader)):
            inputs = Inputs()
            inputs.environment(environ or {})
            inputs.files(automatic_files(directory), loader.confinement)
            inputs.files(map(Path, var_files), None)
            inputs.values(variables or {})
            node = loader.tree(directory)
            bounds = limits or EvaluationLimits()
            name = shown(directory)
            loaded.inputs.append(inputs)
            loaded.roots.append(
                Root(
                    directory,
                    name,
                    node,
                    loader.confinement,
                    inputs.given,
                    bounds,
                    workspace,
                    inputs.lost,
                    loaded.refused,
                )
            )
    return loaded


@contextmanager
def collector_off() -> Iterator[None]:
    """Keep the garbage collector off while hundreds of thousands of nodes are made that all stay."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
