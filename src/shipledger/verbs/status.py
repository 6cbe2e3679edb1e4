"""How the server, its nodes and its store are: what an operator looks at."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from msgspec import Struct

from shipledger.catalog.commit import PackBacklog
from shipledger.forwarding.message import OutboxBacklog
from shipledger.ledger.receipt_listing import Backlog
from shipledger.observability.pace import Measured


class NodeState(Struct, frozen=True):
    """A node. ``has_older_rules``: it makes projections as an earlier version did, and holds up an upgrade."""

    node_id: str
    seen_at: datetime
    is_alive: bool
    is_this: bool
    has_older_rules: bool


class DutyState(Struct, frozen=True):
    """A duty, the node that does it ("" for none), and its last run on this node. ``fault``: why that failed, or ""."""

    name: str
    node_id: str
    is_here: bool
    is_running: bool = False
    pause_seconds: float | None = None
    began_at: datetime | None = None
    took_seconds: float | None = None
    fault: str = ""


class ProcessState(Struct, frozen=True):
    """The process that answers."""

    node_id: str
    started_at: datetime
    up_seconds: float
    pace: Measured


class StoreState(Struct, frozen=True):
    """The store. ``free_bytes`` and ``disk_bytes`` are those of the disk of a SQLite file; None for other stores.

    ``backed_up_at``: when ``shipledger backup`` last copied a SQLite file; None if that is not known, as of other stores.
    """

    engine: str
    version: str
    revision: str
    location: str
    size_bytes: int
    free_bytes: int | None = None
    disk_bytes: int | None = None
    backed_up_at: datetime | None = None


class Status(Struct, frozen=True, kw_only=True):
    """All of it, at one moment. ``process`` is None where no server was asked.

    ``clock``: a sentence about a jump of the clock, or "". ``under_way``: what works in the background, a sentence each.
    ``unfinished``: what was interrupted, and what to run.
    """

    at: datetime
    version: str
    process: ProcessState | None
    store: StoreState
    nodes: tuple[NodeState, ...]
    duties: tuple[DutyState, ...]
    backlog: Backlog
    packs: PackBacklog
    outbox: OutboxBacklog
    organizations: int
    sealed_at: datetime | None
    clock: str
    even_since: datetime | None
    under_way: tuple[str, ...]
    unfinished: tuple[str, ...]


class StatusVerbs(Protocol):
    """The condition of the installation."""

    async def read_status(self) -> Status:
        """How it is now. Raises Unavailable."""

    async def is_operated_by(self, organization_id: str) -> bool:
        """Whether the operators of the installation belong to an organization."""
