"""A comparison as it is on the wire."""

from __future__ import annotations

from msgspec import Struct

from shipledger.ledger.deployment import Deployment
from shipledger.ledger.lanes import since_of
from shipledger.ledger.registers import known
from shipledger.protocols.native.changes import ChangedCommitOut, to_changed_commit
from shipledger.protocols.native.wire import ReleaseOut
from shipledger.protocols.times import format_known_time, format_time
from shipledger.verbs.comparing import ComparedRepository, ComparedService, CompareWish, Comparison, Side


class SideOut(Struct, frozen=True):
    """One side: an environment at a moment, null for now."""

    environment: str
    at: str | None


class RunsOut(Struct, frozen=True, kw_only=True):
    """What runs on one side. ``since``: when it came to run."""

    id: str
    external_id: str
    version: str | None
    since: str
    releases: tuple[ReleaseOut, ...]


class ComparedRepositoryOut(Struct, frozen=True, kw_only=True):
    """The commits between both sides: what the right has that the left lacks came in. ``reason`` and ``gaps``: see ranges.

    ``is_cut``: there are more than are counted. The newest commits of each direction are listed.
    """

    repository: str
    commit_left: str | None
    commit_right: str
    reason: str
    brought_in_count: int
    taken_out_count: int
    is_cut: bool
    brought_in: tuple[ChangedCommitOut, ...]
    taken_out: tuple[ChangedCommitOut, ...]
    gaps: tuple[str, ...]


class ComparedServiceOut(Struct, frozen=True, kw_only=True):
    """A service on both sides; null where nothing runs. ``one_sided``: repositories of which something runs on one side alone."""

    service: str
    service_id: str
    difference: str
    left: RunsOut | None
    right: RunsOut | None
    repositories: tuple[ComparedRepositoryOut, ...]
    one_sided: tuple[str, ...]


class ComparisonOut(Struct, frozen=True, kw_only=True):
    """Two sides. ``issues`` and ``people`` are of the listed commits, ``unread_count`` how many more there are.

    ``is_whole``: no services were left out.
    """

    left: SideOut
    right: SideOut
    services: tuple[ComparedServiceOut, ...]
    is_whole: bool
    issues: tuple[str, ...]
    people: tuple[str, ...]
    unread_count: int


def to_comparison(comparison: Comparison, wish: CompareWish) -> ComparisonOut:
    """A comparison as it is answered, here and by commands."""
    return ComparisonOut(
        left=_to_side(wish.left),
        right=_to_side(wish.right),
        services=tuple(map(_to_service, comparison.services)),
        is_whole=comparison.is_whole,
        issues=comparison.issues,
        people=comparison.people,
        unread_count=comparison.unread,
    )


def _to_side(side: Side) -> SideOut:
    return SideOut(side.environment, format_known_time(side.at))


def _to_service(one: ComparedService) -> ComparedServiceOut:
    return ComparedServiceOut(
        service=one.service.name,
        service_id=one.service.service_id,
        difference=one.difference,
        left=_to_runs(one.left),
        right=_to_runs(one.right),
        repositories=tuple(map(_to_repository, one.repositories)),
        one_sided=one.one_sided,
    )


def _to_runs(one: Deployment | None) -> RunsOut | None:
    if one is None:
        return None
    return RunsOut(
        id=one.deployment_id,
        external_id=one.external_id,
        version=known(one.facts.version),
        since=format_time(since_of(one)),
        releases=tuple(ReleaseOut(repository=each.repository, commit=each.commit) for each in one.releases),
    )


def _to_repository(one: ComparedRepository) -> ComparedRepositoryOut:
    return ComparedRepositoryOut(
        repository=one.changed.range.repository,
        commit_left=one.changed.range.commit_before,
        commit_right=one.changed.range.commit,
        reason=one.range.reason,
        brought_in_count=len(one.range.brought_in),
        taken_out_count=len(one.range.taken_out),
        is_cut=one.is_cut,
        brought_in=tuple(map(to_changed_commit, one.changed.brought_in)),
        taken_out=tuple(map(to_changed_commit, one.changed.taken_out)),
        gaps=one.range.gaps,
    )
