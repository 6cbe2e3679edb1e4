from datetime import timedelta
from itertools import product

from shipledger.catalog.contract import RepositoryMapping
from shipledger.catalog.repository import RepositoryRecord
from shipledger.clock import to_microseconds
from shipledger.deployments.listing import DeploymentFilter
from shipledger.deployments.lookups import NEVER_STARTED_US
from shipledger.ledger.state import State, Tier
from shipledger.ledger.submission import Environment, Release, Target
from tests.support.factories import (
    ACME,
    CHECKOUT,
    PRODUCTION,
    RIVAL,
    STAGING,
    make_record,
    make_report,
    make_service,
    moment,
    write,
    write_all,
)
from tests.support.services import create_service, delete_service, map_repository, unmap_repository

SHOP = make_service(1, name="Shop")
TILL = make_service(2, name="Till")
BRACED = "{12345678-90AB-cdef-1234-567890abcdef}"


def release(repository):
    return Release(repository=repository, commit="4f1c9a7")


async def map_services(store):
    for service, *repositories in ((SHOP, CHECKOUT, "github.com/acme/web"), (TILL, "github.com/acme/till", CHECKOUT.lower())):
        await create_service(store, service)
        for repository in repositories:
            await map_repository(store, ACME, RepositoryMapping(service_id=service.service_id, repository=repository))


async def titles(store, **wanted):
    return [one.facts.title for one in await store.list_deployments(ACME, DeploymentFilter(**wanted))]


async def test_deployments_are_found_by_their_flags_and_by_text_besides(store):
    flags = [{"is_forced": True}, {"is_hotfix": True}, {"is_fix": True, "is_forced": True}, {"is_forced": False}]
    await write_all(store, [make_record(number, title=f"T{number} is_forced", **said) for number, said in enumerate(flags, 1)])
    assert await titles(store, flag="forced") == ["T3 is_forced", "T1 is_forced"]
    assert await titles(store, flag="fix") == ["T3 is_forced"]
    assert await titles(store, flag="hotfix", text="t2") == ["T2 is_forced"]
    assert await titles(store, flag="hotfix", text="t1") == []
    assert await titles(store, flag="other") == []


async def search(store, *services, organization_id=ACME, **wanted):
    asked = {"environment_ids": (), "started_from": None, "ended_until": None, "offset": 0, "limit": 20} | wanted
    found = await store.search_deployments(organization_id, service_ids=[service.service_id for service in services], **asked)
    return [one.facts.title for one in found]


async def test_an_unknown_deployment_is_none(store):
    await write(store, 1, make_record(1))
    assert await store.find_deployment(ACME, Target(key="nothing")) is None
    assert await store.find_deployment(ACME, Target(scope="opsgenie:create", key="9")) is None
    assert await store.find_deployment(RIVAL, Target(scope="opsgenie:create", key="1")) is None


SHOWN = [
    ({}, ["E", "D", "C", "B", "A"]),
    ({"state": "failed"}, ["D", "B"]),
    ({"tier": "staging"}, ["C", "B"]),
    ({"tier": "unmapped"}, ["E"]),
    ({"environment_id": "stage"}, ["B"]),
    ({"environment_id": BRACED}, ["C"]),
    ({"environment_id": "12345678-90ab-cdef-1234-567890abcdef"}, ["C"]),
    ({"environment_id": "STAGE"}, []),
    ({"repository": "BITBUCKET.org/acme/checkout"}, ["C", "B", "A"]),
    ({"service_id": SHOP.service_id}, ["D", "C", "B", "A"]),
    ({"service_id": TILL.service_id}, ["C", "B", "A"]),
    ({"service_id": TILL.service_id, "repository": "github.com/acme/web"}, []),
    ({"service_id": SHOP.service_id, "repository": "github.com/acme/web"}, ["D", "C"]),
    ({"service_id": SHOP.service_id, "state": "failed", "limit": 1}, ["D"]),
    ({"source": "opsgenie"}, ["E", "D", "C", "B", "A"]),
    ({"source": "jira"}, []),
    ({"text": "BUILD-1"}, ["A"]),
    ({"text": "straße"}, ["B"]),
    ({"text": "STRASSE"}, ["B"]),
    ({"text": "100%_"}, ["C"]),
    ({"text": "%"}, ["C"]),
    ({"text": "a\\b"}, ["D"]),
    ({"text": "straße", "state": "failed"}, ["B"]),
    ({"text": "straße", "state": "successful"}, []),
    ({"text": "straße", "repository": CHECKOUT}, ["B"]),
    ({"state": "failed", "tier": "production", "source": "opsgenie", "environment_id": "prod"}, ["D"]),
    ({"limit": 2}, ["E", "D"]),
]


