"""``POST /ledger/v1/deployments`` with a list."""

from __future__ import annotations

import pytest

from shipledger.errors import Unstorable
from shipledger.protocols.native import recording
from tests.support.native import TARGET, deployment, started


def numbered(count, **changes):
    return [deployment(external_id=f"build-{number}", **changes) for number in range(count)]


async def test_each_item_of_a_list_is_answered_in_its_place_with_its_own_verdict(native, place):
    await native.post(TARGET, json=numbered(2)[1])
    response = await native.post(TARGET, json=numbered(3))
    answer = response.json()
    assert response.status_code == 201
    assert [one["external_id"] for one in answer["deployments"]] == ["build-0", "build-1", "build-2"]
    assert [one["verdict"]["kind"] for one in answer["deployments"]] == ["applied", "duplicate", "applied"]
    assert {one["request_id"] for one in answer["deployments"]} == {answer["request_id"]}
    told = (await native.get(f"/ledger/v1/requests/{answer['request_id']}")).json()
    assert [one["deployment_id"] for one in told["verdicts"]] == [one["id"] for one in answer["deployments"]]
    assert await place.count_deployments() == 3


async def test_reports_of_one_deployment_in_a_list_are_one_record_in_whatever_order(native):
    answer = (await native.post(TARGET, json=[deployment(), started()])).json()["deployments"]
    assert {one["id"] for one in answer} == {answer[0]["id"]}
    assert {one["state"] for one in answer} == {"successful"}


async def test_a_list_that_is_sent_again_records_nothing_new(native, place):
    for status in (201, 200):
        assert (await native.post(TARGET, json=numbered(2))).status_code == status
    assert await place.count_deployments() == 2


async def test_one_wrong_item_refuses_the_list_and_names_every_wrong_member(native, place):
    response = await native.post(TARGET, json=[deployment(), deployment(state="done"), "x", deployment(environment=None)])
    assert response.status_code == 422
    assert [*response.json()["errors"]] == ["[2]", "[1].state", "[3].environment"]
    assert await place.count_deployments() == 0


@pytest.mark.parametrize(
    "body, fault", [([], "an object or a list"), ("x", "an object or a list"), (numbered(501), "at most 500")]
)
async def test_what_is_no_list_of_deployments_is_refused(native, body, fault):
    response = await native.post(TARGET, json=body)
    assert response.status_code == 422
    assert fault in response.json()["errors"]["body"]


async def test_an_item_that_cannot_be_stored_is_told_and_the_others_are_recorded(native, place, monkeypatch):
    store = place.app.store
    rehearse, settle = store.rehearse, store.settle

    def stumbling(run):
        async def over(batch):
            if any(one.external_id == "build-1" for one in batch.changed):
                raise Unstorable("value", "The database cannot store a value.")
            await run(batch)

        return over

    monkeypatch.setattr(store, "settle", stumbling(settle))
    monkeypatch.setattr(store, "rehearse", stumbling(rehearse))
    response = await native.post(TARGET, json=numbered(3))
    assert response.status_code == 409, response.text
    assert [*response.json()["errors"]] == ["[1]"]
    assert response.json()["detail"] == "1 of 3 items was rejected; the others are recorded."
    assert await place.count_deployments() == 2


async def test_a_list_that_is_not_settled_in_time_is_accepted_with_the_address_of_its_verdicts(native, place, monkeypatch):
    monkeypatch.setattr(recording, "SETTLEMENT_SECONDS", 0.0)
    response = await native.post(TARGET, json=numbered(2))
    assert response.status_code == 202
    await place.count_deployments()
    told = (await native.get(response.headers["Location"])).json()
    assert [one["kind"] for one in told["verdicts"]] == ["applied", "applied"]
