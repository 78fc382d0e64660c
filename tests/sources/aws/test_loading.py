"""Service descriptions: those of botocore, but for what no audit calls."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import UnknownServiceError
from botocore.loaders import JSONFileLoader, Loader
from botocore.model import ServiceModel

from asbuilt.sources.aws import clients, loading
from asbuilt.sources.aws.collect import operations
from asbuilt.sources.aws.loading import SHAPE, Descriptions, Plain, narrowed
from asbuilt.sources.aws.session import Access, Session

CALLED: dict[str, set[str]] = defaultdict(set)
for one in operations():
    CALLED[one.service].add(one.name)
WHOLE = Loader()
KMS = Path(Loader.BUILTIN_DATA_PATH, "kms", "2014-11-01")


@pytest.fixture(scope="module")
def loader() -> Descriptions:
    return Descriptions(WHOLE.search_paths, CALLED)


@pytest.mark.parametrize("service", sorted(CALLED))
def test_what_is_called_is_described_as_botocore_describes_it(loader: Descriptions, service: str) -> None:
    whole, found = (each.load_service_model(service, "service-2") for each in (WHOLE, loader))
    assert CALLED[service] <= set(found["operations"]) < set(whole["operations"])
    for kind in ("operations", "shapes"):
        assert {name: whole[kind][name] for name in found[kind]} == found[kind]
    assert {key: whole[key] for key in whole if key not in ("operations", "shapes")} == {
        key: found[key] for key in found if key not in ("operations", "shapes")
    }
    named = {name.strip(b'"').decode() for name in SHAPE.findall(json.dumps(found).encode())}
    assert named <= set(found["shapes"])
    assert len(found["shapes"]) < len(whole["shapes"])
    assert all(shape.type_name for shape in ServiceModel(found, service).error_shapes)  # looked up when a call fails


def test_no_description_is_parsed_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[Any] = []
    whole = json.loads
    monkeypatch.setattr(loading.json, "loads", lambda text: parsed.append(whole(text)) or parsed[-1])
    fresh = Descriptions(WHOLE.search_paths, CALLED)
    for service in CALLED:
        fresh.load_service_model(service, "service-2")
    described = [body for body in parsed if "operations" in body]
    assert len(described) == len(CALLED)
    assert sum(len(body["operations"]) for body in described) < 60


def test_every_file_is_read_once_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    clients._loader.cache_clear()
    read: list[str] = []
    load = Plain.load_file
    monkeypatch.setattr(Plain, "load_file", lambda self, path: read.append(path) or load(self, path))
    for region in ("us-east-1", "eu-west-1"):
        session = Session(Access())
        for service in CALLED:
            client = session.client(service, region)
            client.can_paginate(next(iter(client.meta.method_to_api_mapping)))
    described = [path for path in read if path.endswith(("service-2", "rule-set-1", "paginators-1"))]
    assert len(described) == len(set(described)) == 3 * len(CALLED)


def test_a_client_has_no_other_calls_than_those_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    session = Session(Access())
    for service in CALLED:
        assert set(session.client(service, "us-east-1").meta.method_to_api_mapping.values()) == CALLED[service]
    assert not hasattr(session.client("secretsmanager", "us-east-1"), "get_secret_value")


def test_services_of_which_nothing_is_declared_are_described_whole(loader: Descriptions) -> None:
    assert loader.load_service_model("sts", "service-2") == WHOLE.load_service_model("sts", "service-2")


@pytest.mark.parametrize("name", ["paginators-1", "endpoint-rule-set-1", "none"])
def test_other_files_are_as_botocore_reads_them(name: str) -> None:
    assert Plain(CALLED, ()).load_file(f"{KMS}/{name}") == JSONFileLoader().load_file(f"{KMS}/{name}")


def relaid(body: dict[str, Any], layout: str) -> bytes:
    """Write a description in another way."""
    if layout == "one line":
        return json.dumps(body).encode()
    if layout == "wider":
        return json.dumps(body, indent=4).encode()
    if layout == "unsorted":
        body = {**body, "shapes": dict(reversed(body["shapes"].items()))}
    if layout == "shapes first":
        body = {key: body[key] for key in ("version", "metadata", "shapes", "operations", "documentation")}
    return json.dumps(body, indent=2).encode()


@pytest.mark.parametrize("layout", ["one line", "wider", "unsorted", "shapes first"])
def test_a_description_written_in_another_way_is_read_whole(layout: str, tmp_path: Path) -> None:
    body = json.loads(gzip.decompress((KMS / "service-2.json.gz").read_bytes()))
    text = relaid(body, layout)
    assert narrowed(text, CALLED["kms"]) is None
    folder = tmp_path / "kms" / "2014-11-01"
    folder.mkdir(parents=True)
    (folder / "service-2.json").write_bytes(text)
    assert Plain(CALLED, [str(tmp_path)]).load_file(f"{folder}/service-2") == body


def test_what_a_user_adds_to_a_description_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "kms" / "2014-11-01"
    folder.mkdir(parents=True)
    extras = {
        "merge": {
            "operations": {"ListKeys": {"name": "ListKeys", "documentation": "ours"}},
            "shapes": {"ListAliasesRequest": {"members": {"More": {"shape": "KeyIdType"}}}},
        }
    }
    (folder / "service-2.sdk-extras.json").write_text(json.dumps(extras))
    found = Descriptions([str(tmp_path), *WHOLE.search_paths], CALLED).load_service_model("kms", "service-2")
    assert set(found["operations"]) == {*CALLED["kms"], "ListKeys"}
    assert found["operations"]["ListKeys"]["documentation"] == "ours"
    assert {"Limit", "More"} <= set(found["shapes"]["ListAliasesRequest"]["members"])


def test_a_service_is_looked_for_without_a_look_at_all_others(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = Descriptions(WHOLE.search_paths, CALLED)
    monkeypatch.setattr(Loader, "list_available_services", lambda *_: pytest.fail("all folders were read"))
    assert fresh.load_service_model("kms", "paginators-1")["pagination"]


def test_a_service_that_there_is_not_is_told_with_those_that_there_are(loader: Descriptions) -> None:
    with pytest.raises(UnknownServiceError, match=r"'klm'.*kms"):
        loader.load_service_model("klm", "service-2")
