"""`asbuilt hook`: what pre-commit calls with the files that changed. Checks what they belong to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TERRAFORM: Final = (".tf", ".tf.json", ".tfvars", ".tfvars.json")
TEMPLATES: Final = (".yaml", ".yml", ".json", ".template")
NESTED: Final = b"AWS::CloudFormation::Stack"
LARGEST: Final = 2_000_000  # bytes of a template that may nest others


@click.command(
    "hook",
    hidden=True,
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": True},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(*, arguments: tuple[str, ...]) -> None:
    """Check the root modules and templates that changed files belong to; takes the options of `asbuilt check`."""
    from asbuilt.cli.check import command as check
    from asbuilt.cli.common import load_document

    with check.make_context("check", list(arguments)) as context:
        changed = [path for path in context.params["paths"] if path.exists()]
        document = load_document(context.params["spec_name"])
        environment = context.params["environment"]
        wanted = [
            path
            for path in dict.fromkeys(belonging(changed))
            if environment is None or document.environment_of(str(path)) in (environment, None)
        ]
        if not wanted:
            click.echo("asbuilt: nothing that changed is to be checked", err=True)
            return
        context.params["paths"] = tuple(wanted)
        check.invoke(context)


def belonging(changed: Sequence[Path]) -> Iterator[Path]:
    """Yield the root modules that use a changed file's folder, and the templates that are or nest a changed one."""
    files = [path for path in changed if path.name.endswith(TERRAFORM)]
    if files:
        yield from _roots({os.path.realpath(path.parent) for path in files})
    templates = [path for path in changed if path.name.endswith(TEMPLATES) and path not in files and _is_template(path)]
    if templates:
        yield from _nesting(templates)


def _roots(folders: set[str]) -> Iterator[Path]:
    from asbuilt.confinement import Confinement
    from asbuilt.sources.terraform.configuration.directories import Directories
    from asbuilt.sources.terraform.configuration.roots import discover
    from asbuilt.sources.terraform.configuration.tree import Loader, ModuleNode

    def used(node: ModuleNode) -> Iterator[str]:
        yield os.path.realpath(node.module.directory)
        for child in node.children.values():
            yield from used(child)

    directories = Directories([Path()], Confinement.around([Path()]))
    loader = Loader(directories.confinement)
    for root in discover(directories, loader):
        if folders.intersection(used(loader.tree(root))):
            yield root


def _is_template(path: Path) -> bool:
    """Whether a file may be a template: a wrong yes costs a look at it, and nothing else."""
    content = _content(path)
    return b"Resources" in content and b"AWS::" in content


def _nesting(changed: list[Path]) -> Iterator[Path]:
    """Yield templates with those that nest them, by name, at any depth."""
    parents = {path: _content(path) for path in _candidates() if NESTED in _content(path)}
    found = dict.fromkeys(path.resolve() for path in changed)
    queue = [*found]
    while queue:
        name = queue.pop().name.encode()
        for path, content in parents.items():
            if name in content and path.resolve() not in found:
                found[path.resolve()] = None
                queue.append(path.resolve())
    here = Path.cwd().resolve()
    for path in found:
        yield Path(os.path.relpath(path, here))


def _candidates() -> Iterator[Path]:
    for folder, below, names in os.walk("."):
        below[:] = sorted(name for name in below if not name.startswith(".") and name != "node_modules")
        yield from (Path(folder, name) for name in names if name.endswith(TEMPLATES))


def _content(path: Path) -> bytes:
    try:
        if not path.is_file() or path.stat().st_size > LARGEST:
            return b""
        return path.read_bytes()
    except OSError:
        return b""
