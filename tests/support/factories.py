"""Things that a store keeps, made with defaults that a test overrides. Numbers make ids: the same number, the same id."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from shipledger.access.credential import Credential, hash_secret
from shipledger.access.grant import Scope
from shipledger.catalog.organization import Organization
from shipledger.catalog.service import Service, ServiceDraft, slugify
from shipledger.ledger.decide import Situation, decide
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.identity import derive_id, new_id
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.state import PHASES, SEVERITIES, State, Tier
from shipledger.ledger.submission import (
    Alias,
    Amend,
    ChangeState,
    Environment,
    Facts,
    RecordDeployment,
    Release,
    Remove,
    StateReport,
    Submission,
    Target,
)
from shipledger.store.contract import Store
from shipledger.store.receipts.contract import SettlementBatch
from shipledger.store.receipts.settled import SettledReceipt
from tests.support.gating import with_gates

START = datetime(2026, 3, 2, 9, 30, 0, 123_456, tzinfo=UTC)
ACME = "acme"
RIVAL = "rival"
CHECKOUT = "bitbucket.org/Acme/Checkout"
PRODUCTION = Environment(id="prod", name="Production", tier=Tier.PRODUCTION, original_tier="Production")
STAGING = Environment(id="stage", name="Staging", tier=Tier.STAGING, original_tier="Staging")


def moment(number: float) -> datetime:
    """A time, ``number`` seconds after START."""
    return START + timedelta(seconds=number)


def make_id(number: int) -> str:
    """The id that stands for ``number``; ids sort as their numbers do."""
    return new_id(moment(number), bytes(8))


def make_organization(organization_id: str = ACME, **changes: Any) -> Organization:
    """An organization."""
    organization = Organization(
        organization_id=organization_id, slug=organization_id, name=organization_id.title(), created_at=START
    )
    return replace(organization, **changes)


def make_service(number: int = 1, *, name: str | None = None, **changes: Any) -> Service:
    """A service of ACME."""
    name = name or f"Service {number}"
    service = Service(
        organization_id=ACME,
        service_id=make_id(number),
        slug=slugify(name),
        draft=ServiceDraft(name=name, description="Sells.", team_id="t1", tags=("web", "money")),
        created_at=moment(number),
    )
    return replace(service, **changes)


def make_credential(number: int = 1, **changes: Any) -> Credential:
    """A live credential of ACME whose secret is ``secret-<number>``."""
    credential = Credential(
        organization_id=ACME,
        credential_id=make_id(number),
        kind="opsgenie",
        name=f"ci-{number}",
        secret_hash=hash_secret(f"secret-{number}"),
        scopes=frozenset({Scope.READ, Scope.WRITE}),
        created_at=moment(number),
        requests_per_minute=60,
    )
    return replace(credential, **changes)


def make_receipt(number: int = 1, **changes: Any) -> Receipt:
    """A receipt that ACME's credential 1 sent, accepted at ``moment(number)``."""
    receipt = Receipt(
        organization_id=ACME,
        receipt_id=make_id(number),
        credential_id=make_id(1),
        protocol="opsgenie",
        operation="create",
        parameters={"identifierType": "id"},
        body='{"state": "started", "text": "Grüße 🚀 \\u0000 \\"quoted\\""}',
        accepted_at=moment(number),
    )
    return replace(receipt, **changes)


def make_report(state: State = State.IN_PROGRESS, at: datetime = START) -> StateReport:
    """A state report, ordered by phase, time and severity."""
    order = (PHASES[state], int(at.timestamp() * 1_000_000), SEVERITIES[state])
    return StateReport(state=state, original=state.value, order=order, reported_at=at)


def make_record(number: int = 1, *, state: StateReport | None = None, **facts: Any) -> RecordDeployment:
    """A submission that records the deployment with the identity ``<number>``, which began at ``moment(number)``."""
    said: dict[str, Any] = {
        "environment": PRODUCTION,
        "started_at": moment(number),
        "title": f"Checkout {number}",
        "releases": (Release(repository=CHECKOUT, commit=f"{number:040x}"),),
    } | facts
    return RecordDeployment(
        source="opsgenie",
        deployment_id=derive_id(make_id(number), 0, "deployment"),
        identities=(Alias(scope="opsgenie:create", key=str(number)),),
        facts=Facts(**said),
        order=(number,),
        state=state or make_report(at=moment(number)),
    )


def make_change(deployment: Deployment, state: State, *, at: datetime) -> ChangeState:
    """A submission that reports a state of a deployment."""
    return ChangeState(source="opsgenie", target=Target(key=deployment.deployment_id), state=make_report(state, at))


def make_amend(deployment: Deployment, *, order: int, **facts: Any) -> Amend:
    """A submission that corrects a deployment."""
    return Amend(source="opsgenie", target=Target(key=deployment.deployment_id), facts=Facts(**facts), order=(order,))


def make_removal(deployment: Deployment) -> Remove:
    """A submission that removes a deployment."""
    return Remove(source="opsgenie", target=Target(key=deployment.deployment_id))


def decide_receipt(
    receipt: Receipt, submission: Submission, current: Deployment | None = None
) -> tuple[SettledReceipt, Deployment | None]:
    """What settling ``receipt`` writes, and the deployment after it when that changes."""
    decision = decide(Situation(current=current), receipt, 0, submission, receipt.accepted_at + timedelta(seconds=0.5))
    entries = (decision.entry,) if decision.entry else ()
    return SettledReceipt(receipt=receipt, verdicts=(decision.verdict,), entries=entries), decision.deployment


def make_batch(*decided: tuple[SettledReceipt, Deployment | None]) -> SettlementBatch:
    """The settlement of receipts that concern different deployments."""
    return SettlementBatch(
        settled_at=max(one.receipt.accepted_at for one, _ in decided) + timedelta(seconds=1),
        receipts=tuple(one for one, _ in decided),
        changed=tuple(deployment for _, deployment in decided if deployment is not None),
    )


async def write(
    store: Store,
    number: int,
    submission: Submission,
    current: Deployment | None = None,
    *,
    organization_id: str = ACME,
    accepted: datetime | None = None,
) -> Deployment:
    """The deployment after one more receipt was accepted, at ``moment(number)`` unless at another time, and settled."""
    receipt = make_receipt(number, organization_id=organization_id, accepted_at=accepted or moment(number))
    await store.append_receipts([receipt], claimed_by="node")
    decided = decide_receipt(receipt, submission, current)
    await store.settle(await with_gates(store, make_batch(decided)))
    deployment = decided[1] or current
    assert deployment is not None
    return deployment


async def write_all(store: Store, submissions: Sequence[RecordDeployment], *, organization_id: str = ACME) -> list[Deployment]:
    """The deployments that ``submissions`` record, settled together; receipts are numbered from 1."""
    receipts = [make_receipt(number, organization_id=organization_id) for number in range(1, len(submissions) + 1)]
    await store.append_receipts(receipts, claimed_by="node")
    decided = [decide_receipt(receipt, submission) for receipt, submission in zip(receipts, submissions, strict=True)]
    await store.settle(await with_gates(store, make_batch(*decided)))
    return [deployment for _, deployment in decided if deployment is not None]
