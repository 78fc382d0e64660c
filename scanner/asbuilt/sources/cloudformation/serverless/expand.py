"""Write a template of AWS SAM out: the types that matter most here, at their places; the rest by SAM's own translator.

Where the translator is not installed, or will not do, what is not written out is told as a gap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from asbuilt.model import Gap, UnknownKind
from asbuilt.records import dataclass
from asbuilt.sources.cloudformation.reading.discovery import SOURCE
from asbuilt.sources.cloudformation.reading.document import Document
from asbuilt.sources.cloudformation.serverless import PREFIX, others
from asbuilt.sources.cloudformation.serverless.functions import Made, function
from asbuilt.sources.cloudformation.serverless.translator import NOT_INSTALLED
from asbuilt.sources.cloudformation.serverless.trees import Moved, Table, Written, bare, merged, note
from asbuilt.sources.cloudformation.serverless.types import makes
from asbuilt.sources.cloudformation.stacks.declared import is_function, named_section

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from asbuilt.model import Path
    from asbuilt.sources.cloudformation.serverless.translator import Translator

# What SAM makes for functions that share an interface nobody declared.
IMPLICIT: Final = ("ServerlessRestApi", "ServerlessHttpApi")
_KEPT: Final[tuple[str, ...]] = ("Condition", "DeletionPolicy", "DependsOn", "Metadata", "UpdateReplacePolicy")
_MAKERS: Final = {
    "Api": others.api,
    "Application": others.application,
    "Function": function,
    "HttpApi": others.http_api,
    "SimpleTable": others.simple_table,
}
INSTALL: Final = "Install asbuilt[sam] (pip install 'asbuilt[sam]') to have it written out."
OTHERWISE: Final = "Mend the template, or check what `get-template --template-stage Processed` of the AWS CLI returns."


@dataclass(frozen=True, slots=True)
class Expansion:
    """A template written out. `names` are those of SAM's resources, `gaps` what is not written out."""

    document: Document
    names: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()


def expanded(document: Document, translator: Translator, given: Mapping[str, Any], nested: bool) -> Expansion:
    """Return a template written out. `given` are values of parameters, `nested` whether another stack gives them."""
    resources = named_section(document.data, "Resources")
    made = {
        name: _made(name, body, document.data)
        for name, body in resources.items()
        if isinstance(body, dict) and isinstance(body.get("Type"), str) and body["Type"].startswith(PREFIX)
    }
    table: Table = {}
    found: dict[str, Any] = {name: body for name, body in resources.items() if name not in made}
    taken = {*found}
    unsettled: set[str] = set()
    for each in made.values():
        for name, tree in each.resources.items():
            if name not in taken:
                found[name] = bare(tree)
                note(tree, ("Resources", name), table)
                if name in each.open:
                    unsettled.add(name)
    data = {**document.data, "Resources": found}
    gaps: tuple[Gap, ...] = ()
    if unsettled or _loose(resources, made):
        answer = translator.translate(document, given, nested)
        if isinstance(answer, str):
            gaps = tuple(_gaps(document, resources, made, answer))
        else:
            _add(data, answer, unsettled, taken, made, table)
    plain = Document(document.name, document.real, document.text, data, Moved(document.places, table))
    return Expansion(plain, (*made, *IMPLICIT), gaps)


def _loose(resources: Mapping[str, Any], made: Mapping[str, Made]) -> bool:
    """Whether anything is left that only the translator writes out."""
    connected = any(isinstance(body, dict) and "Connectors" in body for body in resources.values())
    return connected or any(each.left or not each.resources for each in made.values())


def _made(name: str, body: dict[str, Any], data: Mapping[str, Any]) -> Made:
    kind = body["Type"].removeprefix(PREFIX)
    maker = _MAKERS.get(kind)
    if maker is None:
        return Made({})
    path: Path = ("Resources", name)
    own = body.get("Properties")
    if is_function(own):
        return Made({})
    common = named_section(named_section(data, "Globals"), kind)
    start = Written(common, ("Globals", kind)) if common else None
    tree = merged(start, Written(own, (*path, "Properties")) if isinstance(own, dict) else None)
    properties = {key: child for key in bare(tree) or {} if (child := _child(tree, key)) is not None}
    kept: dict[str, Any] = {key: Written(body[key], (*path, key)) for key in _KEPT if key in body}
    return maker(name, properties, path, kept)


def _child(tree: Any, key: str) -> Any:
    return tree.child(key) if isinstance(tree, Written) else tree.get(key)


def _add(
    data: dict[str, Any],
    answer: dict[str, Any],
    unsettled: set[str],
    taken: set[str],
    made: Mapping[str, Made],
    table: Table,
) -> None:
    """Add what the translator made of the rest; it stands where the resource of SAM does that it was made of."""
    resources = data["Resources"]
    for name, body in named_section(answer, "Resources").items():
        if not isinstance(body, dict) or name in taken or (name in resources and name not in unsettled):
            continue
        if name not in resources:
            owner = max((sam for sam in made if name.startswith(sam)), key=len, default="")
            table[("Resources", name)] = (("Resources", owner) if owner else ("Transform",), False)
        resources[name] = body
    more = named_section(answer, "Conditions")
    if more:
        data["Conditions"] = {**more, **named_section(data, "Conditions")}


def _gaps(document: Document, resources: Mapping[str, Any], made: Mapping[str, Made], reason: str) -> Iterator[Gap]:
    for name, body in resources.items():
        if not isinstance(body, dict):
            continue
        each = made.get(name)
        left = list(each.left) if each is not None else []
        left += ["Connectors"] if "Connectors" in body else []
        if not left and (each is None or each.resources):
            continue
        type_ = body["Type"] if each is not None else f"{PREFIX}Connector"
        what = f"{name}: what AWS SAM makes of {', '.join(left) or type_}"
        place = document.locate(("Resources", name), key=True)
        types, action = makes(type_), INSTALL if reason == NOT_INSTALLED else OTHERWISE
        yield Gap(SOURCE, what, reason, action, place, incomplete=False, types=types, kind=UnknownKind.UNSUPPORTED)
