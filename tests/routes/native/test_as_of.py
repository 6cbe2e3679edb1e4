"""``as_of``: what the ledger knew at a moment, of one record, in lists and in the matrix."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.native import INCIDENTS, SHA, TARGET, client_of, deployment, incident, issue_token

pytestmark = pytest.mark.both_stores

MATRIX = "/ledger/v1/matrix"
OF_A_LEDGER = {"id", "recorded_at", "updated_at", "marked", "knowledge", "service_id", "number"}
"""Members that differ between two ledgers with the same history."""


def now():
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


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
            "service": rng.choice(["checkout", "payments"]),
            "environment": rng.choice(["production", "staging"]),
            "state": state,
            "started_at": start,
            "finished_at": None if state == "in_progress" else end,
            "version": str(place),
        }
        kind = rng.choice(["deployment"] * 5 + ["incident", "mark"])
        if kind == "deployment" or not said:
            said.append((TARGET, deployment(**body)))
        elif kind == "incident":
            ended = rng.choice([None, end])
            said.append((INCIDENTS, incident(external_id=name, started_at=start, resolved_at=ended, title=str(place))))
        else:
            said.append((f"{TARGET}/{{first}}/marks", {"note": str(place), "change_failure": rng.choice([True, False, None])}))
    return said


async def tell(client, history):
    """When each request of a history was settled."""
    moments, first = [], ""
    for path, body in history:
        answer = await client.post(path.format(first=first), json=body)
        assert answer.status_code in (200, 201), answer.text
        first = first or answer.json()["id"]
        moments.append(now())
    return moments


def plain(value):
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items() if name not in OF_A_LEDGER}
    return value


async def read_all(client, **moment):
    """What a ledger answers, without what belongs to it alone, in an order that both have."""
    found = {}
    for path, member in ((TARGET, "deployments"), (INCIDENTS, "incidents"), (MATRIX, "cells")):
        answer = await client.get(path, params=moment)
        assert answer.status_code == 200, answer.text
        found[member] = sorted(plain(answer.json()[member]), key=repr)
    at = await client.get(MATRIX, params={**moment, "at": "2026-03-04T12:00:00Z"})
    return {**found, "then": sorted(plain(at.json()["cells"]), key=repr)}


@pytest.mark.parametrize("seed", [1, 2])
async def test_it_equals_the_answer_of_a_ledger_that_had_received_only_the_requests_until_then(native, place, seed):
    history = draw_history(seed, 14)
    moments = await tell(native, history)
    for count in (2, 5, 9, 14):
        async with client_of(place, await issue_token(place, organization=f"until-{seed}-{count}")) as short:
            await tell(short, history[:count])
            assert await read_all(native, as_of=moments[count - 1]) == await read_all(short), count


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
        "by_todays": ["tier_rules", "repository_mappings"],
    }
    assert (await native.get(path, params={"as_of": before})).status_code == 404
    assert (await native.get(path, params={"as_of": now()})).json()["marks"]["note"] == "later"
    opened = (await native.post(INCIDENTS, json=incident())).json()
    while_open = now()
    await native.post(INCIDENTS, json=incident(resolved_at="2026-03-04T11:00:00Z"))
    assert (await native.get(f"{INCIDENTS}/{opened['id']}", params={"as_of": while_open})).json()["status"] == "open"
    assert (await native.get(f"{INCIDENTS}/{opened['id']}", params={"as_of": then})).status_code == 404


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


@pytest.mark.parametrize("path", [TARGET, INCIDENTS, MATRIX, f"{TARGET}/x", f"{INCIDENTS}/x"])
async def test_nothing_is_known_of_the_future(native, path):
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    for said in (later, "soon"):
        refused = await native.get(path, params={"as_of": said})
        assert (refused.status_code, list(refused.json()["errors"])) == (422, ["as_of"])
