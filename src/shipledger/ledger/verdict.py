"""The outcome of a submission."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class VerdictKind(StrEnum):
    """The four outcomes of a write."""

    APPLIED = "applied"
    SUPERSEDED = "superseded"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


class Reason(StrEnum):
    """Why a submission was not, or not fully, applied: stable codes that protocols translate."""

    NONE = ""
    UNKNOWN_DEPLOYMENT = "unknown_deployment"
    UNKNOWN_INCIDENT = "unknown_incident"
    UNKNOWN_SERVICE = "unknown_service"
    UNKNOWN_MEMBER = "unknown_member"
    UNKNOWN_GATE = "unknown_gate"
    UNKNOWN_SETTING = "unknown_setting"
    INVALID_SETTING = "invalid_setting"
    LAST_ADMINISTRATOR = "last_administrator"
    NAME_TAKEN = "name_taken"
    CHANGED_MEANWHILE = "changed_meanwhile"
    UNKNOWN_WORKSPACE = "unknown_workspace"
    UNKNOWN_TARGET = "unknown_target"
    CONTRADICTION = "contradiction"
    NO_MATCH = "no_match"
    TOO_LARGE = "too_large"
    MANAGED_ELSEWHERE = "managed_elsewhere"
    OLDER_STATE = "older_state"
    OLDER_FACTS = "older_facts"
    NOT_NEWER = "not_newer"
    NOTHING_NEW = "nothing_new"
    DECIDED_OTHERWISE = "decided_otherwise"
    REFUSED_ON_ARRIVAL = "refused_on_arrival"
    COULD_NOT_BE_STORED = "could_not_be_stored"


class Verdict(Struct, frozen=True, omit_defaults=True):
    """The outcome of one item of a receipt, with a sentence if it is not a plain success.

    ``subject`` is what the reason is about, for example the workspace that is not connected.
    """

    kind: VerdictKind
    deployment_id: str | None = None
    reason: Reason = Reason.NONE
    sentence: str = ""
    subject: str = ""
