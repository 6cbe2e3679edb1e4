"""Incidents and their history."""

from __future__ import annotations

from datetime import datetime

from shipledger.incidents.model import Incident, IncidentEntry
from shipledger.ledger.submission import Alias
from shipledger.performing.performer import Performer, tell_damaged

INCIDENTS_PAGE = 500


class IncidentPerformer(Performer):
    """See ``verbs.incidents.IncidentVerbs``."""

    async def find_incident(self, organization_id: str, name: Alias) -> Incident | None:
        """The incident with an identity, or None."""
        if not name.scope:
            return await self._parts.store.find_incident(organization_id, name.key)
        return (await self._parts.store.load_incidents([(organization_id, name)])).get((organization_id, name))

    async def scan_incidents(
        self,
        organization_id: str,
        started_from: datetime | None,
        started_until: datetime | None,
        after: Incident | tuple[int, str] | None,
    ) -> list[Incident]:
        """The page of incidents after one, or the first."""
        found = await self._parts.store.scan_incidents(
            organization_id, started_from=started_from, started_until=started_until, after=after, limit=INCIDENTS_PAGE
        )
        return tell_damaged(found)

    async def list_incident_entries(self, organization_id: str, incident_id: str) -> list[IncidentEntry]:
        """All entries of an incident, in order."""
        return await self._parts.store.list_incident_entries(organization_id, incident_id)
