"""The interface of protocols, and the verbs they may use. ``app.py`` supplies the implementation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant
from shipledger.access.limits import Throttle
from shipledger.access.signing_app import AppSecret, SigningApp
from shipledger.catalog.issue import AssociationRules
from shipledger.catalog.service import Service, ServiceDraft
from shipledger.catalog.tiers import TierPolicy
from shipledger.catalog.told import ToldCommit, ToldRepository
from shipledger.deployments.listing import DeploymentFilter
from shipledger.duty import Duty
from shipledger.errors import ShipledgerError, Unstorable
from shipledger.found import Found
from shipledger.gating.delivery import Delivery
from shipledger.gating.gate import Gate
from shipledger.incidents.model import Incident, IncidentEntry, Recording
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.receipt import Receipt, Settlement
from shipledger.ledger.submission import Alias, Target
from shipledger.ledger.verdict import Reason
from shipledger.outgoing.answer import Answer as OutgoingAnswer

T = TypeVar("T")

Endpoint = Callable[[Request], Awaitable[Response]]
Answer = TypeVar("Answer")

TellGate = Callable[[SigningApp, Delivery], Awaitable[OutgoingAnswer | None]]
"""Tells an app how a gate stands: what it answered, or None if it wants no such call."""

BODY_LIMIT_BYTES = 1024 * 1024
"""What most operations allow."""


class Route(Struct, frozen=True):
    """One operation. ``path`` is matched on the undecoded path; ``{name}`` is one segment, decoded once.

    ``{name...}``, at the end, is all further segments, not decoded. A literal segment wins over a parameter, and
    both win over a rest. The values are in ``request.path_params``. Unknown paths under ``base``, else under the leading
    literal segments, get a 404 in the protocol's format. ``body_limit_bytes`` is the largest body that the
    endpoint accepts, used to configure proxies. ``host``: the first label of the vendor's host for this, whose clients
    omit the leading literal segments.
    """

    method: str
    path: str
    endpoint: Endpoint
    base: str = ""
    body_limit_bytes: int = BODY_LIMIT_BYTES
    host: str = ""


class DeploymentSearch(Struct, frozen=True):
    """Deployments of services, newest start first, then by id. Times are inclusive; a running one ends when it starts."""

    service_ids: tuple[str, ...]
    environment_ids: tuple[str, ...] = ()
    started_from: datetime | None = None
    ended_until: datetime | None = None
    offset: int = 0
    limit: int = 20


class DeploymentScan(Struct, frozen=True):
    """Deployments by start, then id, newest first unless ``is_ascending``. Bounds are inclusive.

    ``services`` are the senders' names, ignoring case; none does not restrict. ``limit`` is per page.
    """

    services: tuple[str, ...] = ()
    started_from: datetime | None = None
    started_until: datetime | None = None
    is_ascending: bool = False
    limit: int = 500


class LedgerVerbs(Protocol):
    """The ledger for protocols. Every verb is bound to the organization of its grant or receipt."""

    async def authenticate(self, secret: str) -> Grant | None:
        """The grant of the live credential with this secret, or None. The caller checks ``grant.kind``."""

    async def authenticate_token(self, token: str) -> Grant | None:
        """The grant of the live credential of one of our tokens, or None. The caller checks the kind."""

    async def issue_access_token(self, kind: str, credential_id: str, secret: str) -> str | None:
        """A new access token for the live credential with this kind, id and secret, or None."""

    async def authenticate_access_token(self, token: str) -> Grant | None:
        """The grant of the live credential of an access token, or None."""

    async def list_app_secrets(self, app_key: str) -> list[AppSecret]:
        """The live installations of an app, in any organization, with their secrets."""

    async def find_public_key(self, key_name: str) -> str | None:
        """The public key, in PEM, with this id, or None."""

    async def find_organization_id(self, slug: str) -> str | None:
        """The id of the organization with this slug, or None."""

    def throttle(self, grant: Grant) -> Throttle:
        """Count one request of the credential."""

    async def save_sign_of_life(self, grant: Grant) -> None:
        """Record that a client of this credential was seen."""

    def now(self) -> datetime:
        """The time, later than every time given out before."""

    async def compute(self, organization_id: str, task: Callable[[], T], *, size: int) -> T:
        """The result of ``task``, run outside the event loop if its ``size``, in characters read, is large.

        Raises what it raises, and Unavailable if too many tasks of the organization are waiting. A task must be pure.
        """

    def new_request_id(self) -> str:
        """A new id for a call without a receipt."""

    def new_receipt(self, grant: Grant, protocol: str, operation: str, parameters: dict[str, str], body: str) -> Receipt:
        """A receipt with its id and time of acceptance; nothing is stored yet.

        Receipts are ordered by that time, so create it last and await nothing before ``record``.
        """

    async def record(
        self,
        receipt: Receipt,
        submissions: Sequence[Recording],
        accepted: Answer,
        *,
        settled: Callable[[Settlement], Awaitable[Answer]] | None = None,
        wait_seconds: float = 0.0,
    ) -> Answer:
        """Record a receipt. Returns ``accepted`` once it is stored; with ``wait_seconds``, once it is settled or the time is up.

        If given, ``settled`` makes the answer from the verdicts if they are all available in time. Raises
        Unavailable if nothing was recorded. Once the receipt is stored, only Unstorable is raised,
        by ``settled``: render ``accepted`` before, and do nothing afterwards that may fail.
        """

    async def find_settlement(self, organization_id: str, receipt_id: str, wait_seconds: float = 0.0) -> Settlement | None:
        """The settlement of a receipt, waiting at most ``wait_seconds`` for its verdicts; None if there is no such receipt."""

    async def find_deployment(self, organization_id: str, target: Target) -> Deployment | None:
        """The deployment of ``target``, or None."""

    async def find_gate(self, organization_id: str, deployment_id: str) -> Gate | None:
        """The gate of a deployment, or None."""

    async def search_deployments(self, organization_id: str, search: DeploymentSearch) -> list[Deployment]:
        """A page of deployments of repositories currently mapped to the services."""

    async def scan_deployments(self, organization_id: str, scan: DeploymentScan, after: Deployment | None) -> Found[Deployment]:
        """A page of a scan after a deployment, or the first; a page that is not full is the last."""

    async def list_deployments(self, organization_id: str, wanted: DeploymentFilter) -> Found[Deployment]:
        """A page of deployments, newest start first; what cannot be read is left out."""

    async def find_remedies(self, deployments: Sequence[Deployment]) -> Mapping[str, Deployment]:
        """The deployments that remedied ``deployments``, all of one organization, by the id of the remedied one."""

    async def find_remedied(self, deployments: Sequence[Deployment]) -> Mapping[str, Deployment]:
        """The newest deployment that each of ``deployments``, all of one organization, remedied, by the id of the remedy."""

    async def find_incident(self, organization_id: str, name: Alias) -> Incident | None:
        """The incident with an identity, or None; an alias without scope is an id of the ledger."""

    async def scan_incidents(
        self, organization_id: str, started_from: datetime | None, started_until: datetime | None, after: Incident | None
    ) -> list[Incident]:
        """A page of incidents after one, or the first, newest first; an empty page is the last. Bounds are inclusive."""

    async def list_incident_entries(self, organization_id: str, incident_id: str) -> list[IncidentEntry]:
        """All entries of an incident, in order."""

    async def keep_former_names(self, organization_id: str, repositories: Sequence[str]) -> None:
        """Let repositories keep the services of their former names."""

    async def find_mapped_services(self, organization_id: str, repositories: Sequence[str]) -> list[str]:
        """The names of the services that some repositories, by their canonical names, belong to."""

    async def list_teams(self, organization_id: str) -> Mapping[str, str]:
        """The team of every service of the catalog that has one, by the service's name without case."""

    async def find_registered_services(self, organization_id: str, names: Sequence[str]) -> frozenset[str]:
        """Those of ``names`` that are the id, slug or any name of a service."""

    async def find_association_rules(self, organization_id: str) -> AssociationRules:
        """Which issues and services the organization knows."""

    async def find_tier_policy(self, organization_id: str) -> TierPolicy:
        """The tier policy of an organization."""

    async def find_known_issues(self, organization_id: str, names: Sequence[str]) -> frozenset[str]:
        """Those of ``names``, which are upper-case keys and ids, that the issue directory has."""

    async def find_known_projects(self, organization_id: str, projects: Sequence[str]) -> frozenset[str]:
        """Those of ``projects``, in upper case, of which the issue directory has an issue."""

    async def find_issue_keys(self, organization_id: str, issue_ids: Sequence[str]) -> Mapping[str, str]:
        """The keys of those of ``issue_ids`` that the issue directory has."""

    async def create_service(self, organization_id: str, draft: ServiceDraft) -> Service:
        """The new service. Raises Conflict if the name is taken."""

    async def find_service(self, organization_id: str, service_id: str) -> Service | None:
        """The service with this id, or None."""

    async def find_service_ids(self, organization_id: str, names: Sequence[str]) -> dict[str, str]:
        """The ids of services by id, slug or name; unknown ones are left out."""

    async def list_services(self, organization_id: str, *, offset: int, limit: int) -> tuple[list[Service], int]:
        """A page of services by name, and how many there are."""

    async def update_service(self, organization_id: str, service_id: str, changes: Mapping[str, Any]) -> Service | None:
        """The changed service, or None. ``changes`` maps field names of ServiceDraft. Raises Conflict if the name is taken."""

    async def delete_service(self, organization_id: str, service_id: str) -> bool:
        """Whether there was such a service. Removes its mappings, never a deployment."""

    async def find_known_commits(self, organization_id: str, repository: str, commit_ids: Sequence[str]) -> list[str]:
        """Those of the commits of a repository that were sent and are known, in the order given; not those only told of."""

    async def keep_told(self, told: Sequence[tuple[ToldRepository, Sequence[ToldCommit]]]) -> None:
        """Return once it is durable what a sender tells of commits. Raises NotFound when its credential is gone, Unavailable."""

    async def list_told_repositories(self, grant: Grant, *, remote_id: str = "") -> list[ToldRepository]:
        """The repositories that the credential tells of, or the one that it calls ``remote_id``."""

    async def list_told_commits(self, repository: ToldRepository, *, limit: int) -> list[ToldCommit]:
        """What is told of the commits of a repository, the newest first."""

    async def find_told_names(self, grant: Grant, remote_ids: Sequence[str]) -> Mapping[str, str]:
        """The canonical names of those of ``remote_ids`` that the credential has told the address of."""

    async def forget_told(self, repository: ToldRepository, *, commit_id: str = "", until: int) -> None:
        """Forget what was told of one commit, or of a repository and all its commits, as far as it is no newer."""

    async def keep_pack(self, grant: Grant, repository: str, head: str, content: bytes) -> None:
        """Store a git pack; its commits are known later. Raises Invalid if it is not a pack, and Unavailable."""


