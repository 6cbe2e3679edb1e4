"""Readable words for the ledger's codes. Pure; every table is total over its enum."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from shipledger.access.people.person import AccountState
from shipledger.access.people.roles import Role
from shipledger.catalog.commit_range import RangeReason
from shipledger.forwarding.message import MessageState
from shipledger.gating.gate import GateStatus
from shipledger.gating.notice import ASKED, CLOSED, DECIDED
from shipledger.incidents.standing import IncidentStatus
from shipledger.ledger import own_receipts
from shipledger.ledger.actor import actor_of, owner_of
from shipledger.ledger.naming import IssueSource
from shipledger.ledger.receipt import Receipt, ReceiptState, Settlement
from shipledger.ledger.receipt_listing import RecordedVerdict
from shipledger.ledger.state import State, Tier
from shipledger.ledger.verdict import Reason, Verdict, VerdictKind
from shipledger.verbs.actor_names import actor_name
from shipledger.web.pages.isolation import in_a_sentence

STATES: dict[State, str] = {
    State.PENDING: "Pending",
    State.IN_PROGRESS: "In progress",
    State.SUCCESSFUL: "Successful",
    State.FAILED: "Failed",
    State.CANCELLED: "Cancelled",
    State.ROLLED_BACK: "Rolled back",
    State.UNKNOWN: "Unknown",
}

INCIDENT_STATUSES: dict[IncidentStatus, str] = {
    IncidentStatus.OPEN: "Open",
    IncidentStatus.RESOLVED: "Resolved",
    IncidentStatus.CLOSED: "Closed",
}

GATE_STATUSES: dict[GateStatus, str] = {
    GateStatus.AWAITING: "Awaiting a decision",
    GateStatus.ALLOWED: "Allowed",
    GateStatus.PREVENTED: "Prevented",
    GateStatus.CLOSED: "Closed without a decision",
}

MESSAGE_STATES: dict[MessageState, str] = {
    MessageState.PENDING: "Waiting to be told",
    MessageState.DELIVERED: "Told",
    MessageState.GIVEN_UP: "Not told",
}

TOPICS: dict[str, str] = {ASKED: "that it waits", DECIDED: "the decision", CLOSED: "that it was closed"}
"""What a message tells."""

RANGES: dict[RangeReason, str] = {
    RangeReason.FIRST_DEPLOYMENT: "nothing of it ran before, so only this commit counts",
    RangeReason.SAME_COMMIT: "the same commit ran before",
    RangeReason.FORWARD: "its commits since what ran before",
    RangeReason.ROLLBACK: "back to an older commit",
    RangeReason.DIVERGED: "from another branch than what ran before",
    RangeReason.UNKNOWN_COMMIT: "nobody has sent this commit with its parents",
    RangeReason.UNKNOWN_COMMIT_BEFORE: "nobody has sent the commit that ran before",
}
"""By which commits pull requests were found."""

TIERS: dict[Tier, str] = {
    Tier.PRODUCTION: "Production",
    Tier.STAGING: "Staging",
    Tier.TESTING: "Testing",
    Tier.DEVELOPMENT: "Development",
    Tier.UNMAPPED: "Unmapped",
}

ISSUE_SOURCES: dict[IssueSource, str] = {
    IssueSource.SENDER: "",
    IssueSource.TITLE: "named in the title",
    IssueSource.MESSAGE: "named in the message",
    IssueSource.COMMIT: "named in the commit",
}
"""Nothing to say where the sender named the issue as one."""

VERDICTS: dict[VerdictKind, str] = {
    VerdictKind.APPLIED: "Applied",
    VerdictKind.SUPERSEDED: "Superseded",
    VerdictKind.DUPLICATE: "Duplicate",
    VerdictKind.REJECTED: "Rejected",
}

RECEIPT_STATES: dict[ReceiptState, str] = {
    ReceiptState.PENDING: "Waiting",
    ReceiptState.SETTLED: "Settled",
    ReceiptState.QUARANTINED: "Quarantined",
}

ROLES: dict[Role, str] = {
    Role.VIEWER: "Viewer",
    Role.EDITOR: "Editor",
    Role.APPROVER: "Approver",
    Role.ADMINISTRATOR: "Administrator",
}

ACCOUNT_STATES: dict[AccountState, str] = {
    AccountState.INVITED: "Invited",
    AccountState.ACTIVE: "Active",
    AccountState.DISABLED: "Disabled",
}

_FACTS = {"external_id": "external id", "started_at": "start", "url": "link", "releases": "commits"}
"""Facts whose name in the ledger is not the word for readers."""

_ADVICE: dict[Reason, str] = {
    Reason.NONE: "",
    Reason.UNKNOWN_DEPLOYMENT: "Check the identifier and its type, and whether the write that creates it was applied.",
    Reason.UNKNOWN_INCIDENT: "Check the identifier, and whether the incident was already deleted.",
    Reason.TOO_LARGE: "Record a new incident instead, or take a login of the person away.",
    Reason.UNKNOWN_MEMBER: "See who belongs to the organization: shipledger user list",
    Reason.UNKNOWN_SERVICE: "Send the id of an existing service, or create the service first. Then send the request again.",
    Reason.UNKNOWN_GATE: "Check the key of the gate, or the id of its deployment.",
    Reason.UNKNOWN_SETTING: "Check the name: `shipledger setting list` prints them all.",
    Reason.INVALID_SETTING: "Send a value that the setting accepts; nothing was changed.",
    Reason.LAST_ADMINISTRATOR: "Make somebody else an administrator first: shipledger user set-role EMAIL --role administrator",
    Reason.NAME_TAKEN: "Choose another name.",
    Reason.CHANGED_MEANWHILE: "Look at what stands now, and ask again.",
    Reason.UNKNOWN_WORKSPACE: (
        "Map one of its repositories to a service, or set opsgenie_unknown_workspace to record. Then send the request again."
    ),
    Reason.UNKNOWN_TARGET: "Check the id, and whether what it names was removed.",
    Reason.CONTRADICTION: "Withdraw the other mark with null, in the same request.",
    Reason.NO_MATCH: "Check the property names and values; they must match exactly.",
    Reason.MANAGED_ELSEWHERE: "",
    Reason.OLDER_STATE: "Nothing is wrong: reports may arrive late or out of order, and the one that ranks highest counts.",
    Reason.OLDER_FACTS: "Nothing is wrong: reports may arrive late or out of order, and the ledger keeps the newest values.",
    Reason.NOT_NEWER: (
        "The sender must give each update of a deployment a greater number. Numbered by the second, the second "
        "of two updates within a second is lost; its credential can be set to let the later of two equal numbers win."
    ),
    Reason.DECIDED_OTHERWISE: "The first decision counts. Deploy anew to ask for another one.",
    Reason.REFUSED_ON_ARRIVAL: "The sender was told at once. Fix it there and send it again.",
    Reason.COULD_NOT_BE_STORED: "This is an internal error; see the server's log. The request is kept below.",
    Reason.NOTHING_NEW: "Nothing is wrong: the same report was sent again and had no further effect.",
}

_CODE = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
_CODES = {str(state): words.lower() for state, words in STATES.items()} | _FACTS
"""Codes that sentences of the ledger may hold, in words."""

_WORST_FIRST = (VerdictKind.REJECTED, VerdictKind.SUPERSEDED, VerdictKind.DUPLICATE, VerdictKind.APPLIED)


def verdict_sentence(verdict: Verdict) -> str:
    """The verdict, as one or two sentences."""
    if verdict.kind is VerdictKind.APPLIED and not verdict.sentence:
        return "Applied: everything in this report counts."
    sentence = in_a_sentence(_CODE.sub(lambda match: _CODES.get(match[0], match[0]), verdict.sentence))
    return f"Applied in part. {sentence}" if verdict.kind is VerdictKind.APPLIED else sentence or f"{VERDICTS[verdict.kind]}."


def advice(verdict: Verdict) -> str:
    """What to do about a verdict, or why nothing is needed; "" if there is nothing to say."""
    return "" if verdict.kind is VerdictKind.APPLIED else _ADVICE[verdict.reason]


def fact_name(name: str) -> str:
    """A fact's name as words."""
    return _FACTS.get(name, name.removeprefix("is_").replace("_", " "))


