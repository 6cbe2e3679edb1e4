"""Erase what is no entry: commits, packs, and what an organization has set up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from shipledger.catalog.commit import Pack
from shipledger.catalog.organization import Organization
from shipledger.clock import to_microseconds
from shipledger.store import rows
from shipledger.store.checked_rows import with_digest
from shipledger.store.commits.verbs import to_pack
from shipledger.store.erasure.contract import FoundCommits, FoundPacks, Selection, Tombstone, TombstoneKind
from shipledger.store.projecting import Cause, Change
from shipledger.store.projections.subscribers import SqlProjecting
from shipledger.store.session import Call, Steps, call

T = TypeVar("T")

_WITH_LIMIT = ("forget_some_issues", "forget_some_services")
_WHOLE = (
    "forget_issue_site",
    "forget_association_rules",
    "forget_settings",
    "forget_signing_keys",
    "forget_targets",
    "forget_tier_policy",
    "forget_looks",
    "forget_views",
    "forget_repository_aliases",
    "forget_repositories",
)


class Erasing(SqlProjecting):
    """A session that may overwrite what it erases."""

    async def _erase_steps(self, steps: Steps[T]) -> T:
        """What one transaction gives that erases."""
        return await self._write_steps(steps)


class SqlCatalogErasure(Erasing):
    """See ErasureStore."""

    async def find_commits_to_erase(self, selection: Selection, after: tuple[str, str], *, limit: int) -> FoundCommits:
        found = await self._fetch_long(
            "list_commits_to_erase",
            organization_id=selection.organization_id,
            credential_id=selection.credential_id,
            after_key=after[0],
            after_commit=after[1],
            limit=limit,
        )
        wanted = tuple((key, commit_id) for key, commit_id, is_wanted in found if is_wanted)
        is_last = len(found) < limit
        return FoundCommits(seen=len(found), commits=wanted, after=None if is_last else (found[-1][0], found[-1][1]))

    async def erase_commits(self, selection: Selection, commits: Sequence[tuple[str, str]], *, reason: str, now: datetime) -> int:
        organization_id = selection.organization_id

        def erase() -> Steps[int]:
            erased = 0
            for key, commit_id in commits:
                place = {"organization_id": organization_id, "repository_key": key, "commit_id": commit_id}
                yield call("forget_commit_sender", **place, credential_id=selection.credential_id)
                if (yield call("forget_commit_without_sender", **place)):
                    erased += 1
                    yield bury(_say(TombstoneKind.COMMIT, organization_id, commit_id, reason, now))
                else:
                    yield call("reduce_commit", **place)
            return erased

        return await self._erase_steps(erase())

    async def find_packs_to_erase(self, selection: Selection, after: str, *, limit: int) -> FoundPacks:
        found = await self._fetch_long(
            "list_packs_to_erase",
            organization_id=selection.organization_id,
            credential_id=selection.credential_id,
            after=after,
            limit=limit,
        )
        packs = tuple((to_pack(row), row[7]) for row in found if row[8])
        return FoundPacks(seen=len(found), packs=packs, after=found[-1][1] if len(found) == limit else None)

    async def erase_pack(self, pack: Pack, *, reason: str, now: datetime) -> None:
        def erase() -> Steps[None]:
            if (yield call("forget_pack", organization_id=pack.organization_id, pack_id=pack.pack_id)):
                yield bury(_say(TombstoneKind.PACK, pack.organization_id, pack.pack_id, reason, now))

        await self._erase_steps(erase())

    async def forget_refused_of(self, organization_id: str, credential_id: str) -> int:
        def forget() -> Steps[int]:
            count: int = yield call("forget_refused_of", organization_id=organization_id, credential_id=credential_id)
            return count

        return await self._erase_steps(forget())

    async def forget_catalog(self, organization_id: str, *, limit: int) -> int:
        def forget() -> Steps[int]:
            count = 0
            for name in _WITH_LIMIT:
                count += yield call(name, organization_id=organization_id, limit=limit)
            for name in _WHOLE:
                count += yield call(name, organization_id=organization_id)
            if count:
                yield from self._tell(Change(Cause.MAPPING, organization_id=organization_id))
            return count

        return await self._erase_steps(forget())

    async def rename_organization(self, organization: Organization, *, reason: str, now: datetime) -> None:
        organization_id = organization.organization_id

        def rename() -> Steps[None]:
            columns = with_digest("organization", rows.from_organization(organization))
            del columns["created_us"]
            yield call("rename_organization", **columns)
            yield bury(_say(TombstoneKind.ORGANIZATION, organization_id, organization_id, reason, now))

        await self._erase_steps(rename())


def bury(tombstone: Tombstone) -> Call:
    """What saves a tombstone, unless there is one: it gives how many it saved."""
    return call(
        "save_tombstone",
        organization_id=tombstone.organization_id,
        kind=str(tombstone.kind),
        subject_id=tombstone.subject_id,
        version=tombstone.version,
        digest=tombstone.digest,
        erased_us=to_microseconds(tombstone.erased_at),
        reason=rows.storable(tombstone.reason),
    )


def _say(kind: TombstoneKind, organization_id: str, subject_id: str, reason: str, now: datetime) -> Tombstone:
    return Tombstone(
        organization_id=organization_id,
        kind=kind,
        subject_id=subject_id,
        version=0,
        digest=None,
        erased_at=now,
        reason=reason,
    )
