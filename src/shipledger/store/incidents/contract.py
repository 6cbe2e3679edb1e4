"""What every store does with incidents; part of ``store.contract.Store``."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from shipledger.found import Found
from shipledger.incidents.marks import Cause
from shipledger.incidents.model import Incident, IncidentEntry
from shipledger.ledger.receipt_listing import RecordedVerdict
from shipledger.ledger.submission import Alias


class IncidentStore(Protocol):
    """Incidents and their entries."""

    async def load_incidents(self, names: Sequence[tuple[str, Alias]]) -> dict[tuple[str, Alias], Incident]:
        """The incidents that (organization, name) name, by any of ``Incident.names``. What does not exist is left out."""

    async def find_last_incident_numbers(self, organization_ids: Sequence[str]) -> dict[str, int]:
        """The greatest incident number ever used in each organization. Organizations without any are left out."""

    async def list_incident_entries(self, organization_id: str, incident_id: str) -> list[IncidentEntry]:
        """All entries of an incident, in order."""

    async def list_incident_verdicts(self, organization_id: str, incident_id: str) -> list[RecordedVerdict]:
        """The verdicts of all writes about an incident, oldest first."""

    async def find_incident(self, organization_id: str, incident_id: str) -> Incident | None:
        """The incident with this id, or None."""

    async def find_known_causes(self, organization_id: str, causes: Collection[Cause]) -> frozenset[Cause]:
        """Those of ``causes`` that are recorded: a deployment, or a commit that was sent or that a deployment names.

        A commit's id may be shortened.
        """

    async def scan_incidents(
        self,
        organization_id: str,
        *,
        started_from: datetime | None,
        started_until: datetime | None,
        after: Incident | tuple[int, str] | None,
        limit: int,
    ) -> Found[Incident]:
        """A page of incidents by start, then id, newest first, after ``after``; bounds are inclusive."""

    async def list_incidents_during(
        self, organization_id: str, *, since: datetime, until: datetime, limit: int
    ) -> tuple[Found[Incident], bool]:
        """The incidents that lasted at some time between two moments, those that began last; and whether some were left out."""
