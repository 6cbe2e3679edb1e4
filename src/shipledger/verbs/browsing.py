"""What somebody sees who looks at the ledger: in small contracts, over which pages are built.

Unlike a vendor's lists, these say what was left out because it cannot be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from shipledger.access.credential import Credential
from shipledger.access.people.known_people import KnownPeople
from shipledger.access.people.membership.model import Member
from shipledger.access.people.person import Person
from shipledger.catalog.commit import Commit, PackRecord, PackState
from shipledger.catalog.contract import RepositoryMapping
from shipledger.catalog.environments import EnvironmentChange, Preview
from shipledger.catalog.issue import AssociationRules, Issue
from shipledger.catalog.organization import Organization
from shipledger.catalog.organization_settings.model import ScopeSettings
from shipledger.catalog.repository import RepositoryRecord
from shipledger.catalog.service import Service
from shipledger.catalog.services.relation import RelatedService, RelationKind, ServiceRelation
from shipledger.catalog.tier_contract import TierPlace
from shipledger.catalog.tiers import TierPolicy
from shipledger.deployments.issue_lines import StandingStore
from shipledger.deployments.lane_listing import LaneStore
from shipledger.deployments.listing import DeploymentFilter
from shipledger.deployments.lookups import Loaded, Lookup
from shipledger.forwarding.message import LoggedMessage
from shipledger.found import Found
from shipledger.gating.gate import Gate
from shipledger.incidents.model import Incident, IncidentEntry
from shipledger.ledger.actor import Actor
from shipledger.ledger.auditing import AuditFilter
from shipledger.ledger.deployment import Deployment, Entry
from shipledger.ledger.receipt_listing import ReceiptFilter, ReceiptRecord, RecordedVerdict
from shipledger.ledger.state import Tier
from shipledger.ledger.submission import Alias, Target
from shipledger.verbs.refused import RefusedBrowsing
from shipledger.verbs.search import Searching
from shipledger.verbs.shipped import PullRequestBrowsing


class DeploymentBrowsing(Protocol):
    """Deployments, with their history and their verdicts."""

    async def find_deployment(self, organization_id: str, target: Target) -> Deployment | None:
        """The deployment of ``target``, or None. An alias shared by several refers to the newest."""

    async def list_deployments(self, organization_id: str, wanted: DeploymentFilter) -> Found[Deployment]:
        """A page of deployments."""

    async def list_deployments_by_alias(self, organization_id: str, alias: Alias, *, limit: int) -> list[Deployment]:
        """The deployments that have a name which several may have: an issue, a project, a run's series; newest start first."""

    async def count_successes_by_week(self, organization_id: str, alias: Alias, *, tier: Tier, since: datetime) -> dict[int, int]:
        """The number of first successes of deployments with ``alias`` per week since ``since``; empty weeks are left out.

        Weeks are counted from Monday 1969-12-29, UTC: ISO 8601 weeks.
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

    async def load(self, lookups: Sequence[Lookup]) -> Loaded:
        """The deployments of lookups. Missing ones are left out."""

    async def read_deployments(self, organization_id: str, ids: Sequence[str]) -> Found[Deployment]:
        """The deployments with some ids. Missing ones are left out."""

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


class ReceiptBrowsing(Protocol):
    """What was sent, and what became of it."""

    async def find_receipt(self, organization_id: str, receipt_id: str) -> ReceiptRecord | None:
        """A receipt with its settlement and credential, or None."""

    async def list_receipts(self, organization_id: str, wanted: ReceiptFilter) -> Found[ReceiptRecord]:
        """A page of receipts, newest first."""

    async def list_credentials(self, organization_id: str) -> Found[Credential]:
        """All credentials, revoked ones too, by name."""


class CatalogBrowsing(Protocol):
    """Services, repositories, teams and tiers."""

    async def find_service(self, organization_id: str, service: str) -> Service | None:
        """The service with this id, slug or name (in this order), or None."""

    async def find_named_services(self, organization_id: str, names: Sequence[str]) -> dict[str, str]:
        """The id of a service for each of ``names`` that is the id, slug, name or further name of one."""

    async def list_services(self, organization_id: str, *, offset: int, limit: int) -> Found[Service]:
        """A page of services by name."""

    async def count_services(self, organization_id: str) -> int:
        """How many services there are."""

    async def list_mappings(self, organization_id: str) -> Found[RepositoryMapping]:
        """Every service with its repositories, including those mapped through former names."""

    async def list_repository_keys(self, organization_id: str, repository: str) -> list[str]:
        """The keys of all names of a repository, given by any canonical one, which comes first."""

    async def list_related_services(
        self, organization_id: str, service_id: str, *, limit: int
    ) -> tuple[list[RelatedService], int]:
        """The services that one has to do with, its own relations first, and how many there are."""

    async def list_repositories_in_use(self, organization_id: str, *, limit: int) -> list[str]:
        """Repositories used by deployments, by name, up to ``limit``: however many deployments there are."""

    async def list_repositories(self, organization_id: str) -> list[RepositoryRecord]:
        """Every repository used by deployments or mapped to services."""

    async def list_teams(self, organization_id: str) -> dict[str, str]:
        """The team of every service that has one, by the service's name without case."""

    async def find_tier_policy(self, organization_id: str) -> TierPolicy:
        """The policy of an organization; the default one has revision 0."""

    async def list_tier_places(self, organization_id: str) -> list[TierPlace]:
        """Every place of an organization's deployments, with the tier that they are shown with."""

    async def list_settings(self, organization_id: str) -> Found[ScopeSettings]:
        """What is set in an organization, for each scope that has settings of its own."""

    async def list_entries_of(self, kind: str, organization_id: str, subject_id: str) -> list[Any]:
        """All entries of a record of a kind, in order."""


