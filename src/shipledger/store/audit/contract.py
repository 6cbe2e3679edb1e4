"""Who did what; part of ``store.contract.Store``."""

from __future__ import annotations

from typing import Any, Protocol

from shipledger.found import Found
from shipledger.ledger.auditing import AuditFilter


class AuditStore(Protocol):
    """The entries of all kinds in one order."""

    async def list_acts(self, organization_id: str, wanted: AuditFilter) -> Found[Any]:
        """The newest entries that an audit tells of, as ``wanted``. Their kinds are in them."""
