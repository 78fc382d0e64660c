"""SAM's own translator, in a process of its own: it has bounds of time and memory there, and nothing to call AWS with.

It answers what it makes of a template, or the reason why there is no answer.
"""

from __future__ import annotations

import json
import subprocess
from contextlib import suppress
from importlib.util import find_spec
from threading import Timer
from typing import TYPE_CHECKING, Any, Final

from asbuilt.model import Unknown, UnknownKind
from asbuilt.sources.cloudformation.stacks.declared import is_function, named_section

if TYPE_CHECKING:
    from collections.abc import Mapping

    from asbuilt.sources.cloudformation.reading.document import Document

NOT_INSTALLED: Final = "it is not written out: aws-sam-translator is not installed"
MAX_BYTES: Final = 1024 * 1024  # CloudFormation takes no larger template
MAX_SECONDS: Final = 30
MAX_SECONDS_IN_ALL: Final = 120
# Where local code is uploaded to is known at deployment only: the translator wants a place in S3.
BUCKET: Final = "asbuilt-uploaded-at-deployment"
# Stands for the region where that is not given; its partition is AWS's main one.
REGION: Final = "asbuilt-region-of-deployment"
_UPLOADED: Final = ("CodeUri", "ContentUri", "DefinitionUri", "SchemaUri")
_ENVIRONMENT: Final = {"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null", "PATH": "/usr/bin:/bin"}


class Translator:
    """Writes templates out in one other process for all of them."""

    def __init__(self, python: str) -> None:
        self._python = python
        self._process: subprocess.Popen[str] | None = None
        self._left = float(MAX_SECONDS_IN_ALL)

    def translate(self, document: Document, given: Mapping[str, Any], nested: bool) -> dict[str, Any] | str:
        """Return the template written out, or why it is not."""
        if find_spec("samtranslator") is None:
            return NOT_INSTALLED
        if len(document.text) > MAX_BYTES:
            return f"templates of more than {MAX_BYTES // 1024} KiB are not written out"
        if self._left <= 0:
            return f"writing templates out took more than {MAX_SECONDS_IN_ALL} seconds in all"
        try:
            request = json.dumps(_request(document.data, given, nested), allow_nan=False)
        except (TypeError, ValueError, RecursionError):
            return "it holds values that are not those of JSON"
        answer = self._asked(request)
        if "resources" not in answer:
            return f"AWS SAM's translator says: {answer.get('error', 'nothing')}"
        return {"Resources": _settled(answer["resources"]), "Conditions": answer.get("conditions") or {}}

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            with suppress(OSError):
                process.kill()
            process.communicate()

    def _asked(self, request: str) -> dict[str, Any]:
        from time import monotonic

        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [self._python, "-I", "-m", "asbuilt.sources.cloudformation.serverless.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
                env=_ENVIRONMENT,
            )
        process, started = self._process, monotonic()
        timer = Timer(min(MAX_SECONDS, self._left), process.kill)
        timer.start()
        try:
            assert process.stdin is not None  # noqa: S101 - both are pipes
            assert process.stdout is not None  # noqa: S101
            process.stdin.write(request + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:
            line = ""
        finally:
            timer.cancel()
            taken = monotonic() - started
            self._left -= taken
        if not line:
            self.close()
            late = taken >= MAX_SECONDS or self._left <= 0
            return {"error": f"it took more than {MAX_SECONDS} seconds" if late else "it crashed on this template"}
        found: dict[str, Any] = json.loads(line)
        return found


def _request(data: Mapping[str, Any], given: Mapping[str, Any], nested: bool) -> dict[str, Any]:
    """Return a template as the translator takes it: code in S3, and no default that another value may replace."""
    parameters: dict[str, Any] = {}
    for name, body in named_section(data, "Parameters").items():
        if isinstance(body, dict):
            kind = str(body.get("Type"))
            known = not nested and name not in given and not kind.startswith("AWS::SSM::")
            parameters[name] = {key: item for key, item in body.items() if key != "Default" or known}
    wanted = {*parameters, "AWS::Region"}
    texts = {name: value for name, value in given.items() if name in wanted and isinstance(value, str)}
    resources: dict[str, Any] = {}
    for name, body in named_section(data, "Resources").items():
        if isinstance(body, dict) and body.get("Type") != "AWS::Serverless::Application":
            resources[name] = _uploaded(body) if str(body.get("Type")).startswith("AWS::Serverless::") else body
    common = {kind: _without_code(body) for kind, body in named_section(data, "Globals").items()}
    template = {**data, "Parameters": parameters, "Resources": resources, "Globals": common}
    template.pop("Outputs", None)
    return {"template": template, "values": {"AWS::Region": REGION, **texts}}


def _uploaded(body: dict[str, Any]) -> dict[str, Any]:
    properties = body.get("Properties")
    if not isinstance(properties, dict) or is_function(properties):
        return body
    found = _without_code(properties)
    kind = body["Type"].rpartition("::")[2]
    wanted = {"Function": "CodeUri", "LayerVersion": "ContentUri"}.get(kind)
    if wanted and not {"InlineCode", "ImageUri", wanted}.intersection(found):
        found[wanted] = f"s3://{BUCKET}/code"
    if kind == "StateMachine" and "DefinitionUri" in properties and "DefinitionUri" not in found:
        found["DefinitionUri"] = f"s3://{BUCKET}/definition"
    return {**body, "Properties": found}


def _without_code(properties: Any) -> Any:
    """Return properties without what names a file on disk."""
    if not isinstance(properties, dict):
        return properties
    return {
        key: value
        for key, value in properties.items()
        if key not in _UPLOADED or not isinstance(value, str) or value.startswith("s3://")
    }


def _settled(raw: Any, substituted: bool = False) -> Any:
    """Return what the translator made, without the bucket and the region that stand for what is not known."""
    if isinstance(raw, dict):
        if BUCKET in [value for value in raw.values() if isinstance(value, str)]:
            return Unknown(UnknownKind.COMPUTED, "the code is uploaded at deployment")
        return {key: _settled(value, key == "Fn::Sub") for key, value in raw.items()}
    if isinstance(raw, list):
        return [_settled(item, substituted and at == 0) for at, item in enumerate(raw)]
    if not isinstance(raw, str) or REGION not in raw:
        return raw
    text = (raw if substituted else raw.replace("${", "${!")).replace(REGION, "${AWS::Region}")
    return text if substituted else {"Fn::Sub": text}
