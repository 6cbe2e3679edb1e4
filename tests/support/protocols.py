"""The protocols without a ledger: for tests of what they say of themselves, and of what they make of receipts."""

from __future__ import annotations

from typing import cast

from shipledger.protocols.contract import LedgerVerbs, VendorProtocol
from shipledger.protocols.declaration import Parts
from shipledger.protocols.registry import build_protocols, settings_type
from shipledger.settings import Settings


def list_protocols(settings: Settings | None = None) -> tuple[VendorProtocol, ...]:
    """All of them, with ``settings`` or the defaults."""
    return build_protocols(Parts(ledger=cast("LedgerVerbs", None), settings=settings or settings_type()()))
