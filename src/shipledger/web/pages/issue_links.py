"""Which of the keys that deployments name are those of issues: only these have a page, and a link to it."""

from __future__ import annotations

from collections.abc import Collection

from shipledger.catalog.issue import AssociationRules
from shipledger.catalog.issue_keys import read_words
from shipledger.verbs import real_keys
from shipledger.verbs.real_keys import KeyWords, to_key_words
from shipledger.web.pages.frame import Frame


def list_denied(frame: Frame, rules: AssociationRules) -> frozenset[str]:
    """The words that are no projects in an organization."""
    return rules.denied_over(read_words(frame.settings.jira_denied_projects))


async def find_real_keys(frame: Frame, organization_id: str, keys: Collection[str]) -> frozenset[str]:
    """Those of ``keys``, in upper case. A project that the directory knows, or that was allowed, is always one."""
    return await real_keys.find_real_keys(frame.ledger, organization_id, keys, key_words_of(frame))


def key_words_of(frame: Frame) -> KeyWords:
    """What the settings of this server say of keys."""
    return to_key_words(frame.settings.jira_denied_projects, frame.settings.jira_allowed_projects)
