"""Which issues the titles and messages of deployments name.

That is decided when a report is settled, by what its organization has set, else by the settings of when it was accepted, and
kept in its entry: what settings and directories say later changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Protocol

from msgspec.structs import replace

from shipledger.aggregates import Recording
from shipledger.catalog.association_rules import RuleBook
from shipledger.catalog.commit import CommitStore
from shipledger.catalog.issue import AssociationRules, IssueMode, IssueStore
from shipledger.catalog.issue_keys import KeyRule, find_known_projects, read_words
from shipledger.catalog.stored_range import WHOLE_IDS
from shipledger.ingestion.author_naming import AuthorNaming, releases_of
from shipledger.ingestion.known_commits import KnownCommits
from shipledger.ingestion.naming_rule import NamingRule
from shipledger.ingestion.task import Task, group_by_organization
from shipledger.ledger.naming import NOTHING_NAMED, IssueSource, NamedIssues, find_keys
from shipledger.ledger.submission import Amend, Correct, RecordDeployment
from shipledger.long_work import run_beside


class NamingStore(IssueStore, CommitStore, Protocol):
    """The part of the store that is asked about issues and commits."""


class IssueNaming:
    """Looks for keys in ``sources``; these, and ``denied`` and ``allowed`` projects, are of organizations without own rules."""

    def __init__(
        self,
        *,
        store: NamingStore,
        rules: RuleBook,
        sources: Iterable[str],
        denied: str,
        allowed: str,
        monotonic: Callable[[], float],
    ) -> None:
        self._store = store
        self._rules = rules
        self.rule = NamingRule(
            sources=tuple(sorted(sources)), denied=tuple(sorted(read_words(denied))), allowed=tuple(sorted(read_words(allowed)))
        )
        self._authors = AuthorNaming(store, monotonic)
        self._naming = KnownCommits(store.names_issues, monotonic)

    async def name(self, tasks: Sequence[Task]) -> None:
        """Let the submissions of ``tasks`` say which issues their texts name, by the settings of when each was accepted.

        Also who wrote their commits. Raises Unavailable.
        """
        unnamed = [task for task in tasks if not task.are_issues_named]
        await self._authors.name(unnamed)
        for organization_id, group in group_by_organization(unnamed).items():
            for rule in {task.naming or self.rule for task in group}:
                await self._name(organization_id, [task for task in group if (task.naming or self.rule) == rule], rule)
        for task in unnamed:
            task.are_issues_named = True

    async def _name(self, organization_id: str, group: Sequence[Task], rule: NamingRule) -> None:
        found = await run_beside(partial(_look_into_all, group), size=sum(task.size for task in group))
        commits = await self._find_in_commits(organization_id, group)
        keys = {key for named in found for one in named for key in (*one.title, *one.message)}.union(*commits.values())
        if not keys:
            return
        counting = _with_own(rule, await self._rules.find(organization_id))
        counted = await self.count(organization_id, keys, rule)
        for task, named in zip(group, found, strict=True):
            pairs = zip(task.submissions or (), named, strict=True)
            task.submissions = [_with_named(submission, one, counted, commits, counting) for submission, one in pairs]

    async def _find_in_commits(self, organization_id: str, tasks: Iterable[Task]) -> dict[str, tuple[str, ...]]:
        """The keys in the messages of the commits that ``tasks`` bring, as far as these are known, by their ids."""
        wanted = [
            (organization_id, release.repository, release.commit)
            for task in tasks
            for submission in task.submissions or ()
            for release in releases_of(submission)
            if len(release.commit) in WHOLE_IDS
        ]
        if not wanted or not await self._naming.has_any(organization_id):
            return {}
        found = await self._store.find_commit_issues(list(dict.fromkeys(wanted)))
        return {commit.lower(): keys for (_, _, commit), keys in found.items() if keys}

    async def count_in_commits(self, organization_id: str, keys: Iterable[str]) -> frozenset[str]:
        """The same as ``count`` of keys in the messages of commits; none where those are not looked into."""
        rule = _with_own(self.rule, await self._rules.find(organization_id))
        return await self.count(organization_id, keys) if IssueSource.COMMIT in rule.sources else frozenset()

    async def count(self, organization_id: str, keys: Iterable[str], rule: NamingRule | None = None) -> frozenset[str]:
        """Those of ``keys``, in upper case, that are issues by the rules of an organization, else by ``rule``.

        ``rule`` None: what settings say now. Raises Unavailable.
        """
        wanted = frozenset(keys)
        if not wanted:
            return wanted
        rules = await self._rules.find(organization_id)
        by = _with_own(rule or self.rule, rules)
        if rules.mode is IssueMode.SYNCED:
            found = await self._store.find_issues(organization_id, sorted(wanted))
            return wanted & {issue.key for issue in found}
        allowed = (
            frozenset(rules.projects)
            if rules.mode is IssueMode.PROJECTS
            else frozenset(by.allowed)
            if rules.mode is None
            else None
        )
        if allowed:
            return frozenset(key for key in wanted if key.rpartition("-")[0] in allowed)
        key_rule = KeyRule(frozenset(by.denied))
        known = await find_known_projects(self._store, organization_id, key_rule.list_doubtful(wanted))
        return frozenset(key for key in wanted if key_rule.is_key(key, known))


def _with_own(rule: NamingRule, own: AssociationRules) -> NamingRule:
    """``rule`` with what an organization has set in its place."""
    sources = rule.sources if own.keys_in is None else own.keys_in
    return replace(rule, sources=sources, denied=tuple(sorted(own.denied_over(frozenset(rule.denied)))))


def _look_into_all(tasks: Iterable[Task]) -> list[list[NamedIssues]]:
    """What looks like a key in each submission of each task."""
    return [[_look_into(submission) for submission in task.submissions or ()] for task in tasks]


def _look_into(submission: Recording) -> NamedIssues:
    if isinstance(submission, Correct):
        return NamedIssues(title=find_keys(submission.said.title))
    if not isinstance(submission, RecordDeployment | Amend):
        return NamedIssues()
    return NamedIssues(title=find_keys(submission.facts.title), message=find_keys(submission.facts.description))


def _with_named(
    submission: Recording,
    found: NamedIssues,
    counted: frozenset[str],
    commits: Mapping[str, tuple[str, ...]],
    rule: NamingRule,
) -> Recording:
    title, message = (
        tuple(sorted(counted.intersection(keys))) if source in rule.sources else ()
        for source, keys in ((IssueSource.TITLE, found.title), (IssueSource.MESSAGE, found.message))
    )
    looks_at_commits = IssueSource.COMMIT in rule.sources
    brought = {release.commit.lower() for release in releases_of(submission)} if looks_at_commits else set[str]()
    issues = {commit: tuple(sorted(counted.intersection(commits.get(commit, ())))) for commit in sorted(brought)}
    named = NamedIssues(title=title, message=message, commits={commit: keys for commit, keys in issues.items() if keys})
    if named == NOTHING_NAMED or not isinstance(submission, RecordDeployment | Amend | Correct):
        return submission
    return replace(submission, named=named)
