"""The verbs that protocols may use, over the real parts."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import structlog
from msgspec.structs import replace

from shipledger.access.access_token import AccessTokens
from shipledger.access.authenticator import Authenticator
from shipledger.access.grant import Grant
from shipledger.access.limits import Limiter, Throttle
from shipledger.access.randomness import Randomness
from shipledger.access.signing_app import AppSecret, SigningApps
from shipledger.access.signing_key import split_key_name
from shipledger.access.token_authenticator import TokenAuthenticator
from shipledger.catalog.association_rules import RuleBook
from shipledger.catalog.directory import Directory
from shipledger.catalog.host_aliases import HostAliases
from shipledger.catalog.issue import AssociationRules
from shipledger.catalog.issue_keys import find_known_projects
from shipledger.catalog.known_repositories import KnownRepositories
from shipledger.catalog.service import Service, ServiceDraft
from shipledger.catalog.tiers import TierPolicy
from shipledger.catalog.told import ToldCommit, ToldRepository
from shipledger.clock import Clock
from shipledger.deployments.listing import DeploymentFilter
from shipledger.found import Found
from shipledger.gating.gate import Gate
from shipledger.incidents.model import Incident, IncidentEntry, Recording
from shipledger.ingestion.recorder import Answer, FromSettlement, Recorder
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.identity import new_id
from shipledger.ledger.receipt import Receipt, Settlement
from shipledger.ledger.submission import Alias, Target
from shipledger.long_work import LongWork
from shipledger.protocols.contract import DeploymentScan, DeploymentSearch
from shipledger.scm.indexing import Indexer
from shipledger.store import remedies
from shipledger.store.contract import Store

T = TypeVar("T")
log = structlog.get_logger(__name__)

INCIDENTS_PAGE = 500


class Ledger:
    """Implements ``protocols.contract.LedgerVerbs``."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        authenticator: Authenticator,
        tokens: TokenAuthenticator,
        access_tokens: AccessTokens,
        apps: SigningApps,
        limiter: Limiter,
        recorder: Recorder,
        directory: Directory,
        aliases: HostAliases,
        indexer: Indexer,
        rules: RuleBook,
        long_work: LongWork,
    ) -> None:
        self._store = store
        self._clock = clock
        self._authenticator = authenticator
        self._tokens = tokens
        self._access_tokens = access_tokens
        self._apps = apps
        self._limiter = limiter
        self._recorder = recorder
        self._directory = directory
        self._aliases = aliases
        self._indexer = indexer
        self._randomness = Randomness()
        self._known_repositories = KnownRepositories(time.monotonic)
        self._rules = rules
        self._long_work = long_work

    async def authenticate(self, secret: str) -> Grant | None:
        """The grant of a live credential of any kind, or None."""
        return await self._authenticator.authenticate(secret)

    async def authenticate_token(self, token: str) -> Grant | None:
        """The grant of the live credential that a token of this installation names, or None."""
        return await self._tokens.authenticate(token)

    async def issue_access_token(self, kind: str, credential_id: str, secret: str) -> str | None:
        """A new access token, or None."""
        return await self._access_tokens.issue(kind, credential_id, secret)

    async def authenticate_access_token(self, token: str) -> Grant | None:
        """The grant of the live credential that got this access token, or None."""
        return await self._access_tokens.authenticate(token)

    async def list_app_secrets(self, app_key: str) -> list[AppSecret]:
        """The live installations of an app with their secrets."""
        return await self._apps.list_secrets(app_key)

    async def find_public_key(self, key_name: str) -> str | None:
        """The public key that a signature of ours names, or None."""
        key = await self._store.find_signing_key(*split_key_name(key_name))
        return None if key is None else key.public_key

    async def find_organization_id(self, slug: str) -> str | None:
        """The id of the organization with this slug, or None."""
        found = await self._store.find_organization(slug)
        return None if found is None else found.organization_id

    def throttle(self, grant: Grant) -> Throttle:
        """Count one request of the credential."""
        return self._limiter.throttle(grant)

    async def save_sign_of_life(self, grant: Grant) -> None:
        """Record that a client of this credential was seen."""
        await self._store.save_sign_of_life(grant.organization_id, grant.credential_id, now=self._clock.now())

    def now(self) -> datetime:
        """The best current time; it may go back."""
        return self._clock.now()

    async def compute(self, organization_id: str, task: Callable[[], T], *, size: int) -> T:
        """The result of ``task``, run outside the event loop if it is long."""
        return await self._long_work.run(organization_id, task, size=size)

    def new_request_id(self) -> str:
        """A new id for a call without a receipt."""
        return new_id(self._clock.next_order(), self._randomness.take(8))

    def new_receipt(self, grant: Grant, protocol: str, operation: str, parameters: dict[str, str], body: str) -> Receipt:
        """A receipt with its time of acceptance and its id, which is its place in the order."""
        return Receipt(
            organization_id=grant.organization_id,
            receipt_id=new_id(self._clock.next_order(), self._randomness.take(8)),
            credential_id=grant.credential_id,
            protocol=protocol,
            operation=operation,
            parameters=parameters,
            body=body,
            accepted_at=self._clock.now(),
        )

    async def record(
        self,
        receipt: Receipt,
        submissions: Sequence[Recording],
        accepted: Answer,
        *,
        settled: FromSettlement[Answer] | None = None,
        wait_seconds: float = 0.0,
    ) -> Answer:
        """Store a receipt and return the answer for its sender."""
        return await self._recorder.record(receipt, submissions, accepted, settled=settled, wait_seconds=wait_seconds)

    async def find_settlement(self, organization_id: str, receipt_id: str, wait_seconds: float = 0.0) -> Settlement | None:
        """The settlement of a receipt, waiting at most ``wait_seconds`` for its verdicts."""
        return await self._recorder.find_settlement(organization_id, receipt_id, wait_seconds)

    async def find_deployment(self, organization_id: str, target: Target) -> Deployment | None:
        """The deployment meant by ``target``, or None."""
        return await self._store.find_deployment(organization_id, target)

    async def find_gate(self, organization_id: str, deployment_id: str) -> Gate | None:
        """The gate of a deployment, or None."""
        return await self._store.find_gate(organization_id, deployment_id)

    async def search_deployments(self, organization_id: str, search: DeploymentSearch) -> list[Deployment]:
        """The page of deployments of services."""
        found = await self._store.search_deployments(
            organization_id,
            service_ids=search.service_ids,
            environment_ids=search.environment_ids,
            started_from=search.started_from,
            ended_until=search.ended_until,
            offset=search.offset,
            limit=search.limit,
        )
        return _tell_damaged(found)

    async def scan_deployments(self, organization_id: str, scan: DeploymentScan, after: Deployment | None) -> Found[Deployment]:
        """The page of a scan after a deployment, or its first."""
        found = await self._store.scan_deployments(
            organization_id,
            services=scan.services,
            started_from=scan.started_from,
            started_until=scan.started_until,
            is_ascending=scan.is_ascending,
            after=after,
            limit=scan.limit,
        )
        return _tell_damaged(found)

    async def list_deployments(self, organization_id: str, wanted: DeploymentFilter) -> Found[Deployment]:
        """A page of deployments, newest start first."""
        named = replace(wanted, repository=self._aliases.rename(wanted.repository) if wanted.repository else "")
        return _tell_damaged(await self._store.list_deployments(organization_id, named))

    async def find_remedies(self, deployments: Sequence[Deployment]) -> Mapping[str, Deployment]:
        """The deployments that remedied some, by the id of the remedied one."""
        return await remedies.find_remedies(self._store, deployments)

    async def find_remedied(self, deployments: Sequence[Deployment]) -> Mapping[str, Deployment]:
        """The newest deployment that each remedied, by the id of the remedy."""
        return await remedies.find_remedied(self._store, deployments)

    async def find_incident(self, organization_id: str, name: Alias) -> Incident | None:
        """The incident with an identity, or None."""
        if not name.scope:
            return await self._store.find_incident(organization_id, name.key)
        return (await self._store.load_incidents([(organization_id, name)])).get((organization_id, name))

    async def scan_incidents(
        self, organization_id: str, started_from: datetime | None, started_until: datetime | None, after: Incident | None
    ) -> list[Incident]:
        """The page of incidents after one, or the first."""
        found = await self._store.scan_incidents(
            organization_id, started_from=started_from, started_until=started_until, after=after, limit=INCIDENTS_PAGE
        )
        return _tell_damaged(found)

    async def list_incident_entries(self, organization_id: str, incident_id: str) -> list[IncidentEntry]:
        """All entries of an incident, in order."""
        return await self._store.list_incident_entries(organization_id, incident_id)

    async def keep_former_names(self, organization_id: str, repositories: Sequence[str]) -> None:
        """Let repositories keep the services of their former names."""
        for repository in map(self._aliases.rename, repositories):
            if not self._known_repositories.has(organization_id, repository):
                await self._directory.remember_former_name(organization_id, repository)
                self._known_repositories.see(organization_id, repository)

    async def find_mapped_services(self, organization_id: str, repositories: Sequence[str]) -> list[str]:
        """The names of the services that some repositories belong to."""
        return await self._store.find_services_of_repositories(
            organization_id, [self._aliases.rename(one) for one in repositories]
        )

    async def list_teams(self, organization_id: str) -> Mapping[str, str]:
        """The team of every service that has one, by the service's name without case."""
        return await self._store.list_teams(organization_id)

    async def find_registered_services(self, organization_id: str, names: Sequence[str]) -> frozenset[str]:
        """Those of ``names`` that are an id, a slug or any name of a service."""
        return frozenset(await self._store.find_named_services(organization_id, names))

    async def find_association_rules(self, organization_id: str) -> AssociationRules:
        """The organization's rules for known issues and services."""
        return await self._rules.find(organization_id)

    async def find_tier_policy(self, organization_id: str) -> TierPolicy:
        """The rules of an organization."""
        return await self._store.find_tier_policy(organization_id)

    async def find_known_issues(self, organization_id: str, names: Sequence[str]) -> frozenset[str]:
        """Those of ``names`` that the issue directory has."""
        found = await self._store.find_issues(organization_id, names)
        return frozenset(name for issue in found for name in (issue.key, issue.issue_id)) & frozenset(names)

    async def find_known_projects(self, organization_id: str, projects: Sequence[str]) -> frozenset[str]:
        """Those of ``projects`` that the issue directory knows."""
        return await find_known_projects(self._store, organization_id, projects)

    async def find_issue_keys(self, organization_id: str, issue_ids: Sequence[str]) -> Mapping[str, str]:
        """The keys of those of ``issue_ids`` that the issue directory has."""
        asked = frozenset(issue_ids)
        return {
            one.issue_id: one.key for one in await self._store.find_issues(organization_id, issue_ids) if one.issue_id in asked
        }

    async def create_service(self, organization_id: str, draft: ServiceDraft) -> Service:
        """The new service."""
        return await self._directory.create_service(organization_id, draft)

    async def find_service(self, organization_id: str, service_id: str) -> Service | None:
        """The service with this id, or None."""
        found = await self._store.find_service(organization_id, service_id)
        return found if found is not None and found.service_id == service_id else None

    async def find_service_ids(self, organization_id: str, names: Sequence[str]) -> dict[str, str]:
        """The ids of services by id, slug or name; unknown ones are left out."""
        return await self._store.find_named_services(organization_id, names)

    async def list_services(self, organization_id: str, *, offset: int, limit: int) -> tuple[list[Service], int]:
        """A page of services by name, and how many there are."""
        page = await self._store.list_services(organization_id, offset=offset, limit=limit)
        return page, await self._store.count_services(organization_id)

    async def update_service(self, organization_id: str, service_id: str, changes: Mapping[str, Any]) -> Service | None:
        """The changed service, or None."""
        return await self._directory.update_service(organization_id, service_id, changes)

    async def delete_service(self, organization_id: str, service_id: str) -> bool:
        """Whether there was such a service."""
        return await self._store.delete_service(organization_id, service_id)

    async def find_known_commits(self, organization_id: str, repository: str, commit_ids: Sequence[str]) -> list[str]:
        """Those of the commits of a repository that are known."""
        found = await self._store.find_commits(organization_id, self._aliases.rename(repository), commit_ids)
        return [commit.commit_id for commit in found if commit.is_whole]

    async def keep_told(self, told: Sequence[tuple[ToldRepository, Sequence[ToldCommit]]]) -> None:
        """Return once it is durable what a sender tells of commits."""
        named = [(replace(one, repository=self._aliases.rename(one.repository)), commits) for one, commits in told]
        await self._store.save_told(named, learned_at=self._clock.now())

    async def list_told_repositories(self, grant: Grant, *, remote_id: str = "") -> list[ToldRepository]:
        """The repositories that the credential tells of, or one of them."""
        return await self._store.list_told_repositories(grant.organization_id, grant.credential_id, remote_id=remote_id)

    async def list_told_commits(self, repository: ToldRepository, *, limit: int) -> list[ToldCommit]:
        """What is told of the commits of a repository, the newest first."""
        return await self._store.list_told_commits(repository, limit=limit)

    async def find_told_names(self, grant: Grant, remote_ids: Sequence[str]) -> Mapping[str, str]:
        """The canonical names of repositories that the credential has told the address of, by its ids."""
        return await self._store.find_told_names(grant.organization_id, grant.credential_id, remote_ids)

    async def forget_told(self, repository: ToldRepository, *, commit_id: str = "", until: int) -> None:
        """Forget what was told of one commit, or of a repository and all its commits."""
        await self._store.forget_told(repository, commit_id=commit_id, until=until)

    async def keep_pack(self, grant: Grant, repository: str, head: str, content: bytes) -> None:
        """Return once a git pack is durable."""
        await self._indexer.keep(
            grant.organization_id, self._aliases.rename(repository), head, content, credential_id=grant.credential_id
        )


def _tell_damaged(found: Found[T]) -> Found[T]:
    """``found`` itself. Vendors' lists cannot report unreadable records, so they are logged."""
    for one in found.damaged:
        log.error("Left an unreadable record out of a list.", table=one.table, key=one.key, reason=one.reason)
    return found
