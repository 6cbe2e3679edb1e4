"""``GET /ledger/v1/audit``: who did what, over HTTP."""

from __future__ import annotations

import csv
import io

import pytest

from tests.support.native import INCIDENTS, TARGET, client_of, deployment, incident, issue_token

pytestmark = pytest.mark.both_stores

AUDIT = "/ledger/v1/audit"


async def read(client, **query):
    answer = await client.get(AUDIT, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_marks_settings_and_services_are_told_exactly_once_in_order_and_reports_when_asked(native, place):
    made = (await native.post(TARGET, json=deployment(service=None))).json()
    broken = (await native.post(INCIDENTS, json=incident(services=None))).json()
    await native.post(f"{TARGET}/{made['id']}/marks", json={"change_failure": True, "note": "Too slow."})
    await native.post(f"{INCIDENTS}/{broken['id']}/marks", json={"caused_by": [made["id"]]})
    await native.put("/ledger/v1/settings", json={"settings": {"gate_timeout_hours": 5}})
    await native.post("/ledger/v1/services", json={"name": "Audited"})
    acts = (await read(native))["audit"]
    told = [(one["kind"], one["changes"][0]) for one in acts]
    assert ("service", "Created as Audited.") in told
    assert ("setting", "gate_timeout_hours set to 5.") in told
    assert ("deployment", "Marked change failure: yes.") in told
    assert [one for one in told if one[0] == "incident"] == [("incident", f"Marked caused by: {made['id']}.")]
    called = {one["kind"]: one["subject"] for one in acts}
    assert (called["deployment"], called["incident"]) == (made["display_title"], broken["title"])
    (marked,) = (one["changes"] for one in acts if one["kind"] == "deployment")
    assert marked[-1] == "Marked note: Too slow."
    assert {(one["who"], one["actor"].partition(":")[0]) for one in acts} == {("test", "credential")}
    assert [one["at"] for one in acts] == sorted((one["at"] for one in acts), reverse=True)

    everything = (await read(native, reports="include"))["audit"]
    assert {one["kind"] for one in everything} == {one["kind"] for one in acts}
    assert [one["changes"] for one in everything if one["kind"] == "deployment"][-1] == ["Reported."]
    paged, cursor = [], None
    while True:
        page = await read(native, reports="include", limit=2, **({"cursor": cursor} if cursor else {}))
        paged += page["audit"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert paged == everything
    assert (await read(native, kind="setting"))["audit"] == [one for one in acts if one["kind"] == "setting"]
    actor = acts[0]["actor"]
    assert (await read(native, actor=actor))["audit"] == acts
    assert (await read(native, actor="person"))["audit"] == []
    assert (await read(native, to=acts[-1]["at"]))["audit"] == []
    first = [one for one in acts if one["at"] >= acts[0]["at"]]
    assert (await read(native, **{"from": acts[0]["at"]}))["audit"] == first
    table = (await native.get(AUDIT, params={"format": "csv"})).text
    assert [one["subject"] for one in csv.DictReader(io.StringIO(table))] == [one["subject"] for one in acts]
    for query in ({"kind": "x"}, {"actor": "king"}, {"cursor": "x"}, {"reports": "x"}, {"from": "x"}):
        assert (await native.get(AUDIT, params=query)).status_code == 422, query
    async with client_of(place, await issue_token(place, organization="audit-rival")) as rival:
        assert (await read(rival, reports="include"))["audit"] == []
