"""What the platform team's jobs reported."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from shipledger.demo.issues import list_submissions
from shipledger.demo.loading import make_sample
from shipledger.demo.platform import HOTFIX_WEEK, WEEKS, list_reports
from shipledger.deployments.listing import DeploymentFilter
from shipledger.gating.gate import GateStatus
from shipledger.ledger.receipt_listing import ReceiptFilter
from shipledger.ledger.state import State, Tier
from shipledger.settings import Settings
from shipledger.store.open import open_store

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


async def test_it_has_a_hotfix_a_remedied_failure_a_stuck_run_an_unmapped_environment_and_a_silent_source(tmp_path: Path) -> None:
    await make_sample(tmp_path / "demo.db", Settings(), list_reports(NOW), advance=lambda *_: None)
    store = await open_store(f"sqlite:///{tmp_path / 'demo.db'}")
    try:
        organization = await store.find_organization("default")
        assert organization is not None
        found = await store.list_deployments(organization.organization_id, DeploymentFilter(limit=100))
        unmapped = await store.list_deployments(organization.organization_id, DeploymentFilter(tier=Tier.UNMAPPED))
        names = {one.credential_id: one.name for one in await store.list_credentials(organization.organization_id)}
        receipts = [one.receipt for one in await store.list_receipts(organization.organization_id, ReceiptFilter(limit=200))]
        newest = {names[one.credential_id]: one.accepted_at for one in reversed(receipts) if one.credential_id}
    finally:
        await store.close()
    own = [one for one in found if one.facts.actor]
    assert len(own) == (WEEKS + 1) * 2 + 2
    assert [one.facts.title for one in own if "Hotfix" in (one.facts.title or "")] == ["Hotfix: hide sold-out products"] * 2
    assert HOTFIX_WEEK in range(WEEKS)
    assert [one.facts.environment.id for one in unmapped if one.facts.environment] == ["cell-7"]
    assert [one.facts.version for one in own if one.state in (State.IN_PROGRESS, State.UNKNOWN)] == ["2.8.0-rc1"]
    assert [one.facts.version for one in found if one.facts.remediation] == ["1.22.0"]
    assert newest["Former CI of the platform team"] < NOW - timedelta(weeks=12)
    assert newest["CI of the platform team"] > NOW - timedelta(days=2)


async def test_the_newest_release_of_the_mobile_app_waits_at_a_gate_and_services_belong_to_teams(tmp_path: Path) -> None:
    await make_sample(tmp_path / "demo.db", Settings(), list_submissions(NOW)[-3:], advance=lambda *_: None)
    store = await open_store(f"sqlite:///{tmp_path / 'demo.db'}")
    try:
        organization = await store.find_organization("default")
        assert organization is not None
        (newest, *_) = await store.list_deployments(organization.organization_id, DeploymentFilter(limit=3))
        gate = await store.find_gate(organization.organization_id, newest.deployment_id)
        services = await store.list_services(organization.organization_id, offset=0, limit=20)
    finally:
        await store.close()
    assert newest.state is State.PENDING
    assert gate is not None
    assert gate.status is GateStatus.AWAITING
    assert {one.draft.team_id for one in services} == {"Shop", "Money", "Discovery", "Platform"}
