"""How the nodes on one database know of each other; part of ``store.contract.Store``.

Times are told by the database, since the clocks of nodes differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from shipledger.clock import Clock, steady_ns

GAP = timedelta(days=1)
"""A ledger that was not served for longer may have been, or its clock was set: which of them, nobody can tell."""


class KeptTime(NamedTuple):
    """What the database remembers: how far the order of acceptance was, and what time it was when a node last said so."""

    order: datetime
    seen_at: datetime


class SharedTime(NamedTuple):
    """How far the order is by the furthest of all nodes, and since when the time has gone on without a jump or a gap."""

    order: datetime
    even_since: datetime


class NodeStore(Protocol):
    """Which nodes live, what the dead ones left, and who does what only one should do."""

    async def register_node(self, node_id: str) -> None:
        """Enter a node among the living. A store that serves one node at a time forgets every other one.

        Raises Conflict while the ledger must not be used: an operation of several steps is under way or was interrupted.
        """

    async def beat(self, node_id: str, *, duties: Sequence[str], lease_seconds: float) -> frozenset[str]:
        """Show that a node lives, and take or keep the lease of each duty that is free; the duties that it holds now.

        Raises Conflict when the node was struck off: it never comes back, and has to be started again under another id.
        """

    async def forget_node(self, node_id: str) -> None:
        """A node stops: free its leases and the receipts that it had claimed."""

    async def release_silent_claims(self, *, silent_seconds: float) -> int:
        """Free the pending receipts of nodes that have been silent for so long, or are unknown; how many.

        A node that was only slow may still settle what it held: settlement is guarded, so that happens once.
        """

    async def tell_time(self) -> datetime | None:
        """What time it is by the database, for nodes that share it; None where the machine's own clock is the only one."""

    async def find_time(self) -> KeptTime | None:
        """What the database remembers of time; None when no node was ever heard of."""

    async def share_time(self, *, now: datetime, order: datetime, has_jumped: bool) -> SharedTime:
        """Let the database remember how far a node's order is, and what time it is."""

    async def begin_rebuild(self, *, silent_seconds: float) -> None:
        """Say durably that projections are not whole, until ``end_rebuild``. Raises Conflict when a node lives.

        A node that has not been silent for so long lives. All others are struck off: should one of them only have hung,
        it settles nothing any more. A rebuild that was begun before is taken over: over that store ``end_rebuild`` and all
        writes of projections raise Conflict.
        """

    async def find_projection_rules(self) -> int:
        """By which rules (``ledger.history.RULES``) the stored projections were made."""

    async def note_projection_rules(self, revision: int) -> None:
        """All stored projections were made by these rules."""

    async def has_older_nodes(self, *, silent_seconds: float) -> bool:
        """Whether a node lives that makes projections by rules before this program's."""

    async def end_rebuild(self) -> None:
        """Projections are whole again."""

    async def is_rebuilding(self) -> bool:
        """Whether a rebuild is under way or was interrupted."""


async def keep_time(store: NodeStore, clock: Clock) -> None:
    """Let ``clock`` follow the database, if several nodes share it. Raises Unavailable."""
    asked_ns = steady_ns()
    moment = await store.tell_time()
    if moment is not None:
        clock.follow(moment, asked_ns=asked_ns)


async def share_time(store: NodeStore, clock: Clock, *, has_jumped: bool) -> None:
    """Let nodes agree about the order. Raises Unavailable."""
    shared = await store.share_time(now=clock.now(), order=clock.order_now(), has_jumped=has_jumped)
    clock.advance_to(shared.order)
    clock.even_since = shared.even_since


async def resume_order(store: NodeStore, clock: Clock, *, newest: datetime | None, silent_seconds: float) -> None:
    """Go on with the order where the ledger stopped, before the first receipt is accepted. Raises Unavailable.

    Other nodes live when one was heard of within ``silent_seconds``: their order counts. After a gap nobody knows whether the
    ledger was not served or the clock was set, so a time far ahead has to last before the order follows.
    """
    kept, now = await store.find_time(), clock.now()
    if newest is not None:
        clock.advance_to(newest)
    if kept is not None:
        away = abs(now - kept.seen_at)
        is_shared = away < timedelta(seconds=silent_seconds)
        clock.resume(kept.order + away if is_shared else kept.order, in_doubt=is_shared or away > GAP)
