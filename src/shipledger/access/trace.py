"""What a request shows on its way: who sent it, and whether anything of it was recorded.

Every way to authenticate notes here whom it has proven, so that a request that is refused before anybody is let in still has a
sender: a credential that lacks a right, is of another kind, sends too much, or is revoked.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from shipledger.access.grant import Grant


class Trace:
    """``sender``: the grant of the first credential that was proven, which may be good for nothing any more."""

    __slots__ = ("is_recorded", "sender")

    def __init__(self) -> None:
        self.sender: Grant | None = None
        self.is_recorded = False


_trace: ContextVar[Trace | None] = ContextVar("what the request that is being answered shows", default=None)


@contextmanager
def tracing() -> Iterator[Trace]:
    """What is noted within, also by tasks that are started within."""
    trace = Trace()
    token = _trace.set(trace)
    try:
        yield trace
    finally:
        _trace.reset(token)


def note_sender(grant: Grant) -> None:
    """Somebody has proven to hold the credential of ``grant``."""
    trace = _trace.get()
    if trace is not None and trace.sender is None:
        trace.sender = grant


def note_recorded() -> None:
    """A receipt was stored, so that the request is listed with it."""
    trace = _trace.get()
    if trace is not None:
        trace.is_recorded = True
