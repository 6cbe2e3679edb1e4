"""``POST`` and ``GET /ledger/v1/services``, and one service."""

from __future__ import annotations

import asyncio
import csv
import io

import pytest

from shipledger.access.grant import Scope
from shipledger.ledger.actor import Actor, ActorKind
from tests.support.factories import make_id
from tests.support.native import TARGET, client_of, deployment, issue_token

SERVICES = "/ledger/v1/services"
WHOLE = {
    "name": "Checkout",
    "description": "Takes money.",
    "team": "payments",
    "tags": ["tier-1"],
    "names": ["checkout-api", "SVC-9"],
    "repositories": ["https://ci:hunter2@github.com/acme/Shop.git", "gitlab.com/acme/till"],
}


async def names(client, query=""):
    answer = await client.get(f"{SERVICES}?{query}")
    assert answer.status_code == 200, answer.text
    return [one["name"] for one in answer.json()["services"]], answer.json()["next_cursor"]


async def test_a_service_is_added_with_all_that_is_said_and_read_by_any_of_its_names(native):
    response = await native.post(SERVICES, json=WHOLE)
    answer = response.json()
    assert (response.status_code, response.headers["Location"]) == (201, f"{SERVICES}/{answer['id']}")
    assert {name: answer[name] for name in WHOLE} == {
        **WHOLE,
        "names": ["SVC-9", "checkout-api"],
        "repositories": ["github.com/acme/Shop", "gitlab.com/acme/till"],
    }
    for name in (answer["id"], f"{{{answer['id']}}}", answer["slug"], "CHECKOUT", "svc-9"):
        assert (await native.get(f"{SERVICES}/{name}")).json() == answer
    assert (await native.post(SERVICES, json=WHOLE)).status_code == 200


async def test_who_changed_a_service_and_when_is_told_also_once_it_is_gone(place, native):
    await native.post(TARGET, json=deployment(service="Till"))
    service = (await native.post(SERVICES, json={"name": "till", "team": "web", "repositories": ["gitlab.com/acme/till"]})).json()
    directory, owner = place.app.directory, await place.organization_id()
    assert await directory.delete_service(owner, service["id"], by=Actor(ActorKind.PERSON, "page"))
    history = (await native.get(f"{SERVICES}/{service['id']}/history")).json()["history"]
    credentials = [one.credential_id for one in await place.app.store.list_credentials(owner)]
    kinds = [one["actor"].partition(":") for one in history]
    assert [kind for kind, _, _ in kinds] == ["credential", "credential", "credential", "person"]
    assert {one for kind, _, one in kinds if kind == "credential"} <= set(credentials)
    assert [one["changes"] for one in history] == [
        ["Created as Till, since a report named it."],
        ["Team set to “web”."],
        ["Mapped gitlab.com/acme/till."],
        ["Deleted."],
    ]
    assert [one["version"] for one in history] == [1, 2, 3, 4]
    assert (await native.get(f"/ledger/v1/requests/{history[0]['request_id']}")).status_code == 200
    for one in history[1:]:
        (verdict,) = (await native.get(f"/ledger/v1/requests/{one['request_id']}")).json()["verdicts"]
        assert (verdict["kind"], verdict["incident_id"], verdict["pull_request_id"]) == ("applied", None, None)
        assert (verdict["record_kind"], verdict["record_id"]) == ("service", service["id"])
    for unknown in ("nothing", make_id(1), "a%00b"):
        assert (await native.get(f"{SERVICES}/{unknown}/history")).status_code == 404


async def test_relations_are_read_from_both_sides_until_one_side_is_gone(place, native):
    sent = [
        {"name": "Shop", "depends_on": ["Bank", "till"], "contains": "Cart"},
        {"name": "Bank"},
        {"name": "Till", "depends_on": "bank"},
        {"name": "Cart"},
    ]
    shop, bank, till, cart = (await native.post(SERVICES, json=sent)).json()["services"]
    assert (shop["depends_on"], shop["contains"]) == (sorted([bank["id"], till["id"]]), [cart["id"]])
    assert (bank["needed_by"], cart["part_of"]) == (sorted([shop["id"], till["id"]]), [shop["id"]])
    assert (await native.post(SERVICES, json=sent[0])).json() == shop
    directory, owner = place.app.directory, await place.organization_id()
    assert await directory.delete_service(owner, till["id"], by=Actor(ActorKind.PERSON, "page"))
    history = (await native.get(f"{SERVICES}/shop/history")).json()["history"]
    assert sorted(one for entry in history for one in entry["changes"]) == [
        "Contains Cart.",
        "Created as Shop.",
        "Depends on Bank.",
        f"Depends on the service {till['id']}.",
    ]
    assert (await native.get(f"{SERVICES}/shop")).json()["depends_on"] == [bank["id"]]
    assert (await native.get(f"{SERVICES}/bank")).json()["needed_by"] == [shop["id"]]
    assert (await native.post(SERVICES, json={"name": "Till"})).json()["needed_by"] == [], "it is another one"
    for wrong, word in (({"depends_on": ["Nothing"]}, "Nothing"), ({"contains": ["shop"]}, "itself")):
        refused = await native.post(SERVICES, json={"name": "Shop", **wrong})
        assert (refused.status_code, word in refused.text) == (409, True)


async def test_what_is_not_said_stays_and_lists_grow(native):
    first = (await native.post(SERVICES, json=WHOLE)).json()
    last = (await native.post(SERVICES, json={"name": "svc-9", "team": "web", "repositories": ["github.com/acme/new"]})).json()
    assert last == {
        **first,
        "team": "web",
        "repositories": ["github.com/acme/Shop", "github.com/acme/new", "gitlab.com/acme/till"],
    }


