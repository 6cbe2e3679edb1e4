"""Which of the keys that deployments name are those of issues: only these have a page, and a link to it."""

from __future__ import annotations

from collections.abc import Collection

from shipledger.catalog.issue import AssociationRules
from shipledger.catalog.issue_keys import KeyRule, find_known_projects, read_words
from shipledger.web.pages.frame import Frame


def list_denied(frame: Frame, rules: AssociationRules) -> frozenset[str]:
    """The words that are no projects in an organization."""
    return rules.denied_over(read_words(frame.settings.jira_denied_projects))


async def find_real_keys(frame: Frame, organization_id: str, keys: Collection[str]) -> frozenset[str]:
    """Those of ``keys``, in upper case. A project that the directory knows, or that was allowed, is always one."""
    settings = frame.settings
    rules = await frame.ledger.find_association_rules(organization_id)
    rule, allowed = KeyRule(list_denied(frame, rules)), read_words(settings.jira_allowed_projects)
    doubtful = [project for project in rule.list_doubtful(keys) if project not in allowed]
    if doubtful:
        allowed |= frozenset(rules.projects) | await find_known_projects(frame.ledger, organization_id, doubtful)
    return frozenset(key.upper() for key in keys if rule.is_key(key, allowed))
