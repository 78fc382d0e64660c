"""Digests, and the impure ones that give other text at every call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import UnknownKind
from asbuilt.sources.terraform.functions.registry import function
from asbuilt.sources.terraform.language.typesys import STRING
from asbuilt.sources.terraform.language.values import EvalError, UnsupportedError, unknown

if TYPE_CHECKING:
    from asbuilt.sources.terraform.functions.context import Context
    from asbuilt.sources.terraform.language.numbers import Number

DIGESTS = ("md5", "sha1", "sha256", "sha512")
_NAMESPACES = {"dns": "NAMESPACE_DNS", "url": "NAMESPACE_URL", "oid": "NAMESPACE_OID", "x500": "NAMESPACE_X500"}


def digest(name: str, data: bytes, *, base64: bool = False) -> str:
    """Return a digest in hexadecimal or base64."""
    import hashlib

    made = hashlib.new(name, data, usedforsecurity=False)
    if not base64:
        return made.hexdigest()
    import base64 as codec

    return codec.b64encode(made.digest()).decode()


def _read(ctx: Context, path: str) -> bytes:
    from asbuilt.sources.terraform.functions.filesystem import read_bytes

    return read_bytes(ctx, path)


def _enter(name: str, digest_name: str, *, base64: bool) -> None:
    def of_text(text: str) -> str:
        return digest(digest_name, text.encode(), base64=base64)

    def of_file(ctx: Context, path: str) -> str:
        return digest(digest_name, _read(ctx, path), base64=base64)

    function(f"{name}(str: string) string")(of_text)
    function(f"file{name}(path: string) string", context=True)(of_file)


for _name in DIGESTS:
    _enter(_name, _name, base64=False)
_enter("base64sha256", "sha256", base64=True)
_enter("base64sha512", "sha512", base64=True)


@function("uuidv5(namespace: string, name: string) string")
def uuidv5(namespace: str, name: str) -> str:
    """Return the name-based UUID."""
    import uuid

    try:
        space = getattr(uuid, _NAMESPACES[namespace]) if namespace in _NAMESPACES else uuid.UUID(namespace)
    except ValueError:
        raise EvalError(f"uuidv5() doesn't support namespace {namespace}") from None
    return str(uuid.uuid5(space, name))


def _impure(name: str) -> Any:
    return unknown(UnknownKind.IMPURE, f"{name}() gives another value at every run", type_=STRING)


@function("uuid() string")
def uuid_() -> Any:
    """Return an Unknown."""
    return _impure("uuid")


@function("timestamp() string")
def timestamp() -> Any:
    """Return an Unknown."""
    return _impure("timestamp")


@function("plantimestamp() string")
def plantimestamp() -> Any:
    """Return an Unknown."""
    return _impure("plantimestamp")


@function("bcrypt(str: string, cost...: number) string")
def bcrypt(text: str, *cost: Number) -> Any:
    """Return an Unknown: the salt is random."""
    del text
    if len(cost) > 1:
        raise EvalError("bcrypt() takes no more than two arguments")
    return _impure("bcrypt")


@function("rsadecrypt(ciphertext: string, privatekey: string) string")
def rsadecrypt(ciphertext: str, privatekey: str) -> Any:
    """Refuse: nobody needs the clear text of a secret to check an architecture."""
    del ciphertext, privatekey
    raise UnsupportedError("rsadecrypt is not computed")
