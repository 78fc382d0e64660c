"""Read the load balancer and its routes, service discovery, scaling and deployments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from asbuilt.spec.markdown.readings import REDIRECT
from asbuilt.spec.markdown.words import number, percent, pieces, seconds, slug, truth

if TYPE_CHECKING:
    from asbuilt.spec.markdown.draft import Draft
    from asbuilt.spec.markdown.outline import Item

_POLICY = re.compile(r"\bELBSecurityPolicy-[A-Za-z0-9-]+")
_BALANCER = r"\b(?:alb|elb|load.?balanc\w*)\b"


def read_balancer(item: Item, draft: Draft) -> None:
    """Read type, scheme, TLS policy, TLS versions and the redirect."""
    if item.kind in ("row", "box", "heading") or re.search("security groups?|alarms?", item.all):
        return
    text, about = item.words, re.search(_BALANCER, item.all)
    if about and re.search(r"application load.?balancer", text):
        draft.state("load_balancer.type", "application", item)
    if about and re.search(r"network load.?balancer", text):
        draft.state("load_balancer.type", "network", item)
    if about and re.search(r"internet[\s-]facing", text):
        draft.state("load_balancer.scheme", "internet-facing", item)
    elif about and re.search(r"(?<!\w)internal\b", text) and re.search(_BALANCER, text):
        draft.state("load_balancer.scheme", "internal", item)
    policy = _POLICY.search(item.text)
    if policy:
        draft.state("load_balancer.tls_policy", policy[0], item)
    redirect = re.search(r"redirect", text) and re.search(r"\bhttp\b", text) and not re.search(r"no redirect", text)
    if redirect and truth(item.value) is not False:
        code = re.search(r"\b30[12]\b", text)
        codes = (int(code[0]),) if code else REDIRECT["status_codes"]
        for key, value in (REDIRECT | {"status_codes": codes}).items():
            draft.state(f"load_balancer.http_redirect.{key}", value, item)


def read_tls(item: Item, draft: Draft) -> None:
    """Read TLS versions: `TLS 1.3` is offered, and nothing below 1.2 accepted, unless the words say more."""
    text = item.words
    match = re.search(r"\btls\s?v?(1\.[0-3])", text)
    if match is None or item.kind in ("heading", "box") or not re.search(rf"{_BALANCER}|listener|https", item.all):
        return
    version = f"TLSv{match[1]}"
    if re.search(r"\b(?:or (?:higher|newer|later|above)|minimum|at least|and (?:above|higher))\b|\+", text):
        draft.state("load_balancer.tls.minimum", version, item)
        return
    draft.state("load_balancer.tls.offers", version, item)
    strict = bool(re.search(r"\b(?:only|exclusively|nothing else)\b", text))
    draft.state("load_balancer.tls.minimum", version if strict else min(version, "TLSv1.2"), item)
    draft.state("load_balancer.tls.strict", strict, item)


def read_routes(items: tuple[Item, ...], draft: Draft) -> None:
    """Read the routing table, in the order of priorities, and where the rest goes."""
    rules: dict[int, tuple[dict[str, Any], Item]] = {}
    for item in items:
        target, paths = (
            item.cell("target", "service", "destination", "backend", "forwards?"),
            item.cell("paths?", "pattern", "route", "url"),
        )
        order = item.cell("priority", "prio", "order", "rank", "#")
        if item.kind != "row" or not target or not paths or not (order or "rout" in item.topic):
            continue
        priority, service = number(order), draft.service(target) or slug(target)
        listed = tuple(re.findall(r"(?<!\S)[/*][^\s,;]*", re.sub(r"\([^)]*\)", "", paths)))
        default = re.search(r"default|everything|rest|catch", f"{order} {paths}".lower())
        if default or listed in (("/*",), ("*",)):
            draft.state("load_balancer.default_service", service, item)
            if isinstance(priority, int):
                draft.state("load_balancer.default_priority", priority, item)
        elif isinstance(priority, int) and listed and priority not in rules:
            rules[priority] = ({"priority": priority, "paths": listed, "service": service}, item)
    if rules:
        ordered = [rules[key] for key in sorted(rules)]
        for rule, item in ordered:
            draft.state("load_balancer.rules", tuple(r for r, _ in ordered), item, _rule_quote(rule))
        for number_, (rule, item) in enumerate(ordered):
            for key in ((), *((name,) for name in rule)):
                draft.places["load_balancer", "rules", number_, *key] = item


def _rule_quote(rule: dict[str, Any]) -> str:
    return f"{rule['priority']} {', '.join(rule['paths'])} → {rule['service']}"


def read_host_routing(item: Item, draft: Draft) -> None:
    """Read that requests are routed by host name too."""
    if re.search(r"\bhost(?:[\s-]?(?:name|header))?(?:[\s-]based)?[\s-]routing\b", item.words):
        draft.state("load_balancer.host_routing", True, item)


def read_discovery(item: Item, draft: Draft) -> None:
    """Read the namespace and the names in it; addresses that follow them are examples."""
    if item.kind in ("box", "heading") or not re.search(
        r"discovery|namespace|cloud ?map|internal (?:url|name)", item.all
    ):
        return
    names = re.findall(r"(?:[{<$\w][\w{}<>$-]*\.)+(?:local|internal|lan|private)\b", item.text)
    if re.search(r"\bdns\b", item.words) and re.search(r"\bvpc\b|private", item.words) and "group" not in item.all:
        draft.state("discovery.type", "DNS_PRIVATE", item)
    for name in names:
        if re.match(r"[{<$]", name):
            draft.state("discovery.service_name", "${service}", item)
        elif re.search(r"namespace", item.words):
            draft.state("discovery.namespace", name, item)
            draft.state("discovery.type", "DNS_PRIVATE", item)
        else:
            _example(name, item, draft)


def _example(name: str, item: Item, draft: Draft) -> None:
    """Hold an example such as `api.shop-prod.local:4000` against what the tables say."""
    service = draft.service(name.split(".", maxsplit=1)[0])
    port = re.search(re.escape(name) + r":(\d+)", item.text)
    if service is None:
        return
    stated = draft.data["services"][service].get("port")
    if port and stated is not None and int(port[1]) != stated:
        draft.note(item.location, f"{name} has port {port[1]} here; the inventory says {stated}", "correct one of them")
    draft.understood(item)


def read_scaling(item: Item, draft: Draft) -> None:
    """Read targets and cooldowns."""
    if item.kind in ("box", "heading") or "scal" not in item.all or re.search("alarm", item.all):
        return
    text = item.words
    duration = seconds(item.value or text)
    if "cooldown" in item.all or "cool-down" in item.all:
        direction = re.search(r"scal\w*[\s-]*(out|in|up|down)\b|\b(out|in)\b", text)
        if direction and duration is not None:
            way = "out" if (direction[1] or direction[2]) in ("out", "up") else "in"
            draft.state(f"scaling.scale_{way}_cooldown", int(duration), item)
        return
    if re.search(r"requests?[\s-]*(?:count|per|number)|number of requests", text):
        draft.state("scaling.requests_per_target", True, item)
    target = percent(text)
    for word, key in ((r"\bcpu\b", "cpu_target"), (r"\bmemory\b", "memory_target")):
        if re.search(word, text) and target is not None and len(re.findall(r"%|percent", text)) == 1:
            draft.state(f"scaling.{key}", target, item)


def read_deployment(item: Item, draft: Draft) -> None:
    """Read circuit breaker, percentages and grace periods."""
    if item.kind in ("box", "heading"):
        return
    text = item.words
    says = truth(item.value or item.text)
    headed = re.search(r"circuit[\s-]breaker", item.heading.lower()) and re.search(r"enabled|status", item.key.lower())
    if says is not None and (headed or re.search(r"circuit[\s-]breaker", text)):
        draft.state("deployment.circuit_breaker", says, item)
    if re.search(r"roll(?:ed|s)?[\s-]?backs?\b", text):
        draft.state("deployment.rollback", says is not False, item)
    if re.search(r"minimum healthy|min\w*[\s-]healthy|stay healthy", text):
        _by_class("deployment.minimum_healthy_percent", item, draft, percent)
    if re.search(r"max\w*[\s-](?:healthy[\s-])?percent", text):
        most = percent(item.value or text) or number(item.value)
        if isinstance(most, int):
            draft.state("deployment.maximum_percent", most, item)
    if re.search(r"grace[\s-]period", text):
        _by_class("deployment.health_check_grace_period", item, draft, seconds)


def _by_class(path: str, item: Item, draft: Draft, reading: Any) -> None:
    """Set a value for each class a piece of the text names; one without a class is for all classes."""
    found = False
    for piece in pieces(item.value or item.text):
        value = reading(piece)
        if value is None:
            continue
        found = True
        for name in sorted(draft.classes_in(piece) or set(draft.classes)):
            draft.state((*path.split("."), name), int(value), item)
    if not found or not draft.classes:
        draft.note(
            item.location,
            f"“{item.text}” gives no value for a class of services",
            "name the class, as in 50% (workers)",
        )
