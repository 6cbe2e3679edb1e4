"""What every store does. One conformance suite runs against each implementation.

All verbs are safe to call from many tasks at once. A verb that writes returns only after its change is durable. Every
verb raises ``Unavailable`` when the database cannot be reached, is full, or does not answer; nothing has changed then,
unless the docstring says otherwise. A verb that reads one record, or that must return everything, raises ``DamagedRecord``
for an unreadable one; a verb that lists leaves it out and reports it in ``damaged`` of its result. Every verb except those of
maintenance is bound to one organization.
"""

from __future__ import annotations

from typing import Protocol

from shipledger.access.access_token import AccessTokenStore
from shipledger.access.people.store_contract import PeopleStore
from shipledger.access.people.views import ViewStore
from shipledger.access.refused import RefusedStore
from shipledger.access.signing_app import SigningAppStore
from shipledger.access.signing_key import SigningKeyStore
from shipledger.access.use import UseStore
from shipledger.catalog.commit import CommitStore
from shipledger.catalog.contract import CatalogStore
from shipledger.catalog.inbox import InboxStore
from shipledger.catalog.issue import IssueStore
from shipledger.catalog.organization_settings.contract import SettingStore
from shipledger.catalog.searching import SearchStore
from shipledger.catalog.tier_contract import TierStore
from shipledger.catalog.told import ToldStore
from shipledger.deployments.issue_lines import StandingStore
from shipledger.deployments.lane_listing import LaneStore
from shipledger.deployments.stretches import StretchStore
from shipledger.forwarding.contract import OutboxStore
from shipledger.gating.contract import GateStore
from shipledger.store.audit.contract import AuditStore
from shipledger.store.credentials.contract import CredentialStore
from shipledger.store.deployments.contract import ReadStore
from shipledger.store.erasure.contract import ErasureStore
from shipledger.store.erasure.retention_contract import RetentionStore
from shipledger.store.home.contract import HomeStore
from shipledger.store.incidents.contract import IncidentStore
from shipledger.store.installation.contract import InstallationStore
from shipledger.store.installation.unfinished_contract import UnfinishedStore
from shipledger.store.nodes.announcement import AnnouncementStore
from shipledger.store.nodes.contract import NodeStore
from shipledger.store.people.contract import MembershipStore
from shipledger.store.projections.contract import ProjectionStore
from shipledger.store.pull_requests.contract import PullRequestStore
from shipledger.store.receipts.contract import IntakeStore
from shipledger.store.receipts.parted_contract import PartedStore
from shipledger.store.receipts.pending_contract import PendingStore
from shipledger.store.records.contract import RecordStore
from shipledger.store.seals.contract import SealStore
from shipledger.store.upkeep.contract import MaintenanceStore


class Store(
    IntakeStore,
    PendingStore,
    PartedStore,
    ReadStore,
    IncidentStore,
    PullRequestStore,
    ErasureStore,
    RetentionStore,
    SealStore,
    CatalogStore,
    TierStore,
    InboxStore,
    SettingStore,
    CommitStore,
    ToldStore,
    IssueStore,
    GateStore,
    OutboxStore,
    CredentialStore,
    PeopleStore,
    MembershipStore,
    RefusedStore,
    AccessTokenStore,
    UseStore,
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
    AuditStore,
    LaneStore,
    SearchStore,
    HomeStore,
    ViewStore,
    StretchStore,
    Protocol,
):
    """All of it."""

    async def open(self) -> None:
        """Connect. Raises Unavailable if the database is unreachable or its schema is not at the latest revision."""

    async def close(self) -> None:
        """Finish running work and disconnect."""

    async def ping(self) -> None:
        """Make a test write. Raises Unavailable."""
