"""Decide reports of one series one after the other, by the program's own rules over every deployment so far."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from shipledger.clock import to_microseconds
from shipledger.deployments.knowledge import DeploymentKnowledge
from shipledger.deployments.lookups import NEVER_STARTED_US, Loaded, Lookup, Seek
from shipledger.deployments.working_set import all_lookups
from shipledger.gating.aggregate import GATES
from shipledger.gating.knowledge import RULES as GATE_RULES
from shipledger.ingestion.batch import Outcome, decide_batch
from shipledger.ingestion.task import Task
from shipledger.ledger.aggregate import NeedsHistory
from shipledger.ledger.by_name import NamedKnowledge
from shipledger.ledger.deployment import Deployment, Entry, is_dated
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.submission import Alias, Submission
from shipledger.ledger.verdict import Verdict

KIND = Deployment.kind


class Series:
    """All deployments and entries of one organization, held in dictionaries, and found by looking at each of them."""

    def __init__(self) -> None:
        self.deployments: dict[tuple[str, str], Deployment] = {}
        self.entries: dict[tuple[str, str], list[Entry]] = {}
        self.verdicts: list[Verdict] = []

    def settle(self, receipt: Receipt, submissions: Sequence[Submission], now: datetime) -> tuple[Verdict, ...]:
        """Decide what ``receipt`` asks for, and keep what that appends."""
        task = Task(receipt=receipt, submissions=submissions)
        loaded = self._load(all_lookups([(receipt.organization_id, submissions)]))
        outcome = self._decide(task, loaded, {}, now)
        (settled,) = outcome.settlement.receipts
        for entry in settled.entries:
            history = self.entries.setdefault((entry.organization_id, entry.deployment_id), [])
            assert entry.version == len(history) + 1
            history.append(entry)
        for deployment in outcome.settlement.changed:
            self.deployments[deployment.organization_id, deployment.deployment_id] = deployment
        self.verdicts += settled.verdicts
        return settled.verdicts

    def _decide(self, task: Task, loaded: Loaded, histories: dict[tuple[str, str], Sequence[Entry]], now: datetime) -> Outcome:
        try:
            return decide_batch(
                [task],
                {KIND: DeploymentKnowledge(loaded), GATES.kind: NamedKnowledge(GATE_RULES, {}, {})},
                may_wait=frozenset(),
                histories={KIND: histories},
                now=now,
            )
        except NeedsHistory as need:
            return self._decide(task, loaded, {place: self.entries[place] for place in need.places}, now)

    def runs(self) -> list[Deployment]:
        """Those that are not removed, in the order of their starts."""
        kept = [one for one in self.deployments.values() if not one.is_removed]
        return sorted(kept, key=lambda one: (_start_us(one), one.deployment_id))

    def newest(self, alias: Alias) -> Deployment | None:
        """What an alias means now."""
        lookup = Lookup(organization_id="acme", alias=alias)
        return self._find(lookup)

    def _load(self, lookups: Iterable[Lookup]) -> Loaded:
        loaded = Loaded(deployments={}, by_alias={}, sought={})
        for lookup in lookups:
            found = self._find(lookup)
            if found is None:
                continue
            loaded.deployments[found.organization_id, found.deployment_id] = found
            if lookup.seek is not None:
                loaded.sought[lookup] = found.deployment_id
            elif lookup.alias is not None:
                loaded.by_alias[lookup.organization_id, lookup.alias] = found.deployment_id
        return loaded

    def _find(self, lookup: Lookup) -> Deployment | None:
        if lookup.alias is None:
            return self.deployments.get((lookup.organization_id, lookup.deployment_id or ""))
        named = [one for one in self.runs() if lookup.alias in one.aliases]
        if lookup.seek is Seek.OWN:
            return next((one for one in named if lookup.alias in one.identities), None)
        if lookup.seek is Seek.UNTIL:
            return next((one for one in reversed(named) if _start_us(one) <= lookup.at_us), None)
        if lookup.seek is Seek.AFTER:
            return next((one for one in named if _start_us(one) > lookup.at_us), None)
        if is_dated(lookup.alias):
            return named[-1] if named else None
        return max(named, key=lambda one: one.deployment_id, default=None)


def _start_us(deployment: Deployment) -> int:
    return NEVER_STARTED_US if deployment.started_at is None else to_microseconds(deployment.started_at)
