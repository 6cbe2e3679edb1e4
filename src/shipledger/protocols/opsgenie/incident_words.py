"""The words of the Incident API and those of the ledger. Each table is total over the words it translates."""

from __future__ import annotations

from shipledger.incidents.model import Incident
from shipledger.incidents.standing import IncidentStatus
from shipledger.ledger.receipt import Settlement
from shipledger.ledger.verdict import Reason, VerdictKind
from shipledger.protocols.opsgenie.vocabulary import OUR_FAULT

PRIORITIES = ("P1", "P2", "P3", "P4", "P5")
DEFAULT_PRIORITY = "P3"

SEVERITY_PRIORITIES: dict[str, str] = {
    **{priority.lower(): priority for priority in PRIORITIES},
    **{f"sev-{number}": f"P{number}" for number in range(1, 6)},
    **{f"sev{number}": f"P{number}" for number in range(1, 6)},
    "critical": "P1",
    "high": "P2",
    "medium": "P3",
    "moderate": "P3",
    "low": "P4",
    "informational": "P5",
    "info": "P5",
}
"""From severities, without case, that incidents of other protocols have. What is not here has the default priority."""

STATUSES: dict[IncidentStatus, str] = {
    IncidentStatus.OPEN: "open",
    IncidentStatus.RESOLVED: "resolved",
    IncidentStatus.CLOSED: "closed",
}

RESPONDER_TYPES = ("user", "team", "escalation", "schedule")
"""The vendor's page names the first two; its Python client sends and reads all four."""

RESPONDER_NAMES = ("id", "name", "username")
IDENTIFIER_TYPES = ("id", "tiny")

CREATE_INCIDENT = "create-incident"
CLOSE_INCIDENT = "close-incident"
RESOLVE_INCIDENT = "resolve-incident"
REOPEN_INCIDENT = "reopen-incident"
DELETE_INCIDENT = "delete-incident"
ADD_NOTE = "add-incident-note"
ADD_TAGS = "add-incident-tags"
REMOVE_TAGS = "remove-incident-tags"
ADD_DETAILS = "add-incident-details"
REMOVE_DETAILS = "remove-incident-details"
ADD_RESPONDERS = "add-incident-responders"
UPDATE_MESSAGE = "update-incident-message"
UPDATE_DESCRIPTION = "update-incident-description"
UPDATE_PRIORITY = "update-incident-priority"

INCIDENT_ACTIONS: dict[str, tuple[str, str]] = {
    CREATE_INCIDENT: ("Create", "Created incident"),
    CLOSE_INCIDENT: ("Close", "Closed incident"),
    RESOLVE_INCIDENT: ("Resolve", "Resolved incident"),
    REOPEN_INCIDENT: ("Reopen", "Reopened incident"),
    DELETE_INCIDENT: ("Delete", "Deleted incident"),
    ADD_NOTE: ("AddNote", "Added note"),
    ADD_TAGS: ("AddTags", "Added tags"),
    REMOVE_TAGS: ("RemoveTags", "Removed tags"),
    ADD_DETAILS: ("AddDetails", "Added details"),
    REMOVE_DETAILS: ("RemoveDetails", "Removed details"),
    ADD_RESPONDERS: ("AddResponder", "Added responders"),
    UPDATE_MESSAGE: ("UpdateMessage", "Updated message"),
    UPDATE_DESCRIPTION: ("UpdateDescription", "Updated description"),
    UPDATE_PRIORITY: ("UpdatePriority", "Updated priority"),
}
"""From an operation to its action and to what its request status says when it succeeded."""

INCIDENT_UNKNOWN = "Incident does not exist"
SERVICE_UNKNOWN = "Service does not exist"


def priority_of(incident: Incident) -> str:
    """The severity of an incident as a priority."""
    severity = incident.facts.severity
    return SEVERITY_PRIORITIES.get(severity.casefold(), DEFAULT_PRIORITY) if isinstance(severity, str) else DEFAULT_PRIORITY


def incident_status_of(settlement: Settlement) -> str:
    """What the request status says of a request that is settled or quarantined."""
    if not settlement.verdicts:
        return OUR_FAULT
    verdict = settlement.verdicts[0]
    if verdict.kind is not VerdictKind.REJECTED:
        return INCIDENT_ACTIONS[settlement.operation][1]
    return {Reason.UNKNOWN_INCIDENT: INCIDENT_UNKNOWN, Reason.UNKNOWN_SERVICE: SERVICE_UNKNOWN}.get(
        verdict.reason, verdict.sentence
    )
