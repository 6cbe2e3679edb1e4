"""The incidents of the sample."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from shipledger.demo.incidents import list_incidents
from shipledger.demo.loading import make_sample
from shipledger.demo.sample import list_sample
from shipledger.settings import Settings
from shipledger.store.open import open_store

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


async def test_the_sample_has_resolved_incidents_of_several_services_and_an_open_one(tmp_path: Path) -> None:
    path, calls = tmp_path / "demo.db", list_incidents(NOW)
    assert [call for call in list_sample(NOW) if call in calls] == calls
    await make_sample(path, Settings(), calls, advance=lambda *_: None)
    store = await open_store(f"sqlite:///{path}")
    try:
        organization = await store.find_organization("default")
        assert organization is not None
        found = await store.scan_incidents(
            organization.organization_id, started_from=None, started_until=None, after=None, limit=10
        )
    finally:
        await store.close()
    assert [one.is_open for one in found] == [True, False, False, False]
    assert [one.facts.services for one in found] == [("Checkout",), ("Storefront",), ("Search",), ("Payments",)]
    assert found[0].started_at < NOW
