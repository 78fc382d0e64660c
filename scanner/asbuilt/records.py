"""`dataclass`, but methods are written on first use.

The standard decorator compiles half a dozen methods for each class at import; a run needs a third of the classes, and
few of their methods. With a hundred classes that was a sixth of a short run. What is `frozen` has a hash, and the type
checker holds it: to refuse at run time takes longer than all else that is done to make a record. Everything else is as
there: the options `slots`, `eq` and `order`, `fields`, `replace`, copying and pickling.
"""

from __future__ import annotations

import dataclasses
import inspect
from functools import cache, partial
from operator import attrgetter
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass
else:

    def dataclass(cls=None, /, *, frozen=False, slots=False, eq=True, order=False):
        """Make a dataclass; see `dataclasses.dataclass`."""

        def decorate(cls: type) -> type:
            if not slots or hasattr(cls, "__post_init__"):
                return dataclasses.dataclass(frozen=frozen, slots=slots, eq=eq, order=order)(cls)
            made = _made(cls, frozen=frozen, eq=eq)
            for name, sign in _ORDER.items() if order else ():
                setattr(made, name, _later(made, name, partial(_compared, name=name, sign=sign)))
            return made

        return decorate if cls is None else decorate(cls)


R = TypeVar("R")


def _made(cls: type, *, frozen: bool, eq: bool) -> Any:
    own = set(cls.__dict__)
    cls.__doc__ = cls.__doc__ or cls.__name__  # the standard one would make it of the signature, which takes long
    annotations = inspect.get_annotations(cls)
    cls.__annotations__ = dict.fromkeys(annotations, object)  # it would search each text for words such as `ClassVar`
    made: Any = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    made.__annotations__ = annotations
    made.__init__ = _later(made, "__init__", _init)
    if "__repr__" not in own:
        made.__repr__ = _repr
    if eq:
        if "__eq__" not in own:
            made.__eq__ = _later(made, "__eq__", _compared)
        if "__hash__" not in own:
            made.__hash__ = _later(made, "__hash__", _hash) if frozen else None
    return made


def replaced(record: R, **changes: Any) -> R:
    """Return a record with other values in some fields: `dataclasses.replace`, in a third of the time."""
    kind: Any = type(record)
    names: tuple[str, ...] = kind.__match_args__
    values = list(_values_of(kind)(record))
    for name, value in changes.items():
        if name not in names:
            raise TypeError(f"{kind.__name__} has no field {name!r}")
        values[names.index(name)] = value
    made: R = kind(*values)
    return made


@cache
def _values_of(kind: Any) -> Callable[[Any], tuple[Any, ...]]:
    """Return the function that gives the values of all fields of a record at once."""
    names: tuple[str, ...] = kind.__match_args__
    return attrgetter(*names) if len(names) > 1 else lambda record: tuple(getattr(record, name) for name in names)


def _later(cls: Any, name: str, write: Callable[[Any], Any]) -> Callable[..., Any]:
    """Return a method that puts the real one in its place when it is first called."""

    def method(self: Any, *arguments: Any, **named: Any) -> Any:
        real = write(cls)
        setattr(cls, name, real)
        return real(self, *arguments, **named)

    method.__name__ = name
    method.__qualname__ = f"{cls.__qualname__}.{name}"
    return method


def _init(cls: Any) -> Any:
    """Return `__init__`: that of a template with as many fields, with this class's names and defaults."""
    every = dataclasses.fields(cls)
    code = _template(tuple(field.default_factory is not dataclasses.MISSING for field in every))
    given: dict[str, Any] = {"made": dataclasses.MISSING}
    defaults = []
    for number, field in enumerate(every):
        if field.default_factory is not dataclasses.MISSING:
            given[f"factory{number}"] = field.default_factory
            defaults.append(dataclasses.MISSING)
        elif field.default is not dataclasses.MISSING:
            defaults.append(field.default)
        elif defaults:
            raise TypeError(f"non-default argument {field.name!r} follows default argument")
    names = {f"field{number}": field.name for number, field in enumerate(every)}
    code = code.replace(
        co_varnames=("self", *names.values()), co_names=tuple(names.get(name, name) for name in code.co_names)
    )
    return _named(cls, FunctionType(code, given, "__init__", tuple(defaults)))


@cache
def _template(factories: tuple[bool, ...]) -> CodeType:
    """Return the code of an `__init__` for some fields, each of them made by a factory (where not given) or not."""
    numbers = range(len(factories))
    values = [f"factory{n}() if value{n} is made else value{n}" if factories[n] else f"value{n}" for n in numbers]
    body = [f" self.field{n} = {values[n]}" for n in numbers]
    head = f"def __init__(self, {', '.join(f'value{n}' for n in numbers)}):"
    found: Any = _compiled(head, body or [" pass"])
    code: CodeType = found.__code__
    return code


_ORDER = {"__lt__": "<", "__le__": "<=", "__gt__": ">", "__ge__": ">="}


def _compared(cls: Any, name: str = "__eq__", sign: str = "==") -> Any:
    compared = [field.name for field in dataclasses.fields(cls) if field.compare]
    mine, theirs = (f"({''.join(f'{who}.{name}, ' for name in compared)})" for who in ("self", "other"))
    body = [" if other.__class__ is not self.__class__: return NotImplemented", f" return {mine} {sign} {theirs}"]
    return _named(cls, _compiled(f"def {name}(self, other):", body))


def _hash(cls: Any) -> Any:
    hashed = [f.name for f in dataclasses.fields(cls) if (f.compare if f.hash is None else f.hash)]
    values = "".join(f"self.{name}, " for name in hashed)
    return _named(cls, _compiled("def __hash__(self):", [f" return hash(({values}))"]))


def _compiled(head: str, body: list[str]) -> Any:
    found: dict[str, Any] = {}
    exec("\n".join([head, *body]), {}, found)  # noqa: S102 - as the standard library does: only names of fields
    (method,) = found.values()
    return method


def _named(cls: Any, method: Any) -> Any:
    method.__qualname__ = f"{cls.__qualname__}.{method.__name__}"
    return method


def _repr(self: Any) -> str:
    shown = (f"{f.name}={getattr(self, f.name)!r}" for f in dataclasses.fields(self) if f.repr)
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


__all__ = ["dataclass", "replaced"]
