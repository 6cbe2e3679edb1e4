"""What every store does. One conformance suite runs against each implementation.

All verbs are safe to call from many tasks at once. A verb that writes returns only after its change is durable. Every
verb raises ``Unavailable`` when the database cannot be reached, is full, or does not answer; nothing has changed then,
unless the docstring says otherwise. A verb that reads one record, or that must return everything, raises ``DamagedRecord``
for an unreadable one; a verb that lists leaves it out and reports it in ``damaged`` of its result. Every verb except those of
maintenance is bound to one organization.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct

from shipledger.access.access_token import AccessTokenStore
from shipledger.access.signing_app import SigningAppStore
from shipledger.access.signing_key import SigningKeyStore
from shipledger.catalog.commit import CommitStore
from shipledger.catalog.contract import CatalogStore
from shipledger.catalog.issue import IssueStore
from shipledger.catalog.repository import RepositoryRecord
from shipledger.catalog.tier_contract import TierStore
from shipledger.catalog.told import ToldStore
from shipledger.deployments.issue_lines import StandingStore
from shipledger.deployments.lane_listing import LaneStore
from shipledger.deployments.listing import DeploymentFilter as DeploymentFilter
from shipledger.deployments.lookups import NEVER_STARTED_US as NEVER_STARTED_US
from shipledger.deployments.lookups import Loaded as Loaded
from shipledger.deployments.lookups import Lookup as Lookup
from shipledger.deployments.lookups import Seek as Seek
from shipledger.errors import DamagedRecord
from shipledger.found import Found
from shipledger.gating.contract import GateStore
from shipledger.ledger.deployment import Deployment, Entry
from shipledger.ledger.receipt import Receipt, Settlement
from shipledger.ledger.receipt_listing import Backlog, ReceiptFilter, ReceiptRecord, RecordedVerdict
from shipledger.ledger.submission import Alias, Target
from shipledger.store.announcement import AnnouncementStore
from shipledger.store.credential_contract import CredentialStore
from shipledger.store.erasure_contract import ErasureStore
from shipledger.store.incident_contract import IncidentStore
from shipledger.store.installation_contract import InstallationStore
from shipledger.store.node_contract import NodeStore
from shipledger.store.parted_contract import PartedStore
from shipledger.store.pending_contract import ConcernsById, PendingStore, TranslationsById
from shipledger.store.projection_contract import ProjectionStore
from shipledger.store.record_contract import RecordStore
from shipledger.store.retention_contract import RetentionStore
from shipledger.store.seal_contract import SealStore
from shipledger.store.settled import SettledReceipt as SettledReceipt
from shipledger.store.unfinished import UnfinishedStore


class ClaimedReceipt(Struct, frozen=True):
    """A receipt that a node claimed. ``attempts`` counts failed settlements.

    ``are_names_noted``: its concerns are stored. ``translation``: what it asks for, as understood at acceptance, in JSON; "" if
    an older version accepted it.
    """

    receipt: Receipt
    attempts: int = 0
    are_names_noted: bool = False
    translation: str = ""


class SettlementBatch(Struct, frozen=True):
    """Everything that one settlement transaction writes. ``changed`` are the records of any kind after all entries.

    ``node_id``: the settling node, which may have lost its claims since it loaded the data; "" for none.
    """

    settled_at: datetime
    receipts: tuple[SettledReceipt, ...]
    changed: tuple[Any, ...]
    node_id: str = ""


class Difference(Struct, frozen=True):
    """A place where the stored data does not match its entries."""

    organization_id: str
    table: str
    key: str
    sentence: str


class IntakeStore(Protocol):
    """Receipts on their way in, and their settlement."""

    async def append_receipts(
        self,
        receipts: Sequence[Receipt],
        *,
        claimed_by: str | None,
        concerns: ConcernsById | None = None,
        translations: TranslationsById | None = None,
    ) -> None:
        """Store receipts in one transaction, claimed by a node or unclaimed, with their concerns.

        Without ``concerns`` their concerns stay unknown. ``translations`` are kept until settlement. Raises InDoubt if
        the database went away during the commit; ``append_missing_receipts`` then resolves it.
        """

    async def append_missing_receipts(
        self,
        receipts: Sequence[Receipt],
        *,
        claimed_by: str | None,
        concerns: ConcernsById | None = None,
        translations: TranslationsById | None = None,
    ) -> None:
        """The same for receipts that may already be stored; those stay. Waits for a commit that is still running."""

    async def claim_receipts(
        self, *, node_id: str, limit: int, organization_ids: Sequence[str] | None = None
    ) -> Found[ClaimedReceipt]:
        """Claim unclaimed pending receipts, oldest first, of some organizations or all. No two nodes get the same one.

        Raises Unavailable if one of the organizations is unreachable.
        """

    async def release_receipts(self, receipts: Sequence[Receipt], *, count_attempt: bool) -> None:
        """Release claimed pending receipts; ``count_attempt`` increments their attempts."""

    async def load(self, lookups: Sequence[Lookup]) -> Loaded:
        """The deployments of lookups. Missing ones are left out."""

    async def find_matching(self, organization_id: str, aliases: Sequence[Alias]) -> list[str]:
        """The ids of the deployments that have every one of ``aliases``, in order; none for no aliases."""

    async def find_known_workspaces(self, organization_ids: Sequence[str]) -> dict[str, frozenset[str]]:
        """For each organization, the ``host/owner`` prefixes (casefolded) of repositories mapped to a service."""

    async def settle(self, batch: SettlementBatch) -> None:
        """Append entries, save projections and settle receipts, all or nothing. Removed records leave all projections.

        A record that asks for a gate opens one, unless there is one; the end of a deployment closes a waiting gate.

        Raises Conflict if a receipt is no longer pending, if a record has a newer version (an entry of that version
        exists), or if an identity or a number was taken in the meantime: load and decide again. Raises Unavailable if the node
        lost its claims. Raises Unstorable if the database cannot store a value.
        """

    async def rehearse(self, batch: SettlementBatch) -> None:
        """Raise what ``settle`` would raise, and keep nothing."""

    async def quarantine_receipt(self, receipt: Receipt, *, failure: str, now: datetime) -> None:
        """Quarantine a pending receipt with the failure's text. Raises Conflict if it is not pending."""

    async def quarantine_damaged(self, damaged: DamagedRecord, *, now: datetime) -> None:
        """The same for an unreadable receipt."""

    async def replay_receipt(self, organization_id: str, receipt_id: str) -> None:
        """Make a quarantined receipt pending and unclaimed again. Raises NotFound, or Conflict if it is not quarantined."""

    async def get_backlog(self) -> Backlog:
        """The backlog over all organizations."""

    async def find_newest_order(self) -> datetime | None:
        """The newest receipt's place in the order; None in an empty store."""


