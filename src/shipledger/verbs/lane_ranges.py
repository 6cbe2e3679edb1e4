"""Which commits a deployment brought in and took out, against what ran before it in its lane."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from msgspec import Struct

from shipledger.catalog.commit_range import CommitRange
from shipledger.catalog.contract import RepositoryMapping
from shipledger.catalog.repository import repository_key
from shipledger.catalog.stored_range import ReadsGraphs, find_stored_range
from shipledger.catalog.tiers import TierPolicy
from shipledger.clock import MICROSECOND, moved
from shipledger.deployments.lane_listing import LaneStore
from shipledger.found import Found
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.lanes import span_of
from shipledger.ledger.lines import environment_key
from shipledger.ledger.submission import Release
from shipledger.texts import indexable

RELEASES_LIMIT = 50
"""Repositories of one deployment that are looked at."""


class ReadsLanes(LaneStore, ReadsGraphs, Protocol):
    """What is asked of the ledger."""

    async def find_named_services(self, organization_id: str, names: Sequence[str]) -> dict[str, str]:
        """The id of a service for each of ``names`` that is the id, slug, name or further name of one."""

    async def list_mappings(self, organization_id: str) -> Found[RepositoryMapping]:
        """Every service with its repositories."""

    async def find_tier_policy(self, organization_id: str) -> TierPolicy:
        """The policy of an organization, with the names of its environments."""


class LaneRange(Struct, frozen=True):
    """The commits of one repository. ``before``: what ran before in the lane, with the commit of that."""

    repository: str
    commit: str
    range: CommitRange
    before: Deployment | None = None
    commit_before: str | None = None


async def list_service_ids(ledger: ReadsLanes, deployment: Deployment) -> list[str]:
    """The services that a deployment names, and those that its repositories are mapped to."""
    organization_id = deployment.organization_id
    named = await ledger.find_named_services(organization_id, list(deployment.facts.services or ()))
    keys = {repository_key(one.repository) for one in deployment.releases}
    mapped = {one.service_id for one in await ledger.list_mappings(organization_id) if repository_key(one.repository) in keys}
    return sorted({*named.values(), *mapped})


async def list_ran_before(ledger: ReadsLanes, deployment: Deployment, service_ids: Sequence[str]) -> list[Deployment]:
    """What ran of its services in its environment when it came to run, or began: what came to run last comes first."""
    span = span_of(deployment)
    moment = deployment.placed_at if span is None else span.since
    cells = await ledger.list_running(deployment.organization_id, service_ids, at=moved(moment, -MICROSECOND))
    policy = await ledger.find_tier_policy(deployment.organization_id)
    own = indexable(policy.names.key_of(environment_key(deployment)))
    found = [one for one in cells if one.environment_key == own and one.runs.deployment_id != deployment.deployment_id]
    return [one.runs for one in sorted(found, key=lambda one: one.since, reverse=True)]


async def find_lane_ranges(ledger: ReadsLanes, deployment: Deployment, ran_before: Iterable[Deployment]) -> list[LaneRange]:
    """The range of each of its commits since the last of ``ran_before`` that has the repository."""
    earlier = list(ran_before)
    ranges = []
    releases = {(repository_key(one.repository), one.commit.lower()): one for one in reversed(deployment.releases)}
    for release in list(releases.values())[-RELEASES_LIMIT:][::-1]:
        before, commit_before = _find_before(earlier, release)
        commits = await find_stored_range(ledger, deployment.organization_id, release.repository, release.commit, commit_before)
        ranges.append(LaneRange(release.repository, release.commit, commits, before, commit_before))
    return ranges


def _find_before(ran_before: Iterable[Deployment], release: Release) -> tuple[Deployment | None, str | None]:
    """What of the repository of a release ran last before, and its commit."""
    for one in ran_before:
        for other in one.releases:
            if repository_key(other.repository) == repository_key(release.repository):
                return one, other.commit
    return None, None
