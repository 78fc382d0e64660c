"""The models that read specs and pydantic's models of the same fields must agree on what is right."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from asbuilt.spec import load_spec
from asbuilt.spec.data import leaves
from asbuilt.spec.load import bundled
from asbuilt.spec.models import SpecFile
from asbuilt.spec.models.base import Section
from asbuilt.spec.models.build import DoubtError, build, fields
from asbuilt.spec.models.strict import strict
from asbuilt.spec.positions import read_yaml

BROXIVA = read_yaml(bundled()["broxiva"].read_bytes(), "broxiva.yaml").data


def plain(value: Any) -> Any:
    """Turn sections and pydantic's models into mappings, numbers with their type."""
    if isinstance(value, Section):
        return {name: plain(getattr(value, name)) for name in fields(type(value))}
    if hasattr(type(value), "model_fields"):
        return {name: plain(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(map(plain, value))
    return type(value), value


def judge(data: Any) -> tuple[Any, Any]:
    """Return what each makes of the data; None where it refuses."""
    try:
        ours = plain(build(SpecFile, data))
    except DoubtError:
        ours = None
    try:
        theirs = plain(strict(SpecFile).model_validate(data))
    except ValidationError:
        theirs = None
    return ours, theirs


def everything(model: Any, shape: Any = None) -> Any:
    """Return every place where the models have a value, as the paths of an object with all of them."""
    return {info.alias or name: shape for name, (_, info) in fields(model).items()}


def changed(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    head, *rest = path
    if isinstance(data, tuple):
        return tuple(changed(v, tuple(rest), value) if i == head else v for i, v in enumerate(data))
    return {**data, head: changed(data.get(head, {}), tuple(rest), value)}


VALUES = st.one_of(
    st.sampled_from(
        [True, False, 0, 1, -1, 80, 80.0, 0.5, 1.5, 65535, 65536, 50001, 301, "301", "", "x", "x\n", "/", "-x", "a b"]
    ),
    st.sampled_from([(), ("a",), ("",), (1,), {}, {"a": 1}, {"": 1}, {"a b": {}}, {"class": "x"}, {"class_": "x"}]),
    st.sampled_from(["FARGATE", "FARGATE_SPOT", "s3:Get", "s3:Get*\n", "internet", "TLSv1.2", "all", "none", "tcp"]),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.text(max_size=5),
)


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path]
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, tuple) else ()
    for key, value in items:
        found += places(value, (*path, key))
    return found


PLACES = places(BROXIVA)


def test_the_bundled_specs_are_right_by_both():
    for name in bundled():
        data = read_yaml(bundled()[name].read_bytes(), name).data
        ours, theirs = judge(data) if name != "broxiva" else judge(BROXIVA)
        assert ours is not None
        assert ours == theirs


@settings(max_examples=250, deadline=None)
@given(place=st.sampled_from(PLACES), value=VALUES)
def test_a_changed_value_is_right_or_wrong_by_both(place, value):
    ours, theirs = judge(changed(BROXIVA, place, value))
    assert ours == theirs


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_value_where_a_model_has_one_is_right_or_wrong_by_both(data):
    area = data.draw(st.sampled_from(sorted(everything(SpecFile))))
    value = data.draw(st.one_of(VALUES, st.dictionaries(st.sampled_from(WORDS), VALUES, max_size=3)))
    if data.draw(st.booleans()):
        value = {data.draw(st.sampled_from(WORDS)): value}
    ours, theirs = judge({"asbuilt": 1, "name": "x", area: value})
    assert ours == theirs


def words(model: Any, found: set[str]) -> set[str]:
    for name, (hint, info) in fields(model).items():
        found.add(info.alias or name)
        for part in _sections(hint):
            words(part, found)
    return found


def _sections(hint: Any) -> list[Any]:
    if isinstance(hint, type) and issubclass(hint, Section):
        return [hint]
    return [part for argument in getattr(hint, "__args__", ()) for part in _sections(argument)]


WORDS = sorted(words(SpecFile, set()))


@pytest.mark.parametrize("environment", [None, "prod", "staging", "dev"])
def test_a_resolved_environment_builds(environment):
    spec = load_spec("broxiva").resolve(environment)
    assert spec.services["api"].port == 4000
    assert [path for path, _ in leaves(spec.values())]


def test_sections_are_frozen():
    spec = load_spec("broxiva").resolve(None)
    with pytest.raises(AttributeError, match="frozen"):
        spec.logging.retention_days = 1


def test_a_good_spec_imports_no_pydantic():
    code = (
        "import sys; from asbuilt.spec import load_spec; load_spec('broxiva').resolve('prod');"
        "print([m for m in ('pydantic', 'jsonschema') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
