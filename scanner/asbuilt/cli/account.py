"""The options that say which account to read, as whom, and how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from asbuilt.cli.common import fail

if TYPE_CHECKING:
    from asbuilt.sources.aws.session import Access
    from asbuilt.spec.models import Spec


@dataclass(frozen=True, kw_only=True)
class Account:
    """The account that a command is to read, as asked for on the command line."""

    regions: tuple[str, ...]
    profile: str | None
    role_arn: str | None
    external_id: str | None
    session_policy: Path | None
    attempts: int
    account: str | None
    endpoint_url: str | None

    def where(self, spec: Spec) -> tuple[str, ...]:
        """Return the regions to read: those named, else the spec's."""
        return self.regions or ((spec.region,) if spec.region else ())

    def access(self, *, roles_are_named: bool = False) -> Access:
        """Return how to enter; `roles_are_named` where every account has its role without --role-arn.

        What does not fit together ends the command with exit 2.
        """
        from asbuilt.sources.aws.session import Access

        if (self.external_id or self.session_policy) and not (self.role_arn or roles_are_named):
            fail("--external-id and --session-policy go with --role-arn")
        try:
            policy = self.session_policy.read_text("utf-8") if self.session_policy else ""
        except (OSError, ValueError) as error:
            fail(f"{self.session_policy}: cannot be read: {error}")
        return Access(
            self.profile or "",
            self.role_arn or "",
            self.external_id or "",
            policy,
            self.endpoint_url or "",
            self.attempts,
        )


def account_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options; the command is given them as one `Account`."""

    @wraps(command)
    def called(**values: Any) -> None:
        own = {field.name: values.pop(field.name) for field in fields(Account)}
        command(account=Account(**own), **values)

    for option in reversed(_OPTIONS):
        called = option(called)
    return called


_OPTIONS = (
    click.option(
        "--region", "regions", multiple=True, metavar="REGION", help="A region to read (default: the one of the spec)."
    ),
    click.option("--profile", metavar="NAME", help="A profile of the AWS configuration."),
    click.option("--role-arn", metavar="ARN", help="Assume this role to read the account."),
    click.option("--external-id", metavar="ID", help="The external id that the role asks for."),
    click.option(
        "--session-policy",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="A policy that narrows the assumed role (default: the calls of `asbuilt iam-policy` only).",
    ),
    click.option(
        "--attempts",
        type=click.IntRange(1, 20),
        default=10,
        show_default=True,
        metavar="N",
        help="How often a call is tried that is throttled or cannot get through.",
    ),
    click.option("--account", metavar="ID", help="The account this has to be: another one ends with exit 2."),
    click.option("--endpoint-url", metavar="URL", help="Where to send calls instead of AWS, for tests."),
)
