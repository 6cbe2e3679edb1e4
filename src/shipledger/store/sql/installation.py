"""Which ledger this is, and how it was left."""

from __future__ import annotations

from datetime import datetime

from shipledger.store import rows
from shipledger.store.installation_contract import Installation
from shipledger.store.session import Session


class SqlInstallation(Session):
    """See InstallationStore."""

    async def find_installation(self) -> Installation:
        """See InstallationStore."""
        ledger_id, key_check, served_us = await self._fetch("find_installation")
        return Installation(ledger_id=ledger_id, key_check=key_check or "", served_since=rows.optional_time(served_us))

    async def save_key_check(self, key_check: str) -> None:
        """See InstallationStore."""
        await self._execute("save_key_check", key_check=key_check)

    async def note_served(self, now: datetime) -> None:
        """See InstallationStore. A database of several nodes is no file that somebody copies."""
