"""``as_of``: what the ledger knew at a moment, of one record, in lists and in the matrix."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from shipledger.catalog.service_merging import ServiceMerging
from shipledger.ledger.actor import Actor, ActorKind
from tests.support.native import INCIDENTS, SHA, TARGET, deployment, incident

MATRIX, SERVICES, ENVIRONMENTS, PULLS = (f"/ledger/v1/{name}" for name in ("matrix", "services", "environments", "pull-requests"))
SHOP, TILL = "github.com/acme/shop", "github.com/acme/till"
BY = Actor(ActorKind.COMMAND, "test")


def now():
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def by_hand(rng, kind, place):
    if kind == "correction":
        wrong = {"version": f"by hand {place}", "started_at": f"2026-03-04T00:{place:02}:00Z", "reason": "It was so."}
        return f"{TARGET}/{{first}}/corrections", wrong
    return f"{TARGET}/{{first}}/marks", {"note": str(place), "change_failure": rng.choice([True, False, None])}


def draw_history(seed, length):
    """Requests of all kinds about a few records, in a random order; each is a path and a body."""
    rng = random.Random(seed)
    said = []
    for place in range(length):
        name, hour = rng.choice("ABC"), rng.randint(1, 20)
        start, end = f"2026-03-04T{hour:02}:00:00Z", f"2026-03-04T{hour + 1:02}:30:00Z"
        state = rng.choice(["in_progress", "successful", "successful", "failed", "rolled_back"])
        body = {
            "external_id": name,
            "service": rng.choice(["checkout", "payments", None]),
            "environment": rng.choice(["production", "eu-1"]),
            "releases": [{"repository": rng.choice([SHOP, TILL]), "commit": SHA}],
            "state": state,
            "started_at": start,
            "finished_at": None if state == "in_progress" else end,
            "version": str(place),
        }
        kind = rng.choice(
            ["deployment"] * 6
            + ["join", "join", "join", "incident", "mark", "correction"]
            + ["service", "tier", "alias", "pull", "change"] * 2
        )
        if kind == "deployment" or not said:
            said.append((TARGET, deployment(**body)))
        elif kind == "join":
            said.append((f"{TARGET}/{{last}}/{rng.choice(['merge', 'merge', 'split'])}", None))
        elif kind == "service":
            fields = {"team": rng.choice("xy"), "repositories": [rng.choice([SHOP, TILL])], "names": [f"alias-{place}"]}
            said.append(
                (SERVICES, [{"name": "bank"}, {"name": rng.choice(["checkout", "payments"]), "depends_on": ["bank"], **fields}])
            )
        elif kind == "tier":
            tier = rng.choice(["production", "testing"])
            said.append((ENVIRONMENTS, {"environment": rng.choice(["production", "live"]), "tier": tier}))
        elif kind == "alias":
            said.append((ENVIRONMENTS, {"environment": "eu-1", "alias_of": rng.choice(["production", "live", "eu"])}))
        elif kind == "pull":
            said.append((PULLS, {"repository": SHOP, "number": rng.randint(1, 2), "title": str(place), "opened_at": start}))
        elif kind == "change":
            said.append(("", rng.choice(["rename", "unmap", "delete", "merge"])))
        elif kind == "incident":
            ended = rng.choice([None, end])
            said.append((INCIDENTS, incident(external_id=name, started_at=start, resolved_at=ended, title=str(place))))
        else:
            said.append(by_hand(rng, kind, place))
    return said


async def change(place, owner, how):
    """What no call of this API does to the service that comes first by name, if there is one."""
    directory = place.app.directory
    for service in await place.app.store.list_services(owner, offset=0, limit=1):
        if how == "rename":
            await directory.update_service(owner, service.service_id, {"name": f"{service.name}2"}, by=BY)
        elif how == "merge":
            for other in await place.app.store.list_services(owner, offset=1, limit=1):
                merging = ServiceMerging(place.app.store, place.app.clock, directory._asks, directory)
                await merging.merge(owner, service.service_id, other.service_id, by=BY)
        elif how == "unmap":
            await directory.unmap_repository(owner, service.service_id, SHOP, by=BY)
        else:
            await directory.delete_service(owner, service.service_id, by=BY)


async def read_all(client, **moment):
    """What a ledger answers, in an order that lists of today and of the past have in common."""
    found = {}
    lists = (TARGET, "deployments"), (INCIDENTS, "incidents"), (SERVICES, "services"), (ENVIRONMENTS, "environments")
    for path, member in (*lists, (PULLS, "pull_requests"), (MATRIX, "cells")):
        answer = await client.get(path, params=moment)
        assert answer.status_code == 200, answer.text
        found[member] = sorted(answer.json()[member], key=repr)
    at = await client.get(MATRIX, params={**moment, "at": "2026-03-04T12:00:00Z"})
    wanted = [("service", "checkout"), ("service", "payments2"), ("environment", "live")]
    own = [await client.get(TARGET, params={**moment, name: value}) for name, value in wanted]
    names = [sorted(one["external_id"] for one in answer.json()["deployments"]) for answer in own]
    return {**found, "then": sorted(at.json()["cells"], key=repr), "own": names}


@pytest.mark.both_stores
@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.torture)])
async def test_it_equals_the_answer_that_was_given_then(native, place, seed):
    first, last, given, joined = "", "", {}, set()
    for number, (path, body) in enumerate(draw_history(seed, 30)):
        if path:
            sent = {"reason": "Drawn."} | ({"into": first} if path.endswith("merge") else {}) if body is None else body
            answer = await native.post(path.format(first=first, last=last), json=sent)
            assert answer.status_code in ((200, 201) if body else (200, 409)), answer.text
            joined |= {path[-5:]} if body is None and answer.status_code == 200 else set()
            first = first or answer.json()["id"]
            last = answer.json()["id"] if path == TARGET and answer.json()["id"] != first else last
        else:
            await change(place, await place.organization_id(), body)
        if number % 6 == 5:
            # After what is asked here, and before the next change; the server's clock may be ahead of the machine's.
            moment = place.app.clock.now().isoformat().replace("+00:00", "Z")
            given[moment] = await read_all(native)
    assert "merge" in joined
    for moment, answer in given.items():
        assert await read_all(native, as_of=moment) == answer, moment


async def test_one_record_is_read_as_it_was_known_and_is_not_there_before(native):
    before = now()
    begun = (await native.post(TARGET, json=deployment(state="in_progress", finished_at=None))).json()
    then = now()
    await native.post(TARGET, json=deployment())
    await native.post(f"{TARGET}/{begun['id']}/marks", json={"note": "later"})
    path = f"{TARGET}/{begun['id']}"
    known = (await native.get(path, params={"as_of": then})).json()
    assert (known["state"], known["finished_at"], known["marks"]["note"]) == ("in_progress", None, None)
    assert known["knowledge"] == {
        "as_of": known["knowledge"]["as_of"],
        "is_final": False,
        "by_todays": [],
        "by_first_entries": [],
    }
    assert (await native.get(path, params={"as_of": before})).status_code == 404
    assert (await native.get(path, params={"as_of": now()})).json()["marks"]["note"] == "later"
    opened = (await native.post(INCIDENTS, json=incident())).json()
    while_open = now()
    await native.post(INCIDENTS, json=incident(resolved_at="2026-03-04T11:00:00Z"))
    assert (await native.get(f"{INCIDENTS}/{opened['id']}", params={"as_of": while_open})).json()["status"] == "open"
    assert (await native.get(f"{INCIDENTS}/{opened['id']}", params={"as_of": then})).status_code == 404


@pytest.mark.both_stores
async def test_services_names_mappings_and_tiers_that_came_later_do_not_show(native, place):
    await native.post(TARGET, json=deployment(environment="eu-1", tier=None, service=None))
    early = now()
    till = (await native.post(SERVICES, json={"name": "till", "repositories": [SHOP]})).json()
    then = now()
    await native.post(SERVICES, json={"name": "till", "names": ["desk"], "team": "web"})
    await native.post(ENVIRONMENTS, json={"environment": "eu-1", "tier": "testing"})
    owner, directory = await place.organization_id(), place.app.directory
    await directory.update_service(owner, till["id"], {"name": "cash"}, by=BY)
    later = now()
    await directory.delete_service(owner, till["id"], by=BY)
    seen = {}
    for moment in (early, then, later):
        asked = {"as_of": moment}
        cells = (await native.get(MATRIX, params=asked)).json()["cells"]
        (listed,) = (await native.get(TARGET, params=asked)).json()["deployments"]
        (environment,) = (await native.get(ENVIRONMENTS, params=asked)).json()["environments"]
        services = [
            (one["name"], one["names"], one["team"]) for one in (await native.get(SERVICES, params=asked)).json()["services"]
        ]
        seen[moment] = [
            [(one["service"], one["tier"]) for one in cells],
            (listed["service"], listed["tier"]),
            (environment["tier"], environment["is_set_by_hand"]),
            services,
        ]
    assert list(seen.values()) == [
        [[], (None, "unmapped"), ("unmapped", False), []],
        [[("till", "unmapped")], ("till", "unmapped"), ("unmapped", False), [("till", [], None)]],
        [[("cash", "testing")], ("cash", "testing"), ("testing", True), [("cash", ["desk"], "web")]],
    ]
    for name, moment, status in (("desk", then, 404), ("desk", later, 200), ("cash", then, 404), ("cash", now(), 404)):
        assert (await native.get(f"{SERVICES}/{name}", params={"as_of": moment})).status_code == status, (name, moment)
    for service, moment, count in (("desk", then, 0), ("desk", later, 1), ("cash", then, 0), ("till", then, 1)):
        for path, member in ((TARGET, "deployments"), (MATRIX, "cells")):
            found = (await native.get(path, params={"as_of": moment, "service": service})).json()[member]
            assert len(found) == count, (service, path)


async def test_pages_of_services_by_as_of_lead_on(native):
    await native.post(SERVICES, json=[{"name": name} for name in ("a", "B", "c")])
    then, named, cursor = now(), [], ""
    await native.post(SERVICES, json=[{"name": "b2"}])
    while cursor is not None:
        page = (await native.get(SERVICES, params={"as_of": then, "limit": 1, "cursor": cursor})).json()
        named += [one["name"] for one in page["services"]]
        cursor = page["next_cursor"]
    assert named == ["a", "B", "c"]


async def test_backfill_changes_the_world_then_and_not_what_was_known_then(native):
    await native.post(
        TARGET, json=deployment(external_id="new", version="2", started_at=None, finished_at="2026-03-04T12:00:00Z")
    )
    then = now()
    old = deployment(external_id="old", version="1", started_at="2026-03-01T10:00:00Z", finished_at="2026-03-01T10:05:00Z")
    await native.post(TARGET, json=old)
    world = {"at": "2026-03-02"}
    assert [cell["version"] for cell in (await native.get(MATRIX, params=world)).json()["cells"]] == ["1"]
    assert (await native.get(MATRIX, params={**world, "as_of": then})).json()["cells"] == []
    (cell,) = (await native.get(MATRIX, params={"as_of": then})).json()["cells"]
    assert (cell["version"], cell["before"]) == ("2", None)


@pytest.mark.both_stores
async def test_lists_of_the_past_have_filters_and_pages_the_record_of_last_first(native):
    for number in range(5):
        tier = "production" if number % 2 else "staging"
        await native.post(TARGET, json=deployment(external_id=f"b{number}", tier=tier, environment=tier, actor=f"p{number}"))
    then = now()
    await native.post(TARGET, json=deployment(external_id="b9"))
    named, cursor = [], ""
    while cursor is not None:
        page = (await native.get(TARGET, params={"as_of": then, "limit": 2, "cursor": cursor})).json()
        named += [one["external_id"] for one in page["deployments"]]
        cursor = page["next_cursor"]
    assert named == ["b4", "b3", "b2", "b1", "b0"]
    filters = [
        ({"tier": "staging"}, 3), ({"actor": "P1"}, 1), ({"service": "Checkout"}, 5), ({"service": "nobody"}, 0),
        ({"commit": SHA[:6].upper()}, 5), ({"repository": "github.com/Acme/shop"}, 5), ({"commit": "ffff"}, 0),
        ({"environment": "Production"}, 2), ({"state": "failed"}, 0), ({"to": "2026-03-04T10:00:00Z"}, 0),
    ]  # fmt: skip
    for filtered, count in filters:
        found = (await native.get(TARGET, params={"as_of": then, **filtered})).json()["deployments"]
        today = (await native.get(TARGET, params={**filtered})).json()["deployments"]
        assert len(found) == count == len([one for one in today if one["external_id"] != "b9"]), filtered


LISTS = (TARGET, INCIDENTS, MATRIX, SERVICES, ENVIRONMENTS, PULLS)


@pytest.mark.parametrize("path", [*LISTS, *(f"{path}/x" for path in (TARGET, INCIDENTS, SERVICES, PULLS))])
async def test_nothing_is_known_of_the_future(native, path):
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    for said in (later, "soon"):
        refused = await native.get(path, params={"as_of": said})
        assert (refused.status_code, list(refused.json()["errors"])) == (422, ["as_of"])
