"""What else a name of a deployment names."""

import pytest

from shipledger.ledger.deployment import issue_alias
from tests.support.factories import ACME, RIVAL, make_record, make_removal, write, write_all


async def test_the_deployments_that_share_a_name_are_listed_newest_first(store):
    records = [make_record(number, issue_keys=("Ship-1", f"SHIP-{number}0")) for number in (2, 3, 4)]
    written = await write_all(store, records)
    await write_all(store, [make_record(5, issue_keys=("SHIP-1",))], organization_id=RIVAL)
    newest_first = sorted(written, key=lambda deployment: deployment.deployment_id, reverse=True)
    assert await store.list_deployments_by_alias(ACME, issue_alias("ship-1"), limit=9) == newest_first
    assert await store.list_deployments_by_alias(ACME, issue_alias("SHIP-1"), limit=2) == newest_first[:2]
    assert await store.list_deployments_by_alias(ACME, issue_alias("SHIP-30"), limit=9) == [written[1]]
    assert await store.list_deployments_by_alias(ACME, issue_alias("SHIP-9"), limit=9) == []


async def test_a_removed_deployment_is_called_nothing_any_more(store):
    deployment = await write(store, 1, make_record(1, issue_keys=("SHIP-1",)))
    await write(store, 2, make_removal(deployment), deployment)
    assert await store.list_deployments_by_alias(ACME, issue_alias("SHIP-1"), limit=9) == []


@pytest.mark.parametrize("key", ["SHIP", "SHIP-", "", "SHIP-\0", "SHIP-_", "SHIP-%"])
async def test_what_nothing_is_called_has_no_deployments(store, key):
    await write(store, 1, make_record(1, issue_keys=("SHIP-1",)))
    assert await store.list_deployments_by_alias(ACME, issue_alias(key), limit=9) == []
