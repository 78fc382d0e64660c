"""Read the files that may hold templates, and tell templates from other YAML and JSON by what is in them."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Any, Final

from asbuilt.patterns import when_used
from asbuilt.sources.cloudformation.reading.document import Document, Remark, TemplateError

if TYPE_CHECKING:
    from mmap import mmap

    from asbuilt.sources.cloudformation.reading.document import Places

SUFFIXES: Final = (".yaml", ".yml", ".json", ".template", ".cfn", ".cform", ".tmpl")
MAX_BYTES: Final = 16 * 1024 * 1024
# What a template has somewhere: a section `Resources` as a key, and a type with colons or the version of the format.
_RESOURCES = when_used(rb'^[ \t]*(?:\{[ \t]*)?["\']?Resources["\']?[ \t]*:|"Resources"\s*:', re.MULTILINE)
_VERSION = re.compile(rb"\bAWSTemplateFormatVersion\b")
_TYPED = when_used(rb'["\']?Type["\']?[ \t]*:[ \t]*["\']?(?:AWS|Alexa|Custom)::\w')


def plain(content: bytes) -> bytes:
    """Return bytes as UTF-8 without a byte order mark; as they are where they are no text."""
    encoding = encoding_of(content)
    if encoding == "utf-8-sig":
        return content.removeprefix(codecs.BOM_UTF8)
    return content.decode(encoding, "replace").encode("utf-8", "replace")


def encoding_of(content: bytes) -> str:
    """Return the encoding that the first bytes of a file tell."""
    return "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"


def may_be_template(content: bytes | mmap) -> bool:
    """Whether it is worth reading these bytes: anything else than a template seldom has all of this."""
    if _VERSION.search(content) is not None:
        return True
    return content.find(b"::") >= 0 and _RESOURCES.search(content) is not None


def looks_like_template(content: bytes) -> bool:
    """Whether bytes that cannot be read are those of a template, all the same."""
    if _VERSION.search(content):
        return True
    return _RESOURCES.search(content) is not None and _TYPED.search(content) is not None


def is_template(data: Any) -> bool:
    """Whether data is that of a template: it says so, or has resources with types as CloudFormation has them."""
    if not isinstance(data, dict):
        return False
    if "AWSTemplateFormatVersion" in data:
        return True
    resources = data.get("Resources")
    if not isinstance(resources, dict):
        return False
    return any(
        key.startswith("Fn::ForEach::")
        or (isinstance(body, dict) and isinstance(body.get("Type"), str) and "::" in body["Type"])
        for key, body in resources.items()
    )


def parse(content: bytes, name: str, real: str) -> Document:
    """Return the document of some bytes. Raises TemplateError."""
    text = _text(content)
    data: Any
    places: Places
    remarks: list[Remark]
    if text.lstrip()[:1] in ("{", "["):
        from asbuilt.sources.cloudformation.reading import json_text

        try:
            data, places, remarks = json_text.read(text)
        except TemplateError:
            if name.lower().endswith(".json") or re.match(r'\s*[{\[]\s*(?:"|\Z)', text):
                raise
        else:
            return Document(name, real, text, data, places, tuple(remarks))
    from asbuilt.sources.cloudformation.reading import yaml_text

    data, yaml_places, remarks = yaml_text.read(text)
    return Document(name, real, text, data, yaml_places, tuple(remarks))


def _text(content: bytes) -> str:
    try:
        text = content.decode(encoding_of(content))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise TemplateError("not-utf-8", "not UTF-8", line, 1, "Save it as UTF-8.") from None
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
