"""Read an account's region: every collector, dependency-ordered on a bounded pool of threads, as one `Part`."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from asbuilt.graph import Part
from asbuilt.model import Gap, UnknownKind
from asbuilt.results import SourceInfo
from asbuilt.sources.aws.collectors import modules
from asbuilt.sources.aws.failures import Failure
from asbuilt.sources.aws.operations import Call, Operation, hidden_types, ranks
from asbuilt.sources.aws.scheduler import Scheduler
from asbuilt.sources.aws.scope import Scope, sift
from asbuilt.sources.aws.target import Reply, Target, gap

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asbuilt.model import Resource
    from asbuilt.sources.aws.session import Identity, Session
    from asbuilt.sources.aws.words import Words


def operations() -> tuple[Operation, ...]:
    """Return every operation that a collector declares."""
    return tuple(operation for module in modules().values() for operation in module.OPERATIONS)


def services() -> tuple[str, ...]:
    """Return the services that are called, those first on whose answers the longest chain of calls waits."""
    every = operations()
    order = ranks(every)
    return tuple(dict.fromkeys(one.service for one in sorted(every, key=lambda one: -order[str(one)])))


def read_region(session: Session, identity: Identity, region: str, words: Words, *, first: bool = True) -> Part:
    """Read one region of an account; global services only with `first`."""
    target = Target(identity.account, region, identity.partition, words)
    failed: list[tuple[Operation, Failure]] = []
    crashed: list[tuple[str, str]] = []

    def perform(call: Call) -> Reply:
        reply = session.perform(call, region)
        if reply.failure is not None:
            failed.append((call.operation, reply.failure))
        return reply

    chosen = {name: module for name, module in modules().items() if first or not getattr(module, "GLOBAL", False)}
    with ThreadPoolExecutor(session.access.threads, thread_name_prefix=f"aws-{region}") as pool:
        order = ranks(operations())
        scheduler = Scheduler(
            pool,
            session.access.threads,
            lambda call: session.prepare(call.operation.service, region),
            perform,
            lambda call: order.get(str(call.operation), 0),
            lambda name, error: crashed.append((name, _told(error))),
        )
        results = scheduler.run({name: module.collect(target) for name, module in chosen.items()})
    resources = [resource for found in results.values() for resource in found or ()]
    gaps = [*_gaps([*failed, *target.gaps], target), *(_crash(name, why, target) for name, why in crashed)]
    kept, gaps, remarks = sift(Scope(words, tuple(resources), frozenset(target.other_clusters)), gaps)
    own = {resource.key for resource in kept}
    aside = [resource for resource in resources if resource.key not in own]
    return Part(kept, gaps, [*target.remarks, *remarks], (_source(kept, target),), aside=aside)


def _gaps(failed: Iterable[tuple[Operation, Failure]], target: Target) -> Iterable[Gap]:
    """Return one gap for each operation and reason, in a stable order."""
    counts: Counter[tuple[str, str]] = Counter()
    known: dict[tuple[str, str], tuple[Operation, Failure]] = {}
    for operation, failure in failed:
        key = (str(operation), failure.reason)
        counts[key] += 1
        known[key] = (operation, failure)
    every = operations()
    for key in sorted(known):
        operation, failure = known[key]
        types = hidden_types(operation, every) or frozenset({f"Live::{operation}"})
        yield gap(operation, failure, types, target, counts[key])


def _crash(name: str, why: str, target: Target) -> Gap:
    every = operations()  # what other collectors build on these answers is not seen either
    types = {type_ for one in modules()[name].OPERATIONS for type_ in hidden_types(one, every)}
    return Gap(
        source=f"aws {target.account} {target.region}",
        what=f"{name} in {target.account} {target.region}",
        reason=f"the answers could not be understood: {why}",
        action="report it, with the version of asbuilt",
        types=frozenset(types),
        kind=UnknownKind.ERROR,
    )


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _source(kept: list[Resource], target: Target) -> SourceInfo:
    return SourceInfo("aws", f"{target.account} {target.region}", len(kept), "")
