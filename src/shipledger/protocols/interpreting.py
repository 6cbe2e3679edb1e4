"""From a stored receipt to what it asks for, by its protocol."""

from __future__ import annotations

from collections.abc import Sequence

from shipledger.aggregates import AGGREGATES, Recording
from shipledger.ledger.asking import reader_of
from shipledger.ledger.receipt import OWN_PROTOCOL, Receipt
from shipledger.protocols.contract import VendorProtocol


class Interpreters:
    """Interprets a stored receipt by its protocol."""

    def __init__(self) -> None:
        self._protocols: dict[str, VendorProtocol] = {}
        self._read_own = reader_of(AGGREGATES)

    def use(self, protocols: Sequence[VendorProtocol]) -> None:
        """Set the protocols. They need the ledger's verbs, which need a worker, which needs this: hence two steps."""
        self._protocols = {protocol.name: protocol for protocol in protocols}

    def interpret(self, receipt: Receipt) -> Sequence[Recording]:
        """What the receipt asks for. Raises KeyError for a protocol that this version does not know."""
        if receipt.protocol == OWN_PROTOCOL:
            return self._read_own(receipt)
        return self._protocols[receipt.protocol].interpret(receipt)
