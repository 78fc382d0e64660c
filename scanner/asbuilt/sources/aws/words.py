"""What the architecture calls things: by their names, clusters, log groups and secrets are told from others'."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from asbuilt.records import dataclass
from asbuilt.topology.services import affixes_of, strip

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asbuilt.spec.models import Spec

CLUSTER_WORDS = frozenset({"cluster", "platform"})


@dataclass(frozen=True, slots=True)
class Words:
    """What the architecture calls things. `mine` are the names of its environment, `foreign` those of its others."""

    services: frozenset[str]
    affixes: frozenset[str]
    own: frozenset[str]
    mine: frozenset[str]
    foreign: frozenset[str]
    log_group: str
    namespace: str
    vpc_cidr: str

    def clusters(self, arns: Iterable[str], services: Iterable[dict[str, Any]]) -> set[str]:
        """Return the clusters that run the platform."""
        mine = [arn for arn in arns if not self.is_foreign(arn.rpartition("/")[2])]
        running = {s["clusterArn"] for s in services if self.is_service(s.get("serviceName", ""))}
        chosen = {arn for arn in mine if arn in running or self.is_named(arn.rpartition("/")[2])}
        return chosen or set(mine)

    def is_service(self, name: str) -> bool:
        """Whether an ECS service's name is one of the architecture's, with or without words around it."""
        return bool(strip(name, self.services, set(self.affixes)))

    def is_named(self, name: str) -> bool:
        """Whether a name says that something is the platform's: the project's name, and no other environment's."""
        words = _words(name)
        return bool(words & self.own) and not words & self.foreign

    def is_ours(self, name: str) -> bool:
        """Whether a name says that something is the platform's and of this environment: `shop-prod`, not `shop`."""
        return self.is_named(name) and (not self.mine or bool(_words(name) & self.mine))

    def is_foreign(self, name: str) -> bool:
        """Whether a name says that something is another environment's."""
        return bool(_words(name) & self.foreign)

    def is_log_group(self, name: Any) -> bool:
        """Whether a log group has the name that the architecture gives one, or the platform's name in its own."""
        prefix = self.log_group.partition("${")[0]
        if not isinstance(name, str):
            return True
        return (len(prefix) > 1 and name.startswith(prefix)) or self.is_named(name)


def words_of(spec: Spec, own_environment: Iterable[str]) -> Words:
    """Return the words of a spec; `own_environment` are the names its environment goes by."""
    mine = {word.lower() for word in own_environment}
    own = {name.lower() for name in (spec.project or spec.name, spec.name)}
    return Words(
        frozenset(spec.services),
        frozenset(affixes_of(spec) | CLUSTER_WORDS),
        frozenset(word for name in own for word in _words(name)),
        frozenset(mine),
        frozenset(name.lower() for name in spec.environment_names) - mine if mine else frozenset(),
        spec.logging.log_group or "",
        spec.discovery.namespace or "",
        spec.network.vpc_cidr or "",
    )


def _words(name: str) -> set[str]:
    return {word for word in re.split(r"[^a-z0-9]+", name.lower()) if word}
