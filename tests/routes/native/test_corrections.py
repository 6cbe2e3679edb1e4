"""``/ledger/v1/deployments/{id}/corrections``."""

from __future__ import annotations

import asyncio

import pytest

from shipledger.access.grant import Scope
from shipledger.erasure.eraser import Eraser
from shipledger.ingestion.rebuild import rebuild_projections, verify_projections
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.ledger.submission import Correct, CorrectedFacts, Target, UndoCorrection
from shipledger.ledger.verdict import VerdictKind
from shipledger.store.open import open_store
from tests.support.native import SHA, TARGET, client_of, deployment, issue_token, started

REASON = "Read in the log of the runner."
SCRIPT = '<script>alert("1")</script> \u202eyek'
OTHER_SHA = "1c5c7a9f0b5c7a9f0b5c7a9f0b5c7a9f0b5c7a9f"
NOBODY = "01900000-0000-7000-8000-000000000000"


async def record(client, **changes):
    return (await client.post(TARGET, json=deployment(**changes))).json()["id"]


async def correct(client, deployment_id, *, params=None, headers=None, **said):
    body = {"reason": REASON, **said}
    return await client.post(f"{TARGET}/{deployment_id}/corrections", json=body, params=params, headers=headers)


async def undo(client, deployment_id, correction_id, **options):
    return await client.request("DELETE", f"{TARGET}/{deployment_id}/corrections/{correction_id}", **options)


async def read(client, deployment_id, **params):
    return (await client.get(f"{TARGET}/{deployment_id}", params=params)).json()


@pytest.mark.both_stores
async def test_a_correction_holds_in_every_answer_until_it_is_undone(native):
    one = await record(native)
    answer = await correct(
        native, one, started_at="2026-03-04T09:58:00.000Z", finished_at="2026-03-04T10:09:00.000Z", version="2.4.2"
    )
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (answer.headers["ETag"], made["version"]) == ('"1"', 1)
    said = {one["field"]: (one["reported"]["value"], one["value"], one["reported"]["actor"]["kind"]) for one in made["fields"]}
    assert said == {
        "finished_at": ("2026-03-04T10:05:00.000Z", "2026-03-04T10:09:00.000Z", "credential"),
        "started_at": ("2026-03-04T10:00:00.000Z", "2026-03-04T09:58:00.000Z", "credential"),
        "version": ("2.4.1", "2.4.2", "credential"),
    }
    assert made["corrections"][0]["reason"] == REASON
    await native.post(TARGET, json=deployment(version="2.4.9", started_at="2026-03-04T10:00:00.000Z"))
    shown = await read(native, one)
    assert (shown["started_at"], shown["finished_at"], shown["version"], shown["corrected"]) == (
        "2026-03-04T09:58:00.000Z",
        "2026-03-04T10:09:00.000Z",
        "2.4.2",
        ["finished_at", "started_at", "version"],
    )
    listed = (await native.get(TARGET, params={"to": "2026-03-04T09:59:00.000Z"})).json()["deployments"]
    assert [one["id"] for one in listed] == [one]
    undone = (await undo(native, one, made["correction"])).json()
    assert (undone["fields"], undone["version"]) == ([], 2)
    assert (await read(native, one))["version"] == "2.4.9"


@pytest.mark.both_stores
async def test_of_two_who_correct_at_once_the_second_hears_so(native):
    one = await record(native)
    seen = {"If-Match": (await native.get(f"{TARGET}/{one}/corrections")).headers["ETag"]}
    answers = await asyncio.gather(*(correct(native, one, headers=seen, version=f"2.5.{number}") for number in range(4)))
    assert sorted(one.status_code for one in answers) == [201, 412, 412, 412]
    assert "Somebody else has corrected" in next(one for one in answers if one.status_code == 412).json()["detail"]
    assert len((await native.get(f"{TARGET}/{one}/corrections")).json()["corrections"]) == 1


