"""How long an organization keeps what is not kept forever."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from shipledger.catalog.organization_settings.in_force import ORGANIZATION, find_own, index
from shipledger.catalog.organization_settings.model import ScopeSettings
from shipledger.found import Found, whole

EVEN = timedelta(days=3)
"""So long must the time of the ledger have gone on without a jump or a gap before it is believed that something is old."""


class Reader(Protocol):
    """What of a store is asked."""

    async def list_settings(self, organization_id: str) -> Found[ScopeSettings]:
        """What is set, for each scope."""


def to_keeping(days: object) -> timedelta | None:
    """So many days; None for 0: forever."""
    return timedelta(days=days) if isinstance(days, int | float) and days else None


async def find_keeping(reader: Reader, organization_id: str, key: str, otherwise: timedelta | None) -> timedelta | None:
    """How long an organization wants to keep something; ``otherwise`` if it has set nothing. None: forever.

    Raises DamagedRecord: nothing may be deleted by what counts in place of a setting that cannot be read.
    """
    own = find_own(key, ORGANIZATION, index(whole(await reader.list_settings(organization_id))))
    return otherwise if own is None else to_keeping(own.held.value)
