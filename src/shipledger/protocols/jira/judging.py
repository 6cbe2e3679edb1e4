"""What of a request is known to its organization, as the catalog stands now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

from msgspec.structs import replace

from shipledger.access.grant import Grant
from shipledger.catalog.clone_url import read_clone_url
from shipledger.catalog.issue import AssociationRules, IssueMode
from shipledger.protocols.jira.associations import Associations
from shipledger.protocols.jira.checking import decimal_text
from shipledger.protocols.jira.known import ISSUE_ID, KnownRule
from shipledger.protocols.jira.vocabulary import COMMIT_TYPE, ISSUE_TYPES, SERVICE_TYPE
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.commits import CommitVerbs
from shipledger.verbs.issues import IssueVerbs

_NOTHING: frozenset[str] = frozenset()


class Verbs(CallVerbs, CommitVerbs, IssueVerbs, Protocol):
    """What is asked of the ledger here."""


class Associated(Protocol):
    """Something that a request names with what it is about."""

    @property
    def associations(self) -> Associations:
        """What it is about."""


class Read(Protocol):
    """A request that was read."""

    @property
    def items(self) -> Sequence[Associated]:
        """All that it names."""


B = TypeVar("B", bound=Read)


class Judge:
    """Reads bulk requests by the rules of its organization; ``default`` is what settings say for those without own rules."""

    def __init__(self, ledger: Verbs, default: KnownRule) -> None:
        self._ledger = ledger
        self._default = default

    async def read(self, grant: Grant, text: str, read_text: Callable[[str, KnownRule], B]) -> tuple[B, KnownRule]:
        """What ``read_text`` makes of a request, and the rule that it was read by. Raises Invalid as that does."""
        organization_id = grant.organization_id
        rules = await self._ledger.find_association_rules(organization_id)
        rule = self._rule_of(rules)

        def read() -> tuple[B, frozenset[str], frozenset[str]]:
            bulk = read_text(text, rule)
            issues = frozenset(_issues_of(bulk)) if rules.mode is IssueMode.SYNCED else _NOTHING
            return bulk, issues, frozenset(_services_of(bulk)) if rules.only_registered_services else _NOTHING

        bulk, issues, services = await self._ledger.compute(organization_id, read, size=len(text))
        rule, before = await self._look_up(grant, bulk, rule, size=len(text)), rule
        if rule != before:
            bulk, issues, services = await self._ledger.compute(organization_id, read, size=len(text))
        missing_issues = missing_services = _NOTHING
        if issues:
            missing_issues = issues - await self._ledger.find_known_issues(organization_id, sorted(issues))
        if services:
            missing_services = services - await self._ledger.find_registered_services(organization_id, sorted(services))
        if not missing_issues and not missing_services:
            return bulk, rule
        narrower = replace(rule, missing_issues=missing_issues, missing_services=missing_services)
        return await self._ledger.compute(organization_id, lambda: read_text(text, narrower), size=len(text)), narrower

    async def _look_up(self, grant: Grant, bulk: Read, rule: KnownRule, *, size: int) -> KnownRule:
        """``rule`` with what the issue directory knows of denied projects and of issue ids, and what repositories are called."""
        organization_id = grant.organization_id

        def list_doubtful() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
            return frozenset(_denied_of(bulk, rule)), frozenset(_ids_of(bulk)), frozenset(_repositories_of(bulk))

        projects, ids, repositories = await self._ledger.compute(organization_id, list_doubtful, size=size)
        if repositories:
            names = await self._ledger.find_told_names(grant, sorted(repositories))
            rule = replace(rule, repository_names={sent: name for sent, name in names.items() if name != sent})
        if projects:
            rule = replace(rule, denied=rule.denied - await self._ledger.find_known_projects(organization_id, sorted(projects)))
        if ids:
            rule = replace(rule, keys_of_ids=dict(await self._ledger.find_issue_keys(organization_id, sorted(ids))))
        return rule

    def _rule_of(self, rules: AssociationRules) -> KnownRule:
        denied = rules.denied_over(self._default.denied)
        if rules.mode is None:
            return replace(self._default, denied=denied)
        if rules.mode is IssueMode.OPEN:
            return KnownRule(denied=denied)
        return KnownRule(allowed=frozenset(rules.projects)) if rules.mode is IssueMode.PROJECTS else KnownRule()


def _denied_of(bulk: Read, rule: KnownRule) -> Iterator[str]:
    """The projects of values that are unknown since ``rule`` denies those."""
    for item in bulk.items:
        values = (*item.associations.unknown_issue_keys, *(value for _, value in item.associations.unknown))
        projects = (value.strip().rpartition("-")[0].upper() for value in values if isinstance(value, str))
        yield from (project for project in projects if project in rule.denied)


def _ids_of(bulk: Read) -> Iterator[str]:
    """The values that are issue ids, known and unknown."""
    for item in bulk.items:
        unknown = (value for kind, value in item.associations.unknown if kind in ISSUE_TYPES)
        values = (*item.associations.unknown_issue_keys, *unknown, *_issues_in(item))
        texts = (decimal_text(value) for value in values)
        yield from (text.strip() for text in texts if isinstance(text, str) and ISSUE_ID.fullmatch(text.strip()))


def _repositories_of(bulk: Read) -> Iterator[str]:
    """The repositories of commits that are not called by an address."""
    for item in bulk.items:
        for association in item.associations.known:
            if association.type == COMMIT_TYPE:
                sent = (value["repositoryId"] for value in association.values)
                yield from (one for one in sent if read_clone_url(one) is None)


def _issues_of(bulk: Read) -> Iterator[str]:
    for item in bulk.items:
        yield from (value.upper() for value in _issues_in(item))


def _issues_in(item: Associated) -> Iterator[str]:
    yield from item.associations.issue_keys
    for association in item.associations.known:
        if association.type in ISSUE_TYPES:
            yield from association.values


def _services_of(bulk: Read) -> Iterator[str]:
    for item in bulk.items:
        for association in item.associations.known:
            if association.type == SERVICE_TYPE:
                yield from association.values
