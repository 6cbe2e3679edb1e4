"""What the operation on the status of the installation answers."""

from __future__ import annotations

from msgspec import Struct


class PaceOut(Struct, frozen=True, kw_only=True):
    """What the answering node did in the last `seconds`. Sizes and times of commits are means, null without any."""

    seconds: float
    requests_per_second: float
    receipts_per_second: float
    receipts_per_commit: float | None
    commit_milliseconds: float | None


class NodeOut(Struct, frozen=True, kw_only=True):
    """A server on the database."""

    id: str
    is_alive: bool
    is_this: bool
    has_older_rules: bool
    seen_at: str


class DutyOut(Struct, frozen=True, kw_only=True):
    """Work in the background, and the node that does it. What is known of its last run on the answering node; null: nothing."""

    name: str
    node_id: str | None
    is_running: bool
    began_at: str | None
    took_milliseconds: float | None
    fault: str | None


class WaitingOut(Struct, frozen=True, kw_only=True):
    """What waits, over all organizations."""

    receipts: int
    oldest_receipt_at: str | None
    quarantined: int
    messages: int
    oldest_message_at: str | None
    messages_given_up: int
    open_circuits: int
    packs: int
    packs_refused: int


class StoreOut(Struct, frozen=True, kw_only=True):
    """The database. The sizes of its disk, and when it was backed up, are null where it is not a file."""

    engine: str
    version: str
    revision: str
    size_bytes: int
    free_bytes: int | None
    disk_bytes: int | None
    backed_up_at: str | None


class StatusOut(Struct, frozen=True, kw_only=True):
    """How the installation is. `clock` tells of a jump of the clock, else it is null."""

    at: str
    version: str
    node_id: str | None
    started_at: str | None
    up_seconds: float | None
    pace: PaceOut | None
    store: StoreOut
    nodes: tuple[NodeOut, ...]
    duties: tuple[DutyOut, ...]
    waiting: WaitingOut
    organizations: int
    sealed_at: str | None
    clock: str | None
    even_since: str | None
    under_way: tuple[str, ...]
    unfinished: tuple[str, ...]
