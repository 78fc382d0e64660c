"""The command line: thin, one command a module, each loaded only when it is called."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from typing import Any, NoReturn

_COLLECTING = gc.isenabled()
gc.disable()  # imports leave no garbage, and to look for it takes a hundredth of a short run

import click  # noqa: E402

from asbuilt import __version__  # noqa: E402

gc.freeze()
if _COLLECTING:
    gc.enable()

# Command name -> (module, one line of help): the help lists commands without loading them.
COMMANDS: dict[str, tuple[str, str]] = {
    "audit": ("asbuilt.cli.audit", "Hold a live AWS account to an architecture spec."),
    "check": ("asbuilt.cli.check", "Hold infrastructure code to an architecture spec."),
    "diff": ("asbuilt.cli.diff", "Compare two results: what is new, known and fixed."),
    "evidence": ("asbuilt.cli.evidence", "Verify the evidence that an audit kept of its calls."),
    "drift": ("asbuilt.cli.drift", "Put spec, code and account side by side."),
    "explain": ("asbuilt.cli.explain", "Explain a rule or a requirement."),
    "export": ("asbuilt.cli.export", "Write the spec in the form that another tool reads."),
    "fix": ("asbuilt.cli.fix", "Mend findings where the right value is known, after proving each edit."),
    "history": ("asbuilt.cli.history", "List the stored runs and what each changed; write one again."),
    "iam-policy": ("asbuilt.cli.iam_policy", "Print the policy that a role for audits needs."),
    "init": ("asbuilt.cli.init", "Write the configuration, spec and workflows a project begins with."),
    "inspect": ("asbuilt.cli.inspect", "Show what asbuilt sees: resources, properties, unknowns, origins."),
    "publish": ("asbuilt.cli.publish", "Send results to AWS Security Hub."),
    "report": ("asbuilt.cli.report", "Render results again in any format, without scanning."),
    "rules": ("asbuilt.cli.rules", "List the rules and the requirements they enforce."),
    "spec": ("asbuilt.cli.spec", "Validate, show and describe architecture specs."),
    "trend": ("asbuilt.cli.trend", "Score, time to compliance and waivers over the stored runs."),
}
# Commands that are not for people.
HIDDEN: dict[str, str] = {"action": "asbuilt.cli.action", "hook": "asbuilt.cli.hook"}


class LazyGroup(click.Group):
    """A group whose commands are imported on first use. As the program it looks for no garbage until it has them."""

    program = False

    def __call__(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Run as the program: end without taking apart a large tree node by node, which costs a second."""
        code: Any = 0
        self.program = True
        gc.disable()
        try:
            self.main(*args, **kwargs)
        except SystemExit as end:
            code = end.code
            if not (code is None or isinstance(code, int)):
                raise
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        except (OSError, ValueError):
            sys.exit(code)  # the interpreter has its own way with a closed pipe
        os._exit(code or 0)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the command names in alphabetical order."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return a command."""
        module = HIDDEN.get(name) or COMMANDS.get(name, ("",))[0]
        if not module:
            return None
        command: click.Command = importlib.import_module(module).command
        if self.program:
            gc.freeze()
            gc.enable()
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; a crash of ours exits 2: Python's own 1 would read as "findings"."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it was, it must not exit 1
            import traceback

            click.echo(traceback.format_exc(), err=True)
            click.echo(f"asbuilt: internal error: {type(error).__name__}: {error}. Nothing was decided.", err=True)
            raise SystemExit(2) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their help, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="asbuilt")
def main() -> None:
    """Hold AWS infrastructure as built against the architecture as specified.

    Exit codes: 0 clean; 1 findings at or above --fail-on; 2 usage or configuration error; 3 incomplete: something could
    not be read, or stayed unknown where that must not be.
    """
