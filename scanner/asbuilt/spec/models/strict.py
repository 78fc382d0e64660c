"""The models as pydantic has them: they find every mistake in a spec, and write its JSON Schema."""

from __future__ import annotations

from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model

from asbuilt.spec.models.base import REQUIRED, FieldInfo, Section, Whole, whole
from asbuilt.spec.models.build import Model, fields

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo as PydanticField


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)


@cache
def strict(model: Model) -> type[BaseModel]:
    """Return the pydantic model with the fields of a section."""
    definitions: dict[str, Any] = {name: (_type(hint), _field(info)) for name, (hint, info) in fields(model).items()}
    return create_model(model.__name__, __base__=_Strict, __doc__=model.__doc__, **definitions)


def complete(model: Model) -> type[BaseModel]:
    """Return the pydantic model with it and all that were made built: before 2.14 no default is written without."""
    found = strict(model)
    for each in _Strict.__subclasses__():
        each.model_rebuild()
    return found


def _field(info: FieldInfo) -> PydanticField:
    said: dict[str, Any] = dict(info.constraints)
    if info.description is not None:
        said["description"] = info.description
    if info.alias is not None:
        said["alias"] = info.alias
    if info.default_factory is not None:
        said["default_factory"] = info.default_factory
    elif isinstance(info.default, type):
        # Made once, without validation: a factory would have every model build a validator of its own.
        said["default"] = strict(info.default).model_construct()
    elif info.default is not REQUIRED:
        said["default"] = info.default
    found: PydanticField = Field(**said)
    return found


def _type(hint: Any) -> Any:
    """Return a type with pydantic's models and constraints in the place of ours."""
    metadata = getattr(hint, "__metadata__", None)
    if metadata is not None:
        said = (AfterValidator(whole) if one is Whole else _field(one) for one in metadata)
        return Annotated[(_type(hint.__origin__), *said)]
    kind, arguments = get_origin(hint), get_args(hint)
    if kind in (Union, UnionType):
        (inner,) = (arm for arm in arguments if arm is not NoneType)
        return _type(inner) | None
    if kind is tuple:
        return tuple[_type(arguments[0]), ...]  # type: ignore[misc]
    if kind is dict:
        return dict[_type(arguments[0]), _type(arguments[1])]  # type: ignore[misc]
    model: Model = hint
    return strict(model) if isinstance(hint, type) and issubclass(hint, Section) else hint
