"""Make sections from data, if it is right in every respect; what is wrong with it is for `strict` to say."""

from __future__ import annotations

import inspect
import operator
import re
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union, get_args, get_origin

from asbuilt.spec.models.base import REQUIRED, FieldInfo, Section, Whole, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Model = Any  # a subclass of Section; mypy holds classes to be unhashable
Reader = Any  # a function from a value to the value kept; raises DoubtError
Test = Any  # a function from a value to whether it is right
S = TypeVar("S", bound=Section)


class DoubtError(Exception):
    """The data is not right, or not in a way that can be told here."""


def build(model: Callable[..., S], data: Any) -> S:
    """Return a section made from plain data. Raises DoubtError."""
    if type(data) is not dict:
        raise DoubtError
    readers, values = _plan(model)
    found = dict(values)
    for key, value in data.items():
        if key not in readers:
            raise DoubtError
        name, read = readers[key]
        found[name] = read(value)
    if REQUIRED in found.values():
        raise DoubtError
    return model(**found)


@cache
def fields(model: Model) -> dict[str, tuple[Any, FieldInfo]]:
    """Return the fields of a model, inherited ones first: name -> type and what is said about it."""
    found: dict[str, tuple[Any, FieldInfo]] = {}
    for home in reversed(model.__mro__):
        for name, hint in inspect.get_annotations(home).items():
            found[name] = (hint, getattr(model, name))
    return found


@cache
def empty(model: Model) -> Any:
    """Return the section that says nothing; there is one of each."""
    return model(**_plan(model)[1])


@cache
def _plan(model: Model) -> tuple[dict[str, tuple[str, Reader]], dict[str, Any]]:
    """Return how each key is read, and what stands where a key is left out."""
    readers: dict[str, tuple[str, Reader]] = {}
    values: dict[str, Any] = {}
    for name, (hint, field) in fields(model).items():
        readers[field.alias or name] = (name, _reader(hint, (field,)))
        values[name] = field.default_factory() if field.default_factory else field.default
        if isinstance(field.default, type):
            values[name] = empty(field.default)
    return readers, values


def _reader(hint: Any, said: tuple[Any, ...]) -> Reader:
    """Return the function that reads values of a type; `said` is what is said about it, Annotated's outside last."""
    metadata = getattr(hint, "__metadata__", None)
    if metadata is not None:
        return _reader(hint.__origin__, (*metadata, *said))
    kind, arguments = get_origin(hint), get_args(hint)
    if kind in (Union, UnionType):
        (inner,) = (arm for arm in arguments if arm is not NoneType)
        read = _reader(inner, said)
        return lambda value: None if value is None else read(value)
    if kind is Literal:
        return _one_of(arguments)
    tests = _tests(said)
    if kind is tuple:
        return _tuple(_reader(arguments[0], ()), tests)
    if kind is dict:
        return _dict(_reader(arguments[0], ()), _reader(arguments[1], ()))
    if hint is Any:
        return lambda value: value
    if issubclass(hint, Section):
        return lambda value: build(hint, value)
    if hint is float:
        return _float(tests, Whole in said)
    return _checked(lambda value: type(value) is hint and all(test(value) for test in tests))


def _checked(right: Test) -> Reader:
    def read(value: Any) -> Any:
        if not right(value):
            raise DoubtError
        return value

    return read


def _one_of(allowed: tuple[Any, ...]) -> Reader:
    """Take what equals a literal for it, as pydantic does."""

    def read(value: Any) -> Any:
        if value not in allowed:
            raise DoubtError
        return allowed[allowed.index(value)]

    return read


def _float(tests: list[Test], is_whole: bool) -> Reader:
    def read(value: Any) -> Any:
        if type(value) not in (int, float) or not all(test(value) for test in tests):
            raise DoubtError
        return whole(value) if is_whole else float(value)

    return read


def _tuple(read_item: Reader, tests: list[Test]) -> Reader:
    def read(value: Any) -> Any:
        if type(value) is not tuple or not all(test(value) for test in tests):
            raise DoubtError
        return tuple(map(read_item, value))

    return read


def _dict(read_key: Reader, read_value: Reader) -> Reader:
    def read(value: Any) -> Any:
        if type(value) is not dict:
            raise DoubtError
        return {read_key(key): read_value(item) for key, item in value.items()}

    return read


_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "ge": operator.ge,
    "gt": operator.gt,
    "le": operator.le,
    "lt": operator.lt,
    "min_length": lambda value, least: len(value) >= least,
}


def _tests(said: tuple[Any, ...]) -> list[Test]:
    """Return the tests for the constraints in what is said. Raises KeyError for one that is not known here."""
    found: list[Test] = []
    for info in said:
        for word, bound in info.constraints.items() if isinstance(info, FieldInfo) else ():
            if word == "pattern":
                # Here `$` would allow a newline behind it.
                found.append(re.compile(bound.removesuffix("$") + (r"\Z" if bound.endswith("$") else "")).search)
            else:
                found.append(lambda value, compare=_COMPARE[word], bound=bound: compare(value, bound))
    return found
