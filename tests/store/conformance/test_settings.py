"""Settings of organizations: one record for each scope, as every other aggregate."""

from __future__ import annotations

import asyncio

import pytest

from shipledger.catalog.organization_settings.model import ScopeKind, SettingScope
from shipledger.erasure.eraser import Eraser
from shipledger.ingestion.rebuild import rebuild_projections
from shipledger.ledger.verdict import VerdictKind
from shipledger.sealing.sealer import Sealer
from tests.erasure.conftest import Ticking
from tests.erasure.test_eraser import prove
from tests.support.factories import ACME, RIVAL, make_id, make_organization
from tests.support.settings import change_settings
from tests.test_aggregates import check

TEAM = SettingScope(ScopeKind.TEAM, "Web")


async def list_values(store, organization_id=ACME):
    found = await store.list_settings(organization_id)
    return {one.scope.key: {key: held.value for key, held in one.values.items()} for one in found}


async def test_settings_are_settled_rebuilt_verified_sealed_and_erased_with_their_organization(store, tmp_path):
    applied = await asyncio.gather(  # by several at once, each about keys of its own
        change_settings(store, ACME, silence_limit_hours=1),
        change_settings(store, ACME, known_services="registered"),
        change_settings(store, ACME, TEAM, gate_timeout_hours=3),
        change_settings(store, RIVAL, gate_timeout_hours=9),
    )
    assert {one.kind for one in applied} == {VerdictKind.APPLIED}
    assert (await change_settings(store, ACME, known_services="registered")).kind is VerdictKind.DUPLICATE
    assert (await change_settings(store, ACME, known_services="all")).kind is VerdictKind.REJECTED
    await change_settings(store, ACME, silence_limit_hours=None)
    wanted = {"organization": {"known_services": "registered"}, "team:web": {"gate_timeout_hours": 3}}
    assert await list_values(store) == wanted
    assert len(await store.list_entries_of("setting", ACME, "organization")) == 3

    digests = await store.digest_projections()
    await rebuild_projections(store, advance=lambda *_: None, report=lambda found: pytest.fail(str(found)))
    assert await store.digest_projections() == digests
    await prove(store, tmp_path)
    sealer = Sealer(store, Ticking())
    await sealer.seal(ACME, until=await sealer.find_heads(ACME))
    assert (await check(store)).entries == 4

    eraser = Eraser(store, Ticking(), grace_seconds=0)
    await eraser.erase_credential(ACME, make_id(1))
    assert await list_values(store) == wanted, "what one of its members set belongs to the organization"
    await eraser.erase_organization(make_organization())
    assert (await list_values(store), await list_values(store, RIVAL)) == ({}, {"organization": {"gate_timeout_hours": 9}})
    (tmp_path / "after").mkdir()
    await prove(store, tmp_path / "after")