def role_name(role: Role | None) -> str:
    """A role in an organization; None is one in teams alone."""
    return "In teams only" if role is None else ROLES[role]


def protocol_name(name: str) -> str:
    """A protocol's or source's name as a title."""
    return name.replace("_", " ").replace("-", " ").capitalize()


def sender_name(credential_name: str) -> str:
    """Who sent a request with a credential."""
    return credential_name or "a deleted credential"


def verdict_sender(one: RecordedVerdict, people: Mapping[str, str]) -> str:
    """Who sent a request: a credential or a person by name, an operator, or the ledger itself. ``people`` are by id."""
    return sender_name(one.credential_name) if one.asker is None else actor_name(one.asker, people)


def receipt_sender(credential_name: str, receipt: Receipt, people: Mapping[str, str]) -> str:
    """Who sent a receipt: a credential or a person by name, an operator, or the ledger itself. ``people`` are by id."""
    is_own = receipt.protocol == own_receipts.PROTOCOL and not receipt.credential_id
    if owner_of(receipt.credential_id):
        return f"{actor_name(actor_of(receipt), people)}, with the token {sender_name(credential_name)}"
    return actor_name(actor_of(receipt), people) if is_own else sender_name(credential_name)


def operation_name(name: str) -> str:
    """An operation's name as words."""
    return name.replace("_", " ").replace("-", " ").strip()


def outcome_kind(settlement: Settlement) -> str:
    """The one word that stands for a receipt in a list: its state, or the worst of its verdicts."""
    if settlement.state is not ReceiptState.SETTLED or not settlement.verdicts:
        return str(settlement.state)
    kinds = {verdict.kind for verdict in settlement.verdicts}
    return str(next(kind for kind in _WORST_FIRST if kind in kinds))


def outcome_words(settlement: Settlement) -> str:
    """The outcome of a receipt in a few words: "Waiting", "Applied", "3 applied, 1 rejected"."""
    if settlement.state is not ReceiptState.SETTLED or not settlement.verdicts:
        return RECEIPT_STATES[settlement.state]
    counted = Counter(verdict.kind for verdict in settlement.verdicts)
    if len(settlement.verdicts) == 1:
        return VERDICTS[settlement.verdicts[0].kind]
    return ", ".join(f"{counted[kind]} {kind}" for kind in reversed(_WORST_FIRST) if counted[kind])
