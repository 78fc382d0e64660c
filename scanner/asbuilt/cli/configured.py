"""Commands that take what is not said on the command line from the project's configuration."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from asbuilt.cli.common import USAGE, print_problems
from asbuilt.configuration import NAMES, PROJECT

if TYPE_CHECKING:
    from asbuilt.configuration.read import Found

# Where a key of the configuration and a parameter of the command line have different names.
_PARAMETERS: Final = {
    "spec": "spec_name",
    "env": "environment",
    "waivers": "waiver_file",
    "inline_waivers": "no_inline_waivers",
}
_INSTEAD: Final = {"baseline": "changed_since", "changed_since": "baseline"}


class Configured(click.Command):
    """A command whose options have the configuration's values where they are not given."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Add what the configuration says, then parse."""
        if not _may_be_configured(args):
            return super().parse_args(ctx, args)
        given, _, _ = self.make_parser(ctx).parse_args(list(args))
        asked = self.get_help_option(ctx)
        helps = asked is not None and given.get(str(asked.name)) is True
        if not helps and not ctx.resilient_parsing:
            found = configuration(given.get("config_file") or None, none=given.get("no_config") is True)
            if found is not None:
                click.echo(f"asbuilt: configuration {found.file}", err=True)
                names = {parameter.name for parameter in self.params}
                values = {name: value for name, value in as_parameters(found.values).items() if name in names}
                for name, other in _INSTEAD.items():  # the command line's word on one silences the other
                    if isinstance(given.get(name), str):
                        values.pop(other, None)
                paths = values.pop("paths", ())
                ctx.default_map = {**(ctx.default_map or {}), **values}
                if not isinstance(given.get("paths"), tuple) or not given["paths"]:
                    args = [*(path if not path.startswith("-") else f"./{path}" for path in paths), *args]
        return super().parse_args(ctx, args)


def _may_be_configured(args: list[str]) -> bool:
    """Whether a configuration is named, or there may be one in this folder: else there is nothing to parse twice."""
    named = any(arg.startswith("--config") for arg in args)
    return named or any(os.path.isfile(name) for name in (*NAMES, PROJECT))  # noqa: PTH113 - pathlib costs start-up time


def configuration(named: str | None, *, none: bool) -> Found | None:
    """Return the configuration to use; mistakes in it end the command with exit 2."""
    from asbuilt.configuration.read import find, read
    from asbuilt.spec.errors import SpecError

    try:
        if named is not None:
            return read(Path(named))
        return None if none else find(Path.cwd())
    except SpecError as error:
        print_problems(error)
        raise SystemExit(USAGE) from None


def as_parameters(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values as the parameters of a command take them."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        name = _PARAMETERS.get(key, key)
        if isinstance(value, dict):
            value = [f"{left}={right}" for left, right in value.items()]
        elif isinstance(value, tuple):
            value = list(value)
        found[name] = not value if key == "inline_waivers" else value
    return found


def config_options(command: click.decorators.FC) -> click.decorators.FC:
    """Add the options that choose the configuration."""
    named = click.option(
        "--config",
        "config_file",
        type=click.Path(),
        metavar="FILE",
        expose_value=False,
        help="The configuration (default: asbuilt.yaml, or [tool.asbuilt] of pyproject.toml, of this folder).",
    )
    without = click.option("--no-config", is_flag=True, expose_value=False, help="Use no configuration.")
    return named(without(command))