@pytest.mark.both_stores
async def test_a_removal_by_hand_can_be_undone_unless_its_sender_has_reported_it_again(native):
    one = await record(native)
    removal = (await correct(native, one, removed=True)).json()
    assert removal["removed"] is True
    assert (await native.get(f"{TARGET}/{one}")).status_code == 404
    assert (await native.get(TARGET)).json()["deployments"] == []
    assert (await correct(native, one, version="3")).status_code == 404
    assert (await undo(native, one, removal["correction"], params={"dry_run": "true"})).json()["place"]["before"] is None
    again = await record(native)
    assert again != one
    refused = await undo(native, one, removal["correction"])
    assert (refused.status_code, again in refused.json()["detail"]) == (409, True)
    await correct(native, again, removed=True)
    assert (await undo(native, one, removal["correction"])).status_code == 200
    assert (await read(native, one))["version"] == "2.4.1"
    assert await record(native) == one


async def test_a_stuck_run_that_succeeded_runs_in_its_lane_and_a_preview_says_so_first(native):
    one = await record(native)
    stuck = (
        await native.post(TARGET, json=started(external_id="build-78", started_at="2026-03-05T10:00:00.000Z", version="2.5.0"))
    ).json()["id"]
    said = {"state": "successful", "finished_at": "2026-03-05T10:07:00.000Z"}
    preview = (await correct(native, stuck, params={"dry_run": "true"}, **said)).json()
    assert preview["lanes"] == [
        {
            "service": "checkout",
            "environment": "production",
            "before": {"deployment": one, "external_id": "build-77", "version": "2.4.1", "since": "2026-03-04T10:05:00.000Z"},
            "after": {"deployment": stuck, "external_id": "build-78", "version": "2.5.0", "since": "2026-03-05T10:07:00.000Z"},
        }
    ]
    assert [one["field"] for one in preview["fields"]] == ["finished_at", "state"]
    assert (await native.get(f"{TARGET}/{stuck}/corrections")).json()["corrections"] == []
    assert (await read(native, stuck))["state"] == "in_progress"
    await correct(native, stuck, **said)
    shown = await read(native, stuck)
    assert (shown["state"], shown["reported_state"], shown["finished_at"]) == ("successful", "in_progress", said["finished_at"])
    moved = (await undo(native, stuck, (await native.get(f"{TARGET}/{stuck}/corrections")).json()["corrections"][0]["id"])).json()
    assert moved["fields"] == []


async def test_an_environment_is_corrected_to_one_that_is_known_and_issues_move_with_it(native):
    await record(native, external_id="other", environment="staging", title="Nothing")
    one = await record(native, title="SHIP-1 faster", issues=None)
    preview = (await correct(native, one, params={"dry_run": "true"}, environment="STAGING")).json()
    assert {(move["environment"], move["after"] and move["after"]["deployment"]) for move in preview["lanes"]} >= {
        ("production", None)
    }
    made = (await correct(native, one, environment="STAGING")).json()
    assert made["fields"][0]["value"] == {"id": "staging", "name": "staging"}
    assert (await read(native, one))["tier"] == "staging"


async def test_commits_services_and_the_title_are_corrected_and_can_be_none(native):
    await record(native, external_id="other", service="cart")
    one = await record(native)
    commits = [{"repository": "git@github.com:acme/cart.git", "commit": OTHER_SHA}]
    assert (await correct(native, one, releases=commits, services=["cart"], title=None)).status_code == 201
    shown = await read(native, one)
    assert (shown["service"], shown["title"], shown["releases"]) == (
        "cart",
        None,
        [{"repository": "github.com/acme/cart", "commit": OTHER_SHA}],
    )
    found = (await native.get(TARGET, params={"commit": SHA[:8]})).json()["deployments"]
    assert one not in [record["id"] for record in found]


async def test_search_and_the_matrix_know_what_holds_and_no_longer_what_was_reported(native):
    one = await record(native)
    made = (await correct(native, one, title="Zebra crossing", version="7.7.7")).json()["correction"]

    async def find(words):
        groups = (await native.get("/ledger/v1/search", params={"q": words})).json()["groups"]
        return [found["id"] for group in groups for found in group["results"]]

    assert [await find(words) for words in ("zebra", "7.7.7", "2.4.1")] == [[one], [one], []]
    (cell,) = (await native.get("/ledger/v1/matrix")).json()["cells"]
    assert (cell["id"], cell["version"]) == (one, "7.7.7")
    await undo(native, one, made)
    assert [await find(words) for words in ("zebra", "2.4.1")] == [[], [one]]


