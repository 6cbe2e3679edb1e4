"""One deployment that several senders told of: what it is by all of them, and who said what. Pure.

A host and what was merged into it are *witnesses* of one deployment. Which of them is the host makes no difference to what they
say together, but for what only its own sender understands (``OF_ITS_SENDER``).

An ended state beats one under way; of ended ones a rollback, then a success, then a failure. Of equals the one that finished
first counts. The earliest start and the earliest success count. Of any other fact the first witness counts that knows it, in
the order of ``rank``; lists are united. A mark is that which was said last.

What a person corrects in the host holds over all of that; a correction of another record counts as its word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import reduce
from typing import Any, TypeAlias

from msgspec import UNSET, Struct
from msgspec.structs import replace

from shipledger.ledger.authors import join_authors
from shipledger.ledger.correcting import apply_corrections
from shipledger.ledger.course import ENDS_KEPT, Course
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.marks import MARKS, Marking, is_later
from shipledger.ledger.naming import KEYS_LIMIT, join_named
from shipledger.ledger.registers import known
from shipledger.ledger.state import State, Tier, is_final
from shipledger.ledger.submission import Facts, Release

OF_ITS_SENDER = frozenset({"external_id", "original", "pipeline", "sequence", "properties", "is_history", "product"})
"""The facts that a host takes from its own sender alone: names there, and places in the sender's own order."""

WITNESSES_LIMIT = 20
"""How many records may be merged into one."""

Rank: TypeAlias = tuple[int, datetime, datetime, str, str, str]

_BEFORE_OTHERS = {State.ROLLED_BACK: 0, State.SUCCESSFUL: 1, State.FAILED: 2, State.CANCELLED: 3}
_UNDER_WAY = 4
_NEVER = datetime.max.replace(tzinfo=UTC)


class FieldSource(Struct, frozen=True):
    """Who said a field: the ids of the witnesses whose word it has. ``others``: those that say something else, with it."""

    given_by: tuple[str, ...]
    others: tuple[tuple[str, Any], ...] = ()


def rank(one: Deployment) -> Rank:
    """The order in which witnesses are believed, which no order of arrival changes; the least first."""
    final = _BEFORE_OTHERS.get(one.state, _UNDER_WAY) if is_final(one.state) else _UNDER_WAY
    return (
        final,
        one.finished_at or _NEVER,
        one.started_at or _NEVER,
        one.source,
        one.external_id if known(one.facts.external_id) else "",
        one.deployment_id,
    )


def combine(own: Deployment, others: Iterable[Deployment]) -> Deployment:
    """A host: what ``own``, as its sender told it, is together with the ``others`` that were merged into it."""
    others, own = tuple(others), apply_corrections(own.as_reported)
    if not others:
        return own
    told = tuple(one if one.tier is None else replace(one, tier=None) for one in (own, *others))
    reported, ranked = told[0].as_reported, _list_ranked(told)
    best = ranked[0]
    combined = replace(
        reported,
        facts=_combine_facts(reported, ranked),
        report=best.report if is_final(best.state) else reported.report,
        course=_combine_courses(reported, ranked),
        updated_at=max(one.updated_at for one in told),
        named=reduce(join_named, (one.named for one in ranked)),
        authors=reduce(join_authors, (one.authors for one in ranked)),
        marked=_latest_marks(ranked),
        told=told,
    )
    missing = [key for key in dict.fromkeys(key for one in ranked for key in one.issues) if key not in combined.issues]
    if missing:
        keys = (*(known(combined.facts.issue_keys) or ()), *missing)[:KEYS_LIMIT]
        combined = replace(combined, facts=replace(combined.facts, issue_keys=keys))
    return apply_corrections(combined)


def _list_ranked(told: Sequence[Deployment]) -> list[Deployment]:
    """Those that count: the host as it was reported, as its corrections hold over all, and the others that are there."""
    return sorted((told[0].as_reported, *(one for one in told[1:] if not one.is_removed)), key=rank)


def list_sources(host: Deployment) -> dict[str, FieldSource]:
    """Who said each field of a host, by the fact; ``state`` and ``finished_at`` besides. Nothing where it is alone."""
    if not host.told:
        return {}
    host, ranked = host.as_reported, _list_ranked(host.told)
    said: dict[str, Callable[[Deployment], Any]] = {
        **{name: _fact(name) for name in Facts.__struct_fields__ if name not in OF_ITS_SENDER},
        "started_at": lambda one: one.started_at,
        "state": lambda one: one.state,
        "finished_at": lambda one: one.finished_at,
    }
    values = {
        name: [(one.deployment_id, read(one)) for one in ranked if not _is_nothing(read(one))] for name, read in said.items()
    }
    return {name: _source(said[name](host), values[name]) for name in said if values[name]}


def _fact(name: str) -> Callable[[Deployment], Any]:
    return lambda one: known(getattr(one.facts, name))


