"""An incident, and what a receipt may ask about one. An incident is the fold of its entries."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, TypeAlias

from msgspec import UNSET, Struct, UnsetType

from shipledger.incidents.elements import Element, ElementKind, Held, list_present, values_present
from shipledger.incidents.marks import NOTHING_MARKED, IncidentMarks
from shipledger.incidents.notes import IncidentNote, leave_out_repeats
from shipledger.incidents.standing import IncidentStatus, Standing, StandingReport, stand_of
from shipledger.ledger.actor import Actor
from shipledger.ledger.erasure import Erase, Erased
from shipledger.ledger.marks import Marking
from shipledger.ledger.registers import known
from shipledger.ledger.submission import Alias, Environment, Order, Release, Target

NUMBER_SCOPE = "number"
"""The scope of the alias by which an incident's number names it. Its id names it in the scope ""."""


class IncidentFacts(Struct, frozen=True, omit_defaults=True):
    """What a submission says about an incident. UNSET: says nothing. None: says that there is none.

    ``services`` are names, ``service_ids`` the ids that the sender gave for them. ``tags`` are said as a whole.
    """

    external_id: str | None | UnsetType = UNSET
    title: str | None | UnsetType = UNSET
    description: str | None | UnsetType = UNSET
    services: tuple[str, ...] | UnsetType = UNSET
    service_ids: tuple[str, ...] | UnsetType = UNSET
    team: str | None | UnsetType = UNSET
    severity: str | None | UnsetType = UNSET
    environment: Environment | None | UnsetType = UNSET
    started_at: datetime | UnsetType = UNSET
    ended_at: datetime | None | UnsetType = UNSET
    version: str | None | UnsetType = UNSET
    releases: tuple[Release, ...] | UnsetType = UNSET
    tags: tuple[str, ...] | UnsetType = UNSET


class RecordIncident(Struct, frozen=True, tag="record-incident", omit_defaults=True):
    """Record an incident, or add to it when one of ``identities`` already names one.

    ``claims`` are identities that it takes where nobody has them, and by which it is found unless the incident there has
    another identity of ``own_scope``, in which no two reports of one incident differ. ``assumed`` and ``elements`` hold until
    something is said: ``assumed_order`` ranks below every order of a fact that was said. ``required_services`` are ids of
    services that must exist; their names become ``services``. ``repeats_within``: so many seconds long an equal record of the
    same ``sender``, a credential, is the same incident sent again. ``number`` is that of the incident, once it has one.
    ``left_out`` says, as a sentence, what of the report was left out or replaced before it came here.
    """

    source: str
    incident_id: str
    identities: tuple[Alias, ...]
    facts: IncidentFacts
    order: Order
    assumed: IncidentFacts = IncidentFacts()
    assumed_order: Order = ()
    claims: tuple[Alias, ...] = ()
    own_scope: str = ""
    elements: tuple[Element, ...] = ()
    notes: tuple[IncidentNote, ...] = ()
    required_services: tuple[str, ...] = ()
    repeats_within: int = 0
    sender: str = ""
    number: int = 0
    left_out: str = ""


class ChangeIncident(Struct, frozen=True, tag="change-incident", omit_defaults=True):
    """Change a known incident: its facts, single elements of it, its standing, or what is written about it.

    ``left_out`` is that of RecordIncident.
    """

    source: str
    target: Target
    order: Order
    facts: IncidentFacts = IncidentFacts()
    elements: tuple[Element, ...] = ()
    notes: tuple[IncidentNote, ...] = ()
    report: StandingReport | None = None
    left_out: str = ""


class MarkIncident(Struct, frozen=True, tag="mark-incident", omit_defaults=True):
    """Say by hand what caused an incident. What ``marks`` name must exist, and none may contradict another.

    ``names``: further identities of the incident. ``left_out``: see RecordIncident.
    """

    source: str
    target: Target
    marks: IncidentMarks
    order: Order
    names: tuple[Alias, ...] = ()
    left_out: str = ""


class RemoveIncident(Struct, frozen=True, tag="remove-incident", omit_defaults=True):
    """Remove an incident. What is recorded later under its identities is a new one."""

    source: str
    target: Target


