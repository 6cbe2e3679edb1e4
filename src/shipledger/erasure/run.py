"""One erasure under way: what it erases, and how much that was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from shipledger.catalog.commit import Pack
from shipledger.erasure.counts import ErasureCounts
from shipledger.erasure.history import plan_erasure
from shipledger.erasure.merged import list_hosts, list_merged, plan_parting
from shipledger.errors import Conflict
from shipledger.ledger.deployment import Deployment
from shipledger.store.contract import Store
from shipledger.store.erasure.contract import HistoryErasure, Selection, SentEntry

_BATCH = 100
SUBJECTS_A_BATCH = 50
"""How many histories one transaction erases."""

_MOST_TRIES = 20


class TellsTime(Protocol):
    """A clock."""

    def now(self) -> datetime:
        """The current time."""


class PackFiles(Protocol):
    """Where git keeps the packs that were sent."""

    def remove_pack(self, pack: Pack, name: str) -> None:
        """Remove the files of a pack."""

    def remove_organization(self, organization_id: str) -> None:
        """Remove all files of an organization."""


class Run:
    """Erases what ``selection`` names, piece by piece."""

    def __init__(
        self,
        store: Store,
        clock: TellsTime,
        selection: Selection,
        reason: str,
        *,
        files: PackFiles | None,
        subjects_a_batch: int,
    ) -> None:
        self._store = store
        self._clock = clock
        self._selection = selection
        self._reason = reason
        self._files = files
        self._subjects_a_batch = subjects_a_batch
        self._subjects: set[tuple[str, str]] = set()
        self._counts = ErasureCounts()

    @property
    def counts(self) -> ErasureCounts:
        """What was erased so far."""
        return self._counts.plus(ErasureCounts.of(Counter(f"{kind}s" for kind, _ in self._subjects)))

    async def erase_receipts(self, receipt_ids: Sequence[str]) -> None:
        """Erase receipts with the words of their verdicts."""
        for start in range(0, len(receipt_ids), _BATCH):
            batch = receipt_ids[start : start + _BATCH]
            organization_id = self._selection.organization_id
            erased = await self._store.erase_receipts(organization_id, batch, reason=self._reason, now=self._clock.now())
            self._add(ErasureCounts(receipts=erased))

    async def erase_subjects(self, kind: str, subject_ids: Sequence[str]) -> None:
        """Erase entries of some records of a kind, many in one transaction. Where a server adds some meanwhile, look again."""
        for start in range(0, len(subject_ids), self._subjects_a_batch):
            await self._erase_together(kind, subject_ids[start : start + self._subjects_a_batch])

    async def _erase_together(self, kind: str, subject_ids: Sequence[str]) -> None:
        for attempt in range(1, _MOST_TRIES + 1):
            try:
                repeating = await self._part_merged(subject_ids) if kind == Deployment.kind else {}
            except Conflict:
                if attempt == _MOST_TRIES:
                    raise
                continue
            together = {kind: subject_ids}
            if self._selection.property_name:  # which its followers do not have
                together |= await find_followers(self._store, self._selection.organization_id, kind, subject_ids)
            found = [await self._plan(own, one) for own, ids in together.items() for one in ids]
            found += [await self._plan(kind, one, repeated=frozenset(repeated)) for one, repeated in repeating.items()]
            plans = [planned for planned in found if planned is not None]
            try:
                await self._store.erase_histories([plan for plan, _ in plans])
            except Conflict:
                if attempt == _MOST_TRIES:
                    raise
                continue
            for plan, count in plans:
                self._subjects.add((plan.kind, plan.subject_id))
                self._add(ErasureCounts.of({f"{plan.kind}_entries": count}))
            return

    async def _part_merged(self, subject_ids: Sequence[str]) -> dict[str, list[str]]:
        """Split what is merged into deployments of which nothing will be left.

        Gives the hosts that are not meant and repeat what is to be erased, with the ids of those that they repeat: the entries
        that a credential sent are found in a host by themselves.
        """
        selection, aggregate, now = self._selection, self._store.aggregates[Deployment.kind], self._clock.now()
        repeating: dict[str, list[str]] = {}
        if not selection.credential_id and not selection.property_name:
            return repeating  # all of an organization goes
        wanted = subject_ids
        if not selection.property_name:
            found = await self._store.read_deployments(selection.organization_id, subject_ids)
            wanted = [one.deployment_id for one in found if one.told]
        for one in wanted:
            history = await self._read(one)
            credential_id = selection.credential_id
            plan = plan_erasure(aggregate, history, credential_id=credential_id, reason=self._reason, now=now)
            if plan is not None and plan.folded is None:
                merged = [await self._read(other) for other in list_merged(history)]
                if merged:
                    await self._store.erase_histories(plan_parting(history, merged, now=now))
            for host in list_hosts(history) if selection.property_name else ():
                if host not in subject_ids:
                    repeating.setdefault(host, []).append(one)
        return repeating

    async def _read(self, deployment_id: str) -> Sequence[SentEntry]:
        return await self._store.read_history(Deployment.kind, self._selection.organization_id, deployment_id)

    async def _plan(
        self, kind: str, subject_id: str, *, repeated: frozenset[str] | None = None
    ) -> tuple[HistoryErasure, int] | None:
        """How to erase a history, and how many of its entries are what is asked for; None when nothing of it is left."""
        history = await self._store.read_history(kind, self._selection.organization_id, subject_id)
        aggregate, credential_id = self._store.aggregates[kind], self._selection.credential_id
        plan = plan_erasure(
            aggregate, history, credential_id=credential_id, reason=self._reason, now=self._clock.now(), repeated=repeated
        )
        if plan is None:
            return None
        if repeated is not None:
            return plan, len(plan.erased)
        if self._selection.property_name:
            # First, while the entries still tell that the deployment is meant.
            await self.erase_receipts(await receipts_of(self._store, history))
        if not self._selection.credential_id:
            return plan, len(plan.erased)
        erased = {one.tombstone.version for one in plan.erased}
        beside = [one.entry.receipt_id for one in history if one.credential_id != credential_id and one.entry.version in erased]
        await self._store.erase_receipts(plan.organization_id, beside, reason=self._reason, now=self._clock.now())
        return plan, len(plan.erased) - len(beside)

    async def erase_packs(self, packs: Sequence[tuple[Pack, str | None]]) -> None:
        """Erase packs, their files first: a pack that is forgotten is not found again."""
        for pack, name in packs:
            if name is not None and self._files is not None:
                self._files.remove_pack(pack, name)
            await self._store.erase_pack(pack, reason=self._reason, now=self._clock.now())
            self._add(ErasureCounts(packs=1))

    async def erase_commits(self, commits: Sequence[tuple[str, str]]) -> None:
        """Erase commits that nobody else sent."""
        for start in range(0, len(commits), _BATCH):
            batch = commits[start : start + _BATCH]
            erased = await self._store.erase_commits(self._selection, batch, reason=self._reason, now=self._clock.now())
            self._add(ErasureCounts(commits=erased))

    def _add(self, counts: ErasureCounts) -> None:
        self._counts = self._counts.plus(counts)


async def receipts_of(store: Store, history: Sequence[SentEntry]) -> list[str]:
    """The ids of all receipts that concerned a deployment, also those that changed nothing."""
    entries = [sent.entry for sent in history]
    receipt_ids = {entry.receipt_id for entry in entries}
    for deployment_id in {entry.subject_id for entry in entries if entry.kind == Deployment.kind}:
        verdicts = await store.list_verdicts(entries[0].organization_id, deployment_id)
        receipt_ids.update(verdict.receipt_id for verdict in verdicts)
    return sorted(receipt_ids)


async def find_followers(store: Store, organization_id: str, kind: str, subject_ids: Sequence[str]) -> dict[str, Sequence[str]]:
    """The ids of the records that follow these of a kind, by their own kinds."""
    found: dict[str, Sequence[str]] = {}
    for aggregate in store.aggregates.followers_of(kind):
        if aggregate.follows is not None:
            names = [(organization_id, aggregate.follows.name_of(one)) for one in subject_ids]
            records = await store.load_records(aggregate.kind, names)
            found[aggregate.kind] = sorted({record.subject_id for record in records.values()})
    return found
