"""``GET /ledger/v1/requests``: what was accepted and what was refused."""

from __future__ import annotations

import pytest

from tests.support.native import TARGET, client_of, deployment, issue_token

pytestmark = pytest.mark.both_stores


async def test_accepted_and_refused_requests_are_walked_once_and_filtered(place, native):
    accepted = [
        (await native.post(TARGET, json=deployment(external_id=f"run-{number}"))).headers["x-request-id"] for number in (1, 2)
    ]
    refused = [(await native.post(TARGET, json={"state": number})).headers["x-request-id"] for number in (1, 2)]
    await place.app.refused.write()

    async def walk(**filters):
        found, cursor = [], None
        while True:
            page = (await native.get("/ledger/v1/requests", params={**filters, "cursor": cursor or "", "limit": 1})).json()
            found += page["requests"]
            cursor = page["next_cursor"]
            if cursor is None:
                return found

    every = await walk()
    assert [one["id"] for one in every if one["protocol"] == "native"] == [*refused[::-1], *accepted[::-1]]
    first, last = every[0], every[3]
    assert (first["outcome"], first["status"], first["path"], first["address"]) == ("refused", 422, TARGET, "127.0.0.1")
    assert first["sentence"]
    assert (last["outcome"], last["operation"], last["verdicts"]) == ("accepted", "record-deployment", ["applied"])
    assert [one["id"] for one in await walk(outcome="refused", status="422")] == refused[::-1]
    assert [one["id"] for one in await walk(outcome="accepted", protocol="native", credential=last["credential_id"])] == accepted[
        ::-1
    ]
    assert await walk(outcome="refused", state="settled") == []
    as_csv = (await native.get("/ledger/v1/requests", params={"outcome": "refused", "format": "csv"})).text.splitlines()
    assert (len(as_csv), as_csv[1].startswith(refused[1])) == (3, True)
    assert (await native.get(f"/ledger/v1/requests/{refused[0]}")).json()["status"] == 422
    for wrong in ({"status": "200"}, {"outcome": "lost"}, {"state": "x"}, {"limit": "0"}):
        assert (await native.get("/ledger/v1/requests", params=wrong)).status_code == 422
    async with client_of(place, await issue_token(place, "read")) as reader:
        shown = (await reader.get(f"/ledger/v1/requests/{refused[0]}")).json()
        assert (shown["sentence"], shown["address"]) == (first["sentence"], None)