IncidentSubmission: TypeAlias = RecordIncident | ChangeIncident | MarkIncident | RemoveIncident


class IncidentEntry(Struct, frozen=True):
    """One applied submission. ``version`` counts the entries of an incident from 1. ``actor``: see Entry."""

    organization_id: str
    incident_id: str
    version: int
    receipt_id: str
    item: int
    accepted_at: datetime
    recorded_at: datetime
    submission: IncidentSubmission | Erased | Erase
    actor: Actor | None = None

    kind: ClassVar[str] = "incident"

    @property
    def subject_id(self) -> str:
        """The incident."""
        return self.incident_id


class Incident(Struct, frozen=True, omit_defaults=True):
    """An incident as it stands. ``orders`` holds, for each fact that was ever said, the order that won.

    ``number`` counts the incidents of an organization from 1; 0 is none. ``elements`` holds what was said last of each
    element, by kind and key. ``sender`` is the credential that recorded it, "" where that does not matter or was not kept yet.
    ``marks`` are what people say of its causes, ``marked`` who said each last.
    """

    organization_id: str
    incident_id: str
    source: str
    version: int
    recorded_at: datetime
    updated_at: datetime
    facts: IncidentFacts
    orders: dict[str, Order]
    identities: tuple[Alias, ...] = ()
    is_removed: bool = False
    number: int = 0
    sender: str = ""
    elements: dict[str, dict[str, Held]] = {}
    notes: tuple[IncidentNote, ...] = ()
    reports: tuple[StandingReport, ...] = ()
    marks: IncidentMarks = NOTHING_MARKED
    marked: dict[str, Marking] = {}

    kind: ClassVar[str] = "incident"

    @property
    def subject_id(self) -> str:
        """Its id."""
        return self.incident_id

    @property
    def names(self) -> tuple[Alias, ...]:
        """All that names it: its id, its number and its identities."""
        number = (Alias(scope=NUMBER_SCOPE, key=str(self.number)),) if self.number else ()
        return (Alias(scope="", key=self.incident_id), *number, *self.identities)

    @property
    def told_notes(self) -> tuple[IncidentNote, ...]:
        """Its notes, oldest first, without those that were sent again."""
        return leave_out_repeats(self.notes)

    @property
    def standing(self) -> Standing:
        """How it stands, and since when it is over. A start that was said after the end, and is later, opens it again."""
        said, started_at = self.facts.ended_at, known(self.facts.started_at)
        if said is UNSET:
            return stand_of(self.reports)
        ended, began = self.orders.get("ended_at", ()), self.orders.get("started_at", ())
        if said is not None and started_at is not None and started_at > said and began > ended:
            return stand_of(self.reports, said_end=(began, None))
        return stand_of(self.reports, said_end=(ended, said))

    @property
    def status(self) -> IncidentStatus:
        """How it stands."""
        return self.standing.status

    @property
    def is_open(self) -> bool:
        """Whether nobody has said that it is over."""
        return self.ended_at is None

    @property
    def started_at(self) -> datetime:
        """When it began, else when it was recorded."""
        return known(self.facts.started_at) or self.recorded_at

    @property
    def ended_at(self) -> datetime | None:
        """When it was over, or None while it is open."""
        return self.standing.ended_at

    @property
    def external_id(self) -> str:
        """The sender's id, or the incident's own id when the sender gave none."""
        return known(self.facts.external_id) or self.incident_id

    @property
    def tags(self) -> tuple[str, ...]:
        """Its tags: those said as a whole, and those that were added or taken away one by one."""
        held = self.elements.get(ElementKind.TAG, {})
        return list_present(held, whole=known(self.facts.tags) or (), whole_order=self.orders.get("tags", ()))

    @property
    def details(self) -> dict[str, str]:
        """Free names and values."""
        return values_present(self.elements.get(ElementKind.DETAIL, {}))

    @property
    def responders(self) -> dict[str, str]:
        """Who is called to it: from what the sender's protocol needs to say so again, to words for people."""
        return values_present(self.elements.get(ElementKind.RESPONDER, {}))
