"""The deployments that one batch is about, kept current while the batch is decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from shipledger.ledger.deployment import Deployment
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.recognition import guard_of, recognizes
from shipledger.ledger.submission import Alias, RecordDeployment, Refuse, RemoveMatching, Submission
from shipledger.store.contract import Loaded, Lookup


class StaleAlias(Exception):
    """The batch itself has freed this alias; what it names now must be loaded anew."""


class WorkingSet:
    """What the store answered, overlaid with what the batch has decided so far."""

    def __init__(self, loaded: Loaded) -> None:
        self._deployments = dict(loaded.deployments)
        self._by_alias = dict(loaded.by_alias)
        self._freed: set[tuple[str, Alias]] = set()

    def find(self, receipt: Receipt, submission: Submission) -> Deployment | None:
        """The deployment that ``submission`` of ``receipt`` concerns, or None. Raises StaleAlias."""
        found = self._find_first(receipt.organization_id, _strict_lookups_of(receipt.organization_id, submission))
        if found is not None or not isinstance(submission, RecordDeployment):
            return found
        for lookup in _weak_lookups_of(receipt.organization_id, submission):
            known = self._find_first(receipt.organization_id, [lookup])
            if known is not None and recognizes(submission, receipt, known):
                return known
        return None

    def guard(self, receipt: Receipt, submission: Submission) -> Submission:
        """``submission``, which concerns no known deployment, such that another node cannot record the same one at once."""
        if not isinstance(submission, RecordDeployment) or submission.recognition is None:
            return submission
        name = submission.recognition.names[-1]
        newest = self._find_first(receipt.organization_id, [Lookup(organization_id=receipt.organization_id, alias=name)])
        return replace(submission, identities=(*submission.identities, guard_of(name, newest)))

    def _find_first(self, organization_id: str, lookups: Iterable[Lookup]) -> Deployment | None:
        for lookup in lookups:
            deployment_id = lookup.deployment_id
            if lookup.alias is not None:
                place = (organization_id, lookup.alias)
                if place in self._freed:
                    raise StaleAlias
                deployment_id = self._by_alias.get(place)
            if deployment_id is not None:
                found = self._deployments.get((organization_id, deployment_id))
                if found is not None and not found.is_removed:
                    return found
        return None

    def put(self, deployment: Deployment) -> None:
        """Take in the outcome of a decision."""
        organization_id = deployment.organization_id
        place = (organization_id, deployment.deployment_id)
        before = self._deployments.get(place)
        if before is deployment:
            return
        self._deployments[place] = deployment
        aliases = deployment.aliases
        for alias in aliases:
            named = self._by_alias.get((organization_id, alias), "")
            self._by_alias[organization_id, alias] = max(named, deployment.deployment_id)
            self._freed.discard((organization_id, alias))
        if before is not None:
            self._freed.update((organization_id, alias) for alias in before.aliases - aliases)


def lookups_of(organization_id: str, submission: Submission) -> list[Lookup]:
    """Where to look for the deployment that ``submission`` concerns, in order."""
    return [*_strict_lookups_of(organization_id, submission), *_weak_lookups_of(organization_id, submission)]


def _weak_lookups_of(organization_id: str, submission: Submission) -> list[Lookup]:
    if not isinstance(submission, RecordDeployment) or submission.recognition is None:
        return []
    return [Lookup(organization_id=organization_id, alias=name) for name in submission.recognition.names]


def _strict_lookups_of(organization_id: str, submission: Submission) -> list[Lookup]:
    if isinstance(submission, RecordDeployment):
        return [Lookup(organization_id=organization_id, alias=alias) for alias in submission.identities]
    if isinstance(submission, (RemoveMatching, Refuse)):
        return []
    target = submission.target
    if target.scope is None:
        return [Lookup(organization_id=organization_id, deployment_id=target.key)]
    return [Lookup(organization_id=organization_id, alias=Alias(scope=target.scope, key=target.key))]


def all_lookups(parts: Iterable[tuple[str, Sequence[Submission]]]) -> list[Lookup]:
    """The lookups of a whole batch, each once."""
    wanted: dict[tuple[str, str | None, Alias | None], Lookup] = {}
    for organization_id, submissions in parts:
        for submission in submissions:
            for lookup in lookups_of(organization_id, submission):
                wanted[lookup.organization_id, lookup.deployment_id, lookup.alias] = lookup
    return list(wanted.values())
