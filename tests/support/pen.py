"""Writes into a real store the way a worker does, one receipt at a time, at times that a test chooses."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

import msgspec

from shipledger.access.credential import Credential, hash_secret
from shipledger.access.grant import Scope
from shipledger.catalog.contract import RepositoryMapping
from shipledger.catalog.organization import Organization
from shipledger.catalog.service import Service, ServiceDraft, slugify
from shipledger.ledger.authors import Author
from shipledger.ledger.decide import Situation, decide
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.identity import derive_id, new_id
from shipledger.ledger.own_receipts import PROTOCOL
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.silence import ask_to_give_up, find_last_heard
from shipledger.ledger.state import PHASES, SEVERITIES, State, Tier
from shipledger.ledger.submission import (
    Alias,
    Amend,
    ChangeState,
    Environment,
    Facts,
    GiveUp,
    RecordDeployment,
    Release,
    Remove,
    StateReport,
    Submission,
    Target,
)
from shipledger.ledger.verdict import Verdict
from shipledger.store.contract import Store
from shipledger.store.receipts.contract import SettlementBatch
from shipledger.store.receipts.settled import SettledReceipt
from tests.support.gating import with_gates
from tests.support.services import create_service, map_repository

PRODUCTION = Environment(id="prod", name="Production", tier=Tier.PRODUCTION, original_tier="Production")
STAGING = Environment(id="staging-eu", name="staging-eu", tier=Tier.STAGING, original_tier="Staging")
TESTING = Environment(id="og-test", name="og-test", tier=Tier.TESTING, original_tier="Test")

_ORIGINALS = {State.PENDING: "initial", State.IN_PROGRESS: "started"}
_SECOND = timedelta(seconds=1)


class Pen:
    """One organization with one credential, and the receipts that it sends."""

    def __init__(self, store: Store, organization_id: str, credential_id: str) -> None:
        self.store = store
        self.organization_id = organization_id
        self.credential_id = credential_id

    async def record(
        self,
        *,
        at: datetime,
        state: State = State.SUCCESSFUL,
        lasted: timedelta | None = timedelta(minutes=4),
        environment: Environment = PRODUCTION,
        releases: tuple[tuple[str, str], ...] = (("bitbucket.org/acme/checkout", "4f1c9a7be2d05c83a6119d7e0b54cc7f2a90d1e3"),),
        external_id: str | None = None,
        connected: frozenset[str] | None = None,
        asks_for_gate: bool = False,
        series: Alias | None = None,
        authors: dict[str, Author] | None = None,
        source: str = "opsgenie",
        **facts: Any,
    ) -> tuple[str, Verdict]:
        """The receipt's id and the verdict of a new deployment that began at ``at``."""
        accepted_at = at + (lasted or timedelta()) if state in (State.SUCCESSFUL, State.FAILED) else at
        receipt = self.receipt("create", at=max(at, accepted_at), body=facts.get("title", ""))
        said = Facts(
            external_id=external_id,
            environment=environment,
            started_at=at,
            releases=tuple(Release(repository=repository, commit=commit) for repository, commit in releases),
            **facts,
        )
        submission = RecordDeployment(
            source=source,
            deployment_id=derive_id(receipt.receipt_id, 0, "deployment"),
            identities=(Alias(scope="test", key=receipt.receipt_id),),
            facts=said,
            order=(_microseconds(receipt.accepted_at),),
            state=report(state, at if lasted is None else at + lasted),
            asks_for_gate=asks_for_gate,
            series=series,
            authors=authors or {},
            required_workspaces=tuple("/".join(repository.split("/")[:2]) for repository, _ in releases),
        )
        return receipt.receipt_id, await self._settle(receipt, submission, None, connected)

    async def change(self, deployment_id: str, state: State, *, at: datetime) -> tuple[str, Verdict]:
        """The receipt's id and the verdict of a state report."""
        receipt = self.receipt("update-state", at=at, identifier=deployment_id)
        target = Target(key=deployment_id)
        submission = ChangeState(source="opsgenie", target=target, state=report(state, at))
        return receipt.receipt_id, await self._settle(receipt, submission, await self._find(target))

    async def amend(self, deployment_id: str, *, at: datetime, **facts: Any) -> tuple[str, Verdict]:
        """The receipt's id and the verdict of a correction."""
        receipt = self.receipt("update", at=at, identifier=deployment_id)
        target = Target(key=deployment_id)
        submission = Amend(source="opsgenie", target=target, facts=Facts(**facts), order=(_microseconds(at),))
        return receipt.receipt_id, await self._settle(receipt, submission, await self._find(target))

    async def remove(self, deployment_id: str, *, at: datetime) -> tuple[str, Verdict]:
        """The receipt's id and the verdict of a removal."""
        receipt, target = self.receipt("delete", at=at, identifier=deployment_id), Target(key=deployment_id)
        submission = Remove(source="opsgenie", target=target)
        return receipt.receipt_id, await self._settle(receipt, submission, await self._find(target))

    async def give_up(self, deployment_id: str, *, at: datetime, rule: str = "", set_for: str = "") -> tuple[str, Verdict]:
        """The receipt's id and the verdict of what the ledger asks of itself a day after the last report."""
        deployment = await self._find(Target(key=deployment_id))
        assert deployment is not None
        submission = GiveUp(
            source=PROTOCOL,
            target=Target(key=deployment_id),
            order=deployment.report.order,
            heard_at=at - timedelta(days=1),
            after_seconds=86_400,
            rule=rule,
            set_for=set_for,
        )
        last = find_last_heard(deployment.report, await self.store.list_entries(self.organization_id, deployment_id))
        assert last is not None
        receipt = ask_to_give_up(deployment, submission, last, now=at)
        return receipt.receipt_id, await self._settle(receipt, submission, deployment)

    async def leave_pending(self, *, at: datetime, claimed_by: str = "test") -> str:
        """The id of a receipt that nobody decides, unless a server takes its node for dead."""
        receipt = self.receipt("create", at=at)
        await self.store.append_receipts([receipt], claimed_by=claimed_by)
        return receipt.receipt_id

    async def quarantine(self, *, at: datetime, failure: str) -> str:
        """The id of a receipt that was set aside."""
        receipt = self.receipt("create", at=at)
        await self.store.append_receipts([receipt], claimed_by="test")
        await self.store.quarantine_receipt(receipt, failure=failure, now=at + _SECOND)
        return receipt.receipt_id

    async def create_service(self, name: str, *repositories: str, at: datetime, description: str = "") -> Service:
        """A service with repositories mapped to it."""
        service = Service(
            organization_id=self.organization_id,
            service_id=_id(at),
            slug=slugify(name),
            draft=ServiceDraft(name=name, description=description),
            created_at=at,
        )
        await create_service(self.store, service)
        for repository in repositories:
            mapping = RepositoryMapping(service_id=service.service_id, repository=repository)
            await map_repository(self.store, self.organization_id, mapping)
        return service

    def receipt(self, operation: str, *, at: datetime, body: str = "", **parameters: str) -> Receipt:
        """A receipt that is not stored yet. ``body`` is the message, or a whole JSON text."""
        is_json = body.startswith(("{", "["))
        return Receipt(
            organization_id=self.organization_id,
            receipt_id=_id(at),
            credential_id=self.credential_id,
            protocol="opsgenie",
            operation=operation,
            parameters=parameters,
            body=body if is_json else msgspec.json.encode({"state": "successful", "message": body}).decode(),
            accepted_at=at,
        )

    async def settle_raw(self, receipt: Receipt, *verdicts: Verdict) -> None:
        """Settle a receipt with given verdicts and no entries."""
        await self.store.append_receipts([receipt], claimed_by="test")
        settled = SettledReceipt(receipt=receipt, verdicts=verdicts, entries=())
        await self.store.settle(SettlementBatch(settled_at=receipt.accepted_at + _SECOND, receipts=(settled,), changed=()))

    async def _settle(
        self, receipt: Receipt, submission: Submission, current: Deployment | None, connected: frozenset[str] | None = None
    ) -> Verdict:
        await self.store.append_receipts([receipt], claimed_by="test")
        now = receipt.accepted_at + timedelta(milliseconds=12)
        decision = decide(Situation(current, connected), receipt, 0, submission, now)
        settled = SettledReceipt(
            receipt=receipt, verdicts=(decision.verdict,), entries=(decision.entry,) if decision.entry else ()
        )
        deployments = (decision.deployment,) if decision.deployment else ()
        batch = SettlementBatch(settled_at=now, receipts=(settled,), changed=deployments)
        await self.store.settle(await with_gates(self.store, batch))
        return decision.verdict

    async def _find(self, target: Target) -> Deployment | None:
        return await self.store.find_deployment(self.organization_id, target)


async def new_pen(store: Store, *, now: datetime, slug: str = "default") -> Pen:
    """A pen for the organization with this slug, which is made when there is none."""
    organization = await store.find_organization(slug)
    if organization is None:
        organization = Organization(organization_id=_id(now), slug=slug, name=slug, created_at=now)
        await store.save_organization(organization)
    credential = Credential(
        organization_id=organization.organization_id,
        credential_id=_id(now),
        kind="opsgenie",
        name="bitbucket-ci",
        secret_hash=hash_secret(secrets.token_urlsafe()),
        scopes=frozenset(Scope),
        created_at=now,
    )
    await store.create_credential(credential)
    return Pen(store, organization.organization_id, credential.credential_id)


def report(state: State, at: datetime) -> StateReport:
    """A state report, ordered by phase, time and severity."""
    order = (PHASES[state], _microseconds(at), SEVERITIES[state])
    return StateReport(state=state, original=_ORIGINALS.get(state, state.value), order=order, reported_at=at)


def _id(at: datetime) -> str:
    return new_id(at, secrets.token_bytes(8))


def _microseconds(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000)
