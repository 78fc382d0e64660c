"""`asbuilt audit`: hold a live AWS account to an architecture spec."""

from __future__ import annotations

import gc
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from asbuilt.cli.common import USAGE, Progress, fail, load_document, print_problems, resolve
from asbuilt.cli.configured import Configured
from asbuilt.cli.kept import Bundle
from asbuilt.cli.options import Judging, judging
from asbuilt.cli.organization import Asked, audit, organization_options

if TYPE_CHECKING:
    from asbuilt.sources.aws.session import Access
    from asbuilt.spec.models import Spec


@click.command("audit", cls=Configured)
@click.option("--spec", "spec_name", required=True, metavar="SPEC", help="A bundled name (broxiva) or a YAML file.")
@click.option("--env", "environment", metavar="NAME", help="Environment of the spec; picks its values.")
@click.option(
    "--region", "regions", multiple=True, metavar="REGION", help="A region to read (default: the one of the spec)."
)
@click.option("--profile", metavar="NAME", help="A profile of the AWS configuration.")
@click.option("--role-arn", metavar="ARN", help="Assume this role to read the account.")
@click.option("--external-id", metavar="ID", help="The external id that the role asks for.")
@click.option(
    "--session-policy",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A policy that narrows the assumed role (default: the calls of `asbuilt iam-policy` only).",
)
@click.option(
    "--attempts",
    type=click.IntRange(1, 20),
    default=10,
    show_default=True,
    metavar="N",
    help="How often a call is tried that is throttled or cannot get through.",
)
@click.option("--account", metavar="ID", help="The account this has to be: another one ends with exit 2.")
@click.option(
    "--evidence",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="A new folder for what shows the calls: parameters, request ids, hashes.",
)
@click.option("--evidence-bodies", is_flag=True, help="Keep the answers too, without environment values and secrets.")
@organization_options
@click.option("--endpoint-url", metavar="URL", help="Where to send calls instead of AWS, for tests.")
@judging("fail")
def command(
    *,
    spec_name: str,
    environment: str | None,
    regions: tuple[str, ...],
    profile: str | None,
    role_arn: str | None,
    external_id: str | None,
    session_policy: Path | None,
    attempts: int,
    account: str | None,
    evidence: Path | None,
    evidence_bodies: bool,
    endpoint_url: str | None,
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
    access = _access(profile, role_arn, external_id, session_policy, endpoint_url, attempts, organization)
    if organization is not None:
        if account:
            fail("--account goes with one account; with --organization: --accounts")
        bundle = Bundle(evidence, bodies=evidence_bodies, resumed=organization.resume is not None)
        audit(
            document,
            spec_name,
            access,
            replace(organization, regions=regions, environment=environment),
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
    from asbuilt.sources.aws.scope import words_of
    from asbuilt.sources.aws.session import AccessError
    from asbuilt.spec import SpecError

    options = scan.Options(paths=(), environment=environment, **judging.scanning())
    progress, started = Progress(quiet=judging.quiet), scan.Clock()
    names = document.names_of(spec.environment) if spec.environment else ()
    try:
        progress("reading the account")
        where = _regions(regions, spec)
        read = read_account(access, where, words_of(spec, names), expected=account or "", watch=bundle.watch)
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


def _regions(named: tuple[str, ...], spec: Spec) -> tuple[str, ...]:
    return named or ((spec.region,) if spec.region else ())


def _access(
    profile: str | None,
    role_arn: str | None,
    external_id: str | None,
    policy: Path | None,
    endpoint_url: str | None,
    attempts: int,
    organization: Asked | None,
) -> Access:
    from asbuilt.sources.aws.session import Access

    if organization is not None and role_arn:
        fail("--role-arn is of one account; with --organization: --role-name, the role that every account has")
    if (external_id or policy) and not role_arn and organization is None:
        fail("--external-id and --session-policy go with --role-arn")
    try:
        text = policy.read_text("utf-8") if policy else ""
    except (OSError, ValueError) as error:
        fail(f"{policy}: cannot be read: {error}")
    return Access(profile or "", role_arn or "", external_id or "", text, endpoint_url or "", attempts)
