"""`asbuilt audit`: hold a live AWS account to an architecture spec."""

from __future__ import annotations

import gc
from dataclasses import replace
from pathlib import Path

import click

from asbuilt.cli.account import Account, account_options
from asbuilt.cli.common import USAGE, Progress, fail, load_document, print_problems, resolve
from asbuilt.cli.configured import Configured
from asbuilt.cli.kept import Bundle
from asbuilt.cli.options import Judging, judging
from asbuilt.cli.organization import Asked, audit, organization_options


@click.command("audit", cls=Configured)
@click.option("--spec", "spec_name", required=True, metavar="SPEC", help="A bundled name (broxiva) or a YAML file.")
@click.option("--env", "environment", metavar="NAME", help="Environment of the spec; picks its values.")
@account_options
@click.option(
    "--evidence",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="A new folder for what shows the calls: parameters, request ids, hashes.",
)
@click.option("--evidence-bodies", is_flag=True, help="Keep the answers too, without environment values and secrets.")
@organization_options
@judging("fail")
def command(
    *,
    spec_name: str,
    environment: str | None,
    account: Account,
    evidence: Path | None,
    evidence_bodies: bool,
    organization: Asked | None,
    judging: Judging,
) -> None:
    """Hold what runs in an AWS account to an architecture spec.

    Reads with calls that describe and list, and never what is stored: `asbuilt iam-policy` prints the policy they need.
    A call that is refused makes what depends on it unknown, and names the action to allow.

    Exits 0 when clean, 1 for findings at or above --fail-on, 2 for usage and configuration errors, 3 when something
    could not be read (see --allow-incomplete) or stayed unknown (see --on-unknown). With --organization also when an
    account was not covered.
    """
    document = load_document(spec_name)
    if organization is not None and account.role_arn:
        fail("--role-arn is of one account; with --organization: --role-name, the role that every account has")
    access = account.access(roles_are_named=organization is not None)
    if organization is not None:
        if account.account:
            fail("--account goes with one account; with --organization: --accounts")
        bundle = Bundle(evidence, bodies=evidence_bodies, resumed=organization.resume is not None)
        audit(
            document,
            spec_name,
            access,
            replace(organization, regions=account.regions, environment=environment),
            judging,
            bundle,
        )
    bundle = Bundle(evidence, bodies=evidence_bodies)
    gc.disable()  # a run builds one large tree and ends
    targets = judging.targets()
    spec = resolve(document, environment)
    from asbuilt import scan
    from asbuilt.graph import joined
    from asbuilt.sources.aws.account import read_account
    from asbuilt.sources.aws.session import AccessError
    from asbuilt.sources.aws.words import words_of
    from asbuilt.spec import SpecError

    options = scan.Options(paths=(), environment=environment, **judging.scanning())
    progress, started = Progress(quiet=judging.quiet), scan.Clock()
    names = document.names_of(spec.environment) if spec.environment else ()
    try:
        progress("reading the account")
        meant, expected = words_of(spec, names), account.account or ""
        read = read_account(access, account.where(spec), meant, expected=expected, watch=bundle.watch)
        progress("evaluating rules")
        results = scan.judge(document, spec, options, joined(read.parts), started, "audit")
    except (AccessError, scan.ScanError) as error:
        fail(str(error))
    except SpecError as error:  # the waivers name what does not exist
        print_problems(error)
        raise SystemExit(USAGE) from None
    run = replace(results.run, account=read.account, regions=read.regions)
    results = judging.complete(replace(results, run=run))
    bundle.write(results)
    judging.finish(results, targets)
