"""Steps that find records by the words of their titles, and deployments by their versions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from shipledger.catalog.searching import Candidate, Matched
from shipledger.deployments.lookups import AFTER_ALL_IDS
from shipledger.store import rows
from shipledger.store.search.rows import TITLE, VERSION
from shipledger.store.session import Steps, call

Range: TypeAlias = tuple[str, str]
"""From the first to before the second."""

LOOKED_AT = 3_000
"""Rows of one very common word, or of one beginning, among which the newest are found."""
NEWEST_LOOKED_AT = 1_000
"""Of the newest deployments, where more begin so."""
_AFTER_THIS = "\x01"


def beginning_with(text: str) -> Range:
    """The range of what begins with ``text``."""
    return text, text + AFTER_ALL_IDS


def find_by_titles(organization_id: str, words: Sequence[str], limit: int) -> Steps[list[Candidate]]:
    """Deployments that have all of some words in their titles, or words that begin so."""
    if not words:
        return []
    counted = {"organization_id": organization_id, "field": TITLE, "limit": LOOKED_AT + 1}
    found: list[Candidate] = []
    counts = []
    for word in words:
        start, end = _exactly(word)
        counts.append(((yield call("count_titles_with", token_from=start, token_until=end, **counted)), word))
    count, rarest = min(counts)
    if count:
        others = [_exactly(word) for word in words if word != rarest]
        asked = {**_of(organization_id, TITLE, others, limit), "looked": LOOKED_AT}
        found += _to_candidates((yield call("find_by_token", token=rarest, **asked)), Matched.TITLE, is_exact=True)
    return found if len(found) >= limit else found + (yield from _find_beginnings(organization_id, TITLE, words, limit))


def find_by_version(organization_id: str, version: str, limit: int) -> Steps[list[Candidate]]:
    """Deployments of a version, or of one that begins so."""
    asked = {**_of(organization_id, VERSION, [], limit), "looked": LOOKED_AT}
    exact = _to_candidates((yield call("find_by_token", token=version, **asked)), Matched.VERSION, is_exact=True)
    return exact if len(exact) >= limit else exact + (yield from _find_beginnings(organization_id, VERSION, [version], limit))


def find_of_kind(organization_id: str, statement: str, words: Sequence[str], limit: int) -> Steps[list[Candidate]]:
    """Records of a smaller kind by the words of their titles."""
    if not words:
        return []
    found: list[Candidate] = []
    longest = max(words, key=len)
    for is_exact, to_range in ((True, _exactly), (False, beginning_with)):
        start, end = to_range(longest)
        others = rows.to_json(to_range(word) for word in words if word != longest)
        asked = {"organization_id": organization_id, "others": others, "looked": LOOKED_AT, "limit": limit}
        found += _to_candidates(
            (yield call(statement, token_from=start, token_until=end, **asked)), Matched.TITLE, is_exact=is_exact
        )
    return found


def _find_beginnings(organization_id: str, field: str, words: Sequence[str], limit: int) -> Steps[list[Candidate]]:
    """Of what begins so in very many deployments, those among the newest deployments, besides some others."""
    matched = Matched.VERSION if field == VERSION else Matched.TITLE
    counted = {"organization_id": organization_id, "field": field, "limit": LOOKED_AT + 1}
    counts = []
    for word in words:
        start, end = beginning_with(word)
        counts.append(((yield call("count_titles_with", token_from=start, token_until=end, **counted)), word))
    count, rarest = min(counts)
    if not count:
        return []
    start, end = beginning_with(rarest)
    others = [beginning_with(word) for word in words if word != rarest]
    asked = {**_of(organization_id, field, others, limit), "looked": LOOKED_AT, "token_from": start, "token_until": end}
    found = _to_candidates((yield call("find_by_token_range", **asked)), matched, is_exact=False)
    if count > LOOKED_AT:
        newest = {**_of(organization_id, field, list(map(beginning_with, words)), limit), "looked": NEWEST_LOOKED_AT}
        found += _to_candidates((yield call("find_newest_with_tokens", **newest)), matched, is_exact=False)
    return found


def _exactly(word: str) -> Range:
    return word, word + _AFTER_THIS


def _of(organization_id: str, field: str, others: Sequence[Range], limit: int) -> dict[str, Any]:
    return {"organization_id": organization_id, "field": field, "others": rows.to_json(others), "limit": limit}


def _to_candidates(found: Sequence[rows.Row], matched: Matched, *, is_exact: bool) -> list[Candidate]:
    return [Candidate(row[0], row[1], matched, is_exact) for row in found]
