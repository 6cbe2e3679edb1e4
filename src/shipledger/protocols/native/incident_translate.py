"""From this API's incidents to submissions. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import UNSET, UnsetType

from shipledger.clock import to_microseconds
from shipledger.incidents.model import IncidentFacts, RecordIncident
from shipledger.incidents.standing import IncidentStatus
from shipledger.ledger.digest_alias import digest_alias
from shipledger.ledger.identity import bare_uuid, derive_id
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.registers import as_said
from shipledger.ledger.submission import Alias, Environment, Release
from shipledger.protocols.native.request_key import key_identities, key_names
from shipledger.protocols.native.vocabulary import SOURCE
from shipledger.protocols.native.wire import IncidentIn
from shipledger.protocols.wire_json import REPLACED

ID_SCOPE = "native:incident"
MOMENT_SCOPE = "native:incident:moment"


def own_incident_id(receipt_id: str, item: int) -> str:
    """The id of the incident that an item of a receipt records, when that is a new one."""
    return derive_id(receipt_id, item, "incident")


def to_incident_submissions(receipt: Receipt, incidents: Sequence[IncidentIn]) -> tuple[RecordIncident, ...]:
    """What a receipt with these incidents asks for."""
    return tuple(_to_submission(receipt, item, incident) for item, incident in enumerate(incidents))


def _to_submission(receipt: Receipt, item: int, incident: IncidentIn) -> RecordIncident:
    """What an item asks for. Reports with one id are of one incident; without, what was hit and when tells a repeat."""
    order = receipt.order_us
    return RecordIncident(
        source=SOURCE,
        incident_id=own_incident_id(receipt.receipt_id, item),
        identities=(
            *(_identities(incident) or key_identities(receipt, item)),
            *(key_names(receipt) if item == 0 else ()),
        ),
        facts=IncidentFacts(
            external_id=as_said(incident.external_id),
            title=as_said(incident.title),
            description=as_said(incident.description),
            services=incident.services or UNSET,
            team=as_said(incident.team),
            severity=as_said(incident.severity),
            environment=_to_environment(incident),
            started_at=UNSET if incident.started_at is None else incident.started_at,
            ended_at=_to_end(incident, receipt.accepted_at),
            version=as_said(incident.version),
            releases=tuple(Release(repository=one.repository, commit=one.commit) for one in incident.releases) or UNSET,
            tags=incident.tags or UNSET,
        ),
        order=(order, item) if item else (order,),
        assumed=IncidentFacts(started_at=_earliest(incident, receipt.accepted_at)),
        assumed_order=(-order,),
        left_out=receipt.parameters.get(REPLACED, ""),
    )


def _identities(incident: IncidentIn) -> tuple[Alias, ...]:
    if incident.external_id is not None:
        return (Alias(scope=ID_SCOPE, key=bare_uuid(incident.external_id)),)
    if incident.started_at is None:
        return ()
    hit = (sorted(one.casefold() for one in incident.services), (incident.team or "").casefold())
    said = (*hit, bare_uuid(incident.environment or ""), incident.title or "", to_microseconds(incident.started_at))
    return (digest_alias(MOMENT_SCOPE, *said),)


def _to_end(incident: IncidentIn, accepted_at: datetime) -> datetime | None | UnsetType:
    """The end; None for an incident that is open again, as long as nothing newer says otherwise."""
    if incident.resolved_at is not None:
        return incident.resolved_at
    if incident.status is None:
        return UNSET
    return None if incident.status is IncidentStatus.OPEN else accepted_at


def _earliest(incident: IncidentIn, accepted_at: datetime) -> datetime:
    """A start that nobody says is when it was heard of, unless it was over by then."""
    return accepted_at if incident.resolved_at is None else min(accepted_at, incident.resolved_at)


def _to_environment(incident: IncidentIn) -> Environment | UnsetType:
    if incident.environment is None:
        return UNSET
    name = incident.environment_name or incident.environment
    return Environment(id=incident.environment, name=name, tier=incident.tier, original_tier=incident.sent_tier)
