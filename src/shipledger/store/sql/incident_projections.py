"""The projections of incidents."""

from __future__ import annotations

from collections.abc import Sequence

from shipledger.clock import to_microseconds
from shipledger.errors import Conflict
from shipledger.incidents.model import Incident
from shipledger.store import rows
from shipledger.store.projecting import Cause, Change, Key
from shipledger.store.session import Steps, call


class IncidentRows:
    """The row of each incident, and its names."""

    def hear(self, change: Change) -> Steps[None]:
        """See Subscriber. Raises Conflict in the transaction when a newer version is stored."""
        ordered = sorted(change.incidents, key=_key_of)
        kept = [one for one in ordered if not one.is_removed]
        gone = [*(_key_of(one) for one in ordered if one.is_removed), *change.erased_incidents]
        return self._save(change, kept, gone)

    @staticmethod
    def _save(change: Change, kept: Sequence[Incident], gone: Sequence[Key]) -> Steps[None]:
        if change.cause is Cause.REBUILD and change.is_whole:
            yield call("clear_incidents")
        if gone:
            yield call("delete_incidents", keys=rows.to_json(gone))
        if not kept:
            return
        if len((yield call("save_incidents", rows=rows.to_json(map(_from_incident, kept))))) != len(kept):
            raise Conflict("incident_moved_on", "An incident changed in the meantime; load it and decide again.")
        yield call("delete_incident_aliases", keys=rows.to_json(map(_key_of, kept)))
        names = ((one.organization_id, *rows.from_alias(alias), one.incident_id) for one in kept for alias in one.names)
        yield call("save_incident_aliases", rows=rows.to_json(names))


def _key_of(incident: Incident) -> Key:
    return incident.organization_id, incident.incident_id


def _from_incident(incident: Incident) -> rows.Row:
    return (
        incident.organization_id,
        incident.incident_id,
        incident.version,
        to_microseconds(incident.started_at),
        rows.optional_us(incident.ended_at),
        rows.to_document(incident),
    )
