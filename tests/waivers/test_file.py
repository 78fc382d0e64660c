"""A file of waivers: what it may say, and how its mistakes are told."""

from __future__ import annotations

from datetime import date

import pytest

from asbuilt.model import Location
from asbuilt.spec import SpecError
from asbuilt.waivers.file import read_waivers

TODAY = date(2026, 11, 22)
ONE = """\
waivers:
  - rule: log-group-retention
    resource: module.data.aws_cloudwatch_log_group.database["*"]
    reason: moves to the archive
    owner: data-team
    expires: 2027-03-31
    ticket: 4711
"""


def read(text: str, **options: int) -> list[str]:
    """Return the problems of a file, as they are printed."""
    try:
        read_waivers(text.encode(), "waivers.yaml", TODAY, **options)
    except SpecError as error:
        return [f"{p.location}: {p.message} | {p.remedy}" for p in error.problems]
    return []


def test_a_waiver_and_its_place() -> None:
    (waiver,) = read_waivers(ONE.encode(), "waivers.yaml", TODAY).waivers
    assert (waiver.rule, waiver.owner, waiver.ticket) == ("log-group-retention", "data-team", "4711")
    assert waiver.expires == date(2027, 3, 31)
    assert waiver.location == Location("waivers.yaml", 2, 5, 7, 17)


@pytest.mark.parametrize("text", ["", "waivers:\n", "max_days: 30\n", "waivers: []\n"])
def test_a_file_may_be_empty(text: str) -> None:
    assert read_waivers(text.encode(), "waivers.yaml", TODAY).waivers == ()


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("ticket:", "tikcet:", "waivers.yaml:7:5: unknown key `tikcet` | did you mean ticket?"),
        ("    owner: data-team\n", "", "waivers.yaml:2:5: `owner` is missing | name who answers for it"),
        (
            "moves to the archive",
            "''",
            "waivers.yaml:4:5: `reason` is empty | say why the architecture may be broken here",
        ),
        ("    expires: 2027-03-31\n", "", "waivers.yaml:2:5: `expires` is missing | give the last day it holds"),
        ("2027-03-31", "2027-02-30", "waivers.yaml:6:5: `expires` is '2027-02-30', which is no day | write it as"),
        ("2027-03-31", "20270331", "waivers.yaml:6:5: `expires` has to be text | put it in quotes"),
        (
            "2027-03-31",
            "2028-01-01",
            "waivers.yaml:6:5: `expires` is more than 366 days ahead | a waiver may hold until 2027-11-23",
        ),
        ("rule: log-group-retention\n    ", "", "waivers.yaml:2:5: it does not say what is waived | give a `rule` or"),
        (
            'resource: module.data.aws_cloudwatch_log_group.database["*"]\n    ',
            "",
            "waivers.yaml:2:5: it does not say for what",
        ),
        ("waivers:", "waiver:", "waivers.yaml:1:1: unknown key `waiver` | did you mean waivers?"),
        ("waivers:", "max_days: 0\nwaivers:", "waivers.yaml:1:11: `max_days` is no number of days"),
        ("  - rule", "  - [1]\n  - rule", "waivers.yaml:2:5: a waiver is a mapping of keys to values"),
        ("    owner", "    rule: x\n    owner", "waivers.yaml:5:5: `rule` is given twice, first on line 2"),
    ],
)
def test_mistakes_name_their_place_and_remedy(before: str, after: str, said: str) -> None:
    assert before in ONE
    (problem,) = read(ONE.replace(before, after))
    assert problem.startswith(said)


def test_the_command_line_decides_how_far_ahead_a_waiver_may_reach() -> None:
    assert read(ONE, max_days=60) != []
    assert read("max_days: 60\n" + ONE) != []
    assert read("max_days: 60\n" + ONE, max_days=366) == []
    assert read(ONE.replace("2027-03-31", "2029-01-01"), max_days=1000) == []


def test_names_that_mean_nothing_are_mistakes() -> None:
    file = read_waivers(ONE.encode(), "waivers.yaml", TODAY)
    file.check_names(["log-group-retention"], [], ["prod"])
    with pytest.raises(SpecError, match=r"waivers\.yaml:2:11: there is no rule `log-group-retention` \(did you mean"):
        file.check_names(["log-group-retentions"], [], [])


def test_every_mistake_is_told_at_once() -> None:
    assert len(read(ONE.replace("owner:", "onwer:").replace("2027-03-31", "soon"))) == 3
