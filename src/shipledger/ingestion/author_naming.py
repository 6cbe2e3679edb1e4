"""Who wrote the commits of deployments whose senders name nobody, as far as these commits are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from shipledger.aggregates import Recording
from shipledger.catalog.commit import CommitStore
from shipledger.catalog.stored_range import WHOLE_IDS
from shipledger.ingestion.known_commits import KnownCommits
from shipledger.ingestion.task import Task, group_by_organization
from shipledger.ledger.authors import Author
from shipledger.ledger.registers import known
from shipledger.ledger.submission import Amend, Correct, RecordDeployment, Release


class AuthorNaming:
    """Looks commits up when reports about them are settled. Those that come later are told of (``commit_naming``)."""

    def __init__(self, store: CommitStore, monotonic: Callable[[], float]) -> None:
        self._store = store
        self._commits = KnownCommits(store.has_commits, monotonic)

    async def name(self, tasks: Sequence[Task]) -> None:
        """Let the submissions of ``tasks`` say who wrote their commits. Raises Unavailable."""
        for organization_id, group in group_by_organization(tasks).items():
            wanted = {
                (organization_id, release.repository, release.commit)
                for task in group
                for submission in task.submissions or ()
                for release in _nobodys_releases(submission)
            }
            if not wanted or not await self._commits.has_any(organization_id):
                continue
            found = await self._store.find_commit_authors(sorted(wanted))
            for task in group if found else ():
                task.submissions = [_with_authors(one, organization_id, found) for one in task.submissions or ()]


def _with_authors(submission: Recording, organization_id: str, found: dict[tuple[str, str, str], Author]) -> Recording:
    authors = {
        one.commit.lower(): found[organization_id, one.repository, one.commit]
        for one in _nobodys_releases(submission)
        if (organization_id, one.repository, one.commit) in found
    }
    if not authors or not isinstance(submission, RecordDeployment | Amend | Correct):
        return submission
    return replace(submission, authors=authors)


def _nobodys_releases(submission: Recording) -> list[Release]:
    """The commits in a submission that names nobody who deployed them."""
    if isinstance(submission, RecordDeployment | Amend):
        actor = known(submission.facts.actor)
        if actor:
            return []
    return [one for one in releases_of(submission) if len(one.commit) in WHOLE_IDS]


def releases_of(submission: Recording) -> tuple[Release, ...]:
    """The commits that a submission brings."""
    if isinstance(submission, Correct):
        return submission.said.releases or ()
    return known(submission.facts.releases) or () if isinstance(submission, RecordDeployment | Amend) else ()
