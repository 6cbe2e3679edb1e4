"""The query language of the list of incidents: terms joined by AND. Pure.

A term is a name, ``:`` or ``=`` with an optional blank, and a value that may stand in quotes; for the two times there are
``<``, ``<=``, ``>`` and ``>=``, too, and the value is a time or epoch milliseconds.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import UNSET, Struct

from shipledger.incidents.model import Incident
from shipledger.ledger.identity import bare_uuid
from shipledger.protocols.opsgenie.incident_words import PRIORITIES, STATUSES
from shipledger.protocols.opsgenie.reading import SHOULD_BE_A_TIME, Faults, find_unstorable, should_be_one_of
from shipledger.protocols.opsgenie.times import parse_query_time

SERVICE_TERMS = ("impactedServices", "serviceId")
TIME_TERMS = ("createdAt", "updatedAt")
TEXT_TERMS = ("status", *SERVICE_TERMS, "priority", "tag", "tinyId", "message")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_REST = timedelta(microseconds=999)
_QUOTED_OR_AND = re.compile(r'("[^"]*")|\s+AND\s+')
_QUOTED = re.compile(r'"[^"]*"')
_TERM = re.compile(r"\s*([A-Za-z]+)\s*(<=|>=|[:=<>])\s*(.*?)\s*", re.DOTALL)
_NOT_READ = re.compile(r"(?:^|\s)(OR|NOT)(?:\s|$)|[()]")
_CHOICES: dict[str, tuple[str, ...]] = {"status": tuple(STATUSES.values()), "priority": PRIORITIES}
_COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    ":": operator.eq,
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Term(Struct, frozen=True):
    """One condition. ``milliseconds`` since 1970 is the value of a time."""

    name: str
    comparison: str
    value: str
    milliseconds: int = 0


class Asked(Struct, frozen=True):
    """An incident as terms look at it. ``updated_at`` and the start are compared as answers show them, to the millisecond."""

    incident: Incident
    priority: str
    service_ids: Sequence[str]


def read_query(text: str, faults: Faults) -> tuple[Term, ...]:
    """The terms of a query. What cannot be read is named in ``faults``."""
    if not text.strip():
        return ()
    if (fault := find_unstorable(text)) is not None:
        faults["query"] = fault
        return ()
    terms = []
    for part in _split(text):
        term = _read_term(part, faults)
        if term is None:
            return ()
        terms.append(term)
    return tuple(terms)


def matches(terms: Sequence[Term], asked: Asked) -> bool:
    """Whether all ``terms`` hold."""
    return all(_holds(term, asked) for term in terms)


def start_bounds(terms: Sequence[Term]) -> tuple[datetime | None, datetime | None]:
    """Between which starts all matching incidents are: wide enough, for what is compared by the millisecond."""
    lower = [term.milliseconds for term in terms if term.name == "createdAt" and term.comparison in (":", "=", ">", ">=")]
    upper = [term.milliseconds for term in terms if term.name == "createdAt" and term.comparison in (":", "=", "<", "<=")]
    begin = _EPOCH + max(lower) * _MILLISECOND if lower else None
    end = _EPOCH + min(upper) * _MILLISECOND + _REST if upper else None
    return begin, end


def to_milliseconds(moment: datetime) -> int:
    """Whole milliseconds since 1970."""
    return (moment - _EPOCH) // _MILLISECOND


def _split(text: str) -> list[str]:
    """The parts between AND, where it is not quoted."""
    parts, begin = [], 0
    for found in _QUOTED_OR_AND.finditer(text):
        if found[1] is None:
            parts.append(text[begin : found.start()])
            begin = found.end()
    return [*parts, text[begin:]]


def _read_term(part: str, faults: Faults) -> Term | None:
    unquoted = _QUOTED.sub("", part)
    found = _TERM.fullmatch(part)
    name, comparison, value = found.groups() if found else ("", "", "")
    is_known = name in TIME_TERMS or (name in TEXT_TERMS and comparison in (":", "="))
    if _NOT_READ.search(unquoted) or '"' in unquoted or not is_known:
        faults["query"] = (
            f"should have no term such as {part.strip()!r}: the terms are {', '.join([*TEXT_TERMS, *TIME_TERMS])}, joined by AND"
        )
        return None
    value = value.strip('"').strip()
    if name in TIME_TERMS:
        milliseconds = _read_time(value)
        if milliseconds is None:
            faults["query"] = f"{name} {SHOULD_BE_A_TIME}, or milliseconds since 1970"
            return None
        return Term(name=name, comparison=comparison, value=value, milliseconds=milliseconds)
    choices = _CHOICES.get(name)
    if choices is not None and value.casefold() not in {choice.casefold() for choice in choices}:
        faults["query"] = f"{name} {should_be_one_of(choices)}"
        return None
    return Term(name=name, comparison=comparison, value=bare_uuid(value) if name in SERVICE_TERMS else value)


def _read_time(text: str) -> int | None:
    try:
        if text.isascii() and text.isdecimal():
            return to_milliseconds(_EPOCH + int(text) * _MILLISECOND)
        moment = parse_query_time(text)
    except (ValueError, OverflowError):
        return None
    return None if moment is None else to_milliseconds(moment)


def _holds(term: Term, asked: Asked) -> bool:
    if term.name in TIME_TERMS:
        moment = asked.incident.started_at if term.name == "createdAt" else asked.incident.updated_at
        return _COMPARISONS[term.comparison](to_milliseconds(moment), term.milliseconds)
    return _TEXTS[term.name](asked, term.value.casefold())


def _title_of(incident: Incident) -> str:
    title = incident.facts.title
    return "" if title is UNSET or title is None else title


_TEXTS: Mapping[str, Callable[[Asked, str], bool]] = {
    "status": lambda asked, value: STATUSES[asked.incident.status] == value,
    "impactedServices": lambda asked, value: value in asked.service_ids,
    "serviceId": lambda asked, value: value in asked.service_ids,
    "priority": lambda asked, value: asked.priority.casefold() == value,
    "tag": lambda asked, value: value in {tag.casefold() for tag in asked.incident.tags},
    "tinyId": lambda asked, value: str(asked.incident.number) == value,
    "message": lambda asked, value: value in _title_of(asked.incident).casefold(),
}
