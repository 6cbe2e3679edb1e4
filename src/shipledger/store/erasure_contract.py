"""What every store does to erase; part of ``store.contract.Store``.

Erasing takes the words and leaves the places: entries keep their version, receipts that they came, verdicts what was
decided. Every verb is one short transaction; doing it twice changes nothing more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from shipledger.catalog.commit import Pack
from shipledger.catalog.organization import Organization
from shipledger.incidents.model import Incident, IncidentEntry
from shipledger.ledger.deployment import Deployment, Entry
from shipledger.ledger.erasure import Erased


class Subject(StrEnum):
    """What entries are about."""

    DEPLOYMENT = "deployment"
    INCIDENT = "incident"


class TombstoneKind(StrEnum):
    """What was erased."""

    DEPLOYMENT_ENTRY = "deployment_entry"
    INCIDENT_ENTRY = "incident_entry"
    RECEIPT = "receipt"
    PACK = "pack"
    COMMIT = "commit"
    CREDENTIAL = "credential"
    ORGANIZATION = "organization"


class Tombstone(Struct, frozen=True):
    """Says that something was erased, when and why. ``digest``: SHA-256 of what it said, None where it said nothing."""

    organization_id: str
    kind: TombstoneKind
    subject_id: str
    version: int
    digest: str | None
    erased_at: datetime
    reason: str


class Selection(Struct, frozen=True):
    """What is to be erased in an organization.

    All that a credential sent, "" for any; and of that only deployments that ever had a property, "" for any.
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
    """An entry with the credential that sent it and the digest of what it says."""

    entry: Entry | IncidentEntry
    credential_id: str
    digest: str


class ErasedEntry(Struct, frozen=True):
    """An entry to erase: what is left in its place, and its tombstone."""

    left: Erased
    tombstone: Tombstone


class HistoryErasure(Struct, frozen=True):
    """The entries of one deployment or incident to erase: the one to append, which says so, and the fold of what is left."""

    subject: Subject
    organization_id: str
    subject_id: str
    erased: tuple[ErasedEntry, ...]
    appended: Entry | IncidentEntry
    folded: Deployment | Incident | None


class ErasureStore(Protocol):
    """Erase in bounded batches."""

    async def count_to_walk(self, organization_id: str) -> int:
        """How many entries, receipts, packs and commits an erasure looks at, for progress."""

    async def find_subjects_to_erase(self, selection: Selection, subject: Subject, after: Place, *, limit: int) -> FoundSubjects:
        """Those of the next ``limit`` entries that are wanted and not erased."""

    async def find_receipts_to_erase(self, selection: Selection, after: str, *, limit: int) -> FoundReceipts:
        """Those of the next ``limit`` receipts that the credential sent and that are not erased."""

    async def read_history(self, subject: Subject, organization_id: str, subject_id: str) -> list[SentEntry]:
        """All entries of a deployment or an incident, in order."""

    async def erase_histories(self, erasures: Sequence[HistoryErasure]) -> None:
        """Erase entries, leave tombstones, append and save the projections, in one transaction.

        Raises Conflict when an entry of one of them came meanwhile; nothing has changed then.
        """

    async def erase_receipts(self, organization_id: str, receipt_ids: Sequence[str], *, reason: str, now: datetime) -> int:
        """Erase receipts and the words of their verdicts, and leave tombstones; how many were not erased before.

        One that is not decided is rejected.
        """

    async def delete_credential(self, organization_id: str, credential_id: str, *, reason: str, now: datetime) -> bool:
        """Forget a credential with all that belongs to it, and leave a tombstone; False when there is none."""

    async def find_commits_to_erase(self, selection: Selection, after: tuple[str, str], *, limit: int) -> FoundCommits:
        """Those of the next ``limit`` commits that the credential sent."""

    async def erase_commits(self, selection: Selection, commits: Sequence[tuple[str, str]], *, reason: str, now: datetime) -> int:
        """Forget that the credential sent commits, and those that nobody else sent; how many those are."""

    async def find_packs_to_erase(self, selection: Selection, after: str, *, limit: int) -> FoundPacks:
        """Those of the next ``limit`` packs that the credential sent."""

    async def erase_pack(self, pack: Pack, *, reason: str, now: datetime) -> None:
        """Forget a pack, and leave a tombstone."""

    async def forget_repository_aliases(self, organization_id: str) -> int:
        """Forget what repositories were called before that no deployment names any more; how many those are."""

    async def forget_catalog(self, organization_id: str, *, limit: int) -> int:
        """Forget some of the services, issues, keys and rules of an organization; how many rows, 0 when none is left."""

    async def rename_organization(self, organization: Organization, *, reason: str, now: datetime) -> None:
        """Give an organization its name and slug, and leave a tombstone that says that it was erased."""

    async def list_tombstones(self, organization_id: str, *, after: Tombstone | None, limit: int) -> list[Tombstone]:
        """A page of tombstones, by kind, subject and version."""

    async def scrub(self) -> bool:
        """Overwrite what is left of erased content where the store can; False when somebody reads it just now."""
