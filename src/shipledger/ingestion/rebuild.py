"""Recompute projections from entries, and prove that the stored ones equal them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from shipledger.catalog.tiers import DEFAULT_POLICY, TierPolicy, resolve
from shipledger.deployments.lookups import Lookup
from shipledger.errors import Conflict, DamagedRecord, DamagedStore
from shipledger.found import Found, whole
from shipledger.ingestion.row_differences import find_row_differences
from shipledger.ledger.aggregate import Aggregate
from shipledger.ledger.deployment import Deployment, Entry
from shipledger.ledger.history import Damaged, fold_history, refuse_gaps
from shipledger.store.contract import Store
from shipledger.store.upkeep.contract import Difference

BATCH = 500
RECHECKS = 3

Advance = Callable[[int, int], None]
"""Progress callback: entries done, of how many."""

Report = Callable[[Difference], None]
"""Callback for each difference found."""


class Rebuilt(Struct, frozen=True):
    """What a rebuild read and wrote.

    Besides the ``deployments`` shown, there are entries of ``removed``, ``erased`` and ``damaged`` ones (whose entries
    do not fold); those are in no projection.
    """

    entries: int
    deployments: int
    removed: int
    erased: int
    damaged: int


class TableDigest(Struct, frozen=True):
    """The hash of a projection table, and the one computed from its entries."""

    table: str
    stored: str
    computed: str


class Verification(Struct, frozen=True):
    """The result of a verification. ``was_quiet`` is False if entries were added meanwhile: then hashes prove nothing."""

    entries: int
    deployments: int
    differences: int
    digests: tuple[TableDigest, ...]
    was_quiet: bool


async def rebuild_projections(store: Store, *, advance: Advance, report: Report) -> Rebuilt:
    """Empty all projections and refill them from the entries. No server may use the store meanwhile.

    If the database itself is damaged, raises DamagedStore and changes nothing: the projections may be all that is left.
    """
    if damage := await store.find_damaged_pages():
        raise DamagedStore(
            "database_damaged",
            f"{damage[0].sentence} A rebuild cannot repair that. Restore a backup; see docs/how-to/back-up.md.",
        )
    total = await store.count_entries()
    done = deployments = removed = erased = damaged = 0
    batch: list[Deployment] = []
    await store.clear_projections()
    damaged += await copy_records(store, store, report=report, first=True)
    async for history in store.read_histories(Deployment.kind):
        try:
            deployment = fold_history(whole(history))
        except Damaged as damage:
            damaged += 1
            report(_difference(history[0], str(damage)))
        except DamagedRecord:
            damaged += 1
            for one in history.damaged:
                report(describe_damaged(one))
        else:
            if deployment is None:
                erased += 1
            else:
                batch.append(deployment)
                removed += deployment.is_removed
                deployments += not deployment.is_removed
        done += history.total
        if len(batch) >= BATCH:
            await store.save_projections(batch)
            batch = []
            advance(done, total)
    await store.save_projections(batch)
    damaged += await copy_records(store, store, report=report, first=False)
    advance(done, total)
    return Rebuilt(entries=done, deployments=deployments, removed=removed, erased=erased, damaged=damaged)


async def copy_records(store: Store, target: Store, *, report: Report, first: bool | None = None) -> int:
    """Save the records of ``store``'s entries in ``target``, of all plain aggregates.

    ``first``: of those that others depend on, or of the others alone. Returns how many are left out because of damage.
    """
    kinds = [one for one in store.aggregates if one.keeping.is_plain and first in (None, one.is_first)]
    return sum([await _copy_kind(one, store, target, report) for one in kinds])


async def _copy_kind(aggregate: Aggregate, store: Store, target: Store, report: Report) -> int:
    batch: list[Any] = []
    left_out = 0
    async for history in store.read_histories(aggregate.kind):
        if history.damaged:
            left_out += 1
            for one in history.damaged:
                report(describe_damaged(one))
            continue
        try:
            refuse_gaps(history)
            record = aggregate.fold_history(history)
        except (Damaged, ValueError) as error:
            left_out += 1
            place = {"organization_id": history[0].organization_id, "key": history[0].subject_id}
            sentence = str(error) if isinstance(error, Damaged) else f"Its entries cannot be applied: {error}."
            report(Difference(table=aggregate.keeping.entries, sentence=sentence, **place))
            continue
        if record is not None:
            batch.append(record)
        if len(batch) >= BATCH:
            await target.save_records(batch)
            batch = []
    await target.save_records(batch)
    return left_out


async def verify_projections(store: Store, scratch: Store, *, advance: Advance, report: Report) -> Verification:
    """Compare projections with entries, by record and by hash. Changes nothing in ``store``.

    ``scratch`` is an empty store for the recomputed projections, so that the same code hashes both.
    """
    verifier = _Verifier(store, scratch, report)
    before = await _count_all(store)
    total = before[Deployment.kind]
    for organization in await store.list_organizations():
        await scratch.save_organization(organization)
    await copy_records(store, scratch, report=verifier.report, first=True)
    verifier.policies = await scratch.list_tier_policies()
    for difference in await store.find_damage():
        verifier.report(difference)
    batch: list[Found[Entry]] = []
    async for history in store.read_histories(Deployment.kind):
        batch.append(history)
        if len(batch) >= BATCH:
            await verifier.check(batch)
            batch = []
            advance(verifier.entries, max(total, verifier.entries))
    await verifier.check(batch)
    await copy_records(store, scratch, report=verifier.report, first=False)
    digests = await verifier.digest()
    was_quiet = await _count_all(store) == before and total == verifier.entries
    if was_quiet:
        await verifier.compare(digests)
    advance(verifier.entries, verifier.entries)
    return Verification(
        entries=verifier.entries,
        deployments=verifier.deployments,
        differences=verifier.differences,
        digests=digests,
        was_quiet=was_quiet,
    )


async def _count_all(store: Store) -> dict[str, int]:
    return {kind: await store.count_entries_of(kind) for kind in store.aggregates.kinds}


class _Verifier:
    def __init__(self, store: Store, scratch: Store, report: Report) -> None:
        self._store = store
        self._scratch = scratch
        self._report = report
        self._reported: set[tuple[str, str, str]] = set()
        self.entries = 0
        self.deployments = 0
        self.policies: dict[str, TierPolicy] = {}

    @property
    def differences(self) -> int:
        return len(self._reported)

    def report(self, difference: Difference) -> None:
        """Report each place once, even if several checks find it."""
        place = (difference.organization_id, difference.table, difference.key or difference.sentence)
        if place not in self._reported:
            self._reported.add(place)
            self._report(difference)

    async def check(self, histories: Sequence[Found[Entry]]) -> None:
        computed: dict[tuple[str, str], Deployment | None] = {}
        for history in histories:
            self.entries += history.total
            self.deployments += 1
            for one in history.damaged:
                self.report(describe_damaged(one))
            if history.damaged:
                continue
            try:
                computed[history[0].organization_id, history[0].deployment_id] = self._fold(history)
            except Damaged as damage:
                self.report(_difference(history[0], str(damage)))
        stored = await self._load(computed)
        for place, deployment in computed.items():
            if not _is_same(deployment, stored.get(place)):
                await self._check_again(*place)
        await self._keep([one for one in computed.values() if one is not None])

    async def _keep(self, deployments: Sequence[Deployment]) -> None:
        """Save the computed projections for hashing. No two deployments may share an identity."""
        try:
            await self._scratch.save_projections(deployments)
        except Conflict:
            for deployment in deployments:
                try:
                    await self._scratch.save_projections([deployment])
                except Conflict:
                    sentence = "Its entries give it an identity that belongs to another deployment."
                    place = {"organization_id": deployment.organization_id, "key": deployment.deployment_id}
                    self.report(Difference(table="entry", sentence=sentence, **place))

    async def _check_again(self, organization_id: str, deployment_id: str) -> None:
        """A server may have added an entry between reading the history and reading the projection."""
        sentence = ""
        for _ in range(RECHECKS):
            try:
                history = await self._store.list_entries(organization_id, deployment_id)
                found = (await self._load_all([(organization_id, deployment_id)])).get((organization_id, deployment_id))
                expected = self._fold(history)
            except Damaged as damage:
                sentence = str(damage)
                continue
            except DamagedRecord as damage:
                sentence = describe_damaged(damage).sentence
                continue
            if _is_same(expected, found):
                return
            sentence = _describe(expected, found)
        self.report(Difference(organization_id=organization_id, table="deployment", key=deployment_id, sentence=sentence))

    def _fold(self, history: Sequence[Entry]) -> Deployment | None:
        deployment = fold_history(history)
        return deployment and resolve(deployment, self.policies.get(deployment.organization_id, DEFAULT_POLICY))

    async def _load(self, places: Collection[tuple[str, str]]) -> dict[tuple[str, str], Deployment]:
        """The readable stored deployments of ``places``."""
        try:
            return await self._load_all(places)
        except DamagedRecord:
            found: dict[tuple[str, str], Deployment] = {}
            for place in places:
                with contextlib.suppress(DamagedRecord):
                    found |= await self._load_all([place])
            return found

    async def _load_all(self, places: Collection[tuple[str, str]]) -> dict[tuple[str, str], Deployment]:
        lookups = [
            Lookup(organization_id=organization_id, deployment_id=deployment_id) for organization_id, deployment_id in places
        ]
        return (await self._store.load(lookups)).deployments if lookups else {}

    async def digest(self) -> tuple[TableDigest, ...]:
        stored, computed = await self._store.digest_projections(), await self._scratch.digest_projections()
        return tuple(
            TableDigest(table=table, stored=stored.get(table, ""), computed=computed.get(table, ""))
            for table in sorted({*stored, *computed})
        )

    async def compare(self, digests: Sequence[TableDigest]) -> None:
        for digest in digests:
            if digest.stored != digest.computed:
                for difference in await find_row_differences(self._store, self._scratch, digest.table):
                    self.report(difference)


def _is_same(expected: Deployment | None, found: Deployment | None) -> bool:
    """Whether the projection matches the entries. Removed and erased deployments have none."""
    if expected is None or expected.is_removed:
        return found is None
    if found is None:
        return False
    return msgspec.json.encode(expected) == msgspec.json.encode(found)


def _describe(expected: Deployment | None, found: Deployment | None) -> str:
    if found is None:
        return "It has entries but is not shown."
    if expected is None:
        return "Its entries were erased but it is still shown."
    if expected.is_removed:
        return "It was removed but is still shown."
    if expected.version != found.version:
        return f"It is shown as of entry {found.version}; the latest is {expected.version}."
    wrong = [
        name
        for name in Deployment.__struct_fields__
        if msgspec.json.encode(getattr(expected, name)) != msgspec.json.encode(getattr(found, name))
    ]
    return f"What is shown does not match its entries: {', '.join(wrong)}."


def describe_damaged(damaged: DamagedRecord) -> Difference:
    """The place of an unreadable row."""
    return Difference(
        organization_id=damaged.organization_id,
        table=damaged.table,
        key=damaged.key,
        sentence=f"This row is damaged: {damaged.reason}.",
    )


def _difference(entry: Entry, sentence: str) -> Difference:
    return Difference(organization_id=entry.organization_id, table="entry", key=entry.deployment_id, sentence=sentence)
