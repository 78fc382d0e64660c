"""Tell names and values of secrets from those of anything else, and where a container's `valueFrom` leads."""

from __future__ import annotations

import math
import re
from collections import Counter
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Property, Resource, Unknown, UnknownKind
from asbuilt.patterns import when_used

if TYPE_CHECKING:
    from asbuilt.graph import Graph
    from asbuilt.model import Reference

SECRET = "AWS::SecretsManager::Secret"  # noqa: S105 - a type, not a password
PARAMETER = "AWS::SSM::Parameter"

_SECRET_WORDS = frozenset(
    [
        "password",
        "passwd",
        "passphrase",
        "pwd",
        "secret",
        "secrets",
        "token",
        "tokens",
        "credential",
        "credentials",
        "apikey",
        "dsn",
    ]
)
# Words that, before or after, make it something about a secret: its name, its length, a limit.
_HARMLESS_HEADS = frozenset(
    ["max", "min", "num", "number", "count", "total", "public", "enable", "disable", "use", "require", "required"]
)
_HARMLESS_TAILS = frozenset(
    [
        "algorithm",
        "alg",
        "alias",
        "arn",
        "audience",
        "aud",
        "column",
        "cookie",
        "count",
        "days",
        "duration",
        "enabled",
        "endpoint",
        "expires",
        "expiry",
        "expiration",
        "field",
        "file",
        "format",
        "header",
        "host",
        "hours",
        "id",
        "index",
        "interval",
        "issuer",
        "length",
        "limit",
        "limits",
        "max",
        "min",
        "minutes",
        "mode",
        "name",
        "namespace",
        "path",
        "policy",
        "port",
        "prefix",
        "provider",
        "region",
        "required",
        "rotation",
        "schedule",
        "scope",
        "seconds",
        "size",
        "store",
        "suffix",
        "table",
        "timeout",
        "ttl",
        "type",
        "uri",
        "url",
        "version",
        "age",
        "backend",
        "budget",
        "bytes",
        "chars",
        "cost",
        "encoder",
        "engine",
        "grace",
        "hasher",
        "lifetime",
        "manager",
        "rate",
        "rounds",
        "strategy",
        "window",
    ]
)
_KEY_OF = frozenset(
    [
        "public",
        "partition",
        "sort",
        "primary",
        "foreign",
        "cache",
        "publishable",
        "site",
        "routing",
        "shard",
        "idempotency",
        "map",
        "kms",
        "s3",
        "object",
        "message",
        "record",
        "group",
        "hash",
        "translation",
        "context",
    ]
)
_URL_OF = frozenset(
    ["database", "db", "postgres", "postgresql", "mysql", "mongo", "mongodb", "redis", "amqp", "rabbitmq"]
)
# What holds a secret where code refers to it: types of Terraform's, attributes of any type (`plain_attribute`).
_GENERATED = ("random_password", "aws_secretsmanager_random_password", "aws_iam_access_key")
_SECRET_ATTRIBUTES = frozenset(
    {"secretstring", "secretbinary", "password", "authtoken", "masterpassword", "bcrypthash", "secretaccesskey"}
)
_INPUT = when_used(r"\bvar\.(\w+)|\bthe parameter (\w+)")  # as Terraform's and CloudFormation's reasons name it


class Store(StrEnum):
    """Where a `valueFrom` leads."""

    SECRETS_MANAGER = "Secrets Manager"
    PARAMETER_STORE = "SSM Parameter Store"


