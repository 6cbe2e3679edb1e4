"""Tell deployments that are recorded already what their commits say once these are known.

That is the issues that their messages name, and who wrote them. What is recorded later looks for itself (``issue_naming``,
``author_naming``). Between the two a deployment may be recorded that saw no commit and was not seen: so whoever tells does it
twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import structlog
from msgspec import Struct

from shipledger.catalog.repository import repository_key
from shipledger.clock import Clock
from shipledger.ingestion.issue_naming import IssueNaming
from shipledger.ledger.authors import Author, join_authors
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.naming import NOTHING_NAMED, NamedIssues
from shipledger.ledger.own_receipts import PROTOCOL, encode, make_receipt
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.registers import known
from shipledger.ledger.submission import Amend, Facts, Release, Target
from shipledger.store.contract import Store

OPERATION = "name-issues"
_COMMITS_AT_ONCE = 1_000
_DEPLOYMENTS_AT_ONCE = 200

log = structlog.get_logger(__name__)


class _Said(Struct, frozen=True):
    """What commits of a repository say, by their ids: issues that count, and authors."""

    repository: str
    issues: Mapping[str, tuple[str, ...]]
    authors: Mapping[str, Author]


class CommitNaming:
    """Writes a receipt of the ledger's own for each deployment that brought a commit of which something new is known."""

    def __init__(self, store: Store, clock: Clock, naming: IssueNaming, *, silent_seconds: float) -> None:
        self._store = store
        self._clock = clock
        self._naming = naming
        self._silent_seconds = silent_seconds

    async def tell(self, organization_id: str, repository: str, commit_ids: Iterable[str]) -> None:
        """Tell the deployments of ``repository`` what these commits say. Raises Unavailable.

        A node of a version before could not read what is written.
        """
        commits = sorted(set(commit_ids))
        told = 0
        for start in range(0, len(commits), _COMMITS_AT_ONCE):
            some = commits[start : start + _COMMITS_AT_ONCE]
            brought = await self._store.list_ids_of_commits(organization_id, some)
            if not brought:
                continue
            if await self._store.has_older_nodes(silent_seconds=self._silent_seconds):
                return
            said = await self._read(organization_id, repository, some)
            for place in range(0, len(brought) if said.issues or said.authors else 0, _DEPLOYMENTS_AT_ONCE):
                told += await self._tell_some(organization_id, brought[place : place + _DEPLOYMENTS_AT_ONCE], said)
        if told:
            log.info("Commits tell more of deployments.", repository=repository, deployments=told)

    async def _read(self, organization_id: str, repository: str, commits: Sequence[str]) -> _Said:
        keys = [(organization_id, repository, commit) for commit in commits]
        named = await self._store.find_commit_issues(keys)
        counted = await self._naming.count_in_commits(organization_id, {key for keys in named.values() for key in keys})
        issues = {commit: tuple(sorted(counted.intersection(keys))) for (_, _, commit), keys in named.items()}
        authors = await self._store.find_commit_authors(keys)
        return _Said(
            repository=repository,
            issues={commit: keys for commit, keys in issues.items() if keys},
            authors={commit: author for (_, _, commit), author in authors.items()},
        )

    async def _tell_some(self, organization_id: str, ids: Sequence[str], said: _Said) -> int:
        """How many of some deployments were told."""
        brought = await self._store.read_deployments(organization_id, ids)
        asked = [self._ask(one, said) for one in brought if not (one.is_managed_elsewhere or one.is_removed)]
        receipts = [receipt for receipt in asked if receipt is not None]
        if receipts:
            await self._store.append_missing_receipts(
                receipts, claimed_by=None, concerns={receipt.receipt_id: () for receipt in receipts}
            )
        return len(receipts)

    def _ask(self, deployment: Deployment, said: _Said) -> Receipt | None:
        """The receipt that says what is new of a deployment, or None. Whoever finds the same makes the same one."""
        key = repository_key(said.repository)
        releases = [one for one in deployment.releases if repository_key(one.repository) == key]
        issues, authors = _find_issues(deployment, releases, said), _find_authors(deployment, releases, said)
        if not issues and not authors:
            return None
        submission = Amend(
            source=PROTOCOL,
            target=Target(key=deployment.deployment_id),
            facts=Facts(),
            order=(),
            named=NamedIssues(commits=issues) if issues else NOTHING_NAMED,
            authors=authors,
        )
        seed = f"{deployment.deployment_id}/{encode(submission)}"
        after, now = deployment.recorded_at, self._clock.now()
        return make_receipt(deployment, submission, operation=OPERATION, after=after, seed=seed, now=now)


def _find_issues(deployment: Deployment, releases: Iterable[Release], said: _Said) -> dict[str, tuple[str, ...]]:
    """The issues that count of those that its commits name, where it does not know them; by commit."""
    has = deployment.named.commits
    found: dict[str, tuple[str, ...]] = {}
    for release in releases:
        commit = release.commit.lower()
        issues = said.issues.get(commit, ())
        if not set(issues) <= set(has.get(commit, ())):
            found[commit] = issues
    return found


def _find_authors(deployment: Deployment, releases: Iterable[Release], said: _Said) -> dict[str, Author]:
    """The authors of its commits, where it does not know them and its senders name nobody."""
    if known(deployment.facts.actor):
        return {}
    commits = {release.commit.lower() for release in releases}
    found = {commit: said.authors[commit] for commit in sorted(commits) if commit in said.authors}
    return {} if join_authors(deployment.authors, found) == deployment.authors else found
