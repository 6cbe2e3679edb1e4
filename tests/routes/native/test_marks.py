"""``POST /ledger/v1/deployments/{id}/marks`` and ``…/incidents/{id}/marks``."""

from __future__ import annotations

import asyncio

import pytest

from shipledger.access.grant import Scope
from tests.support.native import INCIDENTS, SHA, TARGET, client_of, deployment, incident, issue_token

REPOSITORY = "github.com/acme/shop"
NOBODY = "01900000-0000-7000-8000-000000000000"


async def record(client, name="build-77"):
    return (await client.post(TARGET, json=deployment(external_id=name))).json()["id"]


async def open_incident(client, name="inc-1"):
    return (await client.post(INCIDENTS, json=incident(external_id=name))).json()["id"]


async def mark(client, path, record_id, **said):
    return await client.post(f"{path}/{record_id}/marks", json=said)


async def marks_of(client, path, record_id):
    return {name: said for name, said in (await client.get(f"{path}/{record_id}")).json()["marks"].items() if said is not None}


@pytest.mark.both_stores
async def test_marks_of_a_deployment_are_read_back_with_who_said_each_last_and_when(native):
    failed, remedy = await record(native), await record(native, "build-78")
    answer = await mark(native, TARGET, failed, change_failure=True, remediation={"deployment": remedy, "type": "rollback"})
    assert (answer.status_code, answer.json()["verdict"]["kind"]) == (200, "applied")
    await mark(native, TARGET, failed, unplanned="false", note=" Paged at 3. ")
    read = (await native.get(f"{TARGET}/{failed}")).json()
    assert read["marks"] == {
        "change_failure": True,
        "unplanned": False,
        "remediation": {"deployment": remedy, "type": "rollback", "version": None},
        "note": "Paged at 3.",
    }
    assert set(read["marked"]) == set(read["marks"])
    assert read["marked"]["note"]["at"] > read["marked"]["change_failure"]["at"]
    assert {one["actor"]["kind"] for one in read["marked"].values()} == {"credential"}


async def test_null_withdraws_a_member_and_an_absent_one_is_left(native):
    failed = await record(native)
    await mark(native, TARGET, failed, change_failure=True, note="Bad")
    withdrawn = (await mark(native, TARGET, failed, change_failure=None)).json()
    assert (withdrawn["verdict"]["kind"], withdrawn["marks"]["change_failure"], withdrawn["marks"]["note"]) == (
        "applied",
        None,
        "Bad",
    )
    assert "change_failure" in withdrawn["marked"]
    assert (await mark(native, TARGET, failed, note="")).json()["marks"]["note"] is None


@pytest.mark.parametrize("said", [{"note": "Twice"}, {"unplanned": None}])
async def test_the_same_mark_again_and_the_withdrawal_of_nothing_are_duplicates(native, said):
    failed = await record(native)
    await mark(native, TARGET, failed, note="Twice")
    assert (await mark(native, TARGET, failed, **said)).json()["verdict"]["kind"] == "duplicate"


async def test_marks_of_an_incident_are_read_back_in_the_form_in_which_they_were_sent(native):
    cause, other, first, second = (
        await record(native),
        await record(native, "build-78"),
        await open_incident(native),
        await open_incident(native, "inc-2"),
    )
    said = {
        "caused_by": [cause],
        "root_cause": {"repository": REPOSITORY, "commit": SHA},
        "potential_causes": [other, {"repository": REPOSITORY, "commit": SHA[:8]}],
        "not_caused_by_deployment": None,
        "duplicate_of": second,
        "note": "The new cache.",
    }
    answer = await mark(native, INCIDENTS, first, **said)
    assert (answer.status_code, answer.json()["verdict"]["kind"]) == (200, "applied")
    assert (await native.get(f"{INCIDENTS}/{first}")).json()["marks"] == said
    assert (await mark(native, INCIDENTS, first, **said)).json()["verdict"]["kind"] == "duplicate"
    await mark(native, INCIDENTS, first, caused_by=[], root_cause=None, not_caused_by_deployment=True)
    left = await marks_of(native, INCIDENTS, first)
    assert set(left) == {"potential_causes", "not_caused_by_deployment", "duplicate_of", "note"}


@pytest.mark.parametrize(
    "said, named",
    [
        ({"caused_by": [NOBODY]}, "caused_by"),
        ({"potential_causes": [NOBODY]}, "potential_causes"),
        ({"root_cause": {"repository": REPOSITORY, "commit": "f" * 40}}, "root_cause"),
        ({"potential_causes": [{"repository": "github.com/acme/other", "commit": SHA}]}, "potential_causes"),
        ({"duplicate_of": NOBODY}, "duplicate_of"),
    ],
)
async def test_what_a_mark_names_must_exist_and_the_error_says_which(native, said, named):
    await record(native)
    first = await open_incident(native)
    refused = await mark(native, INCIDENTS, first, **said)
    assert refused.status_code == 409
    assert refused.json()["detail"].startswith("There is no ")
    assert refused.json()["detail"].endswith(f", which {named} names.")
    assert await marks_of(native, INCIDENTS, first) == {}


