"""Whether a query finds an issue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from shipledger.issue_query.tree import OF_THE_ISSUE, All, Condition, Field, Node, Not, SameRow, Some
from shipledger.issue_query.values import begins_a_word


class Row(Struct, frozen=True):
    """What the page of an issue shows of one pipeline in one environment, which may have several names."""

    type: str
    environments: tuple[str, ...]
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
            return any(all(_is_met(one, _list_values(one.field, row)) for one in query.conditions) for row in subject.rows)
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
    return _is_met(condition, _values(condition.field, subject))


def _is_met(condition: Condition, texts: Iterable[str]) -> bool:
    return any(_has_value(condition, text) for text in texts) is not condition.is_negative


def _has_value(condition: Condition, text: str) -> bool:
    plain = text.casefold()
    if condition.is_prefix:
        return any(begins_a_word(plain, value) for value in condition.values)
    return plain in condition.values


def _values(field: Field, subject: Subject) -> Iterator[str]:
    if field in OF_THE_ISSUE:
        yield subject.key if field is Field.ISSUE_KEY else _project_of(subject.key)
    else:
        yield from (value for row in subject.rows for value in _list_values(field, row))


def _list_values(field: Field, row: Row) -> tuple[str, ...]:
    """The values that a row has for a field: of an environment all its names."""
    values = {Field.TYPE: row.type, Field.STATE: row.state, Field.PIPELINE: row.pipeline}
    return row.environments if field is Field.ENVIRONMENT else (values[field],)


def _project_of(key: str) -> str:
    return key.rpartition("-")[0]
