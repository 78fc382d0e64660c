"""The words everything else speaks: values, resources, evidence, findings, results.

No I/O, and nothing of ours is imported but the decorator. Values inside properties are plain Python
(`str`, `int`, `float`, `bool`, `None`, `list`, `dict`), or one of the three that say more:

* `ABSENT`: the property is not set; AWS's documented default applies, and the rule knows it.
* `Unknown`: the property is set to something that cannot be known from this source, because …
* `Sensitive`: a known value that must never be printed.
"""

from __future__ import annotations

from dataclasses import field, replace
from enum import Enum, StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from asbuilt.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

Path = tuple[str | int, ...]


class _Absent(Enum):
    ABSENT = "absent"

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False


ABSENT: Final = _Absent.ABSENT


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A stretch of a file. Lines and columns count from 1 in characters; the end column is exclusive (as in SARIF)."""

    file: str
    start_line: int
    start_column: int = 1
    end_line: int = 0
    end_column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.start_line}:{self.start_column}"


# Where a live resource stands: in no file. Results have None for it.
NOWHERE: Final = Location("", 0)


@dataclass(frozen=True, slots=True)
class Step:
    """One station of a value on its way: `what` (as the source writes it, `var.log_days`) and where it stands."""

    what: str
    location: Location


@dataclass(frozen=True, slots=True)
class Trace:
    """Where a property is written, and the stations its value came through, nearest first, origin last."""

    location: Location
    via: tuple[Step, ...] = ()

    @property
    def origin(self) -> Location:
        """Where to change the value: the last station, or the property itself."""
        return self.via[-1].location if self.via else self.location


class UnknownKind(StrEnum):
    """Why a value is unknown. Each is something a reader can act on."""

    VARIABLE = "variable"  # an input without a value
    COMPUTED = "computed"  # known after apply
    DATA_SOURCE = "data source"
    MODULE = "module"  # code that is not on disk
    CONDITION = "condition"  # which arm applies is unknown
    IMPURE = "impure"  # timestamp(), uuid()
    UNSUPPORTED = "unsupported"
    CONFINED = "confined"  # outside the scanned root, refused
    LIMIT = "limit"  # a bound was exceeded
    ERROR = "error"  # the source itself is wrong here
    DENIED = "denied"  # an API call was refused
    UNREAD = "unread"  # throttled, timed out, partial


@dataclass(frozen=True, slots=True)
class Reference:
    """A pointer to another resource: its `Resource.key`, and the attribute read, in the source's own words."""

    target: str
    attribute: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that cannot be known here, with what is known about it all the same.

    `references` names the resources it comes from: a value that is exactly one attribute of another
    resource (`aws_subnet.a.id`) has one reference and `exact` set. `arms` holds the possible values of
    an unknown condition. `prefix` and `suffix` are the known ends of a partly known string; `structure` is
    the tree behind a `jsonencode` with unknown leaves. `type` is the source's type, where it is known.
    """

    kind: UnknownKind
    reason: str
    location: Location | None = None
    references: tuple[Reference, ...] = ()
    exact: bool = False
    arms: tuple[Any, ...] = ()
    prefix: str = ""
    suffix: str = ""
    structure: Any = ABSENT
    type: str = ""

    def __bool__(self) -> bool:
        raise TypeError(f"an unknown value has no truth value: {self.reason}")


@dataclass(frozen=True, slots=True)
class Sensitive:
    """A value that rules may compare and nothing may print."""

    value: Any

    def __repr__(self) -> str:
        return "Sensitive(***)"


class UnknownValueError(Exception):
    """Raised by a rule that cannot go on without a value that is unknown; it becomes an `unknown` verdict."""

    def __init__(self, unknown: Unknown, prop: Property | None = None) -> None:
        super().__init__(unknown.reason)
        self.unknown = unknown
        self.prop = prop


class Severity(StrEnum):
    """How bad, worst first; `rank` orders them (critical 4 … info 0)."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """4 for critical down to 0 for info."""
        return _RANKS[self]


_RANKS: Final = {severity: rank for rank, severity in enumerate(reversed(Severity))}


class Verdict(StrEnum):
    """What a rule says about a resource. Only PASS is a pass."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    UNKNOWN = "unknown"
    ERROR = "error"
    NOT_APPLICABLE = "not_applicable"
    WAIVED = "waived"


class Outcome(StrEnum):
    """What one piece of evidence shows. Evaluation, never the rule, turns evidence into a verdict."""

    VIOLATION = "violation"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    NOTE = "note"  # worth saying, changes no verdict
    ERROR = "error"  # the rule crashed; only evaluation says this


