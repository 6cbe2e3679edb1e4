"""What Shipledger's own API needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shipledger.protocols.declaration import Declaration, Parts
from shipledger.protocols.native.credentials import ADMINISTER, APPROVE, GLANCE, KINDS
from shipledger.reporting.reporter import Delivery, Reporter

if TYPE_CHECKING:
    from shipledger.protocols.contract import VendorProtocol


def _build(parts: Parts) -> VendorProtocol:
    from shipledger.protocols.native.routes import NativeProtocol

    return NativeProtocol(parts.ledger, public_url=parts.settings.public_url)


def _load_delivery() -> Delivery:
    from shipledger.protocols.native.delivery import DELIVERY

    return DELIVERY


NATIVE = Declaration(
    name="native",
    build=_build,
    credential_kinds=KINDS,
    scopes={APPROVE: APPROVE, ADMINISTER: ADMINISTER, GLANCE: GLANCE},
    reporter=Reporter(variable="SHIPLEDGER_TOKEN", scheme="Bearer", load=_load_delivery, is_preferred=True),
)
