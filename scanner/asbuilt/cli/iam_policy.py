"""`asbuilt iam-policy`: print the policy that a role for audits needs."""

from __future__ import annotations

import click


@click.command("iam-policy")
def command() -> None:
    """Print the least-privilege policy of a role for audits, made of the calls that the collectors declare."""
    from asbuilt.sources.aws.policy import as_json, policy

    click.echo(as_json(policy()))
