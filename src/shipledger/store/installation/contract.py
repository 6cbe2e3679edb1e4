"""Which ledger a database holds, and its condition; part of ``store.contract.Store``."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from msgspec import Struct

REPLACED = "ledger_replaced"
"""Error code for a database that holds another ledger than the one opened."""


class Installation(Struct, frozen=True):
    """The identity of a database.

    ``ledger_id``: unique to every ledger and its copies. ``key_check``: a digest of the token key, "" for none yet; and
    after a comma, one of the previous key. ``served_since``: since when a server has had a SQLite file open without having
    closed it, or None. ``archive_key_check``: a digest of the archive key, "" for none yet.
    """

    ledger_id: str
    key_check: str
    served_since: datetime | None
    archive_key_check: str = ""


class InstallationStore(Protocol):
    """The identity of a database."""

    async def find_installation(self) -> Installation:
        """What is known of it."""

    async def check_identity(self) -> None:
        """Raises Unavailable if the database holds another ledger than the one opened, or none.

        Every other verb then raises it too, until the ledger is back.
        """

    async def save_key_check(self, key_check: str, *, expected: str) -> None:
        """Record which key is used, unless another one than ``expected`` was recorded in the meantime."""

    async def save_archive_key_check(self, key_check: str, *, expected: str) -> None:
        """The same for the key that archives are signed with."""

    async def note_served(self, now: datetime) -> None:
        """Record that a server has the database open, until ``close``.

        A SQLite file copied without its log keeps this, which reveals that the copy is incomplete.
        """