def check_stored(settlement: Settlement) -> None:
    """Raise Unstorable if the receipt's request could not be stored and its sender is still waiting."""
    for verdict in settlement.verdicts:
        if verdict.reason is Reason.COULD_NOT_BE_STORED:
            raise Unstorable(verdict.reason, verdict.sentence)


class VendorProtocol(Protocol):
    """One vendor's API, as it is served. To inherit from this gives what most protocols do without."""

    name: str

    @property
    def unserved_prefixes(self) -> tuple[str, ...]:
        """Prefixes where the vendor has more operations than we serve: other calls get a 404 in the vendor's format."""
        return ()

    def routes(self) -> Sequence[Route]:
        """Its operations."""

    def interpret(self, receipt: Receipt) -> Sequence[Recording]:
        """What a stored receipt asks for. Pure, and total over accepted receipts."""

    def answer_error(self, request: Request, error: ShipledgerError | None, status: int, headers: dict[str, str]) -> Response:
        """The protocol's error answer for errors outside its endpoints (404, 405, 500, 503)."""

    def openapi_paths(self) -> dict[str, Any]:
        """Its part of the OpenAPI page: paths with operations, all schemas in place."""

    def openapi_security_schemes(self) -> dict[str, Any]:
        """The security schemes that its operations name."""

    def list_duties(self) -> Sequence[Duty]:
        """Its work in the background; none unless it says so."""
        return ()

    def list_gate_tellers(self) -> Mapping[str, TellGate]:
        """How apps hear of their gates, by the kind of their credentials; none unless it says so."""
        return {}