async def test_a_list_of_services_is_answered_in_its_order(native):
    response = await native.post(SERVICES, json=[{"name": "b"}, {"name": "a"}, {"name": "B", "team": "x"}])
    assert response.status_code == 201
    assert [(one["name"], one["team"]) for one in response.json()["services"]] == [("b", None), ("a", None), ("b", "x")]


@pytest.mark.both_stores
async def test_the_same_service_from_many_at_once_is_one(native):
    answers = await asyncio.gather(*(native.post(SERVICES, json={"name": "Shop", "team": "web"}) for _ in range(8)))
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert len({answer.json()["id"] for answer in answers}) == 1


async def test_deployments_of_its_repositories_are_its_own_from_then_on(native):
    await native.post(TARGET, json=deployment(service=None, releases=[{"repository": "gitlab.com/acme/till", "commit": "abcd"}]))
    await native.post(SERVICES, json=WHOLE)
    (found,) = (await native.get(f"{TARGET}?service=checkout")).json()["deployments"]
    assert found["service"] == "Checkout"


async def test_a_name_that_another_service_has_is_a_conflict_and_the_others_are_saved(native):
    await native.post(SERVICES, json={"name": "till"})
    refused = await native.post(SERVICES, json=[{"name": "shop", "names": ["till"]}, {"name": "web"}])
    assert (refused.status_code, [*refused.json()["errors"]]) == (409, ["[0]"])
    assert "already has the name" in refused.json()["errors"]["[0]"]
    assert (await names(native))[0] == ["shop", "till", "web"]


@pytest.mark.parametrize(
    "body, errors",
    [
        ({}, ["name"]),
        ({"name": "x" * 513}, ["name"]),
        ({"name": "a", "repositories": ["shop"]}, ["repositories"]),
        ({"name": "a", "tags": [{}]}, ["tags[0]"]),
        ([{"name": "a"}, {"team": "b"}], ["[1].name"]),
        ([], ["body"]),
    ],
)
async def test_every_wrong_member_is_named_and_nothing_is_saved(native, body, errors):
    refused = await native.post(SERVICES, json=body)
    assert (refused.status_code, [*refused.json()["errors"]]) == (422, errors)
    assert await names(native) == ([], None)


@pytest.mark.both_stores
async def test_pages_by_name_survive_what_is_added_meanwhile(native):
    await native.post(SERVICES, json=[{"name": name} for name in ("d", "b", "F")])
    first, cursor = await names(native, "limit=2")
    await native.post(SERVICES, json=[{"name": name} for name in ("a", "c", "e")])
    assert (first, await names(native, f"limit=5&cursor={cursor}")) == (["b", "d"], (["e", "F"], None))
    assert (await native.get(f"{SERVICES}?name=a")).status_code == 422
    rows = list(csv.DictReader(io.StringIO((await native.get(SERVICES, headers={"Accept": "text/csv"})).text)))
    assert [row["slug"] for row in rows] == ["a", "b", "c", "d", "e", "f"]
    await native.post(SERVICES, json=[{"name": "b", "team": "Web"}, {"name": "e", "team": "WEB"}, {"name": "f", "team": "Data"}])
    first, cursor = await names(native, "team=web&limit=1")
    assert (first, await names(native, f"team=web&limit=1&cursor={cursor}")) == (["b"], (["e"], None))
    assert await names(native, "team=nobody") == ([], None)


async def test_each_right_opens_its_own_operations_and_no_other_organization(native, place):
    saved = (await native.post(SERVICES, json=WHOLE)).json()
    async with client_of(place, await issue_token(place, Scope.WRITE, Scope.READ)) as client:
        refused = await client.post(SERVICES, json=WHOLE)
        assert (refused.status_code, refused.json()["detail"]) == (403, "This token lacks the right to configuration.")
        assert (await client.get(SERVICES)).status_code == 200
    async with client_of(place, await issue_token(place, organization="service-rival")) as rival:
        for name in (saved["id"], saved["slug"], "%00"):
            assert (await rival.get(f"{SERVICES}/{name}")).status_code == 404


@pytest.mark.both_stores
async def test_a_merged_service_is_the_other_one_with_all_its_deployments(native):
    for number, name in enumerate(("Shop", "Web shop"), start=1):
        await native.post(TARGET, json=deployment(service=name, external_id=str(number)))
    shop = (await native.get(f"{SERVICES}/shop")).json()
    web = (await native.get(f"{SERVICES}/web-shop")).json()
    answer = await native.post(f"{SERVICES}/web-shop/merge", json={"into": "SHOP"})
    assert (answer.status_code, answer.json()["id"]) == (200, shop["id"])
    assert (await names(native))[0] == ["Shop"]
    for name in ("shop", "Web shop", web["id"]):
        assert (await native.get(f"{SERVICES}/{name}")).json()["id"] == shop["id"]
        found = (await native.get(TARGET, params={"service": name})).json()["deployments"]
        assert {one["external_id"] for one in found} == {"1", "2"}
    await native.post(TARGET, json=deployment(service="Web shop", external_id="3"))
    assert (await names(native))[0] == ["Shop"], "who still uses the former name creates no service"
    assert (await native.post(f"{SERVICES}/shop/merge", json={"into": "shop"})).status_code == 409
    assert (await native.post(f"{SERVICES}/shop/merge", json={"into": "nowhere"})).status_code == 404
    assert (await native.post(f"{SERVICES}/shop/merge", json={})).status_code == 422
    assert (await native.post(f"{SERVICES}/shop/merge", json=[])).status_code == 422
