"""What a collector is given, and what it makes: an account's region, the architecture's words, resources, gaps."""

from __future__ import annotations

from dataclasses import field
from functools import partial
from typing import TYPE_CHECKING, Any

from asbuilt.model import NOWHERE, Diagnostic, Gap, Path, Resource, Unknown, UnknownKind
from asbuilt.records import dataclass
from asbuilt.sources.aws.failures import Failure
from asbuilt.sources.aws.table import Table, pick

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from asbuilt.sources.aws.operations import Call, Operation
    from asbuilt.sources.aws.words import Words


@dataclass(slots=True)
class Reply:
    """The pages of one call's answer. With a `failure` there may be pages that came before it."""

    call: Call
    pages: list[dict[str, Any]]
    failure: Failure | None = None

    def items(self, key: str = "") -> list[Any]:
        """Return the elements of all pages, of the operation's own list or of another."""
        found: list[Any] = []
        for page in self.pages:
            found += pick(page, key or self.call.operation.items) or []
        return found

    @property
    def unknown(self) -> Unknown | None:
        """Why what it would have told is not known, if so."""
        return None if self.failure is None else Unknown(self.failure.kind, self.failure.reason)


def every(replies: Iterable[Reply]) -> Iterator[Any]:
    """Yield the elements of several answers."""
    for reply in replies:
        yield from reply.items()


@dataclass(slots=True)
class Target:
    """One region of one account, and what the architecture calls things."""

    account: str
    region: str
    partition: str
    words: Words
    gaps: list[tuple[Operation, Failure]] = field(default_factory=list)
    other_clusters: set[str] = field(default_factory=set)
    remarks: list[Diagnostic] = field(default_factory=list)

    def arn(self, service: str, rest: str, *, regional: bool = True) -> str:
        """Return the ARN of something of which the API gives the id only."""
        return f"arn:{self.partition}:{service}:{self.region if regional else ''}:{self.account}:{rest}"

    def missed(self, operation: Operation, reason: str, *, action: str = "") -> None:
        """Note that an answer did not hold what was asked for."""
        self.gaps.append((operation, Failure(UnknownKind.UNREAD, reason, action)))

    def remark(self, code: str, message: str) -> None:
        """Say something of what was read that no finding says."""
        self.remarks.append(Diagnostic("info", code, message))

    def resource(
        self,
        table: Table,
        body: Mapping[str, Any],
        arn: str,
        *,
        name: str = "",
        ids: Iterable[str | None] = (),
        more: Mapping[str, Any] | None = None,
        fields: Mapping[Path, str] | None = None,
        regional: bool = True,
    ) -> Resource:
        """Make a resource of an element of a response.

        `ids` are other names that point at it, `more` properties that no field holds as they are, `fields` the
        fields that these come from, with the operation where it is another one.
        """
        properties = {**table.properties(body), **(more or {})}
        identifiers = {"arn": arn, **{f"id{n}": one for n, one in enumerate(ids) if one}}
        if name:
            identifiers["name"] = name
        return Resource(
            key=arn,
            address=arn,
            type=table.type,
            properties=properties,
            location=NOWHERE,
            source="aws",
            name=name,
            identifiers=identifiers,
            namer=partial(native, table, dict(fields or {})),
            native_type=table.operation,
            region=self.region if regional else arn.split(":")[3] or "",
        )


def native(table: Table, fields: Mapping[Path, str], path: Path) -> str:
    """Return the operation and the field that a property comes from."""
    for length in range(len(path), 0, -1):
        if path[:length] in fields:
            rest = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path[length:])
            field = fields[path[:length]]
            return f"{field}{rest}" if " " in field else f"{table.operation} {field}{rest}"
    return table.native(path)


def gap(operation: Operation, failure: Failure, types: frozenset[str], target: Target, times: int) -> Gap:
    """Return what a failed operation leaves unread."""
    more = f" ({times} times)" if times > 1 else ""
    return Gap(
        source=f"aws {target.account} {target.region}",
        what=f"{operation.action} in {target.account} {target.region}{more}",
        reason=failure.reason,
        action=failure.action,
        incomplete=True,
        types=types,
        kind=failure.kind,
    )


def batched(values: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """Yield a list in batches; `itertools` has it from Python 3.12 on."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
