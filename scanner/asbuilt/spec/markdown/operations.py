"""Read logs, alarms, roles, secrets, stores of data and what stands in front of it all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from asbuilt.spec.markdown.readings import PERMISSIONS, REFUSED, TRUST
from asbuilt.spec.markdown.words import bare, days, digits, number, percent, pieces, seconds, truth

if TYPE_CHECKING:
    from asbuilt.spec.markdown.draft import Draft
    from asbuilt.spec.markdown.outline import Item

_EXECUTION, _TASK = r"\bexecution role\b", r"\b(?:task|application|app|container) role\b"


def read_compute(item: Item, draft: Draft) -> None:
    """Read what containers run on, from prose."""
    if item.kind in ("sentence", "bullet") and re.search(
        r"\b(?:runs?|hosted|running|deployed|launch type)\b.*\bfargate\b", item.words
    ):
        if not re.search(r"\bspot\b", item.words):
            draft.state("compute.launch_type", "FARGATE", item)
    elif (
        item.kind == "bullet"
        and re.search(r"launch type|compute|platform", item.key.lower())
        and re.search(r"\bfargate\b", item.words)
    ):
        draft.state("compute.launch_type", "FARGATE", item)


def read_logging(item: Item, draft: Draft) -> None:
    """Read the log groups, how long they keep events, and their encryption."""
    if item.kind in ("box", "heading") or not re.search(r"\blog(?:s|ging)?\b", item.all) or _role(item):
        return
    only_base = not draft.environments_in(item.text) - {draft.base or ""}
    name = re.search(r"(?<!\S)(/[\w/{}<>$.-]*)", item.text)
    if (
        only_base
        and name
        and re.search(r"log[\s-]?groups?", item.all)
        and re.search(r"[{<]\w*(?:service|name)", name[1])
    ):
        draft.state("logging.log_group", re.sub(r"\$?[{<][\w-]*[}>]", "${service}", name[1].rstrip(".")), item)
    if re.search(r"retention|retain|keep|kept|stored for", item.all) and "backup" not in item.all:
        for piece in pieces(item.text):
            kept = days(piece)
            if kept is not None:
                names = draft.environments_in(piece) or draft.environments_in(item.key)
                draft.state_in(names, "logging.retention_days", kept, item)
    if (
        only_base
        and re.search(r"\bkms\b", item.words)
        and re.search(r"encrypt", item.all)
        and re.search(r"\blogs?\b", item.words)
    ):
        draft.state("logging.kms", True, item)


def read_monitoring(item: Item, draft: Draft) -> None:
    """Read Container Insights and the alarms."""
    text = item.words
    if item.kind in ("box", "heading"):
        return
    if re.search(r"container insights", text):
        says = truth(item.value or text)
        draft.state("monitoring.container_insights", says is not False, item)
    if not re.search(r"alarms?|alerts?", item.all) or (item.kind == "row" and not item.cells):
        return
    body = digits(re.split(r"alarms?\b|alerts?\b", text, maxsplit=1)[-1] if item.kind == "sentence" else text)
    window = (
        seconds(re.sub(r"[>≥]\s*\d+(?:\.\d+)?\s*s\w*", "", body))
        if not re.search("response time|latency", body)
        else None
    )
    if re.search(r"5\s?xx", body):
        threshold = number(re.sub(r"5\s?xx", "", body))
        _alarm("alb_5xx", threshold, window, item, draft)
    elif re.search(r"response times?|latency", body):
        _alarm("response_time", seconds(body), None, item, draft)
    else:
        for word, key in ((r"\bcpu\b", "cpu"), (r"\bmemory\b", "memory")):
            if re.search(word, body) and percent(body) is not None:
                _alarm(key, percent(body), window, item, draft)


def _alarm(key: str, threshold: float | None, window: float | None, item: Item, draft: Draft) -> None:
    if threshold is None:
        return
    draft.state(f"monitoring.alarms.{key}.threshold", threshold, item)
    if window is not None and window % 60 == 0:
        draft.state(f"monitoring.alarms.{key}.minutes", int(window // 60), item)


def _role(item: Item) -> str | None:
    """Return which role an item is about, by its headings or its key."""
    about = " > ".join(
        (*item.headings, item.key or (item.text if item.kind == "heading" else ""), item.cell("role"))
    ).lower()
    if re.search(_EXECUTION, about):
        return "execution_role"
    return "task_role" if re.search(_TASK, about) else None


def read_roles(items: tuple[Item, ...], draft: Draft) -> None:
    """Read the two roles and all they may do; a list with a permission that is not understood is left out."""
    listed: dict[str, list[tuple[dict[str, Any] | None, Item]]] = {}
    for item in items:
        role = _role(item)
        if role is None or item.kind == "box":
            continue
        if item.kind == "heading" or item.cell("role") or re.search(f"{_EXECUTION}|{_TASK}", item.key.lower()):
            draft.state(f"iam.{role}.trusts", TRUST, item, item.cell("role"))
        if item.kind == "sentence" and item.text.endswith(":"):
            draft.understood(item)
        if item.kind in ("bullet", "row"):
            listed.setdefault(role, []).extend((permission, item) for permission in _permissions(item, draft))
    for role, permissions in listed.items():
        _list(role, permissions, draft)
    if {"execution_role", "task_role"} <= {
        role for role in draft.data.get("iam", {}) if ("iam", role, "trusts") in draft.places
    }:
        draft.state("iam.separate_roles", True, draft.places["iam", "task_role", "trusts"])


def _list(role: str, permissions: list[tuple[dict[str, Any] | None, Item]], draft: Draft) -> None:
    known = [(permission, item) for permission, item in permissions if permission is not None]
    if len(known) < len(permissions):
        message = f"the permissions of the {role.replace('_', ' ')} are left out: not all of them are understood"
        draft.note(permissions[0][1].location, message, "nothing is held against a list that may be incomplete")
        return
    unique = {permission["name"]: (permission, item) for permission, item in known}
    for position, (_, item) in enumerate(unique.values()):
        draft.state(f"iam.{role}.permissions", tuple(permission for permission, _ in unique.values()), item)
        draft.places["iam", role, "permissions", position] = item


def _permissions(item: Item, draft: Draft) -> list[dict[str, Any] | None]:
    keyed = re.search(f"{_EXECUTION}|{_TASK}", item.key.lower())
    text = (
        item.cell("permissions?", "allows?", "may", "access")
        if item.kind == "row"
        else item.value
        if keyed
        else item.text
    )
    found: list[dict[str, Any] | None] = []
    for piece in pieces(text) if keyed or item.kind == "row" else [text]:
        words = bare(piece).lower()
        known = next((reading for pattern, reading in PERMISSIONS if re.search(pattern, words)), None)
        if known is None or re.search(REFUSED, words):
            draft.note(item.location, f"the permission “{piece}” is not understood", "write it as in docs/documents.md")
            draft.understood(item)
            found.append(None)
            continue
        own = {"resources": "project"} if re.search(r"\((?=[^)]*\b(?:project|own)\b)", piece.lower()) else {}
        found.append({**known, **own})
    return found


def read_exec(item: Item, draft: Draft) -> None:
    """Read that ECS Exec and X-Ray are provided for."""
    if item.kind in ("heading", "box"):
        return
    if re.search(r"\becs exec\b", item.words):
        draft.state("iam.ecs_exec", True, item)
    if re.search(r"\bx-?ray\b", item.words) and re.search(r"trac", item.all):
        draft.state("monitoring.xray", True, item)


def read_secrets(item: Item, draft: Draft) -> None:
    """Read where secrets and configuration live."""
    if item.kind in ("heading", "box") or _role(item) or "endpoint" in item.words:
        return
    text = item.words
    what = item.key or re.split(r"\b(?:come|are|is|live|lives|kept|stored|read)\b", item.text)[0]
    if re.search(r"secrets? ?manager", text) and re.search(r"secret|credential|key|password|token", what.lower()):
        draft.state("secrets.store", "secretsmanager", item)
        known = draft.data["secrets"].pop("holds", ())
        listed = tuple(_lowered(piece) for piece in pieces(what))
        draft.state("secrets.holds", tuple(dict.fromkeys((*known, *listed))), item)
        draft.state("secrets.plain_text", False, item)
    if re.search(r"parameter store|\bssm\b", text) and re.search(r"\bconfig\w*|settings\b", what.lower()):
        draft.state("configuration.store", "ssm", item)


def _lowered(text: str) -> str:
    text = text.strip()
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def read_data(item: Item, draft: Draft) -> None:
    """Read the database and the cache: engine, standby, cluster mode, encryption."""
    text = item.words
    if (
        item.kind == "heading"
        or re.search(r"security groups?|endpoints?|credentials?|subnets?", item.all)
        or _role(item)
    ):
        return
    database = re.search(r"\brds\b|\baurora\b|\bdatabases?\b", text)
    cache = re.search(r"\belasticache\b|\bcaches?\b|\bredis\b|\bvalkey\b|\bmemcached\b", text)
    for word, engine in (("postgres", "postgres"), ("mysql", "mysql"), ("mariadb", "mariadb")):
        if database and re.search(word, text):
            draft.state("database.engine", engine, item)
    if database and re.search(r"multi-?az", text):
        draft.state("database.multi_az", truth(item.value) is not False, item)
    for engine in ("redis", "valkey", "memcached"):
        if cache and re.search(rf"\b{engine}\b", text):
            draft.state("cache.engine", engine, item)
    if cache and re.search(r"cluster[\s-]mode", text):
        draft.state("cache.cluster_mode", not re.search(r"disabled|off\b|without", text), item)
    if re.search(r"encrypt\w*", item.all) and re.search(r"at[\s-]rest|storage", item.all):
        for hit, path in ((database, "database.encrypted"), (cache, "cache.encrypted")):
            if hit and not re.search(r"\bnot\b|unencrypted", text):
                draft.state(path, True, item)


def read_cdn(item: Item, draft: Draft) -> None:
    """Read what stands in front of the load balancer."""
    if re.search(r"\bcloudfront\b", item.words) and item.kind != "heading" and "log" not in item.all:
        draft.state("cdn.service", "cloudfront", item)
        draft.state("cdn.origin", "load_balancer", item)