async def test_a_page_shows_what_is_wanted_newest_start_first(store):
    await map_services(store)
    failed = make_report(State.FAILED, moment(99))
    braced = Environment(id=BRACED, name="Eu", tier=Tier.STAGING)
    nowhere = Environment(id="x", name="x", tier=Tier.UNMAPPED)
    await write_all(
        store,
        [
            make_record(1, title="A", external_id="Build-1"),
            make_record(2, title="B", description="Straße", environment=STAGING, state=failed),
            make_record(
                3,
                title="C",
                description="100%_",
                environment=braced,
                releases=(release(CHECKOUT.lower()), release(CHECKOUT), release("github.com/acme/web")),
            ),
            make_record(4, title="D", description="a\\b", state=failed, releases=(release("github.com/acme/web"),)),
            make_record(5, title="E", environment=nowhere, releases=()),
        ],
    )
    await write(store, 1, make_record(1, title="foreign"), organization_id=RIVAL)
    for wanted, found in SHOWN:
        assert await titles(store, **wanted) == found, wanted


NARROWED = [{}, {"state": "in_progress"}, {"repository": CHECKOUT}, {"text": "checkout"}]
"""All of these find everything; each is another statement."""


async def test_pages_continue_after_the_last_row_whatever_its_start(store):
    starts = [moment(5), None, moment(5), moment(1), None, moment(5), moment(9)]
    deployments = await write_all(store, [make_record(number, started_at=start) for number, start in enumerate(starts, start=1)])
    for wanted in NARROWED:
        seen, before = [], None
        while page := await store.list_deployments(ACME, DeploymentFilter(before=before, limit=2, **wanted)):
            seen += [one.deployment_id for one in page]
            last = page[-1]
            before = (to_microseconds(last.started_at) if last.started_at else NEVER_STARTED_US, last.deployment_id)
        assert seen == [deployments[place].deployment_id for place in (6, 5, 2, 0, 3, 4, 1)], wanted


BOUNDED = [
    ({"started_from": moment(3)}, [4, 3]),
    ({"started_until": moment(3)}, [3, 1]),
    ({"started_from": moment(1), "started_until": moment(3), "limit": 1}, [3]),
    ({"started_until": moment(9), "before": (to_microseconds(moment(3)), "0")}, [1]),
    ({"started_until": moment(1), "before": (to_microseconds(moment(3)), "0")}, [1]),
    ({"started_from": moment(10)}, []),
]


async def test_a_page_keeps_to_the_times_between_which_deployments_started(store):
    starts = [moment(1), None, moment(3), moment(9)]
    made = await write_all(store, [make_record(number, started_at=start) for number, start in enumerate(starts, start=1)])
    ids = {one.deployment_id: number for number, one in enumerate(made, start=1)}
    for wanted, (bounds, found) in product(NARROWED, BOUNDED):
        page = await store.list_deployments(ACME, DeploymentFilter(**bounds, **wanted))
        assert [ids[one.deployment_id] for one in page] == found, (wanted, bounds)


async def test_a_service_has_the_deployments_whose_senders_named_it(store):
    await map_services(store)
    await write_all(
        store,
        [
            make_record(1, title="A", releases=(), services=("SHOP",)),
            make_record(2, title="B", releases=(), services=("till", "shop")),
            make_record(3, title="C", services=("Shop",)),
            make_record(4, title="D", releases=(), services=("Till",)),
        ],
    )
    assert await titles(store, service_id=SHOP.service_id) == ["C", "B", "A"]
    assert await titles(store, service_id=SHOP.service_id, limit=2) == ["C", "B"]
    assert await titles(store, service_id=SHOP.service_id, repository=CHECKOUT) == ["C"]


async def test_a_search_sorts_by_start_descending_then_id_and_shows_each_once(store):
    await map_services(store)
    both = (release(CHECKOUT), release("github.com/acme/web"), release(CHECKOUT))
    await write_all(
        store,
        [
            make_record(1, title="A", started_at=moment(5)),
            make_record(2, title="B", started_at=moment(5), releases=both),
            make_record(3, title="C", started_at=moment(9), releases=both),
            make_record(4, title="D", started_at=None),
            make_record(5, title="E", releases=(release("github.com/other/other"),)),
            make_record(6, title="F", started_at=moment(5), releases=(release("GitHub.com/ACME/Till"),)),
        ],
    )
    assert await search(store, SHOP) == ["C", "A", "B", "D"]
    assert await search(store, SHOP, TILL) == ["C", "A", "B", "F", "D"]
    assert await search(store, SHOP, TILL, offset=1, limit=2) == ["A", "B"]
    assert await search(store, SHOP, offset=9) == []
    assert await search(store) == []
    assert await search(store, SHOP, organization_id=RIVAL) == []


WINDOWS = [
    (20, None, ["C", "B"]),
    (20.000001, None, ["C"]),
    (None, 30, ["B", "A"]),
    (None, 29.999999, ["A"]),
    (None, 35, ["C", "B", "A"]),
    (15, 30, ["B"]),
    (31, 30, []),
    (None, None, ["C", "B", "A", "D"]),
    (0, 99999, ["C", "B", "A"]),
]


