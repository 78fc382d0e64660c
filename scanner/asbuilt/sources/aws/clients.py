"""Sessions of boto3 and their clients, made so that they share what is costly.

An audit makes 17 clients and about a hundred calls; as boto3 makes them, the clients take twice the processor time of
the calls.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.hooks import HierarchicalEmitter
from botocore.session import Session as Core

from asbuilt.sources.aws.collect import operations
from asbuilt.sources.aws.loading import Descriptions
from asbuilt.sources.aws.trust import share, trust


def begin(**given: Any) -> Any:
    """Return a boto3 session of a profile or of keys. Raises BotoCoreError.

    Its clients call botocore's handlers by today's names of services: for every event of every call botocore would look
    for one of 140 old names in it, which are for handlers that programs register.
    """
    hooks = HierarchicalEmitter()
    core = Core(event_hooks=hooks)
    session = boto3.Session(botocore_session=core, **given)
    core.register_component("event_emitter", hooks)
    core.register_component("data_loader", _loader(tuple(core.get_component("data_loader").search_paths)))
    return session


def make(session: Any, service: str, region: str, *, endpoint: str, attempts: int, threads: int) -> Any:
    """Return a client of a session; without an `endpoint` it calls AWS. Raises BotoCoreError."""
    config = Config(
        # adaptive slows calls down, also those that are made once
        retries={"mode": "adaptive" if attempts > 1 else "standard", "total_max_attempts": attempts},
        connect_timeout=5,
        read_timeout=30,
        max_pool_connections=max(10, threads),
        user_agent_extra="asbuilt",
    )
    client = session.client(service, region_name=region, endpoint_url=endpoint or None, config=config)
    share(client, trust(session._session.get_config_variable("ca_bundle")))
    return client


@cache
def _loader(folders: tuple[str, ...]) -> Descriptions:
    """Return the one loader of the process for the folders in which botocore looks."""
    called: dict[str, set[str]] = {}
    for operation in operations():
        called.setdefault(operation.service, set()).add(operation.name)
    return Descriptions(folders, called)
