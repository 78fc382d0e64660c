"""`asbuilt iam-policy`: print the policy that a role for audits needs, or the role."""

from __future__ import annotations

import re
from typing import Final

import click

from asbuilt.cli.common import fail

PRINCIPAL: Final = re.compile(r"\d{12}|arn:aws[a-z-]*:(?:iam|sts)::\d{12}:[\w+=,.@/-]+")
EXTERNAL_ID: Final = re.compile(r"[\w+=,.@:/-]{2,1224}")  # STS API Reference, AssumeRole

ROLE_NAME: Final = re.compile(r"[\w+=,.@/-]{1,512}", re.ASCII)  # IAM API Reference, CreateRole: path and name


@click.command("iam-policy")
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", "terraform", "cloudformation"]),
    default="json",
    show_default=True,
    help="The policy, or a role with it.",
)
@click.option(
    "--organization",
    "role_name",
    metavar="ROLE",
    help="The policy of who audits an organisation: lists its accounts, and assumes this role in each.",
)
@click.option("--principal", metavar="ARN", help="Who may assume the role: an ARN, or an account's number.")
@click.option("--external-id", metavar="ID", help="The external id that the role asks for.")
def command(*, form: str, role_name: str | None, principal: str | None, external_id: str | None) -> None:
    """Print the least-privilege policy of a role for audits, made of the calls that the collectors declare.

    With --format terraform or cloudformation: the role itself, which --principal may assume.
    """
    from asbuilt.sources.aws.policy import as_cloudformation, as_json, as_terraform, hub_policy, policy

    if role_name and (form != "json" or principal or external_id):
        fail("--organization prints a policy: without --format, --principal and --external-id")
    if role_name and not ROLE_NAME.fullmatch(role_name):
        fail(f"--organization {role_name!r}: the name of a role, with its path")
    if form == "json":
        if principal or external_id:
            fail("--principal and --external-id are of a role: add --format terraform or cloudformation")
        click.echo(as_json(hub_policy(role_name) if role_name else policy()))
        return
    if not principal or not PRINCIPAL.fullmatch(principal):
        fail("--principal: name who may assume the role, by an ARN or an account's number of 12 digits")
    if external_id and not EXTERNAL_ID.fullmatch(external_id):
        fail(f"--external-id {external_id!r}: letters, digits and +=,.@:/- only")
    write = as_terraform if form == "terraform" else as_cloudformation
    click.echo(write(principal, external_id or ""))