class MappingVerbs(Protocol):
    """To which services repositories belong, to be changed. ``by``: who does so."""

    async def map_repository(
        self, organization_id: str, service: str, repository: str, *, by: Actor
    ) -> tuple[RepositoryMapping, bool]:
        """Map a repository, in any spelling, to a service; and whether it is new. Raises NotFound, Invalid."""

    async def unmap_repository(
        self, organization_id: str, service: str, repository: str, *, by: Actor
    ) -> tuple[RepositoryMapping, bool]:
        """Remove a mapping, including one by a former name; and whether it existed. Raises NotFound, Invalid."""


class RelationVerbs(Protocol):
    """How services relate, to be changed. ``by``: who does so."""

    async def relate_service(
        self, organization_id: str, service: str, kind: RelationKind, other: str, *, by: Actor
    ) -> tuple[ServiceRelation, bool]:
        """Record that a service depends on another one, or contains it; and whether that is new. Raises NotFound, Invalid."""

    async def unrelate_service(
        self, organization_id: str, service: str, kind: RelationKind, other: str, *, by: Actor
    ) -> tuple[ServiceRelation, bool]:
        """Undo ``relate_service``; and whether there was such a relation. Raises NotFound."""


class EnvironmentVerbs(Protocol):
    """The names of environments, to be changed."""

    async def preview(self, organization_id: str, changes: Sequence[EnvironmentChange]) -> Preview:
        """What changes would move. Raises Invalid and NotFound."""

    async def change_and_apply(
        self, organization_id: str, changes: Sequence[EnvironmentChange], *, by: Actor, expects: int | None = None
    ) -> bool:
        """Change environments, all or none; whether all recorded deployments have their tiers.

        Raises Invalid, NotFound, and Conflict if the revision is not the one that it ``expects``.
        """


class FoundingVerbs(Protocol):
    """The first steps of a ledger."""

    async def ensure_default_organization(self) -> Organization:
        """The default organization, created if missing."""


class CatalogVerbs(FoundingVerbs, MappingVerbs, RelationVerbs, Protocol):
    """What of the catalog pages change."""


class IssueBrowsing(Protocol):
    """The issue directory and its rules."""

    async def list_issues(self, organization_id: str, *, project: str, after: str, limit: int) -> Found[Issue]:
        """A page of issues by key, after the key ``after``; of all projects for ""."""

    async def find_issues(self, organization_id: str, names: Sequence[str]) -> Found[Issue]:
        """The issues that have one of ``names`` as upper-case key or as id, by key."""

    async def find_association_rules(self, organization_id: str) -> AssociationRules:
        """The rules of an organization, or the defaults."""


