"""The form that corrects a deployment: its fields as text, and what somebody has changed in them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import UNSET

from shipledger.errors import Invalid
from shipledger.ledger.correcting import value_of
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.registers import known
from shipledger.ledger.remedies import remediation_of
from shipledger.ledger.state import State
from shipledger.ledger.submission import Facts, Remediation
from shipledger.verbs.corrections import Wish
from shipledger.web.pages.frame import digest_of
from shipledger.web.pages.moments import read_moment

FIELDS = ("started_at", "finished_at", "state", "environment", "services", "version", "title", "releases")
LIMITS = {"environment": 255, "services": 2_000, "version": 255, "title": 1_000, "releases": 6_000, "note": 6_000}
"""Characters of a text."""
MARKS = ("change_failure", "unplanned", "remediation", "remedy", "note")
REMEDIES = {"rollback": "rollback", "rollforward": "roll-forward"}
_ANSWERS: Mapping[str, bool | None] = {"": None, "yes": True, "no": False}


def write_fields(deployment: Deployment) -> dict[str, str]:
    """What holds, as the form has it."""
    environment = deployment.environment
    return {
        "started_at": _write_time(deployment.started_at),
        "finished_at": _write_time(deployment.finished_at),
        "state": deployment.shown_state.value,
        "environment": (environment.name or environment.id) if environment else "",
        "services": ", ".join(value_of(deployment, "services")),
        "version": value_of(deployment, "version") or "",
        "title": value_of(deployment, "title") or "",
        "releases": "\n".join(f"{one.repository}@{one.commit}" for one in deployment.releases),
    }


def write_marks(deployment: Deployment) -> dict[str, str]:
    """The marks that stand, as the form has them."""
    facts, remedy = deployment.facts, remediation_of(deployment.facts)
    words = {value: word for word, value in _ANSWERS.items()}
    return {
        "change_failure": words[known(facts.is_change_failure)],
        "unplanned": words[known(facts.is_unplanned)],
        "remediation": (remedy.id or "") if remedy else "",
        "remedy": remedy.kind if remedy else "",
        "note": known(facts.note) or "",
    }


def to_was(fields: Mapping[str, str]) -> str:
    """What a form was made of, so that only what somebody changes in it is corrected. What is too long for it is left out."""
    return msgspec.json.encode({name: digest_of(_plain(text)) for name, text in fields.items() if fits(name, text)}).decode()


def fits(name: str, text: str) -> bool:
    """Whether a form has a field: many commits, and a long note, are changed by command."""
    return len(text) <= LIMITS.get(name, len(text))


def read_wish(form: Mapping[str, str]) -> Wish:
    """What somebody has changed. Raises Invalid with the fields that are wrong."""
    if form.get("removed"):
        return Wish(is_removed=True)
    changed, faults = _find_changed(form, FIELDS), dict[str, str]()
    for name, text in changed.items():
        if not fits(name, text):
            faults[name] = f"should have at most {LIMITS[name]:,} characters"
    said = {name: _READERS[name](text, name, faults) for name, text in changed.items() if name not in faults}
    if faults:
        raise Invalid("correction", "The form has wrong fields.", fields=faults)
    return Wish(**said)


def read_marks(form: Mapping[str, str]) -> Facts:
    """The marks that somebody has changed. Raises Invalid with the fields that are wrong."""
    changed = _find_changed(form, MARKS)
    faults = {
        name: "should be yes, no or left open"
        for name in ("change_failure", "unplanned")
        if changed.get(name, "") not in _ANSWERS
    }
    if not fits("note", changed.get("note", "")):
        faults["note"] = f"should have at most {LIMITS['note']:,} characters"
    if faults:
        raise Invalid("marks", "The form has wrong fields.", fields=faults)
    is_remedied = "remediation" in changed or "remedy" in changed
    remedy_id, kind = form.get("remediation", "").lower(), form.get("remedy", "")
    remedy = Remediation(kind=kind if kind in REMEDIES else "", id=remedy_id) if remedy_id else None
    return Facts(
        is_change_failure=_ANSWERS[changed["change_failure"]] if "change_failure" in changed else UNSET,
        is_unplanned=_ANSWERS[changed["unplanned"]] if "unplanned" in changed else UNSET,
        remediation=remedy if is_remedied else UNSET,
        note=(changed["note"] or None) if "note" in changed else UNSET,
    )


def read_seen(form: Mapping[str, str]) -> int:
    """The version of the corrections that the form was made of. Raises Invalid."""
    seen = form.get("seen", "")
    if not (seen.isascii() and seen.isdecimal() and len(seen) < 10):  # noqa: PLR2004  digits of an integer
        raise Invalid("form", "The form lacks what it was made of; load the page again.")
    return int(seen)


def _find_changed(form: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    try:
        was = msgspec.json.decode(form.get("was", ""), type=dict[str, str])
    except msgspec.DecodeError:
        raise Invalid("form", "The form lacks what it was made of; load the page again.") from None
    typed = {name: form.get(name, "") for name in names if name in was}
    return {name: text for name, text in typed.items() if digest_of(_plain(text)) != was[name]}


def _plain(text: str) -> str:
    """Without what browsers change in the fields of forms."""
    return " ".join(text.split())


def _write_time(moment: datetime | None) -> str:
    if moment is None:
        return ""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds" if moment.microsecond else "seconds")


def _read_time(text: str, name: str, faults: dict[str, str]) -> Any:
    moment = read_moment(text)
    if moment is None:
        faults[name] = "should be a date and time, such as 2026-03-04T10:02:00"
        return UNSET
    return moment


def _read_state(text: str, name: str, faults: dict[str, str]) -> Any:
    if text not in set(State):
        faults[name] = "should be one of the states"
        return UNSET
    return State(text)


def _read_required(text: str, name: str, faults: dict[str, str]) -> Any:
    if not text:
        faults[name] = "should not be empty"
    return text


def _read_services(text: str, _name: str, _faults: dict[str, str]) -> Any:
    return tuple(dict.fromkeys(filter(None, (one.strip() for one in text.split(",")))))


def _read_text(text: str, _name: str, _faults: dict[str, str]) -> Any:
    return text or None


def _read_releases(text: str, name: str, faults: dict[str, str]) -> Any:
    lines = [line.strip().rpartition("@") for line in text.splitlines() if line.strip()]
    if any(not repository or not commit for repository, _, commit in lines):
        faults[name] = "should have a repository and a commit in each line, such as github.com/acme/shop@61445f3"
    return tuple((repository, commit) for repository, _, commit in lines)


_READERS: Mapping[str, Callable[[str, str, dict[str, str]], Any]] = {
    "started_at": _read_time,
    "finished_at": _read_time,
    "state": _read_state,
    "environment": _read_required,
    "services": _read_services,
    "version": _read_text,
    "title": _read_text,
    "releases": _read_releases,
}
