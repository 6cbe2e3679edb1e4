import pytest
from msgspec.structs import replace

from shipledger.catalog.environment_aliasing import alias
from shipledger.catalog.retiering import add_rule, apply_policy, list_stale, pin, unpin
from shipledger.catalog.tier_contract import TierPlace
from shipledger.catalog.tiers import DEFAULT_POLICY
from shipledger.deployments.listing import DeploymentFilter
from shipledger.errors import Conflict
from shipledger.ingestion.rebuild import rebuild_projections
from shipledger.ledger.state import State, Tier
from shipledger.ledger.submission import Environment, Target
from tests.support.factories import ACME, RIVAL, make_change, make_record, moment, write, write_all
from tests.support.tiers import save_tier_policy


def environment(name, said=Tier.UNMAPPED):
    return Environment(id=f"id-{name}", name=name, tier=said, original_tier=said)


async def save(store, policy, organization_id=ACME):
    await save_tier_policy(store, organization_id, policy)
    return await apply_policy(store, organization_id)


async def tier_of(store, deployment):
    found = await store.find_deployment(deployment.organization_id, Target(key=deployment.deployment_id))
    return found.environment.tier


async def in_tier(store, tier):
    found = await store.list_deployments(ACME, DeploymentFilter(tier=tier))
    return {one.environment.name for one in found}


def ignore(*_):
    """Progress and damages that nobody looks at."""


async def test_an_organization_that_changed_nothing_has_the_default_policy(store):
    assert await store.find_tier_policy(ACME) == DEFAULT_POLICY
    assert await store.list_tier_policies() == {}


async def test_a_policy_is_kept_and_counts_its_changes(store):
    policy = pin(DEFAULT_POLICY, "eu", Tier.TESTING)
    await save_tier_policy(store, ACME, policy)
    assert await store.find_tier_policy(ACME) == replace(policy, revision=1)
    changed = replace(add_rule(policy, "x-*", Tier.STAGING, position=1), revision=1)
    await save_tier_policy(store, ACME, changed)
    assert await store.list_tier_policies() == {ACME: replace(changed, revision=2)}
    assert await store.find_tier_policy(RIVAL) == DEFAULT_POLICY


@pytest.mark.parametrize("revision", [0, 2])
async def test_of_two_who_change_a_policy_at_once_the_second_is_told(store, revision):
    await save_tier_policy(store, ACME, DEFAULT_POLICY)
    with pytest.raises(Conflict) as refused:
        await save_tier_policy(store, ACME, replace(DEFAULT_POLICY, revision=revision))
    assert refused.value.code == "tiers_changed"


async def test_a_deployment_is_saved_with_the_tier_that_the_name_of_its_environment_tells(store):
    named = await write(store, 1, make_record(1, environment=environment("eu-prod")))
    said = await write(store, 2, make_record(2, environment=environment("prod", Tier.STAGING)))
    unknown = await write(store, 3, make_record(3, environment=environment("eu-1")))
    assert [await tier_of(store, one) for one in (named, said, unknown)] == ["production", "staging", "unmapped"]
    assert await in_tier(store, "production") == {"eu-prod"}
    assert ("id-eu-prod", "eu-prod", "production") in await store.list_environments(ACME)


async def test_a_new_policy_counts_for_the_next_deployment_at_once(store):
    await write(store, 1, make_record(1, environment=environment("zone-1")))
    await save_tier_policy(store, ACME, add_rule(DEFAULT_POLICY, "zone-*", Tier.PRODUCTION, position=1))
    second = await write(store, 2, make_record(2, environment=environment("zone-2")))
    assert await tier_of(store, second) is Tier.PRODUCTION
    other = await write(store, 3, make_record(3, environment=environment("zone-2")), organization_id=RIVAL)
    assert await tier_of(store, other) is Tier.UNMAPPED


