"""Read the certificates of the authorities that are trusted once, instead of for each connection.

urllib3 reads them whenever it connects, which takes 20 ms of processor time; an audit makes more than 50 connections.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.httpsession import create_urllib3_context

if TYPE_CHECKING:
    from ssl import SSLContext


@cache
def trust(bundle: str | None) -> SSLContext:  # noqa: ARG001 - what it is remembered by
    """Return the TLS context of connections that trust a bundle, None for botocore's own; safe to use from threads.

    It is one as botocore makes it, and urllib3 has it read the bundle; what it was made to read it does not read again.
    """
    context: Any = create_urllib3_context()
    read, lock, done = context.load_verify_locations, threading.Lock(), set()

    def once(*what: Any, **named: Any) -> None:
        key = (what, *sorted(named.items()))
        with lock:
            if key not in done:
                read(*what, **named)
                done.add(key)

    context.load_verify_locations = once
    made: SSLContext = context
    return made


def share(client: Any, context: SSLContext) -> None:
    """Make the connections of a client with a context that other clients have too.

    botocore has no words for this: where one of its versions keeps connections elsewhere, they are made as ever.
    """
    with suppress(AttributeError):
        client._endpoint.http_session._manager.connection_pool_kw["ssl_context"] = context