async def test_as_of_a_moment_before_a_correction_nothing_is_corrected(native):
    one = await record(native)
    accepted_at = (await correct(native, one, version="9")).json()["corrections"][0]["at"]
    assert (await read(native, one, as_of=accepted_at))["version"] == "2.4.1"
    assert (await read(native, one))["version"] == "9"


async def test_a_late_end_reaches_the_run_whose_start_was_corrected(native):
    ids = [
        (await native.post(TARGET, json=started(started_at=f"2026-03-0{day}T10:00:00.000Z", external_id="job"))).json()["id"]
        for day in (4, 6)
    ]
    assert (await correct(native, ids[0], started_at="2026-03-09T10:00:00.000Z")).status_code == 201
    ended = deployment(started_at=None, finished_at="2026-03-04T10:05:00.000Z", external_id="job", state="failed")
    assert (await native.post(TARGET, json=ended)).json()["id"] == ids[0]


async def test_without_what_runs_the_one_before_runs_again(native):
    ids = [await record(native, external_id=name, started_at=f"2026-03-04T09:{name}:00.000Z") for name in ("10", "20", "30")]
    preview = (await correct(native, ids[2], params={"dry_run": "true"}, removed=True)).json()
    assert [(one["before"]["deployment"], one["after"]["deployment"]) for one in preview["lanes"]] == [(ids[2], ids[1])]
    assert preview["place"]["after"] is None


BAD = {
    "no reason": ({"version": "1", "reason": " "}, "reason"),
    "a reason of 10,000 characters": ({"version": "1", "reason": "x" * 10_000}, "reason"),
    "nothing": ({}, "body"),
    "an unknown member": ({"tier": "production"}, "tier"),
    "no time": ({"started_at": "yesterday"}, "started_at"),
    "no start": ({"started_at": None}, "started_at"),
    "an unknown state": ({"state": "nearly"}, "state"),
    "an unknown environment": ({"environment": "moon"}, "environment"),
    "an unknown service": ({"services": ["moon"]}, "services"),
    "no repository": ({"releases": [{"repository": "nowhere", "commit": SHA}]}, "releases"),
    "no removal": ({"removed": False}, "removed"),
    "a title of 10,000 characters": ({"title": "x" * 10_000}, "title"),
}


async def test_a_list_of_corrections_takes_no_parameters(native):
    path = f"{TARGET}/{await record(native)}/corrections"
    assert [(await native.get(path, params=one)).status_code for one in ({}, {"dry_run": "true"})] == [200, 422]


async def test_what_is_wrong_is_said_of_each_member_and_nothing_is_recorded(native):
    one = await record(native)
    for case, (said, member) in BAD.items():
        answer = await correct(native, one, **said)
        assert (answer.status_code, member in answer.json().get("errors", {})) == (422, True), (case, answer.text)
    answer = await correct(native, one, version="1", headers={"If-Match": "W/x"})
    assert (answer.status_code, "If-Match" in answer.json()["errors"]) == (422, True)
    assert (await native.get(f"{TARGET}/{one}/corrections")).json()["version"] == 0


CONFLICTS = {
    "it holds already": {"version": "2.4.1"},
    "an end before the start": {"finished_at": "2026-03-04T09:00:00.000Z"},
    "a start after the end": {"started_at": "2026-03-04T11:00:00.000Z"},
    "the far future": {"started_at": "2300-01-01T00:00:00Z", "finished_at": "2300-01-02T00:00:00Z"},
}


async def test_what_cannot_be_is_a_conflict_also_in_a_preview(native):
    one = await record(native)
    for case, said in CONFLICTS.items():
        answers = [await correct(native, one, params=params, **said) for params in ({}, {"dry_run": "true"})]
        assert [answer.status_code for answer in answers] == [409, 409], (case, answers[0].text)
    running = (await native.post(TARGET, json=started(external_id="runs"))).json()["id"]
    assert (await correct(native, running, finished_at="2026-03-04T10:05:00.000Z")).status_code == 409
    assert (await correct(native, running, state="failed")).status_code == 409


async def test_script_and_bidi_characters_are_kept_as_they_are(native):
    one = await record(native)
    made = (await correct(native, one, title=SCRIPT, reason=SCRIPT)).json()
    assert (made["corrections"][0]["reason"], (await read(native, one))["title"]) == (SCRIPT, SCRIPT)


