"""The protocols without a ledger: for tests of what they say of themselves, and of what they make of receipts."""

from __future__ import annotations

from typing import cast

from shipledger.access.sealing import Seal
from shipledger.clock import Clock
from shipledger.outgoing.calls import Caller
from shipledger.outgoing.networks import read_networks
from shipledger.protocols.contract import VendorProtocol
from shipledger.protocols.declaration import Parts
from shipledger.protocols.registry import build_protocols, settings_type
from shipledger.settings import Settings
from shipledger.verbs.all_topics import AllVerbs


def list_protocols(settings: Settings | None = None) -> tuple[VendorProtocol, ...]:
    """All of them, with ``settings`` or the defaults."""
    parts = Parts(
        ledger=cast("AllVerbs", None),
        settings=settings or settings_type()(),
        clock=Clock(),
        caller=Caller(read_networks("")),
        seal=Seal(lambda: [b"a key of tests, which no installation has"]),
    )
    return build_protocols(parts)
