"""From the writes of the Incident API to submissions on incidents. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from shipledger.incidents.elements import Element, ElementKind
from shipledger.incidents.model import (
    NUMBER_SCOPE,
    ChangeIncident,
    IncidentFacts,
    IncidentSubmission,
    RecordIncident,
    RemoveIncident,
)
from shipledger.incidents.notes import IncidentNote
from shipledger.incidents.standing import IncidentStatus, StandingReport
from shipledger.ledger.identity import bare_uuid, derive_id
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.submission import Target
from shipledger.protocols.opsgenie import incident_bodies as bodies
from shipledger.protocols.opsgenie import incident_words as words
from shipledger.protocols.opsgenie.incident_wire import ChangeIncidentIn, CreateIncidentIn
from shipledger.protocols.opsgenie.reading import Reader
from shipledger.protocols.opsgenie.translate import read_object
from shipledger.protocols.opsgenie.vocabulary import API_SOURCE
from shipledger.protocols.wire_json import REPLACED, decode_body, decode_kept

REPEATS_WITHIN_SECONDS = 60
"""The vendor's Python client gives up a minute after its first try, its Go client after 15 seconds (docs/adr/0021)."""

FIRST_NOTE = "create"

_REPORTS: dict[str, IncidentStatus] = {
    words.CLOSE_INCIDENT: IncidentStatus.CLOSED,
    words.RESOLVE_INCIDENT: IncidentStatus.RESOLVED,
    words.REOPEN_INCIDENT: IncidentStatus.OPEN,
}


def read_incident_body(operation: str, text: str, decode: Callable[[str], Any] = decode_body) -> Any:
    """The checked body of a write. Raises Invalid with a text for every wrong member, and what ``decode_body`` raises."""
    if operation in _BODILESS:
        return None
    return read_object("{}" if operation in _REPORTS and not text.strip() else text, _READERS[operation], decode)


def interpret_incident(receipt: Receipt) -> tuple[IncidentSubmission, ...]:
    """What a stored receipt asks for. Gives the same whenever it is asked."""
    return (to_incident_submission(receipt, read_incident_body(receipt.operation, receipt.body, decode_kept)),)


def to_incident_submission(receipt: Receipt, body: Any) -> IncidentSubmission:
    """What a receipt with this body asks for."""
    if receipt.operation == words.CREATE_INCIDENT:
        return _record(receipt, body)
    if receipt.operation == words.DELETE_INCIDENT:
        return RemoveIncident(source=API_SOURCE, target=_target_of(receipt))
    return _change(receipt, _removal_of(receipt) if body is None else body)


def to_incident_target(identifier: str, identifier_type: str) -> Target:
    """The incident that a path names."""
    if identifier_type == "tiny":
        return Target(scope=NUMBER_SCOPE, key=identifier)
    return Target(key=bare_uuid(identifier))


def _record(receipt: Receipt, body: CreateIncidentIn) -> RecordIncident:
    """Everything is assumed: a create that is sent again must not undo what somebody changed meanwhile."""
    return RecordIncident(
        source=API_SOURCE,
        incident_id=derive_id(receipt.receipt_id, 0, "incident"),
        identities=(),
        facts=IncidentFacts(),
        order=(receipt.order_us,),
        assumed=IncidentFacts(
            title=body.message,
            description=UNSET if body.description is None else body.description,
            severity=body.priority,
            started_at=receipt.accepted_at,
        ),
        assumed_order=(-receipt.order_us,),
        elements=(*_tags(body.tags), *_details(body.details), *_responders(body.responders)),
        notes=() if body.note is None else (IncidentNote(FIRST_NOTE, body.note, receipt.accepted_at),),
        required_services=body.service_ids,
        repeats_within=REPEATS_WITHIN_SECONDS,
        sender=receipt.credential_id,
        left_out=receipt.parameters.get(REPLACED, ""),
    )


def _change(receipt: Receipt, body: ChangeIncidentIn) -> ChangeIncident:
    """Nothing tells the order of changes but the time of their acceptance."""
    order = (receipt.order_us,)
    status = _REPORTS.get(receipt.operation)
    is_removal = receipt.operation == words.REMOVE_TAGS
    taken = tuple(Element(ElementKind.DETAIL, key) for key in body.keys)
    return ChangeIncident(
        source=API_SOURCE,
        target=_target_of(receipt),
        order=order,
        facts=IncidentFacts(title=body.message, description=_cleared(body.description), severity=body.priority),
        elements=(
            *([Element(ElementKind.TAG, tag) for tag in body.tags] if is_removal else _tags(body.tags)),
            *_details(body.details),
            *taken,
            *_responders(body.responders),
        ),
        notes=() if body.note is None else (_note(receipt, body.note),),
        report=None if status is None else StandingReport(status=status, reported_at=receipt.accepted_at, order=order),
        left_out=receipt.parameters.get(REPLACED, ""),
    )


def _note(receipt: Receipt, text: str) -> IncidentNote:
    """A note that may be sent again, by the same key for the same purpose."""
    sent_as = f"{receipt.credential_id} {receipt.operation}"
    return IncidentNote(receipt.receipt_id, text, receipt.accepted_at, sent_as)


def _removal_of(receipt: Receipt) -> ChangeIncidentIn:
    """What a DELETE says in its query."""
    note = receipt.parameters.get("note")
    if receipt.operation == words.REMOVE_TAGS:
        return ChangeIncidentIn(tags=_decode_items(receipt.parameters["tags"]), note=note)
    return ChangeIncidentIn(keys=_decode_items(receipt.parameters["keys"]), note=note)


def _target_of(receipt: Receipt) -> Target:
    return to_incident_target(receipt.parameters["identifier"], receipt.parameters["identifierType"])


def _tags(tags: tuple[str, ...]) -> list[Element]:
    return [Element(ElementKind.TAG, tag, tag) for tag in tags]


def _details(details: dict[str, str]) -> list[Element]:
    return [Element(ElementKind.DETAIL, key, value) for key, value in details.items()]


def _responders(responders: tuple[dict[str, str], ...]) -> list[Element]:
    return [
        Element(
            ElementKind.RESPONDER,
            msgspec.json.encode(responder, order="sorted").decode(),
            f"{responder['type']} {responder.get('name') or responder.get('username') or responder.get('id')}",
        )
        for responder in responders
    ]


def _cleared(text: str | UnsetType) -> str | None | UnsetType:
    return None if text == "" else text


_decode_items = msgspec.json.Decoder(tuple[str, ...]).decode

_READERS: dict[str, Callable[[Reader], Struct]] = {
    words.CREATE_INCIDENT: bodies.read_create_incident,
    words.CLOSE_INCIDENT: bodies.read_action,
    words.RESOLVE_INCIDENT: bodies.read_action,
    words.REOPEN_INCIDENT: bodies.read_action,
    words.ADD_NOTE: bodies.read_note,
    words.ADD_TAGS: bodies.read_tags,
    words.ADD_DETAILS: bodies.read_details,
    words.ADD_RESPONDERS: bodies.read_responders,
    words.UPDATE_MESSAGE: bodies.read_message,
    words.UPDATE_DESCRIPTION: bodies.read_description,
    words.UPDATE_PRIORITY: bodies.read_priority,
}
_BODILESS = (words.DELETE_INCIDENT, words.REMOVE_TAGS, words.REMOVE_DETAILS)
