"""Which issues the titles and messages of deployments name.

That is decided when a report is settled, and kept in its entry: what settings and directories say later changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from msgspec.structs import replace

from shipledger.catalog.association_rules import RuleBook
from shipledger.catalog.issue import IssueMode, IssueStore
from shipledger.catalog.issue_keys import KeyRule, find_known_projects, read_words
from shipledger.errors import Invalid
from shipledger.ingestion.task import Task, group_by_organization
from shipledger.ledger.naming import IssueSource, NamedIssues, find_keys
from shipledger.ledger.submission import Amend, RecordDeployment, Submission
from shipledger.long_work import run_beside

_WORDS = {source.value: source for source in (IssueSource.TITLE, IssueSource.MESSAGE)}


def read_sources(text: str) -> frozenset[IssueSource]:
    """The places that are separated by commas. Raises Invalid."""
    words = text.replace(",", " ").lower().split()
    for word in words:
        if word not in _WORDS:
            raise Invalid("settings", f"issue_keys_in has {word!r}; write some of {', '.join(_WORDS)}, separated by commas.")
    return frozenset(_WORDS[word] for word in words)


class IssueNaming:
    """Looks for keys in ``sources``. ``denied`` and ``allowed`` projects are those of organizations without own rules."""

    def __init__(self, *, store: IssueStore, rules: RuleBook, sources: frozenset[IssueSource], denied: str, allowed: str) -> None:
        self._store = store
        self._rules = rules
        self._sources = sources
        self._denied = read_words(denied)
        self._allowed = read_words(allowed)

    async def name(self, tasks: Sequence[Task]) -> None:
        """Let the submissions of ``tasks`` say which issues their texts name. Raises Unavailable."""
        unnamed = [task for task in tasks if not task.are_issues_named]
        for organization_id, group in group_by_organization(unnamed).items():
            size = sum(task.size for task in group)
            found = await run_beside(partial(self._find, group), size=size)
            counted = await self.count(organization_id, {key for one in found for key in (*one.title, *one.message)})
            if counted:
                for task in group:
                    task.submissions = [self._with_named(one, counted) for one in task.submissions or ()]
        for task in unnamed:
            task.are_issues_named = True

    async def count(self, organization_id: str, keys: Iterable[str]) -> frozenset[str]:
        """Those of ``keys``, in upper case, that are issues by the rules of an organization. Raises Unavailable."""
        wanted = frozenset(keys)
        if not wanted:
            return wanted
        rules = await self._rules.find(organization_id)
        if rules.mode is IssueMode.SYNCED:
            found = await self._store.find_issues(organization_id, sorted(wanted))
            return wanted & {issue.key for issue in found}
        allowed = frozenset(rules.projects) if rules.mode is IssueMode.PROJECTS else self._allowed if rules.mode is None else None
        if allowed:
            return frozenset(key for key in wanted if key.rpartition("-")[0] in allowed)
        rule = KeyRule(self._denied)
        known = await find_known_projects(self._store, organization_id, rule.list_doubtful(wanted))
        return frozenset(key for key in wanted if rule.is_key(key, known))

    def _find(self, tasks: Iterable[Task]) -> list[NamedIssues]:
        return [self._look_into(submission) for task in tasks for submission in task.submissions or ()]

    def _look_into(self, submission: Submission) -> NamedIssues:
        if not isinstance(submission, RecordDeployment | Amend):
            return NamedIssues()
        title, message = submission.facts.title, submission.facts.description
        return NamedIssues(
            title=find_keys(title) if IssueSource.TITLE in self._sources else (),
            message=find_keys(message) if IssueSource.MESSAGE in self._sources else (),
        )

    def _with_named(self, submission: Submission, counted: frozenset[str]) -> Submission:
        found = self._look_into(submission)
        title, message = (tuple(sorted(counted.intersection(keys))) for keys in (found.title, found.message))
        if not (title or message) or not isinstance(submission, RecordDeployment | Amend):
            return submission
        return replace(submission, named=replace(submission.named, title=title, message=message))
