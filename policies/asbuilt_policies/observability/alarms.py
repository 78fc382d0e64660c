"""Hold alarms to the architecture's threshold and duration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asbuilt.model import ABSENT, Outcome, Severity, Unknown, UnknownKind
from asbuilt.rules import undecided, violation
from asbuilt_policies.statements import equals, hold, scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from asbuilt.model import Evidence, Property
    from asbuilt.spec.models import Alarm as AlarmSpec
    from asbuilt.topology.alarms import Alarm

ABOVE = "GreaterThanThreshold"
SECONDS = 60


def held(alarm: Alarm, wanted: AlarmSpec, what: str, unit: str, *, statistic: str = "", **more: Any) -> list[Evidence]:
    """Return evidence where an alarm does not go off as the architecture says, nothing where it does.

    `what` names what is watched (`the CPU utilization of api`); `statistic` is the one it has to be of, where not any
    will do.
    """
    resource = alarm.resource
    if alarm.computed:
        reason = f"{resource.address} compares the result of an expression with {what} in it"
        doubt = Unknown(UnknownKind.UNSUPPORTED, reason, location=resource.location)
        return [undecided(doubt, reason, alarm.metric, **more)]
    found = [*_threshold(alarm, wanted, what, unit, **more), *_duration(alarm, wanted, what, **more)]
    if statistic:
        found += hold(
            alarm.statistic,
            equals(statistic),
            lambda value: f"{_name(alarm)} watches the {_told(value)} of {what}, not the {statistic}",
            what=f"which statistic of {what} {_name(alarm)} watches",
            expected=statistic,
            **more,
        )
    found += hold(
        resource.at("ActionsEnabled"),
        equals(True),
        lambda _: f"{_name(alarm)} watches {what} and tells nobody: its actions are switched off",
        what=f"whether the actions of {_name(alarm)} are switched on",
        expected=True,
        default=True,
        severity=Severity.LOW,
        **more,
    )
    if resource.conditional is not None and not any(e.outcome is Outcome.VIOLATION for e in found):
        reason = f"whether the alarm {_name(alarm)} on {what} exists is not known: {resource.conditional.reason}"
        found = [undecided(resource.conditional, reason, alarm.metric, **more)]
    return found


def nearest(candidates: Iterable[list[Evidence]]) -> Iterator[Evidence]:
    """Yield nothing where one alarm holds, else why one may hold, else what is wrong with the one that nearly does."""
    every = list(candidates)
    if not every or not all(every):
        return
    wrong = [[item for item in items if item.outcome is Outcome.VIOLATION] for items in every]
    open_ = [items for items, violations in zip(every, wrong, strict=True) if not violations]
    yield from open_[0] if open_ else min(wrong, key=len)


def _threshold(alarm: Alarm, wanted: AlarmSpec, what: str, unit: str, **more: Any) -> Iterator[Evidence]:
    if wanted.threshold is None:
        return
    resource, name = alarm.resource, _name(alarm)
    limit = f"{wanted.threshold}{unit}"
    yield from hold(
        resource.at("Threshold"),
        equals(wanted.threshold),
        lambda value: (
            f"{name} has no fixed threshold for {what}; the architecture says {limit}"
            if value is ABSENT
            else f"{name} goes off when {what} is above {value}{unit}; the architecture says {limit}"
        ),
        what=f"at which value of {what} {name} goes off",
        expected=wanted.threshold,
        **more,
    )
    yield from hold(
        resource.at("ComparisonOperator"),
        equals(ABOVE),
        lambda value: f"{name} goes off by {_told(value)}; the architecture says above {limit}",
        what=f"in which direction of {what} {name} goes off",
        expected=ABOVE,
        **more,
    )


def _duration(alarm: Alarm, wanted: AlarmSpec, what: str, **more: Any) -> Iterator[Evidence]:
    """Hold period times evaluation periods to the minutes stated, and all of them to be above the threshold."""
    if wanted.minutes is None:
        return
    name, seconds = _name(alarm), wanted.minutes * SECONDS
    count = alarm.resource.at("EvaluationPeriods")
    for prop in (alarm.period, count):
        if isinstance(prop.value, Unknown):
            reason = f"how long {what} is above the threshold before {name} goes off is not known: {prop.value.reason}"
            yield undecided(prop.value, reason, prop, expected=f"{seconds} seconds", **more)
            return
    numbers = [scalar(prop.value) for prop in (alarm.period, count)]
    if not all(isinstance(number, int | float) for number in numbers) or numbers[0] * numbers[1] != seconds:
        prop = count if numbers[0] in (SECONDS, seconds) else alarm.period
        times = " x ".join(_told(p.value) for p in (alarm.period, count))
        message = f"{name} goes off when {what} is above the threshold for {times} s; the architecture says {seconds} s"
        yield violation(prop, message, expected=f"{seconds} seconds in all", **more)
        return
    yield from hold(
        alarm.resource.at("DatapointsToAlarm"),
        lambda value: scalar(value) == numbers[1],
        lambda value: (
            f"{name} goes off when {what} is above the threshold in {value} of {numbers[1]:g} periods, not in all"
        ),
        what=f"in how many periods {what} is above the threshold before {name} goes off",
        expected=numbers[1],
        default=numbers[1],
        severity=Severity.LOW,
        **more,
    )


def _name(alarm: Alarm) -> str:
    name = alarm.resource.get("AlarmName")
    return name if isinstance(name, str) else alarm.resource.address


def _told(value: Any) -> str:
    return "nothing" if value is ABSENT or value is None else str(value)


def where(alarm: Alarm) -> Property:
    """Return the place that names the metric an alarm watches."""
    return alarm.metric.at("MetricName")
