"""Read services, their classes, sizes and shares of Spot, and how environments are sized."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from asbuilt.spec.markdown.words import cpu_units, digits, mebibytes, number, percent, pieces, sentence_case, slug

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asbuilt.spec.markdown.draft import Draft
    from asbuilt.spec.markdown.outline import Item

_NAME = ("service", "name", "component", "application", "app", "workload")
_CPU, _MEMORY = ("cpu", "vcpu", "compute"), ("memory", "ram", "mem", "mib", "mb")
_TASKS = r"tasks?|instances?|replicas?|scale|scaling|capacity|count"
_CLASS = ("class", "tier", "criticality", "category", "type")
_NOTHING = r"-|\u2013|\u2014|n/?a|none|not applicable"
_SPOT = r"\bspot\b"
_ON_DEMAND = r"on[\s-]?demand"


def is_service(item: Item) -> bool:
    """Say whether a table row is one of the service inventory: a name, and a size or a port."""
    sized = item.cell(*_CPU) or item.cell(*_MEMORY) or item.cell("port", _TASKS)
    return item.kind == "row" and bool(item.cell(*_NAME) and sized) and not item.cell("priority", "path pattern")


def read_classes(items: tuple[Item, ...], draft: Draft) -> None:
    """Find the classes: a column of the inventory, else the headings above its tables."""
    for item in items:
        if not is_service(item):
            continue
        text = item.cell(*_CLASS) or _class_heading(item)
        if text:
            name = slug(_kind(text))
            words = {name, f"{name}s", slug(text), *_kind(text).lower().split()[:1]}
            draft.classes.setdefault(name, tuple(sorted(words - {"services", "service", ""})))
            draft.state(("service_classes", name, "title"), sentence_case(text), item, item.cell(*_NAME))


def _class_heading(item: Item) -> str:
    found = [text for text in item.headings[1:] if slug(_kind(text)) not in ("", "inventory", "list", "overview")]
    return found[-1] if found else ""


def _kind(text: str) -> str:
    """Return what kind of services a heading speaks of: `Worker Services (Spot)` of `Worker`, `Workers` too."""
    bare = re.sub(r"\([^)]*\)|\b(?:services?|tasks?|tier|class|workloads?)\b", " ", text, flags=re.IGNORECASE)
    words = " ".join(bare.split())
    return re.sub(r"(?<=[a-z]{3}[^s])s$", "", words)


def read_services(items: tuple[Item, ...], draft: Draft) -> None:
    """Read the rows of the inventory."""
    for item in items:
        if is_service(item):
            _service(item, draft)


def _service(item: Item, draft: Draft) -> None:
    name = item.cell(*_NAME)
    name = name if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name) else slug(name)
    text = item.cell(*_CLASS) or _class_heading(item)
    kind = slug(_kind(text))
    path = f"services.{name}"
    if kind:
        draft.state(("services", name, "class"), kind, item, name)
    else:
        draft.state(("services", name), draft.data.get("services", {}).get(name, {}), item, name)
    for header, cell in item.cells.items():
        column = header.lower()
        stated = list(_values(column, cell, draft))
        for key, value, names in stated:
            draft.state_in(names, f"{path}.{key}", value, item, f"{name} {cell}")
        if not stated and not _tasks(path, column, cell, item, draft) and not re.fullmatch(_NOTHING, cell.lower()):
            if re.search(r"\b(?:ports?|v?cpu|memory|ram|mem|mib|mb|health|probe)\b", column):
                draft.note(
                    item.location, f"the {header} of {name} is not understood: {cell}", "no requirement is made from it"
                )
            elif not re.search(rf"\b(?:{'|'.join((*_NAME, *_CLASS))})\b", column):
                draft.note_column(item, header)


def _values(column: str, cell: str, draft: Draft) -> Iterator[tuple[str, object, set[str]]]:
    """Yield what a cell says for each environment it names: key, value, environments."""
    for piece in pieces(cell):
        names = draft.environments_in(piece)
        if re.search(r"health|probe|path", column):
            match = re.search(r"(?<!\S)/\S*", piece)
            if match:
                yield "health_check", match[0].rstrip(",;"), names
        elif re.search(r"\bports?\b", column):
            value = number(piece)
            if isinstance(value, int):
                yield "port", value, names
        elif re.search(r"\bv?cpu\b", column):
            units = cpu_units(piece, column)
            if units is not None:
                yield "cpu", units, names
        elif re.search(r"\b(?:memory|ram|mem|mib|mb)\b", column):
            size = mebibytes(piece, column)
            if size is not None:
                yield "memory", size, names


def _tasks(path: str, column: str, cell: str, item: Item, draft: Draft) -> bool:
    """Read `2/10`, `2 - 10`, `min 2, max 10`, or columns of their own; return whether the column is about tasks."""
    low, high = re.search(r"\bmin", column), re.search(r"\bmax", column)
    if not (low or high or re.search(rf"\b(?:{_TASKS})\b", column)):
        return False
    found = [int(text) for text in re.findall(r"(?<!\d)\d{1,9}(?!\d)", digits(cell))]
    name = path.rpartition(".")[2]
    if len(found) == 2 and bool(low) == bool(high):
        ordered = found[::-1] if low and high and high.start() < low.start() else found
        for key, value in zip(("min", "max"), ordered, strict=True):
            draft.state(f"{path}.tasks.{key}", value, item, f"{name} {cell}")
    elif len(found) == 1 and bool(low) != bool(high):
        draft.state(f"{path}.tasks.{'min' if low else 'max'}", found[0], item, f"{name} {cell}")
    else:
        draft.note(item.location, f"the number of tasks of {name} is not understood: {cell}", "write it as 2/10")
    return True


def read_capacity(item: Item, draft: Draft) -> None:
    """Read the share of Spot of a class, from sentences and from the headings of the inventory."""
    text = item.words
    spot, demand = re.search(_SPOT, text), re.search(_ON_DEMAND, text)
    classes = draft.classes_in(item.key) or draft.classes_in(item.text) or draft.classes_in(item.topic)
    if item.kind in ("box", "row") or not (spot or demand) or not classes:
        return
    share = _spot_share(text)
    if share is None:
        return
    for name in sorted(classes):
        draft.state(("capacity", "spot_share", name), share, item)
    if share > 0:
        draft.state("capacity.providers", ("FARGATE", "FARGATE_SPOT"), item)


def _spot_share(text: str) -> float | None:
    """Return the share of Spot that a text names, or what its share of On-Demand leaves."""
    near = re.search(rf"({percent_of(_SPOT)})", text)
    if near:
        return round(float(percent(near[1]) or 0) / 100, 6)
    on_demand = re.search(rf"({percent_of(_ON_DEMAND)})", text)
    if on_demand:
        return round(1 - float(percent(on_demand[1]) or 0) / 100, 6)
    if re.search(_ON_DEMAND, text) and not re.search(_SPOT, text):
        return 0.0
    if re.search(r"(?:only|entirely|all|never|no)\b.*" + _SPOT, text):
        return 0.0 if re.search(r"\b(?:never|no)\b", text) else 1.0
    return None


def percent_of(word: str) -> str:
    """Return a pattern for a percentage next to a word, on either side of it."""
    number_ = r"\d+(?:\.\d+)?\s*(?:%|percent)"
    gap = r"(?:\s|of|on|fargate|-|\u2013|\(|:|to|their|tasks)*"
    return rf"{number_}{gap}{word}|{word}{gap}{number_}"


def read_sizing(item: Item, draft: Draft) -> None:
    """Read how an environment's size follows from that of the base."""
    names = draft.environments_in(item.key) or draft.environments_in(re.split(r"\b(?:of|as)\b", item.text)[0])
    text = item.words
    if item.kind in ("heading", "box") or len(names) != 1:
        return
    name = next(iter(names))
    if name == draft.base:
        if re.search(r"auto-?\s?scal|scale", text) and re.search(r"full|every|all\b", text):
            draft.state("scaling.every_service", True, item)
        return
    if draft.base is None:
        return
    of_base = draft.base in draft.environments_in(re.split(r"\b(?:of|as)\b", item.text, maxsplit=1)[-1])
    share = percent(text)
    share = 50 if share is None and re.search(r"\bhalf\b", text) else share
    if share is not None and of_base:
        draft.state(("environments", name, "sizing", "share"), share / 100, item)
        draft.state(("environments", name, "sizing", "quantity"), "both", item)
    elif re.search(r"\b(?:minim\w+|smallest)\b", text) and re.search(r"resourc|size|capacity|siz", item.all):
        draft.state(("environments", name, "sizing", "minimum"), True, item)
