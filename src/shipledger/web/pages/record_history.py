"""Who changed a record of the catalog, when, and what: as pages show it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeAlias

from msgspec import Struct

from shipledger.access.credential import Credential
from shipledger.verbs.actor_names import actor_name, find_actor_names
from shipledger.verbs.browsing import PersonBrowsing

CHANGES_SHOWN = 20


Describe: TypeAlias = Callable[[Sequence[Any]], Awaitable[Sequence[tuple[str, ...]]]]
"""What each of several submissions says, in short sentences."""


class Reader(PersonBrowsing, Protocol):
    """What of the ledger is asked."""

    async def list_entries_of(self, kind: str, organization_id: str, subject_id: str) -> list[Any]:
        """All entries of a record of a kind, in order."""

    async def find_credential(self, organization_id: str, credential_id: str) -> Credential | None:
        """The credential with this id, revoked or not, or None."""


class HistoryRow(Struct, frozen=True):
    """A change. ``who`` is in words."""

    at: datetime
    who: str
    what: tuple[str, ...]
    receipt_id: str


async def read_history(
    ledger: Reader, kind: str, organization_id: str, subject_id: str, describe_all: Describe
) -> tuple[Sequence[HistoryRow], int]:
    """The last changes of a record, newest first, and how many earlier ones there are."""
    return await list_history(
        ledger, await ledger.list_entries_of(kind, organization_id, subject_id), organization_id, describe_all
    )


async def list_history(
    ledger: Reader, entries: Sequence[Any], organization_id: str, describe_all: Describe
) -> tuple[Sequence[HistoryRow], int]:
    """The same of all entries of a record, in order."""
    shown = entries[-CHANGES_SHOWN:][::-1]
    said = await describe_all([one.submission for one in shown])
    names = await find_actor_names(ledger, organization_id, [one.actor for one in shown])
    rows = [
        HistoryRow(one.recorded_at, actor_name(one.actor, names), what, one.receipt_id)
        for one, what in zip(shown, said, strict=True)
    ]
    return rows, len(entries) - len(shown)
