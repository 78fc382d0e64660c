"""`dataclass`, but methods are written on first use.

The standard decorator compiles half a dozen methods for each class at import; a run needs a third of the classes, and
few of their methods. With a hundred classes that was a sixth of a short run. What the functions of `dataclasses` ask a
class for is made when one of them asks. What is `frozen` has a hash, and the type
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
    """Return a class with slots in the place of one that declares fields."""
    own = dict(cls.__dict__)
    said: dict[str, Any] = {}  # of each field: its default, what `field` says, or `MISSING`
    for home in cls.__mro__[-1:0:-1]:
        said |= home.__dict__.get("__said__", {})
    inherited = frozenset(said)
    declared = inspect.get_annotations(cls)
    said |= {name: own.pop(name, dataclasses.MISSING) for name in declared}
    own.pop("__dict__", None)
    own.pop("__weakref__", None)
    own |= {
        "__qualname__": cls.__qualname__,
        "__doc__": cls.__doc__ or cls.__name__,
        "__slots__": tuple(name for name in declared if name not in inherited),
        "__match_args__": tuple(said),
        "__said__": said,
        "__replace__": replaced,
    }
    own.setdefault("__repr__", _repr)
    equals, hashes = eq and "__eq__" not in own, eq and "__hash__" not in own
    if hashes and not frozen:
        own["__hash__"] = None
    made: Any = type(cls)(cls.__name__, cls.__bases__, own)
    made.__dataclass_fields__ = _Fields(made)
    made.__init__ = _later(made, "__init__", _init)
    if equals:
        made.__eq__ = _later(made, "__eq__", _compared)
    if hashes and frozen:
        made.__hash__ = _later(made, "__hash__", _hash)
    return made


class _Fields:
    """What the functions of `dataclasses` find the fields of a record by: made when one of them looks for it."""

    def __init__(self, home: Any) -> None:
        self._home = home

    def __get__(self, record: Any, kind: Any) -> dict[str, Any]:
        """Take them from a standard dataclass with the same fields."""
        home = self._home
        types: dict[str, Any] = {}
        for declaring in reversed(home.__mro__):
            types |= inspect.get_annotations(declaring)
        rows = [(name, types[name], value) for name, value in home.__said__.items()]
        twin: Any = dataclasses.make_dataclass(
            home.__name__,
            [row[:2] if row[2] is dataclasses.MISSING else row for row in rows],
            namespace={"__doc__": home.__doc__},  # the standard one would make it of the signature, which takes long
            init=False,
            repr=False,
            eq=False,
        )
        found: dict[str, Any] = twin.__dataclass_fields__
        home.__dataclass_fields__ = found
        return found


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

    return method


def _init(cls: Any) -> Any:
    """Return `__init__`: that of a template with as many fields, with this class's names and defaults."""
    every = [(name, _default(said), _factory(said)) for name, said in cls.__said__.items()]
    code = _template(tuple(factory is not dataclasses.MISSING for _, _, factory in every))
    given: dict[str, Any] = {"made": dataclasses.MISSING}
    defaults = []
    for number, (name, default, factory) in enumerate(every):
        if factory is not dataclasses.MISSING:
            given[f"factory{number}"] = factory
            defaults.append(dataclasses.MISSING)
        elif default is not dataclasses.MISSING:
            defaults.append(default)
        elif defaults:
            raise TypeError(f"non-default argument {name!r} follows default argument")
    names = {f"field{number}": name for number, (name, _, _) in enumerate(every)}
    code = code.replace(
        co_varnames=("self", *names.values()), co_names=tuple(names.get(name, name) for name in code.co_names)
    )
    return _named(cls, FunctionType(code, given, "__init__", tuple(defaults)))


def _default(said: Any) -> Any:
    return said.default if isinstance(said, dataclasses.Field) else said


def _factory(said: Any) -> Any:
    return said.default_factory if isinstance(said, dataclasses.Field) else dataclasses.MISSING


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
    compared = [field for field, said in cls.__said__.items() if _says(said, "compare")]
    mine, theirs = (f"({''.join(f'{who}.{field}, ' for field in compared)})" for who in ("self", "other"))
    body = [" if other.__class__ is not self.__class__: return NotImplemented", f" return {mine} {sign} {theirs}"]
    return _named(cls, _compiled(f"def {name}(self, other):", body))


def _hash(cls: Any) -> Any:
    hashed = [
        field
        for field, said in cls.__said__.items()
        if _says(said, "compare" if getattr(said, "hash", None) is None else "hash")
    ]
    values = "".join(f"self.{name}, " for name in hashed)
    return _named(cls, _compiled("def __hash__(self):", [f" return hash(({values}))"]))


def _says(said: Any, what: str) -> bool:
    """Whether a field takes part in a method: all do of which `field` says nothing else."""
    return not isinstance(said, dataclasses.Field) or bool(getattr(said, what))


def _compiled(head: str, body: list[str]) -> Any:
    found: dict[str, Any] = {}
    exec("\n".join([head, *body]), {}, found)  # noqa: S102 - as the standard library does: only names of fields
    (method,) = found.values()
    return method


def _named(cls: Any, method: Any) -> Any:
    method.__qualname__ = f"{cls.__qualname__}.{method.__name__}"
    return method


def _repr(self: Any) -> str:
    shown = (f"{name}={getattr(self, name)!r}" for name, said in self.__said__.items() if _says(said, "repr"))
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


__all__ = ["dataclass", "replaced"]
