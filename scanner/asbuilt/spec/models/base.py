"""The base of every model: frozen, and without room for keys nobody knows.

Models are plain classes: `build` makes their objects from data, and `strict` makes pydantic models of the same fields
where a mistake is to be explained or a JSON Schema written. So a run over a good spec never imports pydantic. Their
modules do without `from __future__ import annotations`: what they say of a field is a type at once, not a text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from asbuilt.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

REQUIRED: Final = object()


@dataclass(frozen=True, slots=True, eq=False)
class FieldInfo:
    """What is said about a field, or about a type inside `Annotated`; `constraints` are in pydantic's words."""

    default: Any
    default_factory: Callable[[], Any] | None
    alias: str | None
    description: str | None
    constraints: Mapping[str, Any]


def Field(  # noqa: N802 - pydantic's word
    default: Any = REQUIRED,
    *,
    default_factory: Callable[[], Any] | None = None,
    alias: str | None = None,
    description: str | None = None,
    **constraints: Any,
) -> Any:
    """Declare a field or constrain a type, as pydantic's function of the same name does."""
    return FieldInfo(default, default_factory, alias, description, constraints)


class Section:
    """A part of the architecture spec. Every value is optional: what is unset is not stated, and no rule applies."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __repr__(self) -> str:
        stated = (f"{name}={value!r}" for name, value in self.__dict__.items() if value not in (None, (), {}))
        return f"{type(self).__name__}({', '.join(stated)})"


def part(model: type[Section], description: str) -> Any:
    """Declare a part of a section that says nothing where it is left out."""
    return Field(model, description=description)


class Whole:
    """Inside `Annotated`: keep 80 as 80, so that messages do not speak of 80.0."""


def whole(number: float) -> float:
    """Return a whole number as int."""
    return int(number) if number == int(number) else number


Number = Annotated[float, Whole]
Target = Annotated[float, Field(gt=0, le=100), Whole]
Port = Annotated[int, Field(ge=1, le=65535)]
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
Text = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]
Names = tuple[Name, ...]
