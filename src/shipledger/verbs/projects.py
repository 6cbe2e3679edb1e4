"""The projects whose issues deployments name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from shipledger.deployments.issue_lines import StandingStore
from shipledger.found import Found
from shipledger.ledger.deployment import Deployment
from shipledger.verbs.real_keys import KeyWords, ReadsKeyRules, find_real_keys


class ReadsProjects(StandingStore, ReadsKeyRules, Protocol):
    """What is asked of the ledger."""

    async def read_deployments(self, organization_id: str, ids: Sequence[str]) -> Found[Deployment]:
        """The deployments with some ids. Missing ones are left out."""


class Project(Struct, frozen=True):
    """A project by the part of its issues' keys before the number. ``latest``: its newest deployment, None if unreadable."""

    key: str
    latest: Deployment | None


class ProjectPage(Struct, frozen=True):
    """Projects by key. ``end``: the key after which the next page begins, "" at the end. A page may have fewer than asked."""

    projects: tuple[Project, ...]
    end: str


async def list_projects(ledger: ReadsProjects, organization_id: str, words: KeyWords, *, after: str, limit: int) -> ProjectPage:
    """A page of those that are projects by the rules of an organization."""
    found = await ledger.list_projects(organization_id, after=after, limit=limit + 1)
    shown = found[:limit]
    real = await find_real_keys(ledger, organization_id, [f"{key}-1" for key, _ in shown], words) if shown else frozenset()
    kept = [(key, latest) for key, latest in shown if f"{key}-1" in real]
    ids = sorted({latest for _, latest in kept if latest})
    known = {one.deployment_id: one for one in await ledger.read_deployments(organization_id, ids)} if ids else {}
    projects = tuple(Project(key, known.get(latest)) for key, latest in kept)
    return ProjectPage(projects, shown[-1][0] if len(found) > limit else "")
