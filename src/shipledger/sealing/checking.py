"""Check that everything that was sealed is there, as it was sealed, and nothing between."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Sequence

from msgspec import Struct

from shipledger.catalog.organization import Organization
from shipledger.errors import DamagedRecord, DamagedStore
from shipledger.ledger.chain import EntrySeal, Finding, SealedEntry, check_entries, check_link
from shipledger.store.contract import Store

Report = Callable[[str, Finding], None]
"""Told the organization and what is wrong."""


class Chain(Struct, frozen=True):
    """The chain of an organization. ``head`` is the hash of its newest seal, "" without one.

    ``erased`` of its ``entries`` say nothing any more; ``unsealed`` were recorded since, and nothing proves them yet.
    """

    organization: str
    seals: int
    entries: int
    erased: int
    unsealed: int
    head: str


class PageSizes(Struct, frozen=True):
    """How much is read at once."""

    seals: int = 10
    entries: int = 2_000


PAGE_SIZES = PageSizes()


async def check_chains(
    store: Store, *, report: Report, expected: Collection[str] = (), page_sizes: PageSizes = PAGE_SIZES
) -> list[Chain]:
    """The chains of all organizations. Each of the hashes ``expected`` must be that of a seal in one of them."""
    missing = set(expected)
    chains = []
    for organization in await store.list_organizations():
        checker = _Checker(store, organization, report, missing, page_sizes)
        chains.append(await checker.check())
    for expected_hash in sorted(missing):
        sentence = "No seal has this hash: the chain was truncated or recreated since it was noted."
        report("", Finding(f"head {expected_hash}", 0, sentence))
    return chains


class _Checker:
    def __init__(
        self, store: Store, organization: Organization, report: Report, missing: set[str], page_sizes: PageSizes
    ) -> None:
        self._store = store
        self._organization = organization
        self._report = report
        self._missing = missing
        self._page_sizes = page_sizes
        self._erased = 0
        self._damaged: set[str] = set()

    async def check(self) -> Chain:
        previous: EntrySeal | None = None
        seals = entries = 0
        async for seal in self._seals():
            findings = check_link(seal, previous)
            found = [entry async for entry in self._stretch(seal, previous)]
            findings += [one for one in check_entries(seal, found) if one.name not in self._damaged]
            for finding in findings:
                self._report(self._organization.organization_id, finding)
            self._missing.discard(seal.hash)
            seals, entries, previous = seals + 1, entries + len(seal.entries), seal
        return Chain(
            organization=self._organization.slug,
            seals=seals,
            entries=entries,
            erased=self._erased,
            unsealed=await self._count_unsealed(previous),
            head=previous.hash if previous else "",
        )

    async def _seals(self) -> AsyncIterator[EntrySeal]:
        after = 0
        while True:
            page = await self._store.list_seals(self._organization.organization_id, after=after, limit=self._page_sizes.seals)
            for damaged in page.damaged:
                self._report_damaged(f"seal {damaged.key}", damaged)
            for seal in page:
                yield seal
            if len(page) + len(page.damaged) < self._page_sizes.seals:
                return
            after = _advance(
                after, [*(seal.number for seal in page), *(int(one.key) for one in page.damaged if one.key.isdecimal())]
            )

    async def _stretch(self, seal: EntrySeal, previous: EntrySeal | None) -> AsyncIterator[SealedEntry]:
        """The entries that are where ``seal`` covers."""
        for kind in self._store.aggregates.kinds:
            after, until = _start_of(seal, previous, kind), seal.covered.get(kind, 0)
            while after < until:
                page = await self._store.list_placed_entries(
                    self._organization.organization_id, kind, after=after, until=until, limit=self._page_sizes.entries
                )
                for damaged in page.damaged:
                    subject_id, _, version = damaged.key.rpartition(" ")
                    self._report_damaged(f"entry {version} of {kind} {subject_id}", damaged)
                for one in page:
                    self._erased += one.is_erased
                    yield one.entry
                is_last = len(page) + len(page.damaged) < self._page_sizes.entries
                after = until if is_last else _advance(after, [one.entry.position for one in page])

    def _report_damaged(self, name: str, damaged: DamagedRecord) -> None:
        if name not in self._damaged:
            self._damaged.add(name)
            self._report(self._organization.organization_id, Finding(name, 0, f"It is unreadable: {damaged.reason}."))

    async def _count_unsealed(self, last: EntrySeal | None) -> int:
        covered = last.covered if last else {}
        return await self._store.count_entries_after(
            self._organization.organization_id, {kind: covered.get(kind, 0) for kind in self._store.aggregates.kinds}
        )


def _advance(after: int, places: Sequence[int]) -> int:
    """The place after which to go on. Raises DamagedStore where the rows are not in order, so that there would be no end."""
    last = max(places, default=after)
    if last <= after:
        raise DamagedStore("database_damaged", "The database returns rows out of order, so some cannot be found.")
    return last


def _start_of(seal: EntrySeal, previous: EntrySeal | None, kind: str) -> int:
    """The position after which a seal begins. Where the seal before it is gone, that is told by what it lists."""
    if seal.number == (previous.number + 1 if previous else 1):
        return previous.covered.get(kind, 0) if previous else 0
    listed = [entry.position for entry in seal.entries if entry.kind == kind]
    return min(listed) - 1 if listed else seal.covered.get(kind, 0)
