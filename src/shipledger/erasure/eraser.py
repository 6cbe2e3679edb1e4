"""Erase what was sent: in short transactions, beside a running server, and again from the start when interrupted."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable

from shipledger.catalog.organization import DEFAULT_SLUG, Organization
from shipledger.erasure.counts import ErasureCounts
from shipledger.erasure.history import list_wanted
from shipledger.erasure.run import SUBJECTS_A_BATCH, PackFiles, Run, TellsTime, find_followers, receipts_of
from shipledger.erasure.walk import Advance, Walk
from shipledger.found import whole
from shipledger.store.contract import Store
from shipledger.store.erasure.contract import Selection

GRACE_SECONDS = 3.0
"""How long a revoked credential may go on sending: a server remembers it for two seconds."""

_CATALOG_BATCH = 1_000


class Eraser:
    """Erases, and keeps what is left provable: ``verify`` and ``rebuild`` hold at every moment.

    Without ``files`` the files of git packs stay. Every verb may be called again after an interruption: what is erased stays
    so, and the rest is found again. All raise Unavailable.
    """

    def __init__(
        self,
        store: Store,
        clock: TellsTime,
        *,
        files: PackFiles | None = None,
        grace_seconds: float = GRACE_SECONDS,
        subjects_a_batch: int = SUBJECTS_A_BATCH,
    ) -> None:
        self._store = store
        self._clock = clock
        self._files = files
        self._grace_seconds = grace_seconds
        self._subjects_a_batch = subjects_a_batch

    async def count(self, selection: Selection, *, advance: Advance | None = None) -> ErasureCounts:
        """What erasing ``selection`` would erase."""
        walk = await self._walk(selection, advance)
        counts: Counter[str] = Counter()
        for kind in self._list_kinds(selection):
            subjects: set[str] = set()
            async for found in walk.subjects(kind):
                fresh = found.entries.keys() - subjects
                subjects |= fresh
                if not selection.property_name:
                    counts[f"{kind}_entries"] += sum(found.entries.values())
                    continue
                for subject_id in fresh:
                    history = await self._store.read_history(kind, selection.organization_id, subject_id)
                    counts[f"{kind}_entries"] += len(list_wanted(history, selection.credential_id))
                    counts["receipts"] += len(await receipts_of(self._store, history))
            counts[f"{kind}s"] += len(subjects)
            if selection.property_name:
                for own, ids in (await find_followers(self._store, selection.organization_id, kind, sorted(subjects))).items():
                    histories = [await self._store.read_history(own, selection.organization_id, one) for one in ids]
                    wanted = [len(list_wanted(one, selection.credential_id)) for one in histories]
                    counts[f"{own}_entries"] += sum(wanted)
                    counts[f"{own}s"] += sum(map(bool, wanted))
        if not selection.property_name:
            counts["receipts"] = sum([len(ids) async for ids in walk.receipts()])
            counts["packs"] = sum([len(found.packs) async for found in walk.packs()])
            counts["commits"] = sum([len(found.commits) async for found in walk.commits()])
        return ErasureCounts.of(counts)

    async def erase_credential(
        self,
        organization_id: str,
        credential_id: str,
        *,
        companions: Iterable[str] = (),
        reason: str = "credential deleted",
        advance: Advance | None = None,
    ) -> ErasureCounts:
        """Erase everything that a credential sent, then the credential itself, which is revoked first; what was erased.

        ``companions``: the ids of credentials that go with it.
        """
        credential_ids = (credential_id, *companions)
        await self._revoke(organization_id, credential_ids)
        erased = await self.erase(
            Selection(organization_id=organization_id, credential_id=credential_id), reason=reason, advance=advance
        )
        for one in reversed(credential_ids):
            await self._store.delete_credential(organization_id, one, reason=reason, now=self._clock.now())
        await self._store.scrub()
        return erased

    async def erase_organization(
        self, organization: Organization, *, reason: str = "organization erased", advance: Advance | None = None
    ) -> ErasureCounts:
        """Erase everything of an organization but its tombstones, and the name; what was erased.

        Its slug is free again, except that the default organization keeps its own.
        """
        organization_id = organization.organization_id
        credentials = [one.credential_id for one in whole(await self._store.list_credentials(organization_id))]
        await self._revoke(organization_id, credentials)
        erased = await self.erase(Selection(organization_id=organization_id), reason=reason, advance=advance)
        for credential_id in credentials:
            await self._store.delete_credential(organization_id, credential_id, reason=reason, now=self._clock.now())
        while await self._store.forget_catalog(organization_id, limit=_CATALOG_BATCH):
            pass
        if self._files is not None:
            self._files.remove_organization(organization_id)
        slug = DEFAULT_SLUG if organization.slug == DEFAULT_SLUG else f"erased-{organization_id}"
        nameless = Organization(organization_id=organization_id, slug=slug, name="Erased", created_at=organization.created_at)
        await self._store.rename_organization(nameless, reason=reason, now=self._clock.now())
        await self._store.scrub()
        return erased

    async def erase(self, selection: Selection, *, reason: str, advance: Advance | None = None) -> ErasureCounts:
        """Erase what ``selection`` names; what was erased.

        Receipts go first: those that nobody has decided can then append nothing any more.
        """
        run = Run(self._store, self._clock, selection, reason, files=self._files, subjects_a_batch=self._subjects_a_batch)
        walk = await self._walk(selection, advance)
        if not selection.property_name:
            await self._store.forget_refused_of(selection.organization_id, selection.credential_id)
            async for receipt_ids in walk.receipts():
                await run.erase_receipts(receipt_ids)
        for kind in self._list_kinds(selection):
            async for found in walk.subjects(kind):
                await run.erase_subjects(kind, list(found.entries))
        if not selection.property_name:
            async for packs in walk.packs():
                await run.erase_packs(packs.packs)
            async for commits in walk.commits():
                await run.erase_commits(commits.commits)
        return run.counts

    def _list_kinds(self, selection: Selection) -> list[str]:
        """Those to look through: what all of an organization share is no sender's, and goes with the organization alone."""
        is_whole = not selection.credential_id and not selection.property_name
        return [one.kind for one in self._store.aggregates if is_whole or not one.is_shared]

    async def _walk(self, selection: Selection, advance: Advance | None) -> Walk:
        return Walk(self._store, selection, advance, await self._store.count_to_walk(selection.organization_id))

    async def _revoke(self, organization_id: str, credential_ids: Iterable[str]) -> None:
        now = self._clock.now()
        revoked = [await self._store.revoke_credential(organization_id, one, now=now) for one in credential_ids]
        if any(revoked):
            await asyncio.sleep(self._grace_seconds)
