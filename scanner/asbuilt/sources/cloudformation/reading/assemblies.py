"""What the AWS CDK writes beside templates that it synthesises: for which account they are, which files they nest.

Source: AWS CDK API Reference, "cloud-assembly-schema" (AssemblyManifest, AwsCloudFormationStackProperties,
AssetManifest), version 55; read 2026-11.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from asbuilt.confinement import read_named, shown
from asbuilt.model import Diagnostic, Gap, Location
from asbuilt.patterns import when_used
from asbuilt.records import dataclass
from asbuilt.sources.cloudformation.reading.document import TemplateError
from asbuilt.sources.cloudformation.reading.files import MAX_BYTES, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.sources.cloudformation.reading.discovery import Reader
    from asbuilt.sources.cloudformation.reading.document import Document

MARKER: Final = "cdk.out"  # a file in each of its folders
MANIFEST: Final = "manifest.json"
STAGED: Final = "asset."  # what a file or folder with code and data of the application begins with
_ENVIRONMENT: Final = when_used(r"aws://([^/]+)/([^/]+)")


@dataclass(frozen=True, slots=True)
class Told:
    """What a manifest says of a template: a name, its value, and where."""

    name: str
    value: Any
    location: Location


class Assembly:
    """A folder that the CDK wrote."""

    def __init__(self, folder: Path, manifest: Document) -> None:
        self.folder = folder
        self.manifest = manifest
        self._assets: dict[str, str] | None = None

    def _artifacts(self, kind: str) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
        found = self.manifest.data["artifacts"]
        for name, body in found.items() if isinstance(found, dict) else ():
            if isinstance(body, dict) and body.get("type") == kind:
                properties = body.get("properties")
                yield name, body, properties if isinstance(properties, dict) else {}

    def templates(self) -> Iterator[tuple[str, Location]]:
        """Yield the templates of its stacks by the names of their files, and where the manifest names them."""
        for name, _, properties in self._artifacts("aws:cloudformation:stack"):
            file = properties.get("templateFile")
            if isinstance(file, str):
                yield file, self.manifest.locate(("artifacts", name, "properties", "templateFile"))

    def told(self, file: str) -> Iterator[Told]:
        """Yield what is known of the stack whose template is in a file: account, region, name, parameters."""
        for name, body, properties in self._artifacts("aws:cloudformation:stack"):
            if properties.get("templateFile") != file:
                continue
            path = ("artifacts", name)
            match = _ENVIRONMENT.fullmatch(str(body.get("environment")))
            where = self.manifest.locate((*path, "environment"))
            if match and match[1] != "unknown-account":
                yield Told("AWS::AccountId", match[1], where)
            if match and match[2] != "unknown-region":
                yield Told("AWS::Region", match[2], where)
            stack = properties.get("stackName", name)
            if isinstance(stack, str):
                yield Told("AWS::StackName", stack, self.manifest.locate(path, key=True))
            given = properties.get("parameters")
            for key, value in given.items() if isinstance(given, dict) else ():
                if isinstance(value, str | int | float):
                    at = self.manifest.locate((*path, "properties", "parameters", key))
                    yield Told(key, value, at)

    def asset(self, name: str, reader: Reader) -> str | None:
        """Return the path of a file that is uploaded under a name, its hash."""
        if self._assets is None:
            self._assets = {}
            for _, _, properties in self._artifacts("cdk:asset-manifest"):
                file = properties.get("file")
                document = _read(self.folder / file, reader) if isinstance(file, str) else None
                files = document.data.get("files") if document is not None else None
                for key, body in files.items() if isinstance(files, dict) else ():
                    source = body.get("source") if isinstance(body, dict) else None
                    path = source.get("path") if isinstance(source, dict) else None
                    if isinstance(path, str):
                        self._assets[key] = path
        return self._assets.get(name)


def read_assembly(folder: Path, reader: Reader) -> Assembly | None:
    """Return the folder as the CDK wrote it, None where it is none; a stack without its template is a gap."""
    if not (folder / MARKER).is_file():
        return None
    manifest = _read(folder / MANIFEST, reader)
    if manifest is None or not isinstance(manifest.data.get("artifacts"), dict):
        message = f"the CDK wrote {shown(folder)}, but there is no {MANIFEST} that can be read: regions are not known"
        reader.diagnostics.append(
            Diagnostic("warning", "no-manifest", message, Location(shown(folder / MANIFEST), 1, 1))
        )
        return None
    found = Assembly(folder, manifest)
    for file, place in found.templates():
        if not (folder / file).is_file():
            reason = "the manifest names it, but it is not there"
            action = "Synthesise the application again (cdk synth)."
            reader.gaps.append(Gap("cloudformation", shown(folder / file), reason, action, place))
    return found


def _read(path: Path, reader: Reader) -> Document | None:
    """Return a file of JSON that holds a mapping, None where it cannot be read; one that is broken is told."""
    name = shown(path)
    try:
        if not reader.confinement.allows(path) or not path.is_file() or path.stat().st_size > MAX_BYTES:
            return None
        document = parse(read_named(path), name, str(path))
    except TemplateError as error:
        reader.broken(name, error)
        return None
    except (OSError, ValueError):  # a name that cannot be that of a file
        return None
    return document if isinstance(document.data, dict) else None
