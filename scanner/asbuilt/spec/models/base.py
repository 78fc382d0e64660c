"""The base of every model: frozen, strict about types, and without room for keys nobody knows."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


class Section(BaseModel):
    """A part of the architecture spec. Every value is optional: what is unset is not stated, and no rule applies."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        defer_build=True,  # only the outermost model needs a validator of its own
        use_attribute_docstrings=False,
    )


def part(model: type[Section], description: str) -> Any:
    """Declare a part of a section that says nothing where it is left out.

    The empty part is made once, without validation: a factory would have every model build a validator of its own.
    """
    return Field(model.model_construct(), description=description)


def _whole(number: float) -> float:
    """Keep 80 as 80, so that messages do not speak of 80.0."""
    return int(number) if number == int(number) else number


Number = Annotated[float, AfterValidator(_whole)]
Target = Annotated[float, Field(gt=0, le=100), AfterValidator(_whole)]
Port = Annotated[int, Field(ge=1, le=65535)]
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
Text = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]
Names = tuple[Name, ...]