class IncidentBrowsing(Protocol):
    """Incidents, with their history and their verdicts."""

    async def find_incident(self, organization_id: str, incident_id: str) -> Incident | None:
        """The incident with this id, or None."""

    async def scan_incidents(
        self,
        organization_id: str,
        *,
        started_from: datetime | None,
        started_until: datetime | None,
        after: Incident | None,
        limit: int,
    ) -> Found[Incident]:
        """A page of incidents by start, then id, newest first, after ``after``; bounds are inclusive."""

    async def list_open_incidents(self, organization_id: str, *, limit: int) -> Found[Incident]:
        """The incidents that are not over, newest start first."""

    async def list_incident_entries(self, organization_id: str, incident_id: str) -> list[IncidentEntry]:
        """All entries of an incident, in order."""

    async def list_incident_verdicts(self, organization_id: str, incident_id: str) -> list[RecordedVerdict]:
        """The verdicts of all writes about an incident, oldest first."""


class GateBrowsing(Protocol):
    """Gates."""

    async def find_gate(self, organization_id: str, deployment_id: str) -> Gate | None:
        """The gate of a deployment; None when it never asked for one."""

    async def find_gate_by_number(self, organization_id: str, number: int) -> Gate | None:
        """The gate with a number, or None."""

    async def find_credential(self, organization_id: str, credential_id: str) -> Credential | None:
        """The credential with this id, revoked or not, or None."""


class OutboxBrowsing(Protocol):
    """What others were told."""

    async def list_messages_about(self, organization_id: str, subject_id: str) -> list[LoggedMessage]:
        """All messages about a record with their logs, oldest first."""


class CommitBrowsing(Protocol):
    """Commits, and the packs that they came in."""

    async def find_commits(self, organization_id: str, repository: str, commit_ids: Sequence[str]) -> list[Commit]:
        """Those of the commits that are known, whole or told, in the order asked for."""

    async def find_commits_in_graph(self, organization_id: str, repository: str, commit_ids: Sequence[str]) -> set[str]:
        """Those of the commits whose parents are known."""

    async def list_packs(self, organization_id: str, *, limit: int, state: PackState | None = None) -> list[PackRecord]:
        """The packs of an organization, of one state or all, newest first."""


class OrganizationBrowsing(Protocol):
    """Organizations, and who belongs to them."""

    async def find_organization(self, slug: str) -> Organization | None:
        """The organization with this slug, or None."""

    async def list_organizations(self) -> Found[Organization]:
        """All organizations by slug."""

    async def find_membership(self, organization_id: str, person_id: str) -> tuple[Organization, Member] | None:
        """An organization and what a person is there, or None for somebody who does not belong to it."""

    async def list_memberships(self, person_id: str) -> Sequence[tuple[Organization, Member]]:
        """The organizations that a person belongs to, by slug, and as what. It asks all of them, so not for every page."""


class PersonBrowsing(Protocol):
    """Who has an account."""

    async def find_person(self, person_id: str) -> Person | None:
        """The person with this id, or None."""

    async def read_known_people(self, organization_id: str) -> KnownPeople:
        """Whom senders mean: who belongs to an organization, and who has left it."""


class AuditBrowsing(Protocol):
    """Who did what."""

    async def list_acts(self, organization_id: str, wanted: AuditFilter) -> Found[Any]:
        """The newest entries that an audit tells of. Their kinds are in them."""


class FreshnessBrowsing(Protocol):
    """Whether what is shown is complete."""

    async def find_projection_rules(self) -> int:
        """The version of the rules (``ledger.history.RULES``) by which what is shown was made from entries."""


class Browsing(
    Searching,
    DeploymentBrowsing,
    PullRequestBrowsing,
    StandingStore,
    LaneStore,
    FreshnessBrowsing,
    ReceiptBrowsing,
    RefusedBrowsing,
    CatalogBrowsing,
    IssueBrowsing,
    IncidentBrowsing,
    GateBrowsing,
    OutboxBrowsing,
    CommitBrowsing,
    OrganizationBrowsing,
    PersonBrowsing,
    AuditBrowsing,
    Protocol,
):
    """All of it: what pages are built over."""
