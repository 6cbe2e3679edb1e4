"""Deployments: one, a page, and what remedied what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from shipledger.deployments.listing import DeploymentFilter
from shipledger.found import Found
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.submission import Target


class DeploymentSearch(Struct, frozen=True):
    """Deployments of services, newest start first, then by id. Times are inclusive; a running one ends when it starts."""

    service_ids: tuple[str, ...]
    environment_ids: tuple[str, ...] = ()
    started_from: datetime | None = None
    ended_until: datetime | None = None
    offset: int = 0
    limit: int = 20


class DeploymentScan(Struct, frozen=True):
    """Deployments by start, then id, newest first unless ``is_ascending``. Bounds are inclusive.

    ``services`` are the senders' names, ignoring case; none does not restrict. ``limit`` is per page.
    """

    services: tuple[str, ...] = ()
    started_from: datetime | None = None
    started_until: datetime | None = None
    is_ascending: bool = False
    limit: int = 500


class DeploymentVerbs(Protocol):
    """Deployments: one, a page, and what remedied what."""

    def at_its_host(self, repository: str) -> str:
        """A canonical name of a repository by the one host that it has here."""

    async def find_deployment(self, organization_id: str, target: Target) -> Deployment | None:
        """The deployment of ``target``, or None."""

    async def find_told_deployment(self, organization_id: str, target: Target) -> Deployment | None:
        """The same as its own sender told it, without what is merged into it: what a vendor's protocol answers by an id."""

    async def search_deployments(self, organization_id: str, search: DeploymentSearch) -> list[Deployment]:
        """A page of deployments of repositories currently mapped to the services."""

    async def scan_deployments(self, organization_id: str, scan: DeploymentScan, after: Deployment | None) -> Found[Deployment]:
        """A page of a scan after a deployment, or the first; a page that is not full is the last."""

    async def list_deployments(self, organization_id: str, wanted: DeploymentFilter) -> Found[Deployment]:
        """A page of deployments, newest start first; what cannot be read is left out."""

    async def find_remedies(self, deployments: Sequence[Deployment]) -> Mapping[str, Deployment]:
        """The deployments that remedied ``deployments``, all of one organization, by the id of the remedied one."""

    async def find_remedied(self, deployments: Sequence[Deployment]) -> Mapping[str, Deployment]:
        """The newest deployment that each of ``deployments``, all of one organization, remedied, by the id of the remedy."""