@dataclass(frozen=True, slots=True)
class Edge:
    """A reference in the source: the attribute it stands in (in the source's words), where, and what it points at."""

    attribute: str
    location: Location
    target: str
    target_attribute: str


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource, in CloudFormation's vocabulary, whatever source it came from.

    `key` is unique in a graph; `address` is the source's own canonical address, the one people write in
    waivers. `properties` may be lazy: a mapping that evaluates what is asked for. `conditional` says why
    it is not certain that the resource (or how many of it) exists. `trace` finds where a property is
    written, only when somebody asks. `native` gives the source's own name of a property path
    (`retention_in_days` for `RetentionInDays`). `region` is a string, an Unknown, or ABSENT where the source says none.
    `construct` is the path of the AWS CDK construct that the resource was synthesised of, where there is one.
    """

    key: str
    address: str
    type: str
    properties: Mapping[str, Any]
    location: Location
    source: str = "terraform"
    name: str = ""
    identifiers: Mapping[str, Any] = field(default_factory=dict)
    conditional: Unknown | None = None
    tracer: Callable[[Path], Trace | None] | None = None
    namer: Callable[[Path], str] | None = None
    native_type: str = ""
    region: Any = ABSENT
    construct: str = ""

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Resource) and other.key == self.key

    def get(self, path: str) -> Any:
        """Return the value at a dotted path (`A.B.0.C`), ABSENT where nothing is set, or an Unknown."""
        if "." in path:
            return self.at(path).value
        value = self.properties.get(path, ABSENT)
        return value.value if type(value) is Sensitive else value

    def at(self, path: str = "") -> Property:
        """Return the property at a dotted path (list positions are numbers); it may be ABSENT."""
        if not path:
            return Property(self, (), self.properties)
        parts = _split(path)
        if len(parts) > 1:
            return _walk(self, (), self.properties, False, parts)
        value = self.properties.get(parts[0], ABSENT)  # type: ignore[arg-type]
        return Property(self, parts, value.value, True) if type(value) is Sensitive else Property(self, parts, value)

    def edges(self) -> Iterable[Edge]:
        """Return the references to other resources, also those whose value resolved; sources override this."""
        return ()

    def trace(self, path: Path = ()) -> Trace:
        """Return where a property is written and where its value comes from, or the nearest enclosing thing."""
        while path and self.tracer is not None:
            found = self.tracer(path)
            if found is not None:
                return found
            path = path[:-1]
        return Trace(self.location)

    def written(self, path: Path, value: Any) -> Any:  # noqa: ARG002
        """Return how the source writes a value of a property (`true` for `ENABLED`); sources override this."""
        return value

    def native(self, path: Path) -> str:
        """Return the source's own name of a property path."""
        return self.namer(path) if self.namer else dotted(path)


@dataclass(frozen=True, slots=True)
class Property:
    """A value together with whose it is and where; what rules read and evidence points at.

    `value` is never `Sensitive`: `sensitive` carries the mark.
    """

    resource: Resource
    path: Path
    value: Any
    sensitive: bool = False

    def child(self, part: str | int) -> Property:
        """Return the property one step down: ABSENT below nothing, the same Unknown below an unknown."""
        return _walk(self.resource, self.path, self.value, self.sensitive, (part,))

    def at(self, path: str) -> Property:
        """Return the property at a dotted path below this one."""
        return _walk(self.resource, self.path, self.value, self.sensitive, _split(path))

    def get(self, path: str) -> Any:
        """Return the value at a dotted path below this one: that of `at`, without making a property of it."""
        value = self.value
        for part in _split(path):
            if type(value) is dict and type(part) is str:
                value = value.get(part, ABSENT)
            elif value is not ABSENT:
                value = _below(value, part)[0]
            if type(value) is Sensitive:
                value = value.value
        return value

    def items(self) -> Iterator[Property]:
        """Yield the elements of a list; an unknown list yields itself once, an absent one nothing.

        An element may itself be Unknown: "there may be more here" (a dynamic block over something unknown). Of lists
        of which one applies, those elements that not all of them have may be ABSENT.
        """
        value = self.value
        if isinstance(value, Unknown):
            if isinstance(value.structure, list):
                value = value.structure
            elif value.arms and any(isinstance(arm, list) for arm in possibilities(value)):
                yield from (Property(self.resource, self.path, *item) for item in _spread(value, self.sensitive))
                return
        if isinstance(value, list):
            for index, item in enumerate(value):
                path = self.path + (index,)  # noqa: RUF005 - in half the time
                if isinstance(item, Sensitive):
                    yield Property(self.resource, path, item.value, True)
                else:
                    yield Property(self.resource, path, item, self.sensitive)
        elif value is not ABSENT and value is not None:
            yield self

    @property
    def known(self) -> bool:
        """Whether the value is neither unknown nor partly unknown at its top."""
        return not isinstance(self.value, Unknown)

    def require(self) -> Any:
        """Return the value, or stop the rule with "unknown" when it is not known."""
        if isinstance(self.value, Unknown):
            raise UnknownValueError(self.value, self)
        return self.value

    def possible(self) -> tuple[Any, ...]:
        """Return every value it may have: the arms of an unknown condition, or the one value."""
        if isinstance(self.value, Unknown) and self.value.arms:
            return tuple(possibilities(self.value))
        return (self.value,)

    @property
    def trace(self) -> Trace:
        """Where it is written, and where its value comes from."""
        return self.resource.trace(self.path)

    @property
    def name(self) -> str:
        """The dotted CloudFormation path."""
        return dotted(self.path)


