"""A trend as JSON: everything the other renderings show, durations in seconds, times in UTC."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from asbuilt_reports import trend_words as words

if TYPE_CHECKING:
    from datetime import datetime

    from asbuilt.store.facts import Scope
    from asbuilt.store.lifetimes import Episode
    from asbuilt.store.trends import OwnerTrend, Recurring, ScopeTrend, Series, StatementTrend, Trend

SCHEMA_VERSION = "1"


def render(trend: Trend) -> str:
    """Return the trend as JSON, ASCII only."""
    body = {
        "schema_version": SCHEMA_VERSION,
        "since": _time(trend.since) if trend.since else None,
        "until": _time(trend.until),
        "runs": trend.runs,
        "mean_time_to_compliance_s": trend.mean_s,
        "scopes": [_scope(scope) for scope in trend.scopes],
        "statements": [_statement(statement, trend) for statement in trend.statements],
        "waivers": [_owner(owner) for owner in trend.owners],
        "recurring": [_recurring(recurring) for recurring in trend.recurring],
    }
    return json.dumps(body, indent=1, allow_nan=False) + "\n"


def _scope(trend: ScopeTrend) -> dict[str, Any]:
    return {
        **_named(trend.scope),
        "title": trend.title,
        "points": _points(trend.overall),
        "sections": [{"section": series.name, "points": _points(series)} for series in trend.sections],
    }


def _named(scope: Scope) -> dict[str, Any]:
    return {
        "spec": scope.spec,
        "environment": scope.environment,
        "sources": list(scope.sources),
        "selection": scope.selection,
    }


def _points(series: Series) -> list[dict[str, Any]]:
    return [{"run": point.run, "at": _time(point.at), "score": point.score, **point.counts} for point in series.points]


def _statement(statement: StatementTrend, trend: Trend) -> dict[str, Any]:
    return {
        "requirement": statement.requirement,
        "section": statement.section,
        "statement": statement.statement,
        "fixed": statement.fixed,
        "mean_time_to_compliance_s": statement.mean_s,
        "open": len(statement.open),
        "episodes": [_episode(episode, trend) for episode in statement.episodes],
    }


def _episode(episode: Episode, trend: Trend) -> dict[str, Any]:
    return {
        "scope": _named(episode.scope),
        "state": words.state(episode),
        "start": _time(episode.start),
        "end": _time(episode.end) if episode.end else None,
        "seconds": episode.seconds(trend.until),
        "findings": episode.findings,
    }


def _owner(owner: OwnerTrend) -> dict[str, Any]:
    return {
        "owner": owner.owner,
        "waivers": len(owner.waivers),
        "expired": owner.expired,
        "mean_age_s": owner.mean_age_s,
        "oldest_s": owner.oldest_s,
        "list": [
            {
                "rule": item.waiver.rule,
                "requirement": item.waiver.requirement,
                "resource": item.waiver.resource,
                "service": item.waiver.service,
                "environment": item.waiver.environment,
                "ticket": item.waiver.ticket,
                "reason": item.waiver.reason,
                "since": _time(item.since),
                "age_s": item.age_s,
                "expires": item.waiver.expires or None,
                "expired": item.expired,
                "extended": item.extended,
                "scopes": list(item.scopes),
            }
            for item in owner.waivers
        ],
    }


def _recurring(recurring: Recurring) -> dict[str, Any]:
    finding = recurring.spells[-1].finding
    return {
        "id": finding.id,
        "rule": finding.rule,
        "requirement": finding.requirement,
        "severity": finding.severity,
        "address": finding.address,
        "service": finding.service,
        "scope": _named(recurring.scope),
        "open": recurring.open,
        "times": len(recurring.spells),
        "spells": [
            {"start": _time(spell.start), "end": _time(spell.end) if spell.end else None, "how": spell.how or None}
            for spell in recurring.spells
        ],
    }


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
