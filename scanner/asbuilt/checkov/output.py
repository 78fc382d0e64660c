"""Reading what checkov writes: data from outside, made of names that strangers chose."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from asbuilt.checkov.program import CheckovError, supported
from asbuilt.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST: Final = 50_000  # records, of each kind
_Line = Annotated[int, Field(ge=0, le=100_000_000)]
_Text = Annotated[str, Field(max_length=4000)]
_Path = Annotated[str, Field(max_length=8000)]


class _Model(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")


class _Verdict(_Model):
    result: Literal["PASSED", "FAILED", "SKIPPED", "UNKNOWN"]
    suppress_comment: str | None = None


class Record(_Model):
    """One check on one resource, as `-o json` writes it (checkov 3.2 and 3.3)."""

    check_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_\-]{1,100}$")]
    check_name: _Text = ""
    check_result: _Verdict
    resource: _Text
    resource_address: _Text | None = None
    file_path: _Path = ""
    file_abs_path: _Path | None = None
    file_line_range: tuple[_Line, _Line] = Field(strict=False)
    caller_file_path: _Path | None = None
    caller_file_line_range: tuple[_Line, _Line] | None = Field(default=None, strict=False)
    severity: Any = None
    guideline: str | None = None


class _Results(_Model):
    passed_checks: list[Record] = Field(max_length=MOST)
    failed_checks: list[Record] = Field(max_length=MOST)
    skipped_checks: list[Record] = Field(max_length=MOST)
    parsing_errors: list[_Path] = Field(max_length=MOST)


class _Summary(_Model):
    checkov_version: str
    failed: int
    passed: int
    skipped: int


class _Report(_Model):
    check_type: str
    results: _Results
    summary: _Summary


class _Nothing(_Model):
    """What checkov writes where it found nothing to check."""

    failed: Literal[0]
    passed: Literal[0]
    parsing_errors: Literal[0]
    checkov_version: str


@dataclass(frozen=True, slots=True)
class Output:
    """What one run of checkov said. `unread` are files that it could not parse."""

    version: str
    passed: tuple[Record, ...] = ()
    failed: tuple[Record, ...] = ()
    suppressed: tuple[Record, ...] = ()
    unread: tuple[str, ...] = ()


def read_output(text: bytes) -> Output:
    """Return what checkov said. Raises CheckovError for anything that is not whole and as expected."""
    try:
        documents = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CheckovError(f"what it wrote is not JSON ({str(error)[:100]})") from None
    passed: list[Record] = []
    failed: list[Record] = []
    suppressed: list[Record] = []
    unread: list[str] = []
    version = ""
    for report in _reports(documents):
        version = supported(report.checkov_version if isinstance(report, _Nothing) else report.summary.checkov_version)
        if isinstance(report, _Nothing):
            continue
        found, told = report.results, report.summary
        counts = (len(found.passed_checks), len(found.failed_checks), len(found.skipped_checks))
        if counts != (told.passed, told.failed, told.skipped):
            raise CheckovError("its summary counts other results than it lists")
        passed += found.passed_checks
        failed += found.failed_checks
        suppressed += found.skipped_checks
        unread += found.parsing_errors
    return Output(version, tuple(passed), tuple(failed), tuple(suppressed), tuple(dict.fromkeys(unread)))


def _reports(documents: Any) -> Iterator[_Report | _Nothing]:
    rows = documents if isinstance(documents, list) else [documents]
    if not rows:
        raise CheckovError("what it wrote is empty")
    for row in rows:
        try:
            yield (_Report if isinstance(row, dict) and "results" in row else _Nothing).model_validate(row)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise CheckovError(f"what it wrote is not as expected: {where}: {first['msg']}"[:300]) from None
