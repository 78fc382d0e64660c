"""What a path pattern covers, and how a listener rule is read."""

from __future__ import annotations

import fnmatch
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asbuilt.model import Location, Resource, Unknown, UnknownKind
from asbuilt.topology.load_balancing import LISTENER_RULE
from asbuilt.topology.routing_table import matches, route

PATTERNS = st.text(alphabet="ab/*?", max_size=6)
PATHS = st.text(alphabet="ab/", max_size=6)
UNKNOWN = Unknown(UnknownKind.VARIABLE, "no value")


def rule(**properties: Any) -> Resource:
    return Resource("r", "aws_lb_listener_rule.r", LISTENER_RULE, properties, Location("main.tf", 1))


@pytest.mark.parametrize(
    ("pattern", "path"),
    [("/*", "/api/*"), ("*", "/graphql"), ("/api*", "/api/*"), ("/api/*", "/api/*"), ("/?pi/*", "/api/*")],
)
def test_pattern_covers(pattern: str, path: str) -> None:
    assert matches(pattern, path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [("/api/*", "/*"), ("/api/v1/*", "/api/*"), ("/api/?", "/api/*"), ("/API/*", "/api/*"), ("/api", "/api/*")],
)
def test_pattern_does_not_cover(pattern: str, path: str) -> None:
    assert not matches(pattern, path)


@given(PATTERNS, PATHS)
def test_pattern_matches_paths_as_shells_do(pattern: str, path: str) -> None:
    assert matches(pattern, path) == bool(re.fullmatch(fnmatch.translate(pattern), path))


@given(PATTERNS, PATTERNS, PATHS)
def test_what_a_covered_pattern_matches_the_covering_one_does(pattern: str, covered: str, path: str) -> None:
    if matches(pattern, covered) and matches(covered, path):
        assert matches(pattern, path)


def test_both_spellings_of_a_condition_are_one_set() -> None:
    conditions = [
        {"PathPatternConfig": {"Values": ["/a", "/b"]}},
        {"Field": "path-pattern", "Values": ["/c"]},
        {"Field": "host-header", "Values": ["example.com"]},
    ]
    found = route(rule(Priority="100", Conditions=conditions))
    assert found.priority == 100
    assert found.paths.are({"/a", "/b", "/c"})
    assert found.hosts.values == {"example.com"}
    assert not found.plain


def test_a_rule_without_priority_has_one_that_is_not_known() -> None:
    assert isinstance(route(rule(Conditions=[])).priority, Unknown)


@pytest.mark.parametrize(
    "conditions",
    [UNKNOWN, [UNKNOWN], [{"PathPatternConfig": {"Values": UNKNOWN}}], [{"PathPatternConfig": {"Values": [UNKNOWN]}}]],
)
def test_what_is_unknown_covers_nothing(conditions: Any) -> None:
    found = route(rule(Priority=1, Conditions=conditions))
    assert found.paths.doubt is not None
    assert found.covers("/") is None
    assert not found.catches_all


def test_regular_expressions_are_not_understood() -> None:
    found = route(rule(Priority=1, Conditions=[{"PathPatternConfig": {"RegexValues": ["^/api"]}}]))
    assert found.paths.doubt is not None


def test_a_rule_that_looks_at_more_than_the_path_takes_not_all() -> None:
    conditions = [{"PathPatternConfig": {"Values": ["/*"]}}, {"SourceIpConfig": {"Values": ["192.0.2.0/24"]}}]
    found = route(rule(Priority=1, Conditions=conditions))
    assert found.covers("/api/*") is None
    assert not found.catches_all


def test_patterns_of_any_length_are_matched() -> None:
    assert matches("/*" * 20_000, "/api/*") is False
    assert matches("*" * 20_000, "/api/*")
    assert not matches("a" * 20_000, "/api/*")
