"""An incident, and what a receipt may ask about one."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeAlias

from msgspec import UNSET, Struct, UnsetType

from shipledger.ledger.erasure import Erase, Erased
from shipledger.ledger.submission import Alias, Environment, Order, Release, Submission, Target


class IncidentFacts(Struct, frozen=True, omit_defaults=True):
    """What a submission says about an incident. UNSET: says nothing. None: says that there is none."""

    external_id: str | None | UnsetType = UNSET
    title: str | None | UnsetType = UNSET
    services: tuple[str, ...] | UnsetType = UNSET
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
    another identity of ``own_scope``, in which no two reports of one incident differ. ``assumed`` holds until something is said:
    its ``assumed_order`` ranks below every order of a fact that was said.
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


class RemoveIncident(Struct, frozen=True, tag="remove-incident", omit_defaults=True):
    """Remove an incident. What is recorded later under its identities is a new one."""

    source: str
    target: Target


IncidentSubmission: TypeAlias = RecordIncident | RemoveIncident
Recording: TypeAlias = Submission | IncidentSubmission
"""All that a receipt may ask for. One receipt asks about deployments or about incidents."""


class IncidentEntry(Struct, frozen=True):
    """One applied submission. ``version`` counts the entries of an incident from 1."""

    organization_id: str
    incident_id: str
    version: int
    receipt_id: str
    item: int
    accepted_at: datetime
    recorded_at: datetime
    submission: IncidentSubmission | Erased | Erase


class Incident(Struct, frozen=True, omit_defaults=True):
    """An incident as it stands. ``orders`` holds, for each fact that was ever said, the order that won."""

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

    @property
    def is_open(self) -> bool:
        """Whether nobody has said that it is over."""
        return self.ended_at is None

    @property
    def started_at(self) -> datetime:
        """When it began, else when it was recorded."""
        return _known(self.facts.started_at) or self.recorded_at

    @property
    def ended_at(self) -> datetime | None:
        """When it was over, or None while it is open."""
        ended_at: datetime | None = _known(self.facts.ended_at)
        return ended_at

    @property
    def external_id(self) -> str:
        """The sender's id, or the incident's own id when the sender gave none."""
        return _known(self.facts.external_id) or self.incident_id


def _known(value: Any) -> Any:
    return None if value is UNSET else value
