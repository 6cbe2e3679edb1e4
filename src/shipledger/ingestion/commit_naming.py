"""Tell deployments that are recorded already which issues the messages of their commits name, once these are known.

What is recorded later looks for itself (``issue_naming``). Between the two a deployment may be recorded that saw no commit and
was not seen: so whoever tells does it twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import structlog

from shipledger.catalog.repository import repository_key
from shipledger.clock import Clock
from shipledger.ingestion.issue_naming import IssueNaming
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.naming import NamedIssues
from shipledger.ledger.own_receipts import PROTOCOL, encode, make_receipt
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.submission import Amend, Facts, Target
from shipledger.store.contract import Store

OPERATION = "name-issues"
_COMMITS_AT_ONCE = 1_000
_DEPLOYMENTS_AT_ONCE = 200

log = structlog.get_logger(__name__)


class CommitNaming:
    """Writes a receipt of the ledger's own for each deployment that brought a commit which names an issue."""

    def __init__(self, store: Store, clock: Clock, naming: IssueNaming, *, silent_seconds: float) -> None:
        self._store = store
        self._clock = clock
        self._naming = naming
        self._silent_seconds = silent_seconds

    async def tell(self, organization_id: str, repository: str, named: Mapping[str, tuple[str, ...]]) -> None:
        """Tell the deployments of ``repository`` what the commits in ``named`` name, by their ids. Raises Unavailable.

        A node of a version before could not read what is written.
        """
        counted = await self._naming.count_in_commits(organization_id, {key for keys in named.values() for key in keys})
        if not counted or await self._store.has_older_nodes(silent_seconds=self._silent_seconds):
            return
        commits = sorted(commit for commit, keys in named.items() if not counted.isdisjoint(keys))
        told = 0
        for start in range(0, len(commits), _COMMITS_AT_ONCE):
            brought = await self._store.list_ids_of_commits(organization_id, commits[start : start + _COMMITS_AT_ONCE])
            for place in range(0, len(brought), _DEPLOYMENTS_AT_ONCE):
                ids = brought[place : place + _DEPLOYMENTS_AT_ONCE]
                told += await self._tell_some(organization_id, ids, repository, named, counted)
        if told:
            log.info("Commits of deployments name issues.", repository=repository, deployments=told)

    async def _tell_some(
        self,
        organization_id: str,
        ids: Sequence[str],
        repository: str,
        named: Mapping[str, tuple[str, ...]],
        counted: frozenset[str],
    ) -> int:
        """How many of some deployments were told."""
        brought = await self._store.read_deployments(organization_id, ids)
        new = [(one, _find_new(one, repository, named, counted)) for one in brought]
        receipts = [self._ask(one, found) for one, found in new if found and not (one.is_managed_elsewhere or one.is_removed)]
        if receipts:
            await self._store.append_missing_receipts(
                receipts, claimed_by=None, concerns={receipt.receipt_id: () for receipt in receipts}
            )
        return len(receipts)

    def _ask(self, deployment: Deployment, found: dict[str, tuple[str, ...]]) -> Receipt:
        """The receipt by which the ledger names issues. Whoever finds the same makes the same one."""
        submission = Amend(
            source=PROTOCOL,
            target=Target(key=deployment.deployment_id),
            facts=Facts(),
            order=(),
            named=NamedIssues(commits=found),
        )
        seed = f"{deployment.deployment_id}/{encode(submission)}"
        after, now = deployment.recorded_at, self._clock.now()
        return make_receipt(deployment, submission, operation=OPERATION, after=after, seed=seed, now=now)


def _find_new(
    deployment: Deployment, repository: str, named: Mapping[str, tuple[str, ...]], counted: frozenset[str]
) -> dict[str, tuple[str, ...]]:
    """The issues that count of those that the commits of ``deployment`` name, where it does not know them; by commit."""
    key, known = repository_key(repository), deployment.named.commits
    found: dict[str, tuple[str, ...]] = {}
    for release in deployment.releases:
        commit = release.commit.lower()
        issues = tuple(sorted(counted.intersection(named.get(commit, ()))))
        if repository_key(release.repository) == key and issues and not set(issues) <= set(known.get(commit, ())):
            found[commit] = issues
    return found