def _source(shown: Any, said: Sequence[tuple[str, Any]]) -> FieldSource:
    if isinstance(shown, tuple):
        given_by = tuple(one for one, value in said if not set(map(_plain, shown)).isdisjoint(map(_plain, value)))
        return FieldSource(given_by or tuple(one for one, _ in said))
    given_by = tuple(one for one, value in said if value == shown)
    return FieldSource(given_by, tuple((one, value) for one, value in said if value != shown))


def _plain(value: Any) -> Any:
    return (value.repository, value.commit) if isinstance(value, Release) else value


def _is_nothing(value: Any) -> bool:
    return value is UNSET or value is None or value in ("", ())


def _combine_facts(own: Deployment, ranked: Sequence[Deployment]) -> Facts:
    facts = {name: _first_known(ranked, name) for name in Facts.__struct_fields__}
    facts |= {name: getattr(own.facts, name) for name in OF_ITS_SENDER}
    starts = [one.started_at for one in ranked if one.started_at is not None]
    facts["started_at"] = min(starts) if starts else UNSET
    facts["environment"] = _choose_environment(ranked)
    facts["releases"] = _unite_releases(ranked)
    for name in ("services", "issue_keys", "tags"):
        facts[name] = _unite(ranked, name)
    for name in ("is_fix", "is_hotfix", "is_forced"):
        said = [getattr(one.facts, name) for one in ranked if getattr(one.facts, name) is not UNSET]
        facts[name] = any(said) if said else UNSET
    for name in MARKS:
        facts[name] = _last_mark(ranked, name)
    return Facts(**facts)


def _first_known(ranked: Iterable[Deployment], name: str) -> Any:
    values = [getattr(one.facts, name) for one in ranked]
    return next((one for one in values if not _is_nothing(one)), next((one for one in values if one is not UNSET), UNSET))


def _choose_environment(ranked: Iterable[Deployment]) -> Any:
    """The first, and rather one whose tier its sender knows."""
    said = [one.facts.environment for one in ranked if one.facts.environment is not UNSET]
    return next((one for one in said if one.tier is not Tier.UNMAPPED), said[0] if said else UNSET)


def _unite(ranked: Iterable[Deployment], name: str) -> Any:
    said = [getattr(one.facts, name) for one in ranked if getattr(one.facts, name) is not UNSET]
    united: dict[str, str] = {}
    for word in (word for one in said for word in one or ()):
        united.setdefault(word.casefold(), word)
    return tuple(united.values()) if said else UNSET


def _unite_releases(ranked: Iterable[Deployment]) -> Any:
    """Those of the first that names a commit of a repository, written as long as anybody writes it."""
    said = [one.facts.releases for one in ranked if one.facts.releases is not UNSET]
    united: dict[str, list[Release]] = {}
    for releases in said:
        known_before = frozenset(united)
        for one in releases:
            if one.repository.casefold() not in known_before:
                united.setdefault(one.repository.casefold(), []).append(one)
    every = [one for releases in said for one in releases]
    return tuple(_lengthen(one, every) for kept in united.values() for one in kept) if said else UNSET


def _lengthen(release: Release, others: Iterable[Release]) -> Release:
    key, commit = release.repository.casefold(), release.commit.lower()
    longer = [
        one.commit
        for one in others
        if one.repository.casefold() == key and len(one.commit) > len(commit) and one.commit.lower().startswith(commit)
    ]
    return replace(release, commit=max(longer, key=lambda one: (len(one), one))) if longer else release


def _last_mark(ranked: Sequence[Deployment], name: str) -> Any:
    marked = [(one.marked[name], getattr(one.facts, name)) for one in ranked if name in one.marked]
    if not marked:
        return _first_known(ranked, name)
    last = marked[0]
    for one in marked[1:]:
        last = one if is_later(one[0], last[0]) else last
    return last[1]


def _latest_marks(ranked: Iterable[Deployment]) -> dict[str, Marking]:
    latest: dict[str, Marking] = {}
    for one in ranked:
        for name, marking in one.marked.items():
            if name not in latest or is_later(marking, latest[name]):
                latest[name] = marking
    return latest


def _combine_courses(own: Deployment, ranked: Iterable[Deployment]) -> Course:
    """Times that any witness gave. A later start is another run's only if the host's own sender says so."""
    courses = [one.times for one in ranked]
    starts = [one.first_start_at for one in courses if one.first_start_at is not None]
    ends = sorted({end for one in courses for end in one.ends})
    successes = [one.success_at for one in courses if one.success_at is not None]
    first = min(starts, default=None)
    return Course(
        first_start_at=first,
        last_start_at=own.times.last_start_at if own.is_run_again else first,
        ends=tuple(ends) if len(ends) <= ENDS_KEPT else (*ends[: ENDS_KEPT - 1], ends[-1]),
        success_at=min(successes, default=None),
    )


def name_witnesses(host: Deployment) -> Mapping[str, Deployment]:
    """The records that were merged into a host, by their ids."""
    return {one.deployment_id: one for one in host.told[1:]}