@lru_cache(4096)
def _split(path: str) -> Path:
    return tuple(int(part) if part.isdigit() else part for part in path.split("."))


def _walk(resource: Resource, path: Path, value: Any, sensitive: bool, parts: Path) -> Property:
    """Go down some steps without making the properties in between: rules ask a hundred thousand times."""
    for part in parts:
        if type(value) is dict and type(part) is str:
            value = value.get(part, ABSENT)
            if type(value) is Sensitive:
                value, sensitive = value.value, True
        elif value is not ABSENT:
            value, hidden = _below(value, part)
            sensitive = sensitive or hidden
    return Property(resource, path + parts, value, sensitive)


def _below(value: Any, part: str | int) -> tuple[Any, bool]:
    """Return what is one step below a value, and whether it is secret; of an unknown condition, what each arm has."""
    if isinstance(value, Sensitive):
        return _below(value.value, part)[0], True
    while isinstance(value, Unknown) and value.structure is not ABSENT:
        value = value.structure
    if isinstance(value, Unknown):
        found = [_below(arm, part) for arm in value.arms]
        arms = tuple(arm for arm, _ in found)
        below = replace(value, arms=arms, references=(), exact=False, prefix="", suffix="") if found else value
        return below, any(secret for _, secret in found)
    if isinstance(part, str):
        inner = value.get(part, ABSENT) if hasattr(value, "get") else ABSENT
    else:
        inner = value[part] if isinstance(value, list) and -len(value) <= part < len(value) else ABSENT
    return (inner.value, True) if isinstance(inner, Sensitive) else (inner, False)


def _spread(value: Unknown, sensitive: bool) -> Iterator[tuple[Any, bool]]:
    """Yield each element of lists of which one applies, once, and whether it is secret; see `Property.items`."""
    lists = [
        arm if isinstance(arm, list) else [] if arm is ABSENT or arm is None else [arm] for arm in possibilities(value)
    ]
    seen: list[Any] = []
    for item in (item for arm in lists for item in arm):
        if item in seen:
            continue
        seen.append(item)
        bare, hidden = (item.value, True) if isinstance(item, Sensitive) else (item, sensitive)
        if all(item in arm for arm in lists):
            yield bare, hidden
            continue
        references = bare.references if isinstance(bare, Unknown) else ()
        yield Unknown(value.kind, value.reason, value.location, references, arms=(bare, ABSENT)), hidden


def possibilities(value: Any) -> Iterator[Any]:
    """Yield the values an unknown condition may lead to, nested conditions included."""
    if isinstance(value, Unknown) and value.arms:
        for arm in value.arms:
            yield from possibilities(arm)
    else:
        yield value


def dotted(path: Path) -> str:
    """Write a path with dots: `ContainerDefinitions.0.Name`."""
    return ".".join(map(str, path))


@dataclass(frozen=True, slots=True)
class Evidence:
    """One observation a rule made. Build it with the helpers of `asbuilt.rules`.

    `prop` is what was looked at; an absence has none, and then `subject` says what is missing, in
    the spec's words (`service payments`). `related` are other resources worth showing. `requirement` is the spec path
    it enforces where that differs from the rule's own. `literal` says that `expected` is the value to write, not a
    description of it. `severity` overrides the rule's.
    """

    outcome: Outcome
    message: str
    prop: Property | None = None
    subject: str = ""
    resource: Resource | None = None
    expected: Any = None
    actual: Any = ABSENT
    literal: bool = False
    fix: str = ""
    service: str = ""
    unknown: Unknown | None = None
    severity: Severity | None = None
    requirement: str = ""
    related: tuple[Resource, ...] = ()

    @property
    def about(self) -> Resource | None:
        """The resource it is about."""
        return self.resource or (self.prop.resource if self.prop else None)


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that could not be read: a file, a module, a call.

    `action` is what to do about it. `incomplete` gaps decide the exit code (a file that does not parse,
    a call that was refused); others only make values unknown (a registry module that is not on disk).
    `types` limits which resource types may hide behind it; empty means any.
    """

    source: str
    what: str
    reason: str
    action: str = ""
    location: Location | None = None
    incomplete: bool = True
    types: frozenset[str] = frozenset()
    kind: UnknownKind = UnknownKind.UNREAD


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A remark on the input: severity `error`, `warning` or `info`, a stable kebab-case code, and where."""

    severity: str
    code: str
    message: str
    location: Location | None = None