@lru_cache(4096)
def is_secret_name(name: str) -> bool:
    """Whether an environment variable's name says that it holds a secret: DB_PASSWORD does, TOKEN_TTL does not."""
    words = [w for w in re.split(r"[^a-z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()) if w]
    if is_url_name(name) or {"connection", "string"} <= set(words):
        return True
    for at, word in enumerate(words):
        before, after = words[:at], words[at + 1 :]
        key = word == "key" and bool(before) and before[-1] not in _KEY_OF
        if words == ["pwd"]:  # the shell's working directory
            continue
        if (key or word in _SECRET_WORDS) and not _HARMLESS_HEADS & set(before) and not _HARMLESS_TAILS & set(after):
            return True
    return False


def is_url_name(name: str) -> bool:
    """Whether a name is that of a URL by which a store is reached, with its password or without."""
    words = name.lower().replace("-", "_").split("_")
    return len(words) > 1 and words[-1] in ("url", "uri", "dsn") and bool(_URL_OF & set(words))


def is_harmless(value: str, graph: Graph) -> bool:
    """Whether a value is no secret whatever its name says: empty, a switch, an ARN, an address, a name of a secret."""
    text = value.strip()
    return (
        not text
        or text.lower() in ("true", "false", "none", "null", "yes", "no", "on", "off", "disabled", "enabled")
        or re.fullmatch(r"\d{1,4}", text) is not None
        or text.startswith(("arn:", "/", "./"))
        or re.fullmatch(r"[a-z][a-z0-9+.-]*://[^\s@]+", text) is not None
        or bool(graph.identified(text, SECRET, PARAMETER))
    )


def is_random(value: str) -> bool:
    """Whether a value looks generated: long, of upper and lower case and digits, with much entropy."""
    if len(value) < 32 or not re.fullmatch(r"[A-Za-z0-9+/=_-]+", value):
        return False
    if not all(re.search(kind, value) for kind in ("[a-z]", "[A-Z]", "[0-9]")):
        return False
    counts = Counter(value)
    entropy = -sum(n / len(value) * math.log2(n / len(value)) for n in counts.values())
    return entropy > 4.2


def comes_from_secret(value: Unknown, graph: Graph) -> str:
    """Return what secret an unknown value is made from (`random_password.db.result`), "" where none is known."""
    for ref in value.references:
        resource = graph.get(ref.target)
        address = resource.address if resource is not None else ref.target.rpartition("//")[2]
        kind = re.search(r"(?:^|\.)([a-z0-9]+_[a-z0-9_]+)\.[^.]+$", re.sub(r"\[[^\]]*\]", "", address))
        type_ = kind[1] if kind else ""
        # A dynamic reference of CloudFormation's is a target of its own, written out.
        told = ref.target if ref.target.startswith("{{resolve:") else f"{address}.{ref.attribute}"
        attribute = plain_attribute(ref)
        if type_ in _GENERATED and attribute not in ("id", "arn", "length"):
            return told
        if attribute in _SECRET_ATTRIBUTES:
            return told
    return ""


def plain_attribute(reference: Reference) -> str:
    """Return the first word of the attribute read, the same for every source: `dnsname` for dns_name and DNSName."""
    return re.split(r"[.\[]", reference.attribute)[0].replace("_", "").lower()


def secret_input(value: Unknown) -> str:
    """Return the input that an unknown value waits for, where its name says that it is a secret, else ""."""
    found = _INPUT.search(value.reason) if value.kind is UnknownKind.VARIABLE else None
    return found[0] if found and is_secret_name(found[1] or found[2]) else ""


def store_of(prop: Property, graph: Graph) -> tuple[Store, Resource | None] | Unknown | None:
    """Return where a `valueFrom` leads, and the secret or parameter if it is in the graph; None where it is not set."""
    value = prop.value
    if value is ABSENT or value is None:
        return None
    if isinstance(value, Unknown):
        return _unknown_store(value, graph)
    text = str(value)
    if text.startswith("arn:"):
        service = text.split(":")[2] if text.count(":") > 2 else ""
        name = text.split(":", 5)[-1]
        if service == "secretsmanager":
            found = graph.identified(name.removeprefix("secret:").split(":")[0], SECRET)
            return Store.SECRETS_MANAGER, found[0] if found else None
        text = "/" + name.removeprefix("parameter").lstrip("/")
    found = graph.identified(text, PARAMETER) or graph.identified(text.lstrip("/"), PARAMETER)
    return Store.PARAMETER_STORE, found[0] if found else None


def _unknown_store(value: Unknown, graph: Graph) -> tuple[Store, Resource | None] | Unknown:
    known: Any = value.prefix.split(":")[2] if value.prefix.count(":") > 2 else ""
    if known == "secretsmanager" or ":secret:" in value.suffix:
        return Store.SECRETS_MANAGER, None
    if known == "ssm" or ":parameter/" in value.suffix:
        return Store.PARAMETER_STORE, None
    for ref in value.references:
        resource = graph.get(ref.target)
        kind = resource.type if resource is not None else ""
        if kind == SECRET or "secretsmanager_secret" in ref.target or plain_attribute(ref) == "masterusersecret":
            return Store.SECRETS_MANAGER, resource
        if kind == PARAMETER or "aws_ssm_parameter" in ref.target:
            return Store.PARAMETER_STORE, resource
    return value
