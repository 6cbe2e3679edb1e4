"""Which issues and services an organization knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from shipledger.catalog.issue import AssociationRules


class IssueVerbs(Protocol):
    """Which issues and services an organization knows."""

    async def find_registered_services(self, organization_id: str, names: Sequence[str]) -> frozenset[str]:
        """Those of ``names`` that are the id, slug or any name of a service."""

    async def find_association_rules(self, organization_id: str) -> AssociationRules:
        """Which issues and services the organization knows."""

    async def find_known_issues(self, organization_id: str, names: Sequence[str]) -> frozenset[str]:
        """Those of ``names``, which are upper-case keys and ids, that the issue directory has."""

    async def find_known_projects(self, organization_id: str, projects: Sequence[str]) -> frozenset[str]:
        """Those of ``projects``, in upper case, of which the issue directory has an issue."""

    async def find_issue_keys(self, organization_id: str, issue_ids: Sequence[str]) -> Mapping[str, str]:
        """The keys of those of ``issue_ids`` that the issue directory has."""
