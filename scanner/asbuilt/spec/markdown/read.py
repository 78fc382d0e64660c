"""Read an architecture document in Markdown as a spec.

Passes over the items of the document: environments, classes and services first, since other statements name them; then
every reader over every item, for a line may say several things. Whatever no reader understood is listed with its line.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from asbuilt.model import Location
from asbuilt.spec.data import MISSING, get, put
from asbuilt.spec.errors import Problem, SpecError, listed
from asbuilt.spec.markdown import balancing, inventory, network, operations
from asbuilt.spec.markdown.draft import Draft, named
from asbuilt.spec.markdown.outline import Item, outline
from asbuilt.spec.markdown.readings import ENVIRONMENTS
from asbuilt.spec.markdown.words import slug
from asbuilt.spec.positioned import MAX_BYTES, Positioned

if TYPE_CHECKING:
    from collections.abc import Callable

    from asbuilt.model import Path

READERS = (
    *(inventory.read_capacity, inventory.read_sizing),
    *(network.read_region, network.read_vpc, network.read_subnets, network.read_placement),
    *(network.read_security_groups, network.read_endpoints),
    *(balancing.read_balancer, balancing.read_tls, balancing.read_host_routing, balancing.read_discovery),
    *(balancing.read_scaling, balancing.read_deployment),
    *(operations.read_compute, operations.read_logging, operations.read_monitoring, operations.read_exec),
    *(operations.read_secrets, operations.read_data, operations.read_cdn),
)
# The readers that know what "no", "not" and "never" do to what they read.
DENIALS = (inventory.read_capacity, network.read_placement, balancing.read_deployment, operations.read_monitoring)
# The readers that keep environments apart.
BY_ENVIRONMENT = (inventory.read_sizing, network.read_vpc, operations.read_logging)
_DENIED = re.compile(
    r"\b(?:no|not|never|none|neither|nor|without|cannot|disabled?|off|\w+n['\u2019]t)\b", re.IGNORECASE
)
_UNCERTAIN = re.compile(
    r"\b(?:planned|roadmap|future|to-?do|tbd|proposed|proposals?|considered|out of scope|deprecated|formerly|previously"
    r"|legacy|history|disaster recovery|failover|secondary region|backups?|alternatives?|might|maybe|open questions?)\b"
)
TEMPLATES: tuple[Path, ...] = (("discovery", "namespace"), ("logging", "log_group"))


def read_markdown(content: bytes, file: str) -> tuple[Positioned, tuple[Problem, ...]]:
    """Return a document as a spec with positions, and notes on what was not understood. Raises SpecError."""
    if len(content) > MAX_BYTES:
        where = Location(file, 1)
        raise SpecError([Problem(where, f"larger than {MAX_BYTES:,} bytes", "a document this large is refused")])
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SpecError([Problem(Location(file, line), "not UTF-8", "save the file as UTF-8")]) from None
    found = outline(text, file)
    draft = Draft(found, file)
    _environments(found.items, draft)
    items = tuple(item for item in found.items if not _elsewhere(item, draft))
    inventory.read_classes(items, draft)
    inventory.read_services(items, draft)
    for item in items:
        for reader in _readers(item, draft):
            reader(item, draft)
    operations.read_roles(items, draft)
    balancing.read_routes(items, draft)
    if not draft.sources:
        remedy = "a document states its architecture in tables, lists and sentences; see docs/documents.md"
        raise SpecError([Problem(Location(file, 1), "nothing in this document is understood", remedy)])
    _finish(draft)
    _unheard(draft)
    return draft.finished(), tuple(sorted(draft.notes, key=lambda p: (p.location or Location(file, 1), p.message)))


def _elsewhere(item: Item, draft: Draft) -> bool:
    """Whether an item stands under the heading of another environment than the base: it says nothing of the base."""
    named_above = draft.environments_in(" ".join(item.headings))
    return bool(named_above) and draft.base not in named_above


def _readers(item: Item, draft: Draft) -> tuple[Callable[[Item, Draft], None], ...]:
    """Return who may read an item: nobody what is only planned; what is denied, those who understand denials.

    What is said of another environment than the base is for those who keep environments apart.
    """
    if item.kind == "code" or _UNCERTAIN.search(item.all):
        return ()
    if "example" in item.all:
        return (balancing.read_discovery,)
    if item.kind in ("bullet", "sentence") and _DENIED.search(item.text):
        return tuple(reader for reader in READERS if reader in DENIALS)
    if item.kind != "box" and draft.environments_in(item.text) - {draft.base or ""}:
        return BY_ENVIRONMENT
    return READERS


def _environments(items: tuple[Item, ...], draft: Draft) -> None:
    """Find the environments a document names; those that only appear inside of names do not count."""
    known = {name: words for name, (words, _) in ENVIRONMENTS.items()}
    for item in items:
        for name in named(" ".join(item.text.split()), known) if item.kind != "box" else ():
            draft.environments.setdefault(name, known[name])
            draft.places.setdefault(("environments", name), item)
    draft.environments = {name: words for name, words in known.items() if name in draft.environments}
    draft.base = "prod" if "prod" in draft.environments else None


def _finish(draft: Draft) -> None:
    """Put in what follows from several statements: names, environments, what is not stated for one of them."""
    data, title = draft.data, draft.outline.title
    project = _project(draft)
    name = project or (slug(title).split("-")[0] if title else "") or "architecture"
    spot = data.get("capacity", {}).get("spot_share", {})
    data.update({"asbuilt": 1, "name": name, "title": title or name, "project": name})
    for path in TEMPLATES:
        text = get(data, path)
        if isinstance(text, str):
            put(data, path, _template(text, project, draft))
    if get(data, ("discovery", "namespace")) is not MISSING:
        _required(draft)
    for missing in sorted(set(draft.classes) - set(spot)) if spot else ():
        draft.note(Location(draft.file, 1), f"no share of Spot is stated for {missing} services")
    if "region" not in data and get(data, ("network", "availability_zones")) is not MISSING:
        regions = {zone[:-1] for zone in data["network"]["availability_zones"]}
        if len(regions) == 1:
            draft.state("region", regions.pop(), draft.places["network", "availability_zones"])
    if draft.environments:
        stated = data.get("environments", {})
        data["environments"] = {environment: stated.get(environment, {}) for environment in draft.environments}
    for environment in draft.environments:
        _environment(environment, draft)


def _required(draft: Draft) -> None:
    """Service discovery is for those who are called: classes with a port."""
    services = draft.data.get("services", {}).values()
    classes = dict.fromkeys(s["class"] for s in services if "port" in s and "class" in s)
    if classes:
        draft.state("discovery.required_for", tuple(classes), draft.places["discovery", "namespace"])


def _environment(name: str, draft: Draft) -> None:
    """Complete an environment: where its code lies, and that it takes over nothing that is said of others only."""
    data = draft.data
    item = draft.places["environments", name]
    words, paths = ENVIRONMENTS[name]
    settings = data["environments"][name]
    settings.update({"paths": paths, **({"names": words} if words else {})})
    if name == draft.base or draft.base is None:
        return
    settings["derives_from"] = draft.base
    smallest = get(settings, ("sizing", "minimum")) is True
    unsaid = [path for path, names in draft.labelled.items() if name not in names and path[0] != "services"]
    unsaid += [("database", "multi_az")] if smallest and get(data, ("database", "multi_az")) is not MISSING else []
    for path in unsaid:
        if get(data, path) is not MISSING and get(settings, path) is MISSING:
            put(settings, path, None)
            draft.places["environments", name, *path] = item


def _project(draft: Draft) -> str:
    """Return what stands before the environment in names: `shop` of `shop-prod.local`."""
    words = "|".join(re.escape(w) for n, more in draft.environments.items() for w in (n, *more))
    found: Counter[str] = Counter()
    for path in TEMPLATES:
        text = get(draft.data, path)
        if isinstance(text, str) and words:
            found.update(re.findall(rf"([A-Za-z0-9][\w-]*?)-(?:{words})\b", text))
    return found.most_common(1)[0][0] if found else ""


def _template(text: str, project: str, draft: Draft) -> str:
    """Put placeholders in the place of the base environment and the project: `${project}-${environment}.local`."""
    if project and draft.base:
        words = "|".join(re.escape(word) for word in (draft.base, *draft.environments[draft.base]))
        return re.sub(rf"\b{re.escape(project)}-(?:{words})\b", "${project}-${environment}", text)
    return text


def _unheard(draft: Draft) -> None:
    """List what no reader understood; the labels of a drawing in one note."""
    labels: dict[str, list[Item]] = {}
    for item in draft.outline.items:
        if item in draft.heard or item.kind == "heading" or item.text.endswith(":"):
            continue
        if item.kind == "box":
            labels.setdefault(item.section, []).append(item)
            continue
        said = f"not read: {item.text}" if item.kind == "code" else f"not understood: “{item.text}”"
        draft.note(item.location, said, "no requirement is made from it")
    for items in labels.values():
        names = dict.fromkeys(item.text for item in items if not _known_label(item, draft))
        if names:
            draft.note(items[0].location, f"labels of a drawing that state nothing: {listed(names, 40)}")


def _known_label(item: Item, draft: Draft) -> bool:
    """Whether a label only repeats a service; where it names another port, that is a contradiction."""
    match = re.fullmatch(r"([\w-]+)\s*:?(\d{2,5})?", item.text)
    services: dict[str, Any] = draft.data.get("services", {})
    service = services.get(match[1]) if match else None
    if match and service and match[2] and service.get("port") not in (None, int(match[2])):
        draft.note(item.location, f"{match[1]} has port {match[2]} here; the inventory says {service['port']}")
    return service is not None
