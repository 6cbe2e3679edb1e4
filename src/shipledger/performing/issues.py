"""Which issues and services an organization knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shipledger.catalog.issue import AssociationRules
from shipledger.catalog.issue_keys import find_known_projects
from shipledger.performing.performer import Performer


class IssuePerformer(Performer):
    """See ``verbs.issues.IssueVerbs``."""

    async def find_registered_services(self, organization_id: str, names: Sequence[str]) -> frozenset[str]:
        """Those of ``names`` that are an id, a slug or any name of a service."""
        return frozenset(await self._parts.store.find_named_services(organization_id, names))

    async def find_association_rules(self, organization_id: str) -> AssociationRules:
        """The organization's rules for known issues and services."""
        return await self._parts.rules.find(organization_id)

    async def find_known_issues(self, organization_id: str, names: Sequence[str]) -> frozenset[str]:
        """Those of ``names`` that the issue directory has."""
        found = await self._parts.store.find_issues(organization_id, names)
        return frozenset(name for issue in found for name in (issue.key, issue.issue_id)) & frozenset(names)

    async def find_known_projects(self, organization_id: str, projects: Sequence[str]) -> frozenset[str]:
        """Those of ``projects`` that the issue directory knows."""
        return await find_known_projects(self._parts.store, organization_id, projects)

    async def find_issue_keys(self, organization_id: str, issue_ids: Sequence[str]) -> Mapping[str, str]:
        """The keys of those of ``issue_ids`` that the issue directory has."""
        asked = frozenset(issue_ids)
        found = await self._parts.store.find_issues(organization_id, issue_ids)
        return {one.issue_id: one.key for one in found if one.issue_id in asked}
