"""Which ledger a database holds, and how it was left; part of ``store.contract.Store``."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from msgspec import Struct

REPLACED = "ledger_replaced"
"""The code of the error for a database that holds another ledger than the one that was opened."""


class Installation(Struct, frozen=True):
    """What is known of a database.

    ``ledger_id``: another one in every database, but for copies. ``key_check``: a digest of the token key, "" for none yet; and
    one of the key before it, behind a comma. ``served_since``: since when a server has had a SQLite file open without having
    closed it, or None.
    """

    ledger_id: str
    key_check: str
    served_since: datetime | None


class InstallationStore(Protocol):
    """What is known of a database as a whole."""

    async def find_installation(self) -> Installation:
        """What is known of it."""

    async def check_identity(self) -> None:
        """Raises Unavailable when the database holds another ledger than the one that was opened, or none any more.

        Then every other verb raises it, too, until the ledger is back.
        """

    async def save_key_check(self, key_check: str, *, expected: str) -> None:
        """Remember which key is used, unless somebody has noted another one than ``expected`` meanwhile."""

    async def note_served(self, now: datetime) -> None:
        """A server has the database open from now on; ``close`` ends that.

        Of a SQLite file that is copied without its log this remains, so that the copy is known to be not whole.
        """
