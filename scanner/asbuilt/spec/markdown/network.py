"""Read the region, the VPC, subnets, placement, security groups and endpoints."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from asbuilt.spec.markdown.readings import DEFAULT_ROUTES, ENDPOINTS, GROUPS, OCCUPANTS
from asbuilt.spec.markdown.words import bare, blocks, digits, pieces, slug

if TYPE_CHECKING:
    from asbuilt.spec.markdown.draft import Draft
    from asbuilt.spec.markdown.outline import Item

_REGION = r"\b(?:us|eu|ap|sa|ca|me|af|il|mx|cn)(?:-gov|-iso\w?)?-(?:north|south|east|west|central)(?:east|west)?-\d\b"
_ZONE = rf"{_REGION[:-2]}[a-z]\b"
_NO_PUBLIC = (
    r"\b(?:no|without|never|not|don't)\b[^.;]*\bpublic ips?\b|public ips?\b[^.;]*\b(?:no|never|disabled|off|false)\b"
)
_PROSE_PORT = r"\((\d{1,5})\)|\bports?\s+([\d,\s/and]+\d)|\b(?:tcp|udp)[\s/:]*(\d{1,5})|\b(\d{2,5})\b(?!\.\d|%)"


def read_region(item: Item, draft: Draft) -> None:
    """Read the region, and the zones."""
    zones = tuple(dict.fromkeys(re.findall(_ZONE, item.words)))
    if zones and re.search(r"zones?\b|\bazs?\b", item.all) and item.kind != "box":
        draft.state("network.availability_zones", zones, item)
        count = re.search(r"(\d{1,3})\s*\(|(\d{1,3})\s+(?:availability\s+)?(?:zones|azs)", digits(item.words))
        said = int(count[1] or count[2]) if count else None
        if said is not None and said != len(zones):
            draft.note(
                item.location, f"{said} zones are announced and {len(zones)} are named", "name all, or correct it"
            )
    regions = dict.fromkeys(re.findall(rf"{_REGION}(?![a-z])", item.words))
    if len(regions) == 1 and (
        item.kind == "box" or "region" in item.words or re.search(r"\b(?:runs?|live)\b", item.words)
    ):
        draft.state("region", next(iter(regions)), item)


def read_vpc(item: Item, draft: Draft) -> None:
    """Read the blocks of the VPCs, by environment."""
    if item.kind == "row" and (item.cell("subnets?") or "subnet" in item.topic):
        return
    if "subnet" in item.words or not re.search(r"vpc|network", item.all):
        return
    for piece in pieces(item.text) if item.kind != "row" else [item.text]:
        found = blocks(piece)
        if found and len(found) == 1:
            names = draft.environments_in(piece) or draft.environments_in(item.key)
            draft.state_in(names, "network.vpc_cidr", found[0], item)


def read_subnets(item: Item, draft: Draft) -> None:
    """Read subnet tiers: a table, or list items such as `Public subnets: …`."""
    row = item.kind == "row"
    if row:
        kind = (
            item.cell("subnets?", "tier", "type", "name")
            if "subnet" in f"{item.topic} {' '.join(item.cells)}".lower()
            else ""
        )
        ranges, purpose = (
            item.cell("cidrs?", "ranges?", "blocks?", "addresses"),
            item.cell("purpose", "holds", "for", "use", "contains", "resources", "workloads?"),
        )
    else:
        match = re.search(r"(\w+)[\s-]subnets?\b", item.text) if item.key and item.kind == "bullet" else None
        kind = match[1] if match else ""
        ranges = item.value
        purpose = re.sub(r"\d[\d./\s\u2013\u2014-]*", " ", item.value)
    found = blocks(ranges) if kind else None
    if not found:
        return
    tier = slug(re.sub(r"\bsubnets?\b", "", kind, flags=re.IGNORECASE))
    path = f"network.subnets.{tier}"
    names = draft.environments_in(item.cell("environment", "env"))
    draft.state_in(names, f"{path}.cidrs", found, item)
    if tier in DEFAULT_ROUTES:
        draft.state(f"{path}.default_route", DEFAULT_ROUTES[tier], item)
    holds = _occupants(purpose)
    if holds:
        draft.state(f"{path}.holds", holds, item)


def _occupants(text: str) -> tuple[str, ...]:
    """Return what a purpose names, in its order."""
    found = []
    for piece in re.split(r"[,;/&+]|\band\b", text.lower()):
        hit = next((name for pattern, name in OCCUPANTS if re.search(rf"\b(?:{pattern})", piece)), None)
        if hit and hit not in found:
            found.append(hit)
    return tuple(found)


def read_placement(item: Item, draft: Draft) -> None:
    """Read where tasks run, and whether they have public addresses."""
    text = item.words
    if item.kind in ("row", "box", "heading") or not re.search(r"\b(?:tasks?|containers|services)\b", item.all):
        return
    match = re.search(r"\b(?:in|into|inside)\s+(?:the\s+)?(\w+)\s+subnets?\b", text)
    if match and re.search(r"\b(?:tasks?|containers|services)\b", text):
        draft.state("tasks.subnets", match[1], item)
    if re.search(_NO_PUBLIC, text):
        draft.state("tasks.public_ip", False, item)


def read_security_groups(item: Item, draft: Draft) -> None:
    """Read who may reach whom, by the role of the group."""
    if item.kind in ("box", "heading"):
        return
    if re.search(r"least[\s-]privileg", item.words) and re.search(r"security groups?", item.all):
        draft.state("security_groups.least_privilege", True, item)
        return
    if not re.search(r"security[\s-]groups?|\bsgs?\b", f"{item.topic} {item.key} {' '.join(item.cells)}".lower()):
        return
    if item.kind == "row":
        name = item.cell("group", "sg", "name", "for", "attached")
        ports, sources = item.cell("ports?", "inbound", "ingress", "allows?", "protocol"), item.cell("sources?", "from")
        text = f"{ports} from {sources}" if sources else ports
    else:
        name, text = item.key, item.value
    role = next((role for words, role in GROUPS if re.search(rf"\b(?:{words})\b", name.lower())), None)
    if role is None or not text:
        return
    _group(role, text.lower(), item, draft)


def _group(role: str, text: str, item: Item, draft: Draft) -> None:
    path = f"security_groups.{role}"
    before = text.split(" from ", maxsplit=1)[0]
    ports = tuple(dict.fromkeys(int(n) for m in re.finditer(_PROSE_PORT, before) for n in re.findall(r"\d{1,9}", m[0])))
    sources = _sources(role, text)
    if ports:
        draft.state(f"{path}.ports", ports, item)
        dns = re.search(r"\bdns\b", text) and ports == (53,)
        udp = re.search(r"\budp\b", text)
        both = dns or (udp and re.search(r"\btcp\b", text))
        draft.state(f"{path}.protocols", ("udp", "tcp") if both else ("udp",) if udp else ("tcp",), item)
    if sources:
        draft.state(f"{path}.from", sources, item)
    elif role == "discovery" and " from " not in text:
        draft.state(f"{path}.from", ("vpc",), item)
    else:
        draft.note(item.location, f"who may reach the {role.replace('_', ' ')} is not understood", "say `from …`")


def _sources(role: str, text: str) -> tuple[str, ...] | None:
    """Return the peers a text names after `from`; None where one of them is not understood."""
    found: list[str] = []
    after = " ".join(re.findall(r"\bfrom\s+(.*)", text))
    for piece in re.split(r"[,;]|\band\b|\bor\b", after):
        if not piece.strip() or re.search(r"inter-?service|each other|itself|one another|\bself\b", piece):
            continue
        peer = _peer(role, piece)
        if peer is None:
            return None
        found.append(peer)
    if re.search(r"inter-?service|each other|itself|one another|\bself\b", text):
        found.append("self")
    return tuple(dict.fromkeys(found)) or None


def _peer(role: str, piece: str) -> str | None:
    if re.search(r"internet|anywhere|everywhere|0\.0\.0\.0/0|\bpublic\b|the world", piece):
        return "internet"
    hit = next((name for words, name in GROUPS if re.search(rf"\b(?:{words})\b", piece)), None)
    if hit is not None:
        return "self" if hit == role else hit
    return "vpc" if re.search(r"\bvpc\b", piece) else None


def read_endpoints(item: Item, draft: Draft) -> None:
    """Read the services that are reached through VPC endpoints; all of them must be known."""
    if item.kind in ("box", "heading") or not re.search(r"endpoints?\b", item.all) or "health" in item.all:
        return
    if not re.search(r"vpc|private|interface|gateway|aws", item.all):
        return
    listed = (
        re.split(r"\bendpoints?\b\s*(?:for|to|:)?", item.text, maxsplit=1)[-1]
        if "endpoint" in item.words
        else item.text
    )
    found: list[str] = []
    for piece in pieces(re.split(r"[:.]\s*$", listed)[0]):
        names = next((names for words, names in ENDPOINTS if re.search(words, piece.lower())), None)
        if names is None:
            draft.note(item.location, f"no VPC endpoint is known for “{bare(piece)}”", "name the service as AWS does")
            continue
        found += names
    if found:
        known = draft.data.get("endpoints", ())
        draft.data.pop("endpoints", None)
        draft.state("endpoints", tuple(dict.fromkeys((*known, *found))), item)
