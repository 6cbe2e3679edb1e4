"""Find the incident that a report is about by the names that it only claims, and see which of them it gets. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from shipledger.incidents.model import Incident, RecordIncident
from shipledger.ledger.submission import Alias


def find_by_claim(submission: RecordIncident, holders: Mapping[Alias, Incident]) -> Incident | None:
    """The incident that has a name which ``submission`` claims, and is not another one by its own names."""
    found = (holders[alias] for alias in submission.claims if alias in holders)
    return next((incident for incident in found if not _is_another(incident, submission)), None)


def take_claims(submission: RecordIncident, current: Incident | None, holders: Mapping[Alias, Incident]) -> RecordIncident:
    """``submission`` on ``current`` with those of its claims as identities that no other incident has."""
    own = current.incident_id if current else None
    taken = [alias for alias in submission.claims if alias not in holders or holders[alias].incident_id == own]
    return replace(submission, identities=(*submission.identities, *taken), claims=())


def _is_another(incident: Incident, submission: RecordIncident) -> bool:
    own = {alias for alias in submission.identities if alias.scope == submission.own_scope}
    held = {alias for alias in incident.identities if alias.scope == submission.own_scope}
    return bool(own) and bool(held) and not own & held
