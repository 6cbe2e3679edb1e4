"""Bodies of the Incident API as they are on the wire. What is read (``…In``) and what is written (``…Out``) are apart."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from shipledger.protocols.opsgenie.wire import LinksOut, PagingOut


class CreateIncidentIn(Struct, frozen=True, rename="camel"):
    """The body of create. ``service_ids`` are all impacted services, each once. UNSET and None were not sent."""

    message: str
    service_ids: tuple[str, ...]
    description: str | None
    priority: str
    tags: tuple[str, ...]
    details: dict[str, str]
    responders: tuple[dict[str, str], ...]
    note: str | None


class ChangeIncidentIn(Struct, frozen=True, rename="camel"):
    """The body of any other write: each says what it is about, and may have a note."""

    note: str | None = None
    message: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    priority: str | UnsetType = UNSET
    tags: tuple[str, ...] = ()
    details: dict[str, str] = {}
    keys: tuple[str, ...] = ()
    responders: tuple[dict[str, str], ...] = ()


class IncidentStatusOut(Struct, frozen=True, rename="camel"):
    """What became of a write. ``success`` and ``is_success`` are equal; ``incident_id`` is empty when it failed."""

    success: bool
    action: str
    processed_at: str
    integration_id: str
    is_success: bool
    status: str
    incident_id: str


class ResponderOut(Struct, frozen=True, rename="camel"):
    """Who is called to an incident. ``id`` is always there, as clients need it. The names are those that were sent."""

    type: str
    id: str
    name: str | UnsetType = UNSET
    username: str | UnsetType = UNSET


class IncidentOut(Struct, frozen=True, rename="camel", kw_only=True):
    """An incident, in the order of the real service's answers.

    ``impact_end_date`` is there while it is over. ``service_id``, the first impacted service, is what the Go client reads.
    """

    id: str
    description: str
    impacted_services: list[str]
    tiny_id: str
    message: str
    status: str
    tags: tuple[str, ...]
    created_at: str
    updated_at: str
    priority: str
    owner_team: str
    responders: list[ResponderOut]
    extra_properties: dict[str, str]
    links: LinksOut
    impact_start_date: str
    impact_end_date: str | UnsetType = UNSET
    actions: list[str]
    service_id: str | UnsetType = UNSET


class IncidentPageOut(Struct, frozen=True, rename="camel"):
    """A page of incidents."""

    data: list[IncidentOut]
    paging: PagingOut
    total_count: int


class NoteOut(Struct, frozen=True, rename="camel"):
    """A note. ``offset`` is its place in the list, as text."""

    note: str
    owner: str
    created_at: str
    offset: str


class LogOut(Struct, frozen=True, rename="camel"):
    """A line of the log. ``offset`` is its place in the list, as text."""

    log: str
    type: str
    owner: str
    created_at: str
    offset: str


class LogPageOut(Struct, frozen=True, rename="camel"):
    """A page of the log."""

    data: list[LogOut]
    paging: PagingOut


class NotePageOut(Struct, frozen=True, rename="camel"):
    """A page of notes."""

    data: list[NoteOut]
    paging: PagingOut
