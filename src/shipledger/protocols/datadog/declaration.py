"""What Datadog's APIs need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta, Struct

from shipledger.protocols.datadog.credentials import KINDS
from shipledger.protocols.datadog.vocabulary import PERMISSIONS
from shipledger.protocols.declaration import Declaration, Parts
from shipledger.settings import part_of

if TYPE_CHECKING:
    from shipledger.protocols.contract import VendorProtocol


class DatadogSettings(Struct, frozen=True, kw_only=True):
    """What an operator can set."""

    datadog_time_format: Annotated[
        Literal["rfc3339", "int64"],
        Meta(description="Time format of the Datadog API for clients not recognized by their User-Agent."),
    ] = "rfc3339"
    datadog_extended_attributes: Annotated[
        bool, Meta(description="Whether the Datadog API shows the outcome of deployments and what remedied them.")
    ] = False
    datadog_missing_environment: Annotated[
        Literal["production", "staging", "testing", "development", "unmapped"],
        Meta(description="Tier of deployments sent to the Datadog API without an environment."),
    ] = "production"
    datadog_writes_per_minute: Annotated[
        int, Meta(ge=0, description="Writes per Datadog API key and calendar minute; 0: no limit.")
    ] = 60_000
    datadog_reads_per_minute: Annotated[
        int, Meta(ge=0, description="Reads per Datadog application key and calendar minute; 0: no limit.")
    ] = 6_000


def _build(parts: Parts) -> VendorProtocol:
    from shipledger.ledger.state import Tier
    from shipledger.protocols.datadog.call import Options
    from shipledger.protocols.datadog.routes import DatadogProtocol
    from shipledger.protocols.datadog.times import TimeForm

    settings = part_of(parts.settings, DatadogSettings)
    options = Options(
        time_form=TimeForm(settings.datadog_time_format),
        is_extended=settings.datadog_extended_attributes,
        writes_per_minute=settings.datadog_writes_per_minute,
        reads_per_minute=settings.datadog_reads_per_minute,
        missing_environment=Tier(settings.datadog_missing_environment),
    )
    return DatadogProtocol(parts.ledger, options)


DATADOG = Declaration(name="datadog", build=_build, credential_kinds=KINDS, scopes=PERMISSIONS, settings=DatadogSettings)
