"""Which of the keys that texts name are those of issues."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from msgspec import Struct

from shipledger.catalog.issue import AssociationRules
from shipledger.catalog.issue_keys import KeyRule, ListsIssues, find_known_projects, read_words


class KeyWords(Struct, frozen=True):
    """What the settings of a server say: words that are no projects, and projects that are, in upper case."""

    denied: frozenset[str]
    allowed: frozenset[str]


class ReadsKeyRules(ListsIssues, Protocol):
    """What is asked of the ledger."""

    async def find_association_rules(self, organization_id: str) -> AssociationRules:
        """The rules of an organization, or the defaults."""


def to_key_words(denied: str, allowed: str) -> KeyWords:
    """Both as they are set: separated by commas or blanks."""
    return KeyWords(read_words(denied), read_words(allowed))


async def find_real_keys(ledger: ReadsKeyRules, organization_id: str, keys: Collection[str], words: KeyWords) -> frozenset[str]:
    """Those of ``keys``, in upper case. A project that the directory knows, or that was allowed, is always one."""
    rules = await ledger.find_association_rules(organization_id)
    rule, allowed = KeyRule(rules.denied_over(words.denied)), words.allowed
    doubtful = [project for project in rule.list_doubtful(keys) if project not in allowed]
    if doubtful:
        allowed |= frozenset(rules.projects) | await find_known_projects(ledger, organization_id, doubtful)
    return frozenset(key.upper() for key in keys if rule.is_key(key, allowed))
