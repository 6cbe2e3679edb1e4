"""Incidents and their history."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from shipledger.incidents.model import Incident, IncidentEntry
from shipledger.ledger.submission import Alias


class IncidentVerbs(Protocol):
    """Incidents and their history."""

    async def find_incident(self, organization_id: str, name: Alias) -> Incident | None:
        """The incident with an identity, or None; an alias without scope is an id of the ledger."""

    async def scan_incidents(
        self,
        organization_id: str,
        started_from: datetime | None,
        started_until: datetime | None,
        after: Incident | tuple[int, str] | None,
    ) -> list[Incident]:
        """A page of incidents, newest first, after one or after a (start in microseconds, id); an empty page is the last.

        Bounds are inclusive.
        """

    async def list_incident_entries(self, organization_id: str, incident_id: str) -> list[IncidentEntry]:
        """All entries of an incident, in order."""
