"""Path and query parameters of the Incident API. Pure; what is wrong raises Invalid with a text for every wrong parameter."""

from __future__ import annotations

import msgspec
from msgspec import Struct
from starlette.datastructures import QueryParams

from shipledger.protocols.opsgenie.incident_bodies import NOTE_LIMIT
from shipledger.protocols.opsgenie.incident_query import Node, read_query
from shipledger.protocols.opsgenie.incident_words import IDENTIFIER_TYPES
from shipledger.protocols.opsgenie.parameters import Page, raise_if_any, read_list, read_page_into
from shipledger.protocols.opsgenie.reading import SHOULD_BE_PROVIDED, Faults, find_unstorable, should_be_one_of

SORTS = (
    *("createdAt", "insertedAt", "updatedAt", "tinyId", "message", "status", "priority"),
    *("isSeen", "owner", "postmortemStatus", "postmortemPublishDueDate"),
)
"""Those of the vendor's page and those of its description. Nothing here has the last four, so the creation decides."""

ORDERS = ("asc", "desc")
DIRECTIONS = ("next", "prev")


class IncidentList(Struct, frozen=True):
    """Which incidents are asked for. ``query`` is the text as sent, for links."""

    page: Page
    condition: Node
    sort: str
    is_descending: bool
    query: str | None


class RecordList(Struct, frozen=True):
    """Which records of one incident are asked for: from ``page.offset`` to before ``end``, in this order."""

    page: Page
    end: int
    order: str


def read_incident(path_parameters: dict[str, str], query: QueryParams, faults: Faults | None = None) -> dict[str, str]:
    """The identifier of an incident and its type."""
    faults = {} if faults is None else faults
    identifier, identifier_type = path_parameters["id"], query.get("identifierType", "id")
    if identifier_type not in IDENTIFIER_TYPES:
        faults["identifierType"] = should_be_one_of(IDENTIFIER_TYPES)
    if (fault := find_unstorable(identifier)) is not None:
        faults["identifier"] = fault
    raise_if_any(faults)
    return {"identifier": identifier, "identifierType": identifier_type}


def read_removal(path_parameters: dict[str, str], query: QueryParams, name: str) -> dict[str, str]:
    """As ``read_incident``, with the tags or keys to take away, as a JSON list, and a note."""
    faults: Faults = {}
    items = read_list(query, name, faults)
    if not items and name not in faults:
        faults[name] = SHOULD_BE_PROVIDED
    note = query.get("note", "")
    if len(note) > NOTE_LIMIT:
        faults["note"] = f"should have at most {NOTE_LIMIT} characters"
    elif (fault := find_unstorable(note)) is not None:
        faults["note"] = fault
    incident = read_incident(path_parameters, query, faults)
    return {**incident, name: msgspec.json.encode(items).decode(), **({"note": note} if note else {})}


def read_incident_list(query: QueryParams) -> IncidentList:
    """What list asks for."""
    faults: Faults = {}
    text = query.get("query")
    wanted = IncidentList(
        page=read_page_into(query, faults),
        condition=read_query(text or "", faults),
        sort=_read_choice(query, "sort", SORTS, faults),
        is_descending=_read_choice(query, "order", ORDERS, faults, default="desc") == "desc",
        query=text,
    )
    raise_if_any(faults)
    return wanted


def read_record_list(query: QueryParams) -> RecordList:
    """Which notes or other records of one incident are asked for. ``direction`` says on which side of the offset they are."""
    faults: Faults = {}
    page = read_page_into(query, faults)
    order = _read_choice(query, "order", ORDERS, faults, default="desc")
    direction = _read_choice(query, "direction", DIRECTIONS, faults)
    raise_if_any(faults)
    if direction == "next":
        return RecordList(page, page.offset + page.limit, order)
    return RecordList(Page(offset=max(page.offset - page.limit, 0), limit=page.limit), page.offset, order)


def _read_choice(query: QueryParams, name: str, choices: tuple[str, ...], faults: Faults, *, default: str = "") -> str:
    said = query.get(name) or default or choices[0]
    if said not in choices:
        faults[name] = should_be_one_of(choices)
    return said
