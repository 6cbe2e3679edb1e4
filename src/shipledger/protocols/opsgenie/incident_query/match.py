"""Whether an incident is what a query says.

A text is looked through by its words, as search engines do: ``message: lorem`` finds the word, ``message: lor*`` words that begin
so, and several words stand beside each other in the text. Everything is compared without case. What is looked at is counted.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from msgspec import UNSET

from shipledger.incidents.model import Incident
from shipledger.protocols.effort import Effort
from shipledger.protocols.opsgenie.incident_query.fields import FIELDS, Kind
from shipledger.protocols.opsgenie.incident_query.tree import Condition, Every, Negation, Node, to_milliseconds
from shipledger.protocols.opsgenie.incident_responders import responders_of
from shipledger.protocols.opsgenie.incident_words import STATUSES, priority_of

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Letters of scripts that put no blanks between words: each is taken for a word."""

_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
_COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    ":": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def split_words(text: str) -> list[str]:
    """The words of a text: what is neither letter nor digit only parts them."""
    return _WORD.findall(text)


class Asked:
    """An incident as conditions look at it. ``services`` are the ids and names of its impacted services."""

    def __init__(self, incident: Incident, services: Sequence[str]) -> None:
        self._incident = incident
        self._services = services
        self._names: dict[str, frozenset[str]] = {}
        self._texts: dict[str, tuple[str, ...]] = {}
        self._spaced: dict[str, str] = {}

    def names(self, field: str, effort: Effort) -> frozenset[str]:
        """The values of a field without case."""
        if field not in self._names:
            names = _NAMES[field](self._incident, self._services)
            for name in names:
                effort.look_at(name, one_by_one=True)
            self._names[field] = frozenset(map(str.casefold, names))
        return self._names[field]

    def texts(self, field: str, effort: Effort) -> tuple[str, ...]:
        """The texts of a field without case."""
        if field not in self._texts:
            texts = _TEXTS[field](self._incident)
            for text in texts:
                effort.look_at(text)
            self._texts[field] = tuple(map(str.casefold, texts))
        return self._texts[field]

    def spaced(self, text: str, effort: Effort) -> str:
        """The words of a text with a blank before and after each."""
        if text not in self._spaced:
            effort.look_at(text, one_by_one=True)
            self._spaced[text] = f" {' '.join(split_words(text))} "
        return self._spaced[text]

    def number(self, field: str) -> int | None:
        """A number, or a time in milliseconds as answers show it; None when there is none."""
        if field == "tinyId":
            return self._incident.number
        moment = _TIMES[field](self._incident)
        return None if moment is None else to_milliseconds(moment)


def matches(node: Node, asked: Asked, effort: Effort) -> bool:
    """Whether an incident is what a query says. Raises TooMuchEffortError."""
    if isinstance(node, Condition):
        return _COMPARE[FIELDS[node.field]](node, asked, effort)
    if isinstance(node, Negation):
        return not matches(node.part, asked, effort)
    decide = all if isinstance(node, Every) else any
    return decide(matches(part, asked, effort) for part in node.parts)


def _compare_texts(condition: Condition, asked: Asked, effort: Effort) -> bool:
    texts = asked.texts(condition.field, effort)
    effort.look_at("")
    return any(_is_said(condition, text, asked, effort) for text in texts)


def _is_said(condition: Condition, text: str, asked: Asked, effort: Effort) -> bool:
    """A value without a letter or digit has no words: it is looked for as it is."""
    effort.look_at(text)
    if condition.is_prefix or not condition.phrases:
        return bool(text) if condition.is_prefix else condition.value in text
    first = condition.phrases[0].split(" ", 2)[1]
    if first not in text:
        return False
    spaced = asked.spaced(text, effort)
    return all(phrase in spaced for phrase in condition.phrases)


def _compare_names(condition: Condition, asked: Asked, effort: Effort) -> bool:
    names = asked.names(condition.field, effort)
    effort.look_at(condition.value)
    if not condition.is_prefix:
        return condition.value in names
    for name in names:
        effort.look_at("")
        if name.startswith(condition.value):
            return True
    return False


def _compare_numbers(condition: Condition, asked: Asked, effort: Effort) -> bool:
    effort.look_at("")
    number = asked.number(condition.field)
    if condition.is_prefix:
        return number is not None and str(number).startswith(condition.value)
    return number is not None and condition.number is not None and _COMPARISONS[condition.comparison](number, condition.number)


_COMPARE: dict[Kind, Callable[[Condition, Asked, Effort], bool]] = {
    Kind.TEXT: _compare_texts,
    Kind.NAMES: _compare_names,
    Kind.NUMBER: _compare_numbers,
    Kind.TIME: _compare_numbers,
}


def _said(value: object) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) and value else ()


def _responders(incident: Incident, *, types: tuple[str, ...] = ()) -> list[str]:
    called = [one for one in responders_of(incident) if not types or one.type in types]
    return [name for one in called for name in (one.id, one.name, one.username) if name is not UNSET]


_NAMES: Mapping[str, Callable[[Incident, Sequence[str]], Sequence[str]]] = {
    "id": lambda incident, _: (incident.incident_id,),
    "status": lambda incident, _: (STATUSES[incident.status],),
    "priority": lambda incident, _: (priority_of(incident),),
    "tag": lambda incident, _: incident.tags,
    "teams": lambda incident, _: (*_said(incident.facts.team), *_responders(incident, types=("team",))),
    "responders": lambda incident, _: _responders(incident),
    "services": lambda _, services: services,
    "impactedServices": lambda _, services: services,
    "actions": lambda *_: (),
    "details.key": lambda incident, _: tuple(incident.details),
    "postmortemRequired": lambda *_: ("false",),
    "postmortemStatus": lambda *_: ("no-postmortem",),
}
_TEXTS: Mapping[str, Callable[[Incident], Sequence[str]]] = {
    "message": lambda incident: _said(incident.facts.title),
    "description": lambda incident: _said(incident.facts.description),
    "details.value": lambda incident: tuple(incident.details.values()),
}
_TIMES: Mapping[str, Callable[[Incident], datetime | None]] = {
    "createdAt": lambda incident: incident.started_at,
    "updatedAt": lambda incident: incident.updated_at,
    "insertedAt": lambda incident: incident.recorded_at,
    "impactStartDate": lambda incident: incident.started_at,
    "impactEndDate": lambda incident: incident.ended_at,
    "postmortemPublishDueDate": lambda _: None,
}