async def test_a_search_bounds_start_and_end_inclusively(store):
    await map_services(store)
    ended = State.SUCCESSFUL
    await write_all(
        store,
        [
            make_record(1, title="A", started_at=moment(10)),  # runs: it counts as ended when it starts
            make_record(2, title="B", started_at=moment(20), state=make_report(ended, moment(30))),
            make_record(3, title="C", started_at=moment(40), state=make_report(ended, moment(35))),  # by a clock that is off
            make_record(4, title="D", started_at=None),
        ],
    )
    for environment_ids, (started_from, ended_until, found) in product(((), ("prod",), ("prod", "other")), WINDOWS):
        window = {
            "started_from": None if started_from is None else moment(started_from),
            "ended_until": None if ended_until is None else moment(ended_until),
        }
        assert await search(store, SHOP, environment_ids=environment_ids, **window) == found, (environment_ids, window)


async def test_a_search_takes_environments_exactly_but_for_the_spelling_of_uuids(store):
    await map_services(store)
    braced = Environment(id=BRACED, name="Eu", tier=Tier.STAGING)
    await write_all(store, [make_record(1, title="A"), make_record(2, title="B", environment=braced)])
    assert await search(store, SHOP, environment_ids=["prod"]) == ["A"]
    assert await search(store, SHOP, environment_ids=["PROD"]) == []
    assert await search(store, SHOP, environment_ids=["12345678-90AB-CDEF-1234-567890ABCDEF"]) == ["B"]
    assert await search(store, SHOP, environment_ids=["prod", BRACED, "prod"]) == ["B", "A"]


async def test_a_search_follows_the_mappings_of_now(store):
    await map_services(store)
    await write(store, 1, make_record(1, title="A"))
    assert await search(store, SHOP) == ["A"]
    await unmap_repository(store, ACME, RepositoryMapping(service_id=SHOP.service_id, repository=CHECKOUT))
    assert await search(store, SHOP) == []
    await delete_service(store, ACME, TILL.service_id)
    assert await search(store, TILL) == []


async def test_environments_are_listed_once_by_tier_and_name(store):
    named = [
        Environment(id="b", name="B", tier=Tier.PRODUCTION),
        Environment(id="b", name="B", tier=Tier.PRODUCTION),
        Environment(id="b", name="B renamed", tier=Tier.PRODUCTION),
        Environment(id="c", name="A", tier=Tier.PRODUCTION),
        Environment(id="a", name="Z", tier=Tier.DEVELOPMENT),
        Environment(id="", name="", tier=Tier.UNMAPPED),
    ]
    await write_all(store, [make_record(number, environment=one) for number, one in enumerate(named, start=1)])
    await write(store, 1, make_record(1, environment=STAGING), organization_id=RIVAL)
    assert await store.list_environments(ACME) == [
        ("a", "Z", "development"),
        ("c", "A", "production"),
        ("b", "B", "production"),
        ("b", "B renamed", "production"),
        ("", "", "unmapped"),
    ]
    assert await store.list_environments("nobody") == []


async def test_repositories_are_those_deployed_and_those_mapped(store):
    await map_services(store)
    twice = (release(CHECKOUT.lower()), release(CHECKOUT))
    await write_all(store, [make_record(1), make_record(2, releases=twice), make_record(3, started_at=None)])
    assert await store.list_repositories(ACME) == [
        RepositoryRecord(
            repository=CHECKOUT.lower(),
            deployment_count=3,
            last_started_at=moment(2),
            service_ids=(SHOP.service_id, TILL.service_id),
        ),
        RepositoryRecord("github.com/acme/till", 0, None, (TILL.service_id,)),
        RepositoryRecord("github.com/acme/web", 0, None, (SHOP.service_id,)),
    ]
    assert await store.list_repositories(RIVAL) == []


async def test_a_repository_that_never_started_has_no_last_start(store):
    await write(store, 1, make_record(1, started_at=None))
    (found,) = await store.list_repositories(ACME)
    assert (found.deployment_count, found.last_started_at) == (1, None)


async def test_deployments_are_counted_by_organization(store):
    await write_all(store, [make_record(1), make_record(2, environment=PRODUCTION, started_at=moment(-9e9))])
    assert (await store.count_deployments(ACME), await store.count_deployments(RIVAL)) == (2, 0)


async def test_an_early_start_keeps_its_microseconds(store):
    early = moment(0) - timedelta(days=365 * 200, microseconds=1)
    deployment = await write(store, 1, make_record(1, started_at=early))
    assert (await store.find_deployment(ACME, Target(key=deployment.deployment_id))).started_at == early


async def test_all_deployments_of_some_commits_are_found_whatever_case_their_senders_write(store):
    commits = {1: ["AB12"], 2: ["ab12", "cd34"], 3: ["cd34"], 4: ["ab123"], 5: ["ef56"]}
    records = [
        make_record(number, releases=tuple(Release(repository=CHECKOUT, commit=one) for one in said))
        for number, said in commits.items()
    ]
    await write_all(store, records)
    ids = {
        number: (await store.find_deployment(ACME, Target(key=record.deployment_id))) for number, record in enumerate(records, 1)
    }
    assert all(ids.values())
    found = await store.list_ids_of_commits(ACME, ["ab12", "cd34", "0000"])
    assert found == sorted(ids[number].deployment_id for number in (1, 2, 3))
    assert await store.list_ids_of_commits(RIVAL, ["ab12"]) == await store.list_ids_of_commits(ACME, []) == []
