"""Two environments, or two moments of one, side by side: what runs of each service, and the commits between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from shipledger.catalog.commit_range import CommitRange, RangeReason
from shipledger.catalog.repository import repository_key
from shipledger.catalog.service import Service
from shipledger.catalog.tiers import TierPolicy
from shipledger.deployments.lane_listing import LaneStore
from shipledger.errors import NotFound
from shipledger.found import Found
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.environment_names import EnvironmentNames, is_in
from shipledger.ledger.lanes import LaneHead, place_in_lane
from shipledger.verbs.changes import ChangedRepository, ReadsCommits, keep_real_keys, read_commits
from shipledger.verbs.lane_ranges import LaneRange
from shipledger.verbs.pair_ranges import CommitPair, PairRange, ReadsAncestors, find_pair_ranges
from shipledger.verbs.real_keys import KeyWords, ReadsKeyRules

SERVICES = 500
"""Services that are looked at."""
DEFAULT_LIMIT = 200
MOST_COMMITS = 1_000
WALKED_OF_ONE, WALKED_OF_MANY = 5_000, 500
"""Commits that are passed behind a pair, of one service and of many."""


class ReadsComparison(LaneStore, ReadsAncestors, ReadsCommits, ReadsKeyRules, Protocol):
    """What is asked of the ledger."""

    async def find_service(self, organization_id: str, service: str) -> Service | None:
        """The service with this id, slug or name (in this order), or None."""

    async def find_named_services(self, organization_id: str, names: Sequence[str]) -> dict[str, str]:
        """The id of a service for each of ``names`` that is the id, slug, name or further name of one."""

    async def list_services_after(self, organization_id: str, name: str, *, limit: int, team: str = "") -> Found[Service]:
        """A page of services by name, after ``name`` in lower case."""

    async def find_tier_policy(self, organization_id: str) -> TierPolicy:
        """The policy of an organization, with the names of its environments."""


class Side(Struct, frozen=True):
    """An environment, by its id or a name, at a moment; None is now."""

    environment: str
    at: datetime | None = None


class CompareWish(Struct, frozen=True):
    """What is compared. ``service``: an id, slug or any name; "" is all that ``team`` owns, and "" of that all.

    ``limit``: commits of each direction that are read, of all services together.
    """

    left: Side
    right: Side
    service: str = ""
    team: str = ""
    limit: int = DEFAULT_LIMIT


class Difference(StrEnum):
    """How the two sides of a service differ.

    ``same``: the same deployment, or the same commits, runs on both. ``different``: something else does. ``only_left`` and
    ``only_right``: nothing runs on the other side. ``unknown``: what differs cannot be told, as one was sent without commits.
    """

    SAME = "same"
    DIFFERENT = "different"
    ONLY_LEFT = "only_left"
    ONLY_RIGHT = "only_right"
    UNKNOWN = "unknown"


class ComparedRepository(Struct, frozen=True):
    """A repository that runs on both sides: what the right has that the left lacks came in. ``is_cut``: there are more."""

    changed: ChangedRepository
    is_cut: bool = False

    @property
    def range(self) -> CommitRange:
        """Which commits lie between."""
        return self.changed.range.range


class ComparedService(Struct, frozen=True):
    """A service with what runs on both sides. ``one_sided``: repositories of which something runs on one side alone."""

    service: Service
    difference: Difference
    left: Deployment | None = None
    right: Deployment | None = None
    repositories: tuple[ComparedRepository, ...] = ()
    one_sided: tuple[str, ...] = ()


class Comparison(Struct, frozen=True):
    """All of it, by name of the service. Services that run on neither side are left out.

    ``is_whole``: no services were left out as too many. ``issues`` and ``people`` are of the commits read that came in or were
    taken out; ``unread``: how many more commits there are that were not read.
    """

    services: tuple[ComparedService, ...]
    is_whole: bool
    issues: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    unread: int = 0

    @property
    def differing(self) -> tuple[ComparedService, ...]:
        """Those that are not the same."""
        return tuple(one for one in self.services if one.difference is not Difference.SAME)

    @property
    def lacks_commits(self) -> bool:
        """Whether commits are missing that somebody could send."""
        ranges = [each.range for one in self.services for each in one.repositories]
        return any(one.reason in (RangeReason.UNKNOWN_COMMIT, RangeReason.UNKNOWN_COMMIT_BEFORE) or one.gaps for one in ranges)


async def compare(ledger: ReadsComparison, organization_id: str, wish: CompareWish, words: KeyWords) -> Comparison:
    """The two sides of ``wish``. Raises NotFound for a service that nobody knows."""
    services, is_whole = await _list_services(ledger, organization_id, wish)
    names = (await ledger.find_tier_policy(organization_id)).names
    ids = [one.service_id for one in services]
    heads = await ledger.list_standings(organization_id, ids, at=wish.left.at)
    others = heads if wish.left.at == wish.right.at else await ledger.list_standings(organization_id, ids, at=wish.right.at)
    left, right = _find_running(heads, wish.left.environment, names), _find_running(others, wish.right.environment, names)
    pairs = {service_id: list(_list_pairs(left[service_id], right[service_id])) for service_id in left.keys() & right.keys()}
    walked = WALKED_OF_ONE if len(services) == 1 else WALKED_OF_MANY
    ranges = await find_pair_ranges(ledger, organization_id, (one for each in pairs.values() for one in each), limit=walked)
    order = [one.service_id for one in services if one.service_id in pairs]
    places = [(service_id, pair) for service_id in order for pair in pairs[service_id]]
    read = await read_commits(
        ledger, organization_id, [_to_lane_range(pair, ranges[pair], left[one]) for one, pair in places], wish.limit
    )
    read = await keep_real_keys(ledger, organization_id, read, words)
    of_service: dict[str, list[ComparedRepository]] = {}
    for (service_id, pair), changed in zip(places, read, strict=True):
        of_service.setdefault(service_id, []).append(ComparedRepository(changed, ranges[pair].is_cut))
    compared = [
        _to_compared(one, left.get(one.service_id), right.get(one.service_id), of_service.get(one.service_id, ()))
        for one in services
        if one.service_id in left or one.service_id in right
    ]
    return _sum_up(compared, is_whole=is_whole)


async def _list_services(ledger: ReadsComparison, organization_id: str, wish: CompareWish) -> tuple[list[Service], bool]:
    if not wish.service:
        found = await ledger.list_services_after(organization_id, "", limit=SERVICES + 1, team=wish.team)
        return found[:SERVICES], found.total <= SERVICES
    ids = await ledger.find_named_services(organization_id, [wish.service])
    one = await ledger.find_service(organization_id, ids[wish.service]) if ids else None
    if one is None:
        raise NotFound("service", f"There is no service {wish.service!r}.")
    return [one], True


def _find_running(heads: Iterable[LaneHead], environment: str, names: EnvironmentNames) -> dict[str, Deployment]:
    """What runs in an environment, by service; of several that have the same id, what came last."""
    found: dict[str, Deployment] = {}
    for one in heads:
        runs = one.runs
        if runs is None or not is_in(runs.environment, environment, names):
            continue
        known = found.get(one.service_id)
        if known is None or place_in_lane(runs) > place_in_lane(known):
            found[one.service_id] = runs
    return found


def _list_pairs(left: Deployment, right: Deployment) -> Iterator[CommitPair]:
    before = {repository_key(one.repository): one.commit for one in reversed(left.releases)}
    after = {repository_key(one.repository): one for one in reversed(right.releases)}
    for key, one in sorted(after.items()):
        if key in before:
            yield CommitPair(one.repository, one.commit, before[key])


def _to_lane_range(pair: CommitPair, found: PairRange, left: Deployment) -> LaneRange:
    return LaneRange(pair.repository, pair.commit, found.range, left, pair.before)


def _to_compared(
    service: Service, left: Deployment | None, right: Deployment | None, repositories: Sequence[ComparedRepository]
) -> ComparedService:
    if left is None or right is None:
        return ComparedService(service, Difference.ONLY_RIGHT if left is None else Difference.ONLY_LEFT, left, right)
    sides = [{repository_key(each.repository): each.repository for each in one.releases} for one in (left, right)]
    one_sided = tuple(sorted(sides[key in sides[1]][key] for key in sides[0].keys() ^ sides[1].keys()))
    if left.deployment_id == right.deployment_id:
        difference = Difference.SAME
    elif not repositories and not one_sided:
        difference = Difference.UNKNOWN
    else:
        is_same = not one_sided and all(one.range.reason is RangeReason.SAME_COMMIT for one in repositories)
        difference = Difference.SAME if is_same else Difference.DIFFERENT
    return ComparedService(service, difference, left, right, tuple(repositories), one_sided)


def _sum_up(compared: Sequence[ComparedService], *, is_whole: bool) -> Comparison:
    repositories = [each for one in compared for each in one.repositories]
    commits = [one for each in repositories for side in (each.changed.brought_in, each.changed.taken_out) for one in side]
    total = sum(len(each.range.brought_in) + len(each.range.taken_out) for each in repositories)
    return Comparison(
        tuple(compared),
        is_whole,
        issues=tuple(dict.fromkeys(key for one in commits for key in one.issue_keys)),
        people=tuple(dict.fromkeys(one.author for one in commits if one.author)),
        unread=total - len(commits),
    )
