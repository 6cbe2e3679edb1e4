"""How the nodes on a database coordinate; part of ``store.contract.Store``.

Times are the database's, since nodes' clocks differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from shipledger.clock import Clock, steady_ns

GAP = timedelta(days=1)
"""After a longer gap it is unknown whether the ledger was not served or the clock was changed."""


class KeptTime(NamedTuple):
    """The stored order of acceptance, and the time when a node last reported it."""

    order: datetime
    seen_at: datetime


class SharedTime(NamedTuple):
    """The furthest order of all nodes, and since when the time has run without a jump or gap."""

    order: datetime
    even_since: datetime


class NodeRecord(NamedTuple):
    """A node. ``rules``: the version of the rules by which it makes projections."""

    node_id: str
    seen_at: datetime
    rules: int
    is_alive: bool


class NodeStore(Protocol):
    """Live nodes, the work of dead ones, and the leases of duties."""

    async def register_node(self, node_id: str) -> None:
        """Register a node. A store that serves one node at a time forgets every other one.

        Raises Conflict while the ledger must not be used: a multi-step operation is running or was interrupted.
        """

    async def beat(self, node_id: str, *, duties: Sequence[str], lease_seconds: float) -> frozenset[str]:
        """Send a heartbeat, and take or renew the lease of each free duty. Returns the duties that the node holds.

        Raises Conflict if the node was declared dead: it must be restarted under another id.
        """

    async def forget_node(self, node_id: str) -> None:
        """Deregister a stopping node: release its leases and claims."""

    async def release_silent_claims(self, *, silent_seconds: float) -> int:
        """Release the pending receipts, and the messages, of silent or unknown nodes. Returns how many receipts.

        A node that was only slow may still settle them: settlement is guarded, so it happens once.
        """

    async def tell_time(self) -> datetime | None:
        """The database's time, for nodes that share it; None if the machine's own clock is used."""

    async def find_time(self) -> KeptTime | None:
        """The stored order and time; None if there was never a node."""

    async def share_time(self, *, now: datetime, order: datetime, has_jumped: bool) -> SharedTime:
        """Store a node's order and time."""

    async def begin_rebuild(self, *, silent_seconds: float) -> None:
        """Record durably that projections are incomplete, until ``end_rebuild``. Raises Conflict if a node is alive.

        A node with a recent heartbeat is alive. All others are declared dead: if one of them only hung,
        it can no longer settle. An earlier rebuild is taken over: its ``end_rebuild`` and all its
        writes of projections then raise Conflict.
        """

    async def list_nodes(self, *, silent_seconds: float) -> list[NodeRecord]:
        """The nodes that have not left, oldest first; a node that was silent for so long counts as dead."""

    async def list_duty_holders(self) -> dict[str, str]:
        """The node that holds each duty, by the duty's name."""

    async def find_projection_rules(self) -> int:
        """The version of the rules (``ledger.history.RULES``) of the stored projections."""

    async def note_projection_rules(self, revision: int) -> None:
        """Record that all stored projections follow these rules."""

    async def has_older_nodes(self, *, silent_seconds: float) -> bool:
        """Whether a live node uses earlier rules than this program."""

    async def end_rebuild(self) -> None:
        """Record that projections are complete again."""

    async def is_rebuilding(self) -> bool:
        """Whether a rebuild is running or was interrupted."""


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
    """Continue the order where the ledger stopped, before accepting the first receipt. Raises Unavailable.

    If another node sent a heartbeat within ``silent_seconds``, the nodes' order counts. After a gap it is unknown whether the
    ledger was not served or the clock was changed, so a time far ahead must last before the order follows it.
    """
    kept, now = await store.find_time(), clock.now()
    if newest is not None:
        clock.advance_to(newest)
    if kept is not None:
        away = abs(now - kept.seen_at)
        is_shared = away < timedelta(seconds=silent_seconds)
        clock.resume(kept.order + away if is_shared else kept.order, in_doubt=is_shared or away > GAP)