async def test_undoing_twice_what_nobody_made_and_records_of_others_is_refused(native, place):
    one = await record(native)
    made = (await correct(native, one, version="3")).json()["correction"]
    assert (await undo(native, one, made, json={"reason": "It was 2.4.1 after all."})).status_code == 200
    assert (await undo(native, one, made)).status_code == 409
    assert [(await undo(native, *ids)).status_code for ids in ((one, NOBODY), (NOBODY, made))] == [404, 404]
    assert (await correct(native, NOBODY, version="1")).status_code == 404
    async with client_of(place, await issue_token(place, organization="elsewhere")) as stranger:
        assert (await correct(stranger, one, version="4")).status_code == 404
        assert (await stranger.get(f"{TARGET}/{one}/corrections")).status_code == 404
    async with client_of(place, await issue_token(place, Scope.READ)) as reader:
        assert (await correct(reader, one, version="4")).status_code == 403


@pytest.mark.both_stores
async def test_a_removal_and_its_undo_that_are_settled_at_once_leave_what_was_there(native, place):
    ids = [await record(native, external_id=name) for name in "abc"]
    owner, asks = await place.organization_id(), place.app.directory._asks

    def ask(submission):
        return asks.ask(owner, [submission], operation="test", actor=Actor(ActorKind.COMMAND, "test"))

    targets = [Target(key=one) for one in ids]
    removals = [Correct("shipledger", one, one.key, CorrectedFacts(is_removed=True), REASON) for one in targets]
    undos = [UndoCorrection("shipledger", one, one.key, "") for one in targets]
    verdicts = await asyncio.gather(*(ask(one) for pair in zip(removals, undos, strict=True) for one in pair))
    assert {one.kind for (one,) in verdicts} == {VerdictKind.APPLIED}, verdicts
    assert [(await read(native, one))["version"] for one in ids] == ["2.4.1"] * 3
    assert [await record(native, external_id=name) for name in "abc"] == ids


@pytest.mark.both_stores
async def test_projections_are_made_anew_as_they_are(native, place, tmp_path):
    one, other, third = [await record(native, external_id=name) for name in "abc"]
    await correct(native, one, started_at="2026-03-04T09:00:00.000Z", version="3")
    made = (await correct(native, other, removed=True)).json()["correction"]
    await undo(native, other, made)
    await correct(native, third, removed=True)
    store, damage = place.app.store, []
    scratch = await open_store(f"sqlite:///{tmp_path / 'scratch.db'}")
    try:
        found = await verify_projections(store, scratch, advance=lambda *_: None, report=damage.append)
    finally:
        await scratch.close()
    assert (damage, found.was_quiet) == ([], True)
    before = await store.digest_projections()
    await rebuild_projections(store, advance=lambda *_: None, report=damage.append)
    assert (await store.digest_projections(), damage) == (before, [])


@pytest.mark.both_stores
async def test_of_what_is_erased_nothing_is_corrected(native, place):
    sender, store = await issue_token(place), place.app.store
    async with client_of(place, sender) as client:
        one = await record(client)
        made = (await correct(native, one, title="Theirs")).json()["correction"]
        (entry, *_) = await store.list_entries(await place.organization_id(), one)
        await Eraser(store, place.app.clock, grace_seconds=0).erase_credential(await place.organization_id(), entry.actor.id)
    answers = (
        await correct(native, one, title="Again"),
        await undo(native, one, made),
        await native.get(f"{TARGET}/{one}/corrections"),
    )
    assert [one.status_code for one in answers] == [404, 404, 404]
    entries = await store.list_entries(await place.organization_id(), one)
    assert not any(isinstance(one.submission, Correct) for one in entries)


async def test_an_audit_tells_of_corrections_and_undos(native):
    one = await record(native)
    made = (await correct(native, one, version="3")).json()["correction"]
    await undo(native, one, made)
    acts = (await native.get("/ledger/v1/audit", params={"kind": "deployment"})).json()
    told = [act["changes"] for act in acts[next(name for name in acts if isinstance(acts[name], list))]]
    assert told[:2] == [["Took a correction back."], ["Corrected version: 3.", f"Reason: {REASON}"]]
