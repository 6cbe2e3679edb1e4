"""What runs where, of the services of a page: how the matrix is read, now, at a moment, and by what was known at another one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from shipledger.catalog.past import PastServices
from shipledger.catalog.repository import repository_key
from shipledger.catalog.service import Service
from shipledger.catalog.services.model import ServiceRecord
from shipledger.catalog.tiers import TierPolicy
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.environment_names import EnvironmentNames, is_in
from shipledger.ledger.lanes import LaneHead, Running
from shipledger.ledger.past import Sources
from shipledger.ledger.state import Tier
from shipledger.verbs.behind import COMMITS, Behind
from shipledger.verbs.catalog import CatalogVerbs
from shipledger.verbs.matrix import MatrixVerbs
from shipledger.verbs.past import PastVerbs
from shipledger.verbs.services import ServiceVerbs

KnownService: TypeAlias = Service | ServiceRecord
"""A service as it is, or as it was known."""

GridPlace: TypeAlias = tuple[str, str]
"""A service by its id, and what tells an environment apart."""


class ReadsGrid(CatalogVerbs, MatrixVerbs, PastVerbs, ServiceVerbs, Protocol):
    """What is asked of the ledger."""


class GridWish(Struct, frozen=True):
    """What is wanted. "" and None do not restrict; texts compare without case.

    ``text``: a part of the name of services. ``after``: the name, without case, of the last service of the page before.
    ``limit``: services of a page. ``has_behind``: how far environments are behind is wanted, too.
    """

    at: datetime | None = None
    as_of: datetime | None = None
    service: str = ""
    team: str = ""
    environment: str = ""
    tier: Tier | None = None
    text: str = ""
    tag: str = ""
    after: str = ""
    limit: int = 100
    has_behind: bool = True

    def has_service(self, one: KnownService) -> bool:
        """Whether a service is shown."""
        is_tagged = not self.tag or self.tag.casefold() in {tag.casefold() for tag in one.draft.tags}
        return is_of(one, self.team) and is_tagged and self.text.casefold() in one.draft.name.casefold()

    def has(self, one: Deployment, names: EnvironmentNames) -> bool:
        """Whether what a deployment went to is shown. ``names``: those of environments."""
        environment = one.environment
        if self.tier is not None and (environment is None or environment.tier is not self.tier):
            return False
        return not self.environment or is_in(environment, self.environment, names)


class Grid(Struct, frozen=True):
    """The services of a page, by name, with what runs of them and the keys of their repositories.

    ``is_last``: no service comes after them. ``names``: those of environments. ``sources``: where it is from, of what was known
    at a moment. ``newer``: what happened last after what runs, or where nothing does, and did not come to run; nobody knows that
    of another moment than now. ``behind``: how far an environment is behind the one before it. Both by service and environment.
    """

    services: Sequence[KnownService]
    is_last: bool
    cells: Sequence[Running]
    repositories: Mapping[str, frozenset[str]]
    names: EnvironmentNames
    sources: tuple[Sources, ...] = ()
    newer: Mapping[GridPlace, Deployment] = {}
    behind: Mapping[GridPlace, Behind] = {}

    def commit_of(self, one: Deployment, service_id: str) -> str | None:
        """The commit of a deployment in a repository of a service, else its first; None if none was reported."""
        return commit_of(one, self.repositories.get(service_id, frozenset()))


def commit_of(one: Deployment, repositories: frozenset[str]) -> str | None:
    """The commit of the first of these repositories, by their keys, else of the first one; None if none was reported."""
    own = (release.commit for release in one.releases if repository_key(release.repository) in repositories)
    return next(own, one.releases[0].commit if one.releases else None)


async def read_grid(ledger: ReadsGrid, organization_id: str, wish: GridWish) -> Grid:
    """The page that is wanted, its cells by service and environment. Raises Invalid if too much changed since ``as_of``."""
    grid, standings = await (_read_present if wish.as_of is None else _read_past)(ledger, organization_id, wish)
    behind = await ledger.find_behind(organization_id, standings, grid.repositories) if wish.has_behind else {}
    order = {one.service_id: place for place, one in enumerate(grid.services)}
    cells = [
        Running(one.service_id, one.environment_key, one.environment, one.runs, one.before)
        for one in sorted(standings, key=lambda one: (order[one.service_id], one.environment_key))
        if one.runs is not None and wish.has(one.runs, grid.names)
    ]
    newer = {
        (one.service_id, one.environment_key): one.later
        for one in standings
        if one.later is not None and wish.has(one.later, grid.names)
    }
    is_by_commits = wish.as_of is not None and any(one.commits is not None for one in behind.values())
    sources = (*grid.sources, *([Sources(by_todays=frozenset([COMMITS]))] if is_by_commits else []))
    return replace(grid, cells=cells, newer=newer, behind=behind, sources=sources)


async def _read_present(ledger: ReadsGrid, organization_id: str, wish: GridWish) -> tuple[Grid, Sequence[LaneHead]]:
    services, is_last = await _find_services(ledger, organization_id, wish)
    cells = await ledger.list_standings(organization_id, [one.service_id for one in services], at=wish.at)
    repositories = await find_repositories(ledger, organization_id) if cells else {}
    return Grid(services, is_last, (), repositories, await _find_names(ledger, organization_id)), cells


async def _read_past(ledger: ReadsGrid, organization_id: str, wish: GridWish) -> tuple[Grid, Sequence[LaneHead]]:
    assert wish.as_of is not None  # noqa: S101  asked by the caller
    past: PastServices = await ledger.read_services_as_of(organization_id, wish.as_of)
    tiers = await ledger.find_tiers_as_of(organization_id, wish.as_of)
    found = past.find(wish.service) if wish.service else None
    candidates = past.services if not wish.service else () if found is None else (found,)
    services = [one for one in candidates if wish.has_service(one) and one.draft.name.casefold() > wish.after]
    shown = services[: wish.limit]
    cells = await ledger.list_standings_as_of(organization_id, past, shown, tiers.policy, at=wish.at, as_of=wish.as_of)
    repositories = {service_id: frozenset(map(repository_key, names.values())) for service_id, names in past.repositories.items()}
    is_last = len(shown) == len(services)
    return Grid(shown, is_last, (), repositories, tiers.policy.names, (tiers.sources, past.sources)), cells


async def _find_services(ledger: ReadsGrid, organization_id: str, wish: GridWish) -> tuple[list[Service], bool]:
    """The services of the page, and whether none comes after them."""
    if wish.service:
        ids = await ledger.find_service_ids(organization_id, [wish.service])
        found = await ledger.find_service(organization_id, ids[wish.service]) if ids else None
        return ([found] if found is not None and wish.has_service(found) else []), True
    services: list[Service] = []
    after, at_once = wish.after, wish.limit + 1
    while len(services) <= wish.limit:
        page = await ledger.list_services_after(organization_id, after, limit=at_once, team=wish.team)
        services += [one for one in page if wish.has_service(one)]
        if page.total < at_once or not page:
            break
        after = page[-1].name.casefold()
    return services[: wish.limit], len(services) <= wish.limit


async def find_repositories(ledger: ServiceVerbs, organization_id: str) -> Mapping[str, frozenset[str]]:
    """The keys of the repositories of every service."""
    keys: dict[str, set[str]] = {}
    for one in await ledger.list_mappings(organization_id):
        keys.setdefault(one.service_id, set()).add(repository_key(one.repository))
    return {service_id: frozenset(found) for service_id, found in keys.items()}


async def _find_names(ledger: ReadsGrid, organization_id: str) -> EnvironmentNames:
    policy: TierPolicy = await ledger.find_tier_policy(organization_id)
    return policy.names


def is_of(service: KnownService, team: str) -> bool:
    """Whether a team owns a service; "" is any."""
    return not team or service.draft.team_id.casefold() == team.casefold()
