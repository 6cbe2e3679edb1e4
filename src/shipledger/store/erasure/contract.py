"""What every store does to erase; part of ``store.contract.Store``.

Erasing removes contents and leaves places: entries keep their version, receipts their existence, verdicts their
outcome. Every verb is one short transaction and idempotent.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from msgspec import Struct

from shipledger.catalog.commit import Pack
from shipledger.catalog.organization import Organization
from shipledger.ledger.erasure import Erased


class TombstoneKind(StrEnum):
    """What was erased, besides entries."""

    RECEIPT = "receipt"
    PACK = "pack"
    COMMIT = "commit"
    CREDENTIAL = "credential"
    ORGANIZATION = "organization"


ENTRY = "_entry"
"""What the kind of a tombstone of an entry has after the word of its aggregate."""


class Tombstone(Struct, frozen=True):
    """Records what was erased, when and why. ``digest``: SHA-256 of its contents, None if it had none.

    ``kind``: a TombstoneKind, or ``entry_tombstone`` of an aggregate.
    """

    organization_id: str
    kind: str
    subject_id: str
    version: int
    digest: str | None
    erased_at: datetime
    reason: str


class Selection(Struct, frozen=True):
    """What to erase in an organization.

    Everything a credential sent, "" for any; restricted to deployments that ever had a property, "" for any.
    """

    organization_id: str
    credential_id: str = ""
    property_name: str = ""
    property_value: str = ""


class Place(Struct, frozen=True):
    """Where a walk through entries stands: after this one."""

    subject_id: str = ""
    version: int = 0


class FoundSubjects(Struct, frozen=True):
    """A page of a walk: ``seen`` entries, those to erase by what they are about, and where to go on; None at the end."""

    seen: int
    entries: dict[str, int]
    after: Place | None


class FoundReceipts(Struct, frozen=True):
    """A page of a walk: ``seen`` receipts, the ids of those to erase, and where to go on; None at the end."""

    seen: int
    receipt_ids: tuple[str, ...]
    after: str | None


class FoundCommits(Struct, frozen=True):
    """A page of a walk: ``seen`` commits, (repository, commit) of those to erase, and where to go on; None at the end."""

    seen: int
    commits: tuple[tuple[str, str], ...]
    after: tuple[str, str] | None


class FoundPacks(Struct, frozen=True):
    """A page of a walk: ``seen`` packs, those to erase with the name that git gave each, and where to go on."""

    seen: int
    packs: tuple[tuple[Pack, str | None], ...]
    after: str | None


class SentEntry(Struct, frozen=True):
    """An entry with its credential and the digest of its contents."""

    entry: Any
    credential_id: str
    digest: str


class ErasedEntry(Struct, frozen=True):
    """An entry to erase: its replacement and its tombstone."""

    left: Erased
    tombstone: Tombstone


class HistoryErasure(Struct, frozen=True):
    """The entries of a record to erase, the entry that records it, and the fold of the rest."""

    kind: str
    organization_id: str
    subject_id: str
    erased: tuple[ErasedEntry, ...]
    appended: Any
    folded: Any


def entry_tombstone(kind: str) -> str:
    """The kind of the tombstones of an aggregate's entries."""
    return f"{kind}{ENTRY}"


class ErasureStore(Protocol):
    """Erase in bounded batches."""

    async def count_to_walk(self, organization_id: str) -> int:
        """How many entries, receipts, packs and commits an erasure scans, for progress."""

    async def find_subjects_to_erase(self, selection: Selection, kind: str, after: Place, *, limit: int) -> FoundSubjects:
        """Those of the next ``limit`` entries that are wanted and not erased."""

    async def find_receipts_to_erase(self, selection: Selection, after: str, *, limit: int) -> FoundReceipts:
        """Those of the next ``limit`` receipts that the credential sent and that are not erased."""

    async def read_history(self, kind: str, organization_id: str, subject_id: str) -> list[SentEntry]:
        """All entries of a record, in order."""

    async def erase_histories(self, erasures: Sequence[HistoryErasure]) -> None:
        """Erase entries, leave tombstones, append and save the projections, in one transaction.

        Raises Conflict, without changes, if one of them got a new entry in the meantime.
        """

    async def erase_receipts(self, organization_id: str, receipt_ids: Sequence[str], *, reason: str, now: datetime) -> int:
        """Erase receipts and the texts of their verdicts, and leave tombstones. Returns how many were not erased before.

        Unsettled ones are rejected.
        """

    async def delete_credential(self, organization_id: str, credential_id: str, *, reason: str, now: datetime) -> bool:
        """Delete a credential with everything that belongs to it, and leave a tombstone; False if there is none."""

    async def find_commits_to_erase(self, selection: Selection, after: tuple[str, str], *, limit: int) -> FoundCommits:
        """Those of the next ``limit`` commits that the credential sent."""

    async def erase_commits(self, selection: Selection, commits: Sequence[tuple[str, str]], *, reason: str, now: datetime) -> int:
        """Delete the credential's commits that nobody else sent. Returns how many."""

    async def find_packs_to_erase(self, selection: Selection, after: str, *, limit: int) -> FoundPacks:
        """Those of the next ``limit`` packs that the credential sent."""

    async def erase_pack(self, pack: Pack, *, reason: str, now: datetime) -> None:
        """Delete a pack, and leave a tombstone."""

    async def forget_catalog(self, organization_id: str, *, limit: int) -> int:
        """Delete some of an organization's services, issues, keys and rules. Returns how many rows; 0 if none are left."""

    async def rename_organization(self, organization: Organization, *, reason: str, now: datetime) -> None:
        """Rename an erased organization to the given name and slug, and leave a tombstone."""

    async def list_tombstones(self, organization_id: str, *, after: Tombstone | None, limit: int) -> list[Tombstone]:
        """A page of tombstones, by kind, subject and version."""

    async def scrub(self) -> bool:
        """Overwrite remains of erased contents if the store can; False if a reader prevents it."""
