"""Paths, files and templates. Files are read through the Context, which keeps reads inside the scanned root."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from asbuilt.model import Unknown
from asbuilt.sources.terraform.functions.registry import function
from asbuilt.sources.terraform.functions.string import bounded
from asbuilt.sources.terraform.language.convert import convert
from asbuilt.sources.terraform.language.typesys import STRING
from asbuilt.sources.terraform.language.values import (
    EvalError,
    LimitError,
    SetValue,
    UnsupportedError,
    derived,
    get_type,
    is_wholly_known,
    type_of,
)

if TYPE_CHECKING:
    from asbuilt.sources.terraform.functions.context import Context


def read_bytes(ctx: Context, path: str) -> bytes:
    """Return a file's bytes. Raises EvalError where it is not there, OutsideError outside the root."""
    try:
        return ctx.read(path)
    except FileNotFoundError:
        raise EvalError(f'no file exists at "{path}"') from None
    except OSError as error:
        raise EvalError(f'failed to read "{path}": {error.strerror}') from None


def _read_text(ctx: Context, path: str) -> str:
    try:
        return read_bytes(ctx, path).decode()
    except UnicodeDecodeError:
        raise EvalError(f'contents of "{path}" are not valid UTF-8') from None


@function("file(path: string) string", context=True)
def file(ctx: Context, path: str) -> str:
    """Return a file's text."""
    return bounded(_read_text(ctx, path))


@function("filebase64(path: string) string", context=True)
def filebase64(ctx: Context, path: str) -> str:
    """Return a file's bytes in base64."""
    import base64

    return base64.b64encode(read_bytes(ctx, path)).decode()


@function("fileexists(path: string) bool", context=True)
def fileexists(ctx: Context, path: str) -> bool:
    """Tell whether a file is there."""
    return ctx.exists(path)


@function("fileset(path: string, pattern: string) set(string)", context=True)
def fileset(ctx: Context, path: str, pattern: str) -> SetValue:
    """Return the files below a directory that match a pattern."""
    from asbuilt.sources.terraform.functions.globs import matcher

    pattern = posixpath.normpath(pattern)
    up = "../" * (len(pattern.split("/")) - len(pattern.lstrip("./").split("/"))) if pattern.startswith("../") else ""
    matches = matcher(pattern.removeprefix(up))
    try:
        return SetValue(sorted(up + name for name in ctx.files(path + "/" + up) if matches(name)), STRING)
    except OSError as error:
        raise EvalError(f"failed to glob pattern {pattern}: {error.strerror}") from None


@function("templatefile(path: string, vars: any~) any", context=True)
def templatefile(ctx: Context, path: str, variables: Any) -> Any:
    """Render a file as a template."""
    return _render(ctx, _read_text(ctx, path), variables, path)


@function("templatestring(template: string, vars: any~) string", context=True)
def templatestring(ctx: Context, template: str, variables: Any) -> Any:
    """Render a string as a template."""
    result = _render(ctx, template, variables, "<templatestring argument>")
    return convert(result, STRING)


def _render(ctx: Context, source: str, variables: Any, name: str) -> Any:
    if isinstance(variables, Unknown):
        return derived([variables])
    if not isinstance(variables, dict):
        raise EvalError("invalid vars value: must be a map")
    for key in variables:
        if not key.isidentifier() and not key.replace("-", "_").isidentifier():
            raise EvalError(
                f'invalid template variable name "{key}": must start with a letter, followed by zero or more letters, '
                "digits, and underscores"
            )
    return ctx.render_template(source, dict(variables), name)


@function("abspath(path: string) string", context=True)
def abspath(ctx: Context, path: str) -> str:
    """Make a path absolute."""
    return posixpath.normpath(posixpath.join(ctx.base.absolute().as_posix(), path)).replace("//", "/")


@function("basename(path: string) string")
def basename(path: str) -> str:
    """Return the last part of a path."""
    if not path:
        return "."
    return path.rstrip("/").rsplit("/", 1)[-1] or "/"


@function("dirname(path: string) string")
def dirname(path: str) -> str:
    """Return all but the last part of a path."""
    head = path[: path.rfind("/") + 1]
    return posixpath.normpath(head).replace("//", "/") if head else "."


@function("pathexpand(path: string) string")
def pathexpand(path: str) -> str:
    """Refuse a home directory: it is another one wherever Terraform runs."""
    if path.startswith("~"):
        raise UnsupportedError(f"the home directory in {path}")
    return path


def describe(value: Any) -> str:
    """Return a value's type for a message; unknown ones are named as such."""
    if not is_wholly_known(value):
        return "unknown"
    return type_of(value) if get_type(value).concrete else "dynamic"


def limit(count: int, most: int, what: str) -> None:
    """Raise LimitError past a bound."""
    if count > most:
        raise LimitError(f"more than {most} {what}")
