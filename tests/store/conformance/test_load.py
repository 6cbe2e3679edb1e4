import pytest

from shipledger.catalog.contract import RepositoryMapping
from shipledger.deployments.lookups import Loaded, Lookup
from shipledger.ledger.submission import Alias
from tests.support.factories import ACME, RIVAL, make_record, make_service, write, write_all
from tests.support.services import create_service, map_repository


async def test_lookups_by_id_and_alias_are_answered_together(store):
    first, second, third = await write_all(store, [make_record(number) for number in (1, 2, 3)])
    known, unknown = Alias(scope="opsgenie:create", key="2"), Alias(scope="opsgenie:create", key="9")
    lookups = [
        Lookup(organization_id=ACME, deployment_id=first.deployment_id),
        Lookup(organization_id=ACME, deployment_id=first.deployment_id),
        Lookup(organization_id=ACME, deployment_id=second.deployment_id),
        Lookup(organization_id=ACME, deployment_id="nothing"),
        Lookup(organization_id=ACME, alias=known),
        Lookup(organization_id=ACME, alias=unknown),
        Lookup(organization_id=RIVAL, deployment_id=third.deployment_id),
        Lookup(organization_id=RIVAL, alias=known),
    ]
    assert await store.load(lookups) == Loaded(
        deployments={(ACME, first.deployment_id): first, (ACME, second.deployment_id): second},
        by_alias={(ACME, known): second.deployment_id},
    )


async def test_several_aliases_of_one_deployment_are_all_answered(store):
    deployment = await write(store, 1, make_record(1, external_id="build-7", services=("Shop",)))
    aliases = sorted(deployment.aliases)
    loaded = await store.load([Lookup(organization_id=ACME, alias=alias) for alias in aliases])
    assert loaded.by_alias == {(ACME, alias): deployment.deployment_id for alias in aliases}
    assert len(aliases) == 3


async def test_nothing_is_loaded_for_no_lookups(store):
    assert await store.load([]) == Loaded(deployments={}, by_alias={})


@pytest.mark.parametrize("key", ["", "a\0b", "\0", "it's", '"', "\\", "ü🚀", "a\nb", "{}", "null", "1", "x" * 5000])
async def test_any_text_is_found_by_as_an_alias(store, key):
    alias = Alias(scope="opsgenie:property", key=f"text:{key}")
    deployment = await write(store, 1, make_record(1, properties={"text": key}, title=key))
    loaded = await store.load([Lookup(organization_id=ACME, alias=alias)])
    assert loaded.by_alias == {(ACME, alias): deployment.deployment_id}
    assert loaded.deployments[ACME, deployment.deployment_id] == deployment


async def test_texts_that_differ_after_a_nul_are_different(store):
    one, two = await write_all(store, [make_record(number, external_id=f"a\0{number}") for number in (1, 2)])
    aliases = [Alias(scope="opsgenie:external", key=f"a\0{number}") for number in (1, 2)]
    loaded = await store.load([Lookup(organization_id=ACME, alias=alias) for alias in aliases])
    assert loaded.by_alias == {(ACME, aliases[0]): one.deployment_id, (ACME, aliases[1]): two.deployment_id}


async def test_matching_needs_every_alias(store):
    one = await write(store, 1, make_record(1, properties={"a": "1", "b": "2"}))
    two = await write(store, 2, make_record(2, properties={"a": "1", "b": "3"}))
    await write(store, 3, make_record(3, properties={"a": "1"}), organization_id=RIVAL)
    a1, b3 = Alias(scope="opsgenie:property", key="a:1"), Alias(scope="opsgenie:property", key="b:3")
    assert await store.find_matching(ACME, [a1]) == [one.deployment_id, two.deployment_id]
    assert await store.find_matching(ACME, [a1, b3, a1]) == [two.deployment_id]
    assert await store.find_matching(ACME, [a1, Alias(scope="opsgenie:property", key="c:1")]) == []
    assert await store.find_matching(ACME, []) == []


async def test_known_workspaces_are_those_of_mapped_repositories(store):
    await create_service(store, make_service(1))
    for repository in ("bitbucket.org/Acme/Shop", "bitbucket.org/Acme/Till", "git.example.com/solo", "github.com/x/y/z"):
        await map_repository(store, ACME, RepositoryMapping(service_id=make_service(1).service_id, repository=repository))
    assert await store.find_known_workspaces([ACME, RIVAL]) == {
        ACME: frozenset({"bitbucket.org/acme", "git.example.com/solo", "github.com/x"}),
        RIVAL: frozenset(),
    }
    assert await store.find_known_workspaces([]) == {}
