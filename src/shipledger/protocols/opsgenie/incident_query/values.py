"""From the value of a comparison to a condition."""

from __future__ import annotations

import re

from shipledger.clock import EPOCH
from shipledger.ledger.identity import bare_uuid
from shipledger.protocols.opsgenie.incident_query.fields import CHOICES, FIELDS, Kind
from shipledger.protocols.opsgenie.incident_query.match import split_words
from shipledger.protocols.opsgenie.incident_query.tree import MILLISECOND, Condition, to_milliseconds
from shipledger.protocols.opsgenie.reading import SHOULD_BE_A_TIME, should_be_one_of
from shipledger.protocols.opsgenie.times import parse_query_time

_NUMBER = re.compile(r"[0-9]{1,18}")


class QueryFault(Exception):
    """A query cannot be read. Its text says what it should be."""


def to_condition(field: str, comparison: str, words: list[str], *, is_quoted: bool) -> Condition:
    """What ``words``, one text where they stood in quotes, say of a field. Raises QueryFault."""
    kind = FIELDS[field]
    if comparison != ":" and kind in (Kind.TEXT, Kind.NAMES):
        raise QueryFault(f"should compare {field} by ':' or '='")
    starred = [] if is_quoted else [word.endswith("*") for word in words]
    if words == [""]:
        raise QueryFault(f"should have a value for {field}, not an empty text")
    if not is_quoted and any("*" in word.removesuffix("*") for word in words):
        raise QueryFault("should have '*' at the end of words only, or the value in quotation marks")
    if kind is Kind.TEXT:
        value = " ".join(words if is_quoted else [word.removesuffix("*") for word in words]).casefold()
        return Condition(field, comparison, value, is_prefix=not value, phrases=_phrases(words, starred))
    if any(starred[:-1]):
        raise QueryFault(f"should have '*' at the end of the value of {field} only")
    is_prefix = bool(starred) and starred[-1]
    value = " ".join(words)
    value = value.removesuffix("*") if is_prefix else value
    if is_prefix and (comparison != ":" or (value and kind is Kind.TIME)):
        raise QueryFault(f"should compare {field} with a value without '*'")
    if kind is Kind.NAMES:
        return Condition(field, comparison, _checked_name(field, value, is_prefix=is_prefix), is_prefix)
    if is_prefix:
        return Condition(field, comparison, value, is_prefix=True)
    return Condition(
        field, comparison, value, number=_time(field, value) if kind is Kind.TIME else _number(field, comparison, value)
    )


def _phrases(words: list[str], starred: list[bool]) -> tuple[str, ...]:
    """Words in their order between blanks; where a word ends in ``*`` its phrase ends, and may go on with any letters."""
    phrases, phrase = [], ""
    for word, is_starred in zip(words, starred or [False] * len(words), strict=True):
        phrase += "".join(f" {part}" for part in split_words(word.casefold()))
        if is_starred:
            phrases.append(phrase)
            phrase = ""
    return tuple(one for one in (*phrases, f"{phrase} " if phrase else "") if one)


def _checked_name(field: str, value: str, *, is_prefix: bool) -> str:
    choices = CHOICES.get(field)
    if choices is not None and not is_prefix and value.casefold() not in {choice.casefold() for choice in choices}:
        raise QueryFault(f"{field} {should_be_one_of(choices)}")
    return bare_uuid(value).casefold()


def _number(field: str, comparison: str, value: str) -> int | None:
    if _NUMBER.fullmatch(value):
        return int(value)
    if comparison != ":":
        raise QueryFault(f"{field} should be compared with a whole number")
    return None


def _time(field: str, value: str) -> int:
    try:
        moment = EPOCH + int(value) * MILLISECOND if value.isascii() and value.isdecimal() else parse_query_time(value)
    except (ValueError, OverflowError):
        moment = None
    if moment is None:
        raise QueryFault(f"{field} {SHOULD_BE_A_TIME}, or milliseconds since 1970")
    return to_milliseconds(moment)
