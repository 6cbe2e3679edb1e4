"""The bodies of writes about incidents: which members they have, and what each must be. Pure.

Each function notes every wrong member in ``faults``; what it returns may be used only when there are none.
"""

from __future__ import annotations

from msgspec import UNSET

from shipledger.ledger.identity import bare_uuid
from shipledger.protocols.opsgenie.bodies import NAME_LIMIT, TEXT_LIMIT
from shipledger.protocols.opsgenie.incident_wire import ChangeIncidentIn, CreateIncidentIn
from shipledger.protocols.opsgenie.incident_words import DEFAULT_PRIORITY, PRIORITIES, RESPONDER_NAMES, RESPONDER_TYPES
from shipledger.protocols.opsgenie.reading import SHOULD_BE_PROVIDED, Reader

MESSAGE_LIMIT = 130
NOTE_LIMIT = 25_000
SERVICES_LIMIT = 100
TAGS_LIMIT = 100
DETAILS_LIMIT = 100
RESPONDERS_LIMIT = 100


def read_create_incident(body: Reader) -> CreateIncidentIn:
    """The body of create. One of ``serviceId`` and ``impactedServices`` must be there; both count."""
    first = body.text("serviceId", limit=NAME_LIMIT)
    if first is None and not body.has_any("impactedServices"):
        body.fault("serviceId", SHOULD_BE_PROVIDED)
    read_others = body.required_texts if first is None and body.has_any("impactedServices") else body.texts
    others = read_others("impactedServices", limit=SERVICES_LIMIT, item_limit=NAME_LIMIT)
    return CreateIncidentIn(
        message=body.required_text("message", limit=MESSAGE_LIMIT),
        service_ids=tuple(dict.fromkeys(map(bare_uuid, [*([] if first is None else [first]), *_or_empty(others)]))),
        description=body.text("description", limit=TEXT_LIMIT),
        priority=_read_priority(body),
        tags=_or_empty(body.texts("tags", limit=TAGS_LIMIT, item_limit=NAME_LIMIT)),
        details=_or_empty_map(body),
        responders=tuple([_read_responder(one) for one in body.objects("responders", limit=RESPONDERS_LIMIT)]),
        note=read_note_of(body),
    )


def read_action(body: Reader) -> ChangeIncidentIn:
    """The body of close, resolve and reopen."""
    return ChangeIncidentIn(note=read_note_of(body))


def read_note(body: Reader) -> ChangeIncidentIn:
    """The body of a note."""
    return ChangeIncidentIn(note=body.required_text("note", limit=NOTE_LIMIT))


def read_tags(body: Reader) -> ChangeIncidentIn:
    """The body that adds tags."""
    return ChangeIncidentIn(tags=body.required_texts("tags", limit=TAGS_LIMIT, item_limit=NAME_LIMIT), note=read_note_of(body))


def read_details(body: Reader) -> ChangeIncidentIn:
    """The body that adds details."""
    details = body.text_map("details", limit=DETAILS_LIMIT, key_limit=NAME_LIMIT, value_limit=TEXT_LIMIT)
    if details is UNSET:
        body.fault("details", SHOULD_BE_PROVIDED)
    return ChangeIncidentIn(details={} if details is UNSET else details, note=read_note_of(body))


def read_responders(body: Reader) -> ChangeIncidentIn:
    """The body that adds responders: ``responders``, or ``responder`` as the Go client calls the list."""
    name = "responder" if body.has_any("responder") and not body.has_any("responders") else "responders"
    responders = tuple([_read_responder(one) for one in body.required_objects(name, limit=RESPONDERS_LIMIT)])
    return ChangeIncidentIn(responders=responders, note=read_note_of(body))


def read_message(body: Reader) -> ChangeIncidentIn:
    """The body that changes the message."""
    return ChangeIncidentIn(message=body.required_text("message", limit=MESSAGE_LIMIT))


def read_description(body: Reader) -> ChangeIncidentIn:
    """The body that changes the description; ``""`` clears it."""
    description = body.text_or_unset("description", limit=TEXT_LIMIT)
    if description is UNSET:
        body.fault("description", SHOULD_BE_PROVIDED)
    return ChangeIncidentIn(description=description)


def read_priority(body: Reader) -> ChangeIncidentIn:
    """The body that changes the priority."""
    return ChangeIncidentIn(priority=body.required_choice("priority", PRIORITIES))


def read_note_of(body: Reader) -> str | None:
    """The note that any write may have."""
    return body.text("note", limit=NOTE_LIMIT)


def _read_priority(body: Reader) -> str:
    """Clients that did not set one may send it empty."""
    return body.choice("priority", PRIORITIES, default=DEFAULT_PRIORITY) if body.has_text("priority") else DEFAULT_PRIORITY


def _read_responder(responder: Reader) -> dict[str, str]:
    said = {name: text for name in RESPONDER_NAMES if (text := responder.text(name, limit=NAME_LIMIT)) is not None}
    kind = responder.required_choice("type", RESPONDER_TYPES)
    if not any(responder.has_text(name) for name in RESPONDER_NAMES):
        responder.fault("id", SHOULD_BE_PROVIDED)
    return {"type": kind, **said}


def _or_empty(texts: object) -> tuple[str, ...]:
    return texts if isinstance(texts, tuple) else ()


def _or_empty_map(body: Reader) -> dict[str, str]:
    details = body.text_map("details", limit=DETAILS_LIMIT, key_limit=NAME_LIMIT, value_limit=TEXT_LIMIT)
    return {} if details is UNSET else details
