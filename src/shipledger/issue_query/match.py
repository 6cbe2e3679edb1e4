"""Whether a query finds an issue."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from shipledger.issue_query.tree import OF_THE_ISSUE, All, Condition, Field, Node, Not, SameRow, Some
from shipledger.issue_query.values import begins_a_word


class Row(Struct, frozen=True):
    """What the page of an issue shows of one pipeline in one environment."""

    type: str
    environment: str
    state: str
    pipeline: str


class Subject(Struct, frozen=True):
    """An issue with its rows."""

    key: str
    rows: tuple[Row, ...]


def finds(query: Node, subject: Subject) -> bool:
    """Whether ``query`` holds for an issue. A negative condition on deployments holds when no row has the value."""
    match query:
        case Condition():
            return _holds(query, subject)
        case SameRow():
            return any(all(_is_met(one, _value(one.field, row)) for one in query.conditions) for row in subject.rows)
        case Not():
            return not finds(query.part, subject)
        case All():
            return all(finds(part, subject) for part in query.parts)
        case Some():
            return any(finds(part, subject) for part in query.parts)


def list_projects(query: Node) -> tuple[str, ...] | None:
    """The projects outside of which ``query`` finds nothing, in upper case; None when it does not say."""
    if isinstance(query, Condition) and not query.is_negative and not query.is_prefix:
        if query.field is Field.PROJECT:
            return tuple(value.upper() for value in query.values)
        if query.field is Field.ISSUE_KEY:
            return tuple(dict.fromkeys(_project_of(value).upper() for value in query.values))
    if isinstance(query, All):
        return next((found for part in query.parts if (found := list_projects(part)) is not None), None)
    return None


def _holds(condition: Condition, subject: Subject) -> bool:
    has_value = any(_has_value(condition, text) for text in _values(condition.field, subject))
    return has_value is not condition.is_negative


def _is_met(condition: Condition, text: str) -> bool:
    return _has_value(condition, text) is not condition.is_negative


def _has_value(condition: Condition, text: str) -> bool:
    plain = text.casefold()
    if condition.is_prefix:
        return any(begins_a_word(plain, value) for value in condition.values)
    return plain in condition.values


def _values(field: Field, subject: Subject) -> Iterator[str]:
    if field in OF_THE_ISSUE:
        yield subject.key if field is Field.ISSUE_KEY else _project_of(subject.key)
    else:
        yield from (_value(field, row) for row in subject.rows)


def _value(field: Field, row: Row) -> str:
    values = {Field.TYPE: row.type, Field.ENVIRONMENT: row.environment, Field.STATE: row.state, Field.PIPELINE: row.pipeline}
    return values[field]


def _project_of(key: str) -> str:
    return key.rpartition("-")[0]
