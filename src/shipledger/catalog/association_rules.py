"""Organizations' association rules, which are settings; and a short-lived cache of them, which every bulk request needs."""

from __future__ import annotations

from collections.abc import Callable

from shipledger.catalog.issue import AssociationRules, IssueMode, IssueStore
from shipledger.catalog.organization_settings.declared import (
    DENIED_PROJECTS,
    ISSUE_KEYS_IN,
    ISSUE_MODE,
    ISSUE_PROJECTS,
    KNOWN_SERVICES,
    REGISTERED,
)
from shipledger.catalog.organization_settings.model import ScopeSettings

REMEMBERED_SECONDS = 2.0


def rules_of(organization_id: str, settings: ScopeSettings | None) -> AssociationRules:
    """The rules that the settings of an organization make."""
    values = {} if settings is None else {key: held.value for key, held in settings.values.items()}
    mode, projects, keys_in, denied = (values.get(key) for key in (ISSUE_MODE, ISSUE_PROJECTS, ISSUE_KEYS_IN, DENIED_PROJECTS))
    return AssociationRules(
        organization_id,
        mode=IssueMode(mode) if isinstance(mode, str) else None,
        projects=projects if isinstance(projects, tuple) else (),
        only_registered_services=values.get(KNOWN_SERVICES) == REGISTERED,
        keys_in=keys_in if isinstance(keys_in, tuple) else None,
        denied=denied if isinstance(denied, tuple) else None,
    )


class RuleBook:
    """The rules of organizations, cached for ``remembered_seconds``, the maximum delay of a change."""

    def __init__(
        self, store: IssueStore, monotonic: Callable[[], float], *, remembered_seconds: float = REMEMBERED_SECONDS
    ) -> None:
        self._store = store
        self._monotonic = monotonic
        self._remembered_seconds = remembered_seconds
        self._remembered: dict[str, tuple[float, AssociationRules]] = {}

    async def find(self, organization_id: str) -> AssociationRules:
        """The rules of an organization. Raises Unavailable with its store."""
        until, rules = self._remembered.get(organization_id, (float("-inf"), None))
        if rules is not None and self._monotonic() < until:
            return rules
        until = self._monotonic() + self._remembered_seconds
        rules = await self._store.find_association_rules(organization_id)
        self._remembered[organization_id] = until, rules
        return rules