class ReadStore(Protocol):
    """Queries on the ledger."""

    async def find_settlement(self, organization_id: str, receipt_id: str) -> Settlement | None:
        """The settlement of a receipt; None if there is no such receipt."""

    async def find_receipt(self, organization_id: str, receipt_id: str) -> ReceiptRecord | None:
        """A receipt with its settlement and credential, or None."""

    async def list_receipts(self, organization_id: str, wanted: ReceiptFilter) -> Found[ReceiptRecord]:
        """A page of receipts, newest first."""

    async def find_deployment(self, organization_id: str, target: Target) -> Deployment | None:
        """The deployment of ``target``, or None. An alias shared by several refers to the newest."""

    async def list_deployments_by_alias(self, organization_id: str, alias: Alias, *, limit: int) -> list[Deployment]:
        """The deployments that have a name which several may have: an issue, a project, a run's series; newest start first."""

    async def list_deployments(self, organization_id: str, wanted: DeploymentFilter) -> Found[Deployment]:
        """A page of deployments."""

    async def search_deployments(
        self,
        organization_id: str,
        *,
        service_ids: Sequence[str],
        environment_ids: Sequence[str],
        started_from: datetime | None,
        ended_until: datetime | None,
        offset: int,
        limit: int,
    ) -> Found[Deployment]:
        """Deployments of services, each once, by start descending, then id ascending; a running one ends when it starts."""

    async def scan_deployments(
        self,
        organization_id: str,
        *,
        services: Sequence[str],
        started_from: datetime | None,
        started_until: datetime | None,
        is_ascending: bool,
        after: Deployment | None,
        limit: int,
    ) -> Found[Deployment]:
        """A page of deployments by start, then id, after ``after``; bounds are inclusive.

        ``services``: the senders' names, ignoring case; none does not restrict.
        """

    async def list_entries(self, organization_id: str, deployment_id: str) -> list[Entry]:
        """All entries of a deployment, in order."""

    async def list_verdicts(self, organization_id: str, deployment_id: str) -> list[RecordedVerdict]:
        """The verdicts of all writes about a deployment, oldest first."""

    async def list_verdicts_that_say(
        self, organization_id: str, text: str, *, receipts: int, limit: int
    ) -> list[RecordedVerdict]:
        """The verdicts on the newest ``receipts`` whose sentence contains ``text``, ignoring case of a to z, newest first."""

    async def list_environments(self, organization_id: str) -> list[tuple[str, str, str]]:
        """Every (id, name, tier) of environments used by deployments, by tier and name."""

    async def list_repositories(self, organization_id: str) -> list[RepositoryRecord]:
        """Every repository used by deployments or mapped to services."""

    async def list_overwritten(self, organization_id: str, *, limit: int) -> list[Deployment]:
        """Deployments that absorbed a later run, before runs were distinguished. Scans all deployments."""

    async def count_deployments(self, organization_id: str) -> int:
        """How many deployments there are."""


class MaintenanceStore(Protocol):
    """Upkeep over all organizations."""

    async def count_entries(self) -> int:
        """How many entries of deployments there are, for progress."""

    async def find_damaged_pages(self) -> list[Difference]:
        """Damage to the database itself, which no statement can repair."""

    async def find_unreadable(self, *, advance: Callable[[int, int], None]) -> list[Difference]:
        """The unreadable receipts, entries, seals, projections, organizations, credentials and services."""

    async def find_damage(self) -> list[Difference]:
        """Findings of the database's own integrity check, and broken references between tables."""

    async def describe(self) -> Mapping[str, Any]:
        """Facts for ``doctor``: engine, version, location, size in bytes, schema revision, settings that matter."""


class Store(
    IntakeStore,
    PendingStore,
    PartedStore,
    ReadStore,
    IncidentStore,
    ErasureStore,
    RetentionStore,
    SealStore,
    CatalogStore,
    TierStore,
    CommitStore,
    ToldStore,
    IssueStore,
    GateStore,
    CredentialStore,
    AccessTokenStore,
    SigningAppStore,
    NodeStore,
    UnfinishedStore,
    InstallationStore,
    AnnouncementStore,
    SigningKeyStore,
    MaintenanceStore,
    ProjectionStore,
    StandingStore,
    RecordStore,
    LaneStore,
    Protocol,
):
    """All of it."""

    async def open(self) -> None:
        """Connect. Raises Unavailable if the database is unreachable or its schema is not at the latest revision."""

    async def close(self) -> None:
        """Finish running work and disconnect."""

    async def ping(self) -> None:
        """Make a test write. Raises Unavailable."""
