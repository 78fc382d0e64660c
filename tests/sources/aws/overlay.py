"""Answer AWS calls from recorded responses: no network, any order, any number of threads.

The responses are a mapping of `service.Operation` to what it answers: a response; a list of `params` (a part of the
call's parameters) with a `response` or an `error`, of which the first that fits is taken; or `error: <code>`. What is
not in the mapping answers as an account without any would. Each response must fit the operation's output shape.

A file with `base: FILE` has the responses of that file, and says what is different: `service.Operation` answers
something else, `service.Operation path.to.something` is changed. What is changed is merged: numbers are positions in a
list, null takes something away. `region: NAME` is the region that is read instead of the spec's.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from botocore.awsrequest import AWSResponse
from botocore.loaders import Loader
from botocore.model import ServiceModel, Shape
from botocore.validate import ParamValidator

from asbuilt.sources.aws.collect import operations
from asbuilt.sources.aws.failures import CREDENTIALS, DENIED

ACCOUNT = "123456789012"
IDENTITY = {"Account": ACCOUNT, "UserId": "AIDAEXAMPLE", "Arn": f"arn:aws:iam::{ACCOUNT}:user/audit"}
_LOADER = Loader()
_MODELS: dict[str, ServiceModel] = {}


class Overlay:
    """Recorded responses. `calls` counts what was asked for, `asked` keeps the parameters."""

    def __init__(self, answers: dict[str, Any], *, known: bool = True, fitted: frozenset[str] = frozenset()) -> None:
        self.answers = {"sts.GetCallerIdentity": IDENTITY, **answers}
        self.calls: Counter[str] = Counter()
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.own: frozenset[str] | None = None
        self.region = ""
        self._lock = threading.Lock()
        declared = {str(operation) for operation in operations()} | {"sts.GetCallerIdentity", "sts.AssumeRole"}
        for name, answer in self.answers.items():
            assert not known or name in declared, f"{name} is no operation that a collector calls"
            if name not in fitted:
                self.answers[name] = [_fitting(name, entry) for entry in _entries(answer)]

    def install(self, session: Any) -> None:
        """Answer the calls of a boto3 session's clients."""
        session.events.register("before-parameter-build", self._note)
        session.events.register("before-call", self._answer)

    def _note(self, params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["overlay_params"] = dict(params)

    def _answer(self, model: Any, context: dict[str, Any], **_: Any) -> tuple[AWSResponse, dict[str, Any]]:
        name = f"{model.service_model.service_name}.{model.name}"
        params = context["overlay_params"]
        with self._lock:
            self.calls[name] += 1
            self.asked.append((name, params))
        for entry in _entries(self.answers.get(name, {})):
            if entry.get("params", {}).items() <= params.items():
                return _failing(entry["error"]) if "error" in entry else _http(200, entry["response"])
        return _http(200, {})

    def unasked(self) -> list[str]:
        """Return the responses that no call asked for; of one built on another, those that are its own."""
        return [name for name in self.answers if not self.calls[name] and (self.own is None or name in self.own)]


class Switch:
    """Answers from one overlay after the other, so that a session and its clients need be made only once."""

    current: Overlay

    def install(self, session: Any) -> None:
        """Answer the calls of a boto3 session's clients."""
        session.events.register("before-parameter-build", self._note)
        session.events.register("before-call", self._answer)

    def _note(self, **given: Any) -> None:
        self.current._note(**given)

    def _answer(self, **given: Any) -> tuple[AWSResponse, dict[str, Any]]:
        return self.current._answer(**given)


def read(path: Path) -> Overlay:
    """Read recorded responses."""
    found = _parsed(path)
    if "base" not in found:
        return Overlay(deepcopy(found))
    base = _fitted((path.parent / found["base"]).resolve())
    own = _changed(path)
    overlay = Overlay({**base, **own}, known=False, fitted=frozenset(base) - set(own))
    overlay.own, overlay.region = frozenset(own), found.get("region", "")
    return overlay


@cache
def _parsed(path: Path) -> dict[str, Any]:
    found = yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    assert isinstance(found, dict), f"{path}: expected a mapping of service.Operation to responses"
    return found


def _changed(path: Path) -> dict[str, Any]:
    """Return the responses that differ from those of the file's base."""
    found = _parsed(path)
    base = _whole((path.parent / found["base"]).resolve())
    own: dict[str, Any] = {}
    for key, value in found.items():
        name, _, place = key.partition(" ")
        if "." in name:
            before = own.get(name, deepcopy(base.get(name, {})))
            own[name] = merged(before, _below(place.split("."), value)) if place else value
    return own


def _whole(path: Path) -> dict[str, Any]:
    """Return all responses of a file as they are written, those of its base included."""
    found = _parsed(path)
    return {**_whole((path.parent / found["base"]).resolve()), **_changed(path)} if "base" in found else found


@cache
def _fitted(path: Path) -> dict[str, Any]:
    """Return all responses of a file that others build on, checked once."""
    return Overlay(deepcopy(_whole(path)), known=False).answers


def _below(path: list[str], value: Any) -> Any:
    for part in reversed(path):
        value = {int(part) if part.isdigit() else part: value}
    return value


def merged(value: Any, change: Any) -> Any:
    """Return a value with a change made in it."""
    if isinstance(value, dict) and isinstance(change, dict):
        found = {**value, **{key: merged(value.get(key), below) for key, below in change.items()}}
        return {key: below for key, below in found.items() if key not in change or change[key] is not None}
    if isinstance(value, list) and isinstance(change, dict) and all(isinstance(key, int) for key in change):
        room = max(len(value), 1 + max(change))
        assert room <= len(value) + len(change), f"{change}: the list has {len(value)} elements"
        items = [*value, *[None] * (room - len(value))]
        items = [merged(item, change[number]) if number in change else item for number, item in enumerate(items)]
        return [item for number, item in enumerate(items) if number not in change or change[number] is not None]
    return change


def _entries(answer: Any) -> list[dict[str, Any]]:
    """Return what an operation answers, as a list of cases; the lists in a mapping are its own."""
    if isinstance(answer, list):
        for entry in answer:
            assert isinstance(entry, dict), f"{entry}: expected `params` with a `response` or an `error`"
            assert set(entry) <= {"params", "response", "error"}, f"unexpected keys: {sorted(entry)}"
        return answer
    if set(answer) == {"error"}:
        return [answer]
    return [{"response": answer}]


def _failing(code: str) -> tuple[AWSResponse, dict[str, Any]]:
    status = 403 if code in DENIED | CREDENTIALS else 400
    return _http(status, {"Error": {"Code": code, "Message": f"{code}: no"}})


def _http(status: int, body: dict[str, Any]) -> tuple[AWSResponse, dict[str, Any]]:
    metadata = {"HTTPStatusCode": status, "RequestId": "00000000-0000-0000-0000-000000000000", "RetryAttempts": 0}
    # a copy: botocore decodes policies in place
    return AWSResponse("https://aws.invalid", status, {}, None), {**deepcopy(body), "ResponseMetadata": metadata}


def _fitting(name: str, entry: dict[str, Any]) -> dict[str, Any]:
    return {**entry, "response": fitting(name, entry["response"])} if "response" in entry else entry


def model_of(service: str) -> ServiceModel:
    """Return botocore's description of a service."""
    if service not in _MODELS:
        _MODELS[service] = ServiceModel(_LOADER.load_service_model(service, "service-2"), service)
    return _MODELS[service]


def fitting(name: str, body: dict[str, Any]) -> dict[str, Any]:
    """Return a response as the service would give it; one that does not fit the output shape is an error.

    A mapping where the service gives a text (a policy) is written as JSON.
    """
    service, _, operation = name.partition(".")
    shape = model_of(service).operation_model(operation).output_shape
    told = _as_text(body, shape)
    unknown = list(_strange(told, shape, ""))
    report = ParamValidator().validate(told, shape)
    # a recorded answer may leave out what no collector reads
    report._errors = [error for error in report._errors if error[0] != "missing required field"]
    assert not unknown, f"{name}: no such fields: {', '.join(unknown)}"
    assert not report.has_errors(), f"{name}: {report.generate_report()}"
    found: dict[str, Any] = told
    return found


def _as_text(value: Any, shape: Shape) -> Any:
    if shape.type_name == "string" and isinstance(value, dict | list):
        return json.dumps(value)
    if shape.type_name == "structure" and isinstance(value, dict):
        members = shape.members
        return {key: _as_text(item, members[key]) if key in members else item for key, item in value.items()}
    if shape.type_name == "list" and isinstance(value, list):
        return [_as_text(item, shape.member) for item in value]
    return value


def _strange(value: Any, shape: Shape, path: str) -> Any:
    """Yield the fields that the shape does not have; botocore's validator takes no notice of some."""
    if shape.type_name == "structure" and isinstance(value, dict):
        for key, item in value.items():
            if key not in shape.members:
                yield f"{path}.{key}".lstrip(".")
            else:
                yield from _strange(item, shape.members[key], f"{path}.{key}")
    elif shape.type_name == "list" and isinstance(value, list):
        for item in value:
            yield from _strange(item, shape.member, f"{path}[]")
