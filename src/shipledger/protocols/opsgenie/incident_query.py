"""The query language of the list of incidents: terms joined by AND. Pure, and read in one pass.

A term is a name, ``:`` or ``=`` with an optional blank, and a value that may stand in quotes; for the two times there are
``<``, ``<=``, ``>`` and ``>=``, too, and the value is a time or epoch milliseconds.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property

from msgspec import UNSET, Struct

from shipledger.incidents.model import Incident
from shipledger.ledger.identity import bare_uuid
from shipledger.protocols.effort import Effort
from shipledger.protocols.opsgenie.incident_words import PRIORITIES, STATUSES
from shipledger.protocols.opsgenie.reading import SHOULD_BE_A_TIME, Faults, find_unstorable, should_be_one_of
from shipledger.protocols.opsgenie.times import parse_query_time

SERVICE_TERMS = ("impactedServices", "serviceId")
TIME_TERMS = ("createdAt", "updatedAt")
TEXT_TERMS = ("status", *SERVICE_TERMS, "priority", "tag", "tinyId", "message")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_REST = timedelta(microseconds=999)
_PIECE = re.compile(r'"[^"]*"|\s+|[^\s"]+|"')
"""A quoted text, blanks, a word, or a quotation mark that nothing closes. No two kinds begin alike, so none is tried in vain."""

_QUOTED = re.compile(r'"[^"]*"')
_COMPARISON = re.compile(r"([A-Za-z]++)\s*+(<=|>=|[:=<>])")
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


LENGTH_LIMIT = 2_000
TERMS_LIMIT = 100


class Term(Struct, frozen=True):
    """One condition. ``milliseconds`` since 1970 is the value of a time."""

    name: str
    comparison: str
    value: str
    milliseconds: int = 0


class Asked:
    """An incident as terms look at it. ``updated_at`` and the start are compared as answers show them, to the millisecond."""

    def __init__(self, incident: Incident, priority: str, service_ids: Sequence[str]) -> None:
        self.incident = incident
        self.priority = priority.casefold()
        self.service_ids = frozenset(service_ids)

    @cached_property
    def tags(self) -> frozenset[str]:
        """Its tags without case."""
        return frozenset(map(str.casefold, self.incident.tags))

    @cached_property
    def title(self) -> str:
        """Its message without case."""
        title = self.incident.facts.title
        return "" if title is UNSET or title is None else title.casefold()


def read_query(text: str, faults: Faults) -> tuple[Term, ...]:
    """The terms of a query. What cannot be read is named in ``faults``."""
    if not text.strip():
        return ()
    if len(text) > LENGTH_LIMIT:
        faults["query"] = f"should have at most {LENGTH_LIMIT} characters"
        return ()
    if (fault := find_unstorable(text)) is not None:
        faults["query"] = fault
        return ()
    terms = []
    parts = _split(text)
    if len(parts) > TERMS_LIMIT:
        faults["query"] = f"should have at most {TERMS_LIMIT} terms"
        return ()
    for part in parts:
        term = _read_term(part, faults)
        if term is None:
            return ()
        terms.append(term)
    return tuple(terms)


def matches(terms: Sequence[Term], asked: Asked, effort: Effort) -> bool:
    """Whether all ``terms`` hold. Raises TooMuchEffortError."""
    return all(_holds(term, asked, effort) for term in terms)


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
    """The parts between AND, where it is not quoted and has blanks on both sides."""
    pieces = _PIECE.findall(text)
    joins = [at for at in range(1, len(pieces) - 1) if pieces[at] == "AND" and not (pieces[at - 1] + pieces[at + 1]).strip()]
    begins = [0, *(at + 1 for at in joins)]
    return ["".join(pieces[begin:end]) for begin, end in zip(begins, [*joins, len(pieces)], strict=True)]


def _read_term(part: str, faults: Faults) -> Term | None:
    unquoted = _QUOTED.sub("", part)
    part = part.strip()
    found = _COMPARISON.match(part)
    name, comparison = found.groups() if found else ("", "")
    value = part[found.end() :] if found else ""
    is_known = name in TIME_TERMS or (name in TEXT_TERMS and comparison in (":", "="))
    if _NOT_READ.search(unquoted) or '"' in unquoted or not is_known:
        faults["query"] = (
            f"should have no term such as {part!r}: the terms are {', '.join([*TEXT_TERMS, *TIME_TERMS])}, joined by AND"
        )
        return None
    value = value.strip().strip('"').strip()
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


def _holds(term: Term, asked: Asked, effort: Effort) -> bool:
    effort.look_at(asked.title if term.name == "message" else "")
    if term.name in TIME_TERMS:
        moment = asked.incident.started_at if term.name == "createdAt" else asked.incident.updated_at
        return _COMPARISONS[term.comparison](to_milliseconds(moment), term.milliseconds)
    return _TEXTS[term.name](asked, term.value.casefold())


_TEXTS: Mapping[str, Callable[[Asked, str], bool]] = {
    "status": lambda asked, value: STATUSES[asked.incident.status] == value,
    "impactedServices": lambda asked, value: value in asked.service_ids,
    "serviceId": lambda asked, value: value in asked.service_ids,
    "priority": lambda asked, value: asked.priority == value,
    "tag": lambda asked, value: value in asked.tags,
    "tinyId": lambda asked, value: str(asked.incident.number) == value,
    "message": lambda asked, value: value in asked.title,
}
