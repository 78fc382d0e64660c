"""The evidence bundle of an audit, as the command line asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from asbuilt.cli.common import fail

if TYPE_CHECKING:
    from pathlib import Path

    from asbuilt.results import Results
    from asbuilt.sources.aws.evidence import Watch


class Bundle:
    """Where evidence goes, if anywhere: the folder is made before the first call, its manifest after the last.

    With `resumed` it is one that a stopped audit began.
    """

    def __init__(self, folder: Path | None, *, bodies: bool, resumed: bool = False) -> None:
        from asbuilt.evidence.bundle import MANIFEST, EvidenceError, vacant
        from asbuilt.sources.aws.evidence import Recorder

        self.folder = folder
        self.bodies = bodies
        self._recorder = Recorder(bodies=bodies)
        if folder is None:
            if bodies:
                fail("--evidence-bodies goes with --evidence")
            return
        if resumed:
            if (folder / MANIFEST).exists():
                fail(f"{folder} is complete: name another folder for the evidence")
            return
        try:
            vacant(folder)
        except EvidenceError as error:
            fail(str(error))

    @property
    def watch(self) -> Watch:
        """Who is to be told of every call."""
        return self._recorder if self.folder is not None else lambda _: None

    def write(self, results: Results) -> None:
        """Write the bundle of one account's audit; one that cannot be written ends the command with exit 2."""
        if self.folder is None:
            return
        from asbuilt.evidence.bundle import write_calls

        account = results.run.account or ""
        try:
            write_calls(self.folder, account, self._recorder.lines(account))
        except OSError as error:
            fail(f"{self.folder}: the evidence cannot be written: {error.strerror or error}")
        self.close(results)

    def close(self, results: Results) -> None:
        """Write results and manifest over the calls that are in the folder, and say the manifest's hash."""
        if self.folder is None:
            return
        from asbuilt.evidence.bundle import write_manifest
        from asbuilt_reports.json_results import to_json

        try:
            digest = write_manifest(self.folder, results, to_json(results))
        except OSError as error:
            fail(f"{self.folder}: the evidence cannot be written: {error.strerror or error}")
        click.echo(f"asbuilt: evidence in {self.folder}, manifest.json sha256 {digest}", err=True)
