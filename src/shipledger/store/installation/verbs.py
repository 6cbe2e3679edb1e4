"""Which ledger this is, and how it was left."""

from __future__ import annotations

from datetime import datetime

from shipledger.errors import Unavailable
from shipledger.store import rows
from shipledger.store.installation.contract import Installation
from shipledger.store.session import Session


class SqlInstallation(Session):
    """See InstallationStore."""

    async def find_installation(self) -> Installation:
        """See InstallationStore. Raises Unavailable where there is no such row: somebody has emptied the database."""
        row = await self._fetch("find_installation")
        if row is None:
            raise Unavailable("ledger_gone", "The database no longer holds a ledger: it was emptied. Restore the ledger.")
        ledger_id, key_check, served_us, archive_key_check = row
        return Installation(
            ledger_id=ledger_id,
            key_check=key_check or "",
            served_since=rows.optional_time(served_us),
            archive_key_check=archive_key_check or "",
        )

    async def check_identity(self) -> None:
        """See InstallationStore. A SQLite file that is replaced is noticed by what the file system calls it."""

    async def save_key_check(self, key_check: str, *, expected: str) -> None:
        await self._execute("save_key_check", key_check=key_check, expected=expected)

    async def save_archive_key_check(self, key_check: str, *, expected: str) -> None:
        await self._execute("save_archive_key_check", key_check=key_check, expected=expected)

    async def note_served(self, now: datetime) -> None:
        """See InstallationStore. A database of several nodes is no file that somebody copies."""