async def test_a_remedy_must_exist_and_be_another_deployment(native):
    failed = await record(native)
    assert "which remediation names" in (await mark(native, TARGET, failed, remediation=NOBODY)).json()["detail"]
    assert "cannot remedy itself" in (await mark(native, TARGET, failed, remediation=failed)).json()["detail"]


@pytest.mark.both_stores
async def test_marks_that_contradict_each_other_are_refused_at_once_and_later(native):
    cause, first = await record(native), await open_incident(native)
    at_once = await mark(native, INCIDENTS, first, caused_by=[cause], not_caused_by_deployment=True)
    assert (at_once.status_code, "Withdraw one of them" in at_once.text) == (422, True)
    await mark(native, INCIDENTS, first, caused_by=cause)
    later = await mark(native, INCIDENTS, first, not_caused_by_deployment=True)
    assert (later.status_code, cause in later.json()["detail"]) == (409, True)
    assert (await mark(native, INCIDENTS, first, caused_by=None, not_caused_by_deployment=True)).status_code == 200
    await mark(native, TARGET, cause, change_failure=False)
    remedy = await record(native, "build-78")
    assert (await mark(native, TARGET, cause, remediation=remedy)).status_code == 409
    assert (await mark(native, TARGET, cause, remediation=remedy, change_failure=False)).status_code == 422


@pytest.mark.both_stores
async def test_duplicates_never_form_a_circle_whoever_is_faster(native):
    names = [await open_incident(native, f"inc-{number}") for number in range(3)]
    pairs = list(zip(names, [*names[1:], names[0]], strict=True))
    answers = await asyncio.gather(*(mark(native, INCIDENTS, one, duplicate_of=other) for one, other in pairs))
    assert {answer.status_code for answer in answers} <= {200, 409}
    said = {one: (await marks_of(native, INCIDENTS, one)).get("duplicate_of") for one in names}
    for name in names:
        reached = name
        for _ in names:
            reached = said.get(reached)
        assert reached is None, said
    assert (await mark(native, INCIDENTS, names[0], duplicate_of=names[0])).status_code == 409


@pytest.mark.parametrize(
    "path, body, members",
    [
        (TARGET, {}, {"body"}),
        (TARGET, {"failure": True, "note": 3}, {"failure"}),
        (TARGET, {"change_failure": "perhaps", "note": {}, "remediation": {"type": "x", "of": 1}},
         {"change_failure", "note", "remediation.type", "remediation.of", "remediation.deployment"}),
        (TARGET, {"note": "x" * 15_001}, {"note"}),
        (INCIDENTS, {"caused_by": [["x"]], "root_cause": "abc", "potential_causes": [{"commit": "abc"}]},
         {"caused_by[0]", "root_cause", "potential_causes[0].repository", "potential_causes[0].commit"}),
        (INCIDENTS, {"caused_by": ["x"] * 101}, {"caused_by"}),
        (INCIDENTS, [], {"body"}),
    ],
)  # fmt: skip
async def test_every_wrong_member_is_named(native, path, body, members):
    record_id = await (record if path is TARGET else open_incident)(native)
    refused = await native.post(f"{path}/{record_id}/marks", json=body)
    assert (refused.status_code, set(refused.json()["errors"])) == (422, members)


async def test_a_mark_of_nothing_is_not_found(native, place):
    async with client_of(place, await issue_token(place, organization="other")) as other:
        theirs = await record(other)
    for path, record_id in ((TARGET, NOBODY), (INCIDENTS, NOBODY), (TARGET, theirs), (TARGET, "nonsense")):
        assert (await mark(native, path, record_id, note="x")).status_code == 404


async def test_only_who_may_write_may_mark(native, place):
    failed = await record(native)
    async with client_of(place, await issue_token(place, Scope.READ)) as reader:
        assert (await mark(reader, TARGET, failed, note="x")).status_code == 403


async def test_a_key_makes_a_repeat_harmless_after_another_mark(native):
    failed, other, headers = await record(native), await record(native, "build-78"), {"Idempotency-Key": "k"}
    first = await native.post(f"{TARGET}/{failed}/marks", json={"note": "first"}, headers=headers)
    await mark(native, TARGET, failed, note="second")
    again = await native.post(f"{TARGET}/{failed}/marks", json={"note": "first"}, headers=headers)
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (200, "true")
    assert again.json()["request_id"] == first.json()["request_id"]
    assert await marks_of(native, TARGET, failed) == {"note": "second"}
    elsewhere = await native.post(f"{TARGET}/{other}/marks", json={"note": "first"}, headers=headers)
    assert elsewhere.status_code == 422
