"""Give the services of repositories that were mapped by an alias of a host the present name, too."""

from __future__ import annotations

import structlog

from shipledger.catalog.host_aliases import HostAliases
from shipledger.catalog.respelling import respell_mappings
from shipledger.duty import Duty
from shipledger.ledger.asking import Asks
from shipledger.store.contract import Store

PAUSE_SECONDS = 300.0

log = structlog.get_logger(__name__)


def respelling_duty(store: Store, asks: Asks, aliases: HostAliases) -> Duty:
    """The duty, which finds nothing to do after the first time."""

    async def respell() -> None:
        respelled = await respell_mappings(store, asks, aliases)
        if respelled:
            log.info("Repositories keep their services under the names of their hosts.", repositories=respelled)

    return Duty(name="respelling", pause_seconds=PAUSE_SECONDS, run=respell)
