"""Corrections by hand over a store, without a server."""

from __future__ import annotations

import secrets

from shipledger.catalog.host_aliases import NO_ALIASES
from shipledger.catalog.repository_names import RepositoryNames
from shipledger.clock import Clock
from shipledger.ingestion.at_once import AskingStore
from shipledger.performing.correction_desk import CorrectionDesk
from shipledger.store.contract import Store


def corrections_of(store: Store, clock: Clock) -> CorrectionDesk:
    """The desk at which deployments are corrected."""
    asks = AskingStore(store, clock)
    names = RepositoryNames(store, asks, aliases=NO_ALIASES)
    return CorrectionDesk(
        store, clock, asks, aliases=NO_ALIASES, repository_names=names, new_randomness=lambda: secrets.token_bytes(8)
    )
