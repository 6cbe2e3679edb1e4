"""Repositories, and their names."""

from __future__ import annotations

from typing import Protocol

from shipledger.catalog.repository import RepositoryRecord
from shipledger.ledger.actor import Actor


class RepositoryVerbs(Protocol):
    """Repositories, and their names. ``by``: who changes them."""

    async def list_repositories(self, organization_id: str) -> list[RepositoryRecord]:
        """Every repository used by deployments or mapped to services, by name."""

    async def find_repository_keys(self, organization_id: str, repository: str) -> frozenset[str]:
        """The keys of all names of a repository, given by any canonical one; none of ""."""

    async def rename_repository(self, organization_id: str, former: str, present: str, *, by: Actor) -> None:
        """``former`` is called ``present`` now. Raises NotFound, Invalid, and Conflict if it is called otherwise."""

    async def separate_repository(self, organization_id: str, former: str, present: str, *, by: Actor) -> None:
        """Undo that. Raises NotFound and Invalid."""
