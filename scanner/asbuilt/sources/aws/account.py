"""Read an account: who the credentials are, then its regions side by side, global services once."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from asbuilt.records import dataclass
from asbuilt.sources.aws.collect import read_region, services
from asbuilt.sources.aws.scope import named_by
from asbuilt.sources.aws.session import AccessError, Session

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from asbuilt.graph import Part
    from asbuilt.sources.aws.evidence import Watch
    from asbuilt.sources.aws.session import Access
    from asbuilt.sources.aws.words import Words

REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")


@dataclass(frozen=True, slots=True)
class Account:
    """What was read of an account, a part for each region."""

    account: str
    regions: tuple[str, ...]
    parts: tuple[Part, ...]


def read_account(
    access: Access,
    regions: Sequence[str],
    words: Words,
    *,
    expected: str = "",
    prepare: Callable[[Any], None] = lambda _: None,
    watch: Watch = lambda _: None,
    entered: Callable[[str], None] = lambda _: None,
) -> Account:
    """Read the regions of an account. Raises AccessError where it cannot be entered, or is not the expected one.

    `prepare` is given the boto3 session before its first call, `watch` is told of every call, and `entered` is told
    which account it is before anything of it is read.
    """
    session = Session(access, prepare, watch)
    wanted = tuple(dict.fromkeys(regions or filter(None, [session.region])))
    if not wanted:
        raise AccessError("no region to read: name one with --region")
    for region in wanted:
        if not REGION.fullmatch(region):
            raise AccessError(f"{region!r} is no region; one is called like us-east-1")
    with closing(session):
        identity = session.identity(wanted[0], services())
        if expected and identity.account != expected:
            raise AccessError(
                f"the credentials are of the account {identity.account}, not of {expected}; nothing was read"
            )
        entered(identity.account)
        with ThreadPoolExecutor(len(wanted), thread_name_prefix="region") as pool:
            futures = [
                pool.submit(read_region, session, identity, region, words, first=region == wanted[0])
                for region in wanted
            ]
            parts = [future.result() for future in futures]
    return Account(identity.account, wanted, (_with_roles(parts[0], parts[1:]), *parts[1:]))


def _with_roles(first: Part, others: Sequence[Part]) -> Part:
    """Return the first region's part with the roles that tasks of other regions have: roles are read with the first."""
    named = {text for part in others for text in named_by(part.resources)}
    roles = [one for one in first.aside if one.type == "AWS::IAM::Role" and one.address in named]
    paths = ("ManagedPolicyArns", "PermissionsBoundary")
    attached = {item.value for role in roles for path in paths for item in role.at(path).items()}
    again = [*roles, *(one for one in first.aside if one.type == "AWS::IAM::ManagedPolicy" and one.address in attached)]
    keys = {one.key for one in again}
    aside = [one for one in first.aside if one.key not in keys]
    return replace(first, resources=[*first.resources, *again], aside=aside) if again else first
