"""``GET /ledger/v1/projects``."""

from __future__ import annotations

import pytest

from tests.support.native import TARGET, client_of, deployment, issue_token

PATH = "/ledger/v1/projects"


@pytest.mark.both_stores
async def test_projects_are_listed_by_key_page_by_page_as_json_and_as_a_table(native, place):
    told = [
        deployment(
            external_id=f"run-{number}", title=f"{keys} SHA-256", started_at=f"2026-03-0{number}T09:00:00Z", finished_at=None
        )
        for number, keys in ((1, "PAY-1 SHIP-2"), (2, "SHIP-1"), (3, "OPS-7"))
    ]
    made = (await native.post(TARGET, json=told)).json()["deployments"]
    first = await native.get(PATH, params={"limit": "2"})
    assert [(one["project"], one["latest_id"]) for one in first.json()["projects"]] == [
        ("OPS", made[2]["id"]),
        ("PAY", made[0]["id"]),
    ]
    second = (await native.get(PATH, params={"limit": "2", "cursor": first.json()["next_cursor"]})).json()
    assert (second["projects"][0]["project"], second["projects"][0]["latest_title"]) == ("SHIP", "SHIP-1 SHA-256")
    table = await native.get(PATH, params={"format": "csv"})
    assert [line.split(",")[0] for line in table.text.splitlines()] == ["project", "OPS", "PAY", "SHIP"]
    async with client_of(place, await issue_token(place, organization="projects-rival")) as rival:
        assert (await rival.get(PATH)).json()["projects"] == []
    for wrong in ({"limit": "0"}, {"cursor": "x"}, {"format": "xml"}, {"other": "1"}):
        assert (await native.get(PATH, params=wrong)).status_code == 422, wrong
