"""The bodies of marks. Pure.

A member that is left out says nothing; null, or an empty text or list, withdraws what was said.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from msgspec import UNSET, Struct

from shipledger.catalog.clone_url import read_clone_url, to_clone_url
from shipledger.errors import Invalid
from shipledger.incidents import marks as incident_marks
from shipledger.incidents.marks import Cause, IncidentMarks
from shipledger.ledger import marks as deployment_marks
from shipledger.ledger.identity import bare_uuid
from shipledger.ledger.submission import Facts, Remediation
from shipledger.protocols.native.bodies import ID_LIMIT, LINK_LIMIT, NAME_LIMIT, SHOULD_NAME_A_REPOSITORY, TEXT_LIMIT
from shipledger.protocols.native.reading import (
    SHOULD_BE_AN_OBJECT,
    Faults,
    Reader,
    refuse_faults,
)
from shipledger.protocols.native.vocabulary import REMEDIES, REMEDY_SPELLINGS
from shipledger.protocols.wire_json import decode_body, decode_kept, encode_json, note_replaced

CAUSES_LIMIT = 100
LEAST_OF_A_COMMIT = 4
NOTE_LIMIT = TEXT_LIMIT
DEPLOYMENT_MEMBERS = ("change_failure", "unplanned", "remediation", "note")
INCIDENT_MEMBERS = ("caused_by", "root_cause", "potential_causes", "not_caused_by_deployment", "duplicate_of", "note")

Said = TypeVar("Said", Facts, IncidentMarks)


class CheckedMarks(Struct, frozen=True):
    """The marks in a body, the body as it may be kept, and what its receipt keeps besides."""

    said: Any
    body: str
    parameters: dict[str, str]


def check_deployment_marks(text: str) -> CheckedMarks:
    """The marks in a body that arrives. Raises Invalid with a text for every wrong member, and what ``decode_body`` raises."""
    return _check(text, _read_deployment_marks, deployment_marks.find_contradiction, DEPLOYMENT_MEMBERS)


def check_incident_marks(text: str) -> CheckedMarks:
    """The same for those of an incident."""
    return _check(text, _read_incident_marks, incident_marks.find_contradiction, INCIDENT_MEMBERS)


def read_kept_deployment_marks(text: str) -> Facts:
    """The marks in a body that was checked when it arrived."""
    return _read_deployment_marks(Reader(decode_kept(text), {}))


def read_kept_incident_marks(text: str) -> IncidentMarks:
    """The same for those of an incident."""
    return _read_incident_marks(Reader(decode_kept(text), {}))


def _check(
    text: str, read: Callable[[Reader], Said], find_contradiction: Callable[[Said], str], members: tuple[str, ...]
) -> CheckedMarks:
    sent, faults = decode_body(text), Faults()
    if type(sent) is not dict:
        raise Invalid("body", "The body is not an object.", fields={"body": SHOULD_BE_AN_OBJECT})
    body = Reader(sent, faults)
    body.refuse_others(members)
    if not sent:
        body.fault("body", f"should have at least one of {', '.join(members)}")
    said = read(body)
    contradiction = find_contradiction(said)
    if contradiction and not faults:
        body.fault("body", f"contradicts itself: {contradiction}")
    refuse_faults(faults)
    return CheckedMarks(said=said, body=encode_json(_clean(sent)).decode(), parameters=note_replaced(text))


def _read_deployment_marks(body: Reader) -> Facts:
    return Facts(
        is_change_failure=_if_sent(body, "change_failure", lambda: body.boolean("change_failure")),
        is_unplanned=_if_sent(body, "unplanned", lambda: body.boolean("unplanned")),
        remediation=_if_sent(body, "remediation", lambda: _read_remediation(body)),
        note=_if_sent(body, "note", lambda: body.text("note", limit=NOTE_LIMIT)),
    )


def _read_remediation(body: Reader) -> Remediation | None:
    if not body.has("remediation"):
        return None
    remedy = body.child("remediation")
    if remedy is None:
        return Remediation(kind="", id=_to_id(body.required_text("remediation", limit=ID_LIMIT)))
    remedy.refuse_others(("deployment", "type"))
    kind = remedy.word("type", REMEDIES, REMEDY_SPELLINGS)
    return Remediation(kind=kind[0] if kind else "", id=_to_id(remedy.required_text("deployment", limit=ID_LIMIT)))


def _read_incident_marks(body: Reader) -> IncidentMarks:
    def read_ids() -> tuple[str, ...] | None:
        return tuple(dict.fromkeys(map(_to_id, body.texts("caused_by", limit=CAUSES_LIMIT, item_limit=ID_LIMIT)))) or None

    def read_original() -> str | None:
        text = body.text("duplicate_of", limit=ID_LIMIT)
        return None if text is None else _to_id(text)

    return IncidentMarks(
        caused_by=_if_sent(body, "caused_by", read_ids),
        root_cause=_if_sent(body, "root_cause", lambda: _read_root(body)),
        potential_causes=_if_sent(body, "potential_causes", lambda: _read_causes(body)),
        not_caused_by_deployment=_if_sent(body, "not_caused_by_deployment", lambda: body.boolean("not_caused_by_deployment")),
        duplicate_of=_if_sent(body, "duplicate_of", read_original),
        note=_if_sent(body, "note", lambda: body.text("note", limit=NOTE_LIMIT)),
    )


def _read_root(body: Reader) -> Cause | None:
    if not body.has("root_cause"):
        return None
    cause = body.child("root_cause")
    if cause is None:
        body.fault("root_cause", "should be an object with repository and commit")
        return None
    return _read_commit(cause)


def _read_causes(body: Reader) -> tuple[Cause, ...] | None:
    if not body.has("potential_causes"):
        return None
    causes = []
    for items, name in body.each("potential_causes", limit=CAUSES_LIMIT):
        one = items.child(name)
        if one is None:
            causes.append(Cause(deployment_id=_to_id(items.required_text(name, limit=ID_LIMIT))))
        else:
            causes.append(Cause(deployment_id=_read_deployment(one)) if one.has("deployment") else _read_commit(one))
    return tuple(dict.fromkeys(causes))


def _read_deployment(one: Reader) -> str:
    one.refuse_others(("deployment",))
    return _to_id(one.required_text("deployment", limit=ID_LIMIT))


def _read_commit(cause: Reader) -> Cause:
    cause.refuse_others(("repository", "commit"))
    sent = cause.required_text("repository", limit=LINK_LIMIT)
    repository = read_clone_url(sent) if sent and len(sent) <= LINK_LIMIT else ""
    if repository is None:
        cause.fault("repository", SHOULD_NAME_A_REPOSITORY)
    commit = cause.required_text("commit", limit=NAME_LIMIT)
    if commit and len(commit) < LEAST_OF_A_COMMIT:
        cause.fault("commit", f"should have at least {LEAST_OF_A_COMMIT} characters")
    return Cause(repository=repository or "", commit=commit)


def _to_id(text: str) -> str:
    return bare_uuid(text).lower()


def _if_sent(body: Reader, name: str, read: Callable[[], Any]) -> Any:
    return read() if body.was_sent(name) else UNSET


def _clean(members: dict[str, Any]) -> dict[str, Any]:
    """``members`` with the canonical names of repositories, as clone URLs of CI jobs may carry credentials."""
    cleaned = dict(members)
    if type(members.get("root_cause")) is dict:
        cleaned["root_cause"] = _clean_cause(members["root_cause"])
    if type(members.get("potential_causes")) is list:
        cleaned["potential_causes"] = [_clean_cause(one) if type(one) is dict else one for one in members["potential_causes"]]
    return cleaned


def _clean_cause(cause: dict[str, Any]) -> dict[str, Any]:
    sent = cause.get("repository")
    return {**cause, "repository": to_clone_url(read_clone_url(sent) or "")} if type(sent) is str else cause