async def test_a_new_policy_is_applied_to_what_was_recorded_before(store):
    one = await write(store, 1, make_record(1, environment=environment("zone-1")))
    said = await write(store, 2, make_record(2, environment=environment("zone-2", Tier.STAGING)))
    policy = add_rule(DEFAULT_POLICY, "zone-*", Tier.PRODUCTION, position=1)
    assert await save(store, policy) == 1
    assert [await tier_of(store, each) for each in (one, said)] == ["production", "staging"]
    assert await in_tier(store, "production") == {"zone-1"}
    assert await apply_policy(store, ACME) == 0


async def test_what_was_said_comes_back_when_a_pin_is_undone(store):
    one = await write(store, 1, make_record(1, environment=environment("zone", Tier.STAGING)))
    before = await store.digest_projections()
    await save(store, pin(DEFAULT_POLICY, "ZONE", Tier.DEVELOPMENT))
    assert await tier_of(store, one) is Tier.DEVELOPMENT
    await save(store, unpin(await store.find_tier_policy(ACME), "zone"))
    after = await store.digest_projections()
    assert {table for table in before if after[table] != before[table]} == {"tier_policy", "tier_policy_alias"}
    entries = await store.list_entries_of("tiering", ACME, "tiers")
    assert [(entry.submission.pins, str(entry.actor)) for entry in entries] == [
        ({"zone": Tier.DEVELOPMENT}, "command:test"),
        ({"zone": None}, "command:test"),
    ]


async def test_a_report_after_a_change_of_tier_leaves_the_tier(store):
    one = await write(store, 1, make_record(1, environment=environment("zone")))
    await save(store, pin(DEFAULT_POLICY, "zone", Tier.TESTING))
    loaded = await store.find_deployment(ACME, Target(key=one.deployment_id))
    await write(store, 2, make_change(loaded, State.FAILED, at=moment(8)), loaded)
    assert await tier_of(store, one) is Tier.TESTING
    assert await store.list_tier_places(ACME) == [TierPlace("id-zone", "zone", Tier.UNMAPPED, Tier.TESTING)]


async def test_a_rebuild_gives_the_tiers_that_stand(store):
    await write_all(store, [make_record(number, environment=environment(f"zone-{number % 3}")) for number in range(1, 9)])
    policy = pin(add_rule(DEFAULT_POLICY, "zone-1", Tier.PRODUCTION, position=1), "zone-2", Tier.TESTING)
    assert await save(store, policy) == 6
    before = await store.digest_projections()
    await rebuild_projections(store, advance=ignore, report=ignore)
    assert await store.digest_projections() == before


@pytest.mark.parametrize(
    "policy", [pin(DEFAULT_POLICY, "zone", Tier.TESTING), alias(DEFAULT_POLICY, "zone", "uat")], ids=["pin", "alias"]
)
async def test_applying_that_was_interrupted_goes_on(store, policy):
    await write_all(store, [make_record(number, environment=environment("zone")) for number in range(1, 8)])
    await save_tier_policy(store, ACME, policy)
    place = (await list_stale(store, ACME, await store.find_tier_policy(ACME)))[0]
    assert await store.apply_tiers(ACME, place, limit=3) == 3
    assert len(await store.list_tier_places(ACME)) == 2
    assert await apply_policy(store, ACME) == 4
    assert [place.tier for place in await store.list_tier_places(ACME)] == [Tier.TESTING]


async def test_places_tell_apart_what_was_said_from_what_is_shown(store):
    for number, (name, said) in enumerate(
        [("a", Tier.STAGING), ("a", Tier.UNMAPPED), ("b", Tier.UNMAPPED), ("dev", Tier.UNMAPPED)]
    ):
        await write(store, number + 1, make_record(number + 1, environment=environment(name, said)))
    assert [(one.name, one.said, one.tier) for one in await store.list_tier_places(ACME)] == [
        ("a", "staging", "staging"),
        ("a", "unmapped", "unmapped"),
        ("b", "unmapped", "unmapped"),
        ("dev", "unmapped", "development"),
    ]
    assert await store.list_tier_places("nobody") == []
