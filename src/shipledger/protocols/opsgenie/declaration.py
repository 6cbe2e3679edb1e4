"""What Opsgenie's APIs need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta, Struct

from shipledger.catalog.repository import DEFAULT_HOST
from shipledger.protocols.declaration import Declaration, Parts
from shipledger.protocols.opsgenie.credentials import KINDS
from shipledger.reporting.reporter import Delivery, Reporter
from shipledger.settings import part_of

if TYPE_CHECKING:
    from shipledger.protocols.contract import VendorProtocol


class OpsgenieSettings(Struct, frozen=True, kw_only=True):
    """What an operator can set."""

    opsgenie_unknown_workspace: Annotated[
        Literal["record", "refuse"],
        Meta(description="What to do with an Opsgenie deployment when no repository of its workspace is mapped to a service."),
    ] = "record"


def _build(parts: Parts) -> VendorProtocol:
    from shipledger.protocols.opsgenie.routes import OpsgenieProtocol

    return OpsgenieProtocol(
        parts.ledger,
        public_url=parts.settings.public_url,
        refuses_unknown_workspaces=part_of(parts.settings, OpsgenieSettings).opsgenie_unknown_workspace == "refuse",
    )


def _load_delivery() -> Delivery:
    from shipledger.protocols.opsgenie.delivery import DELIVERY

    return DELIVERY


OPSGENIE = Declaration(
    name="opsgenie",
    build=_build,
    credential_kinds=KINDS,
    settings=OpsgenieSettings,
    reporter=Reporter(
        variable="SHIPLEDGER_API_KEY",
        scheme="GenieKey",
        load=_load_delivery,
        help="An Opsgenie key in SHIPLEDGER_API_KEY also works, within the limits of the Opsgenie API.",
        default_host=DEFAULT_HOST,
    ),
)
