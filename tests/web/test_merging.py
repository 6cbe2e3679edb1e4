"""``/deployments/{id}/merging``: which records tell of one deployment, and the forms that merge and split them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shipledger.access.people.roles import Role
from shipledger.ledger.state import State
from shipledger.ledger.submission import Target
from tests.support.site import Html, Site

HOSTILE = "<script>alert(1)</script>\N{RIGHT-TO-LEFT OVERRIDE}"
COMMIT = "0b5c7a9f" * 5


async def record(site: Site, source: str, **facts: Any) -> str:
    said = {"title": f"Release by {source}", "releases": [("github.com/acme/shop", COMMIT)], **facts}
    _, verdict = await site.pen.record(at=site.now - timedelta(hours=2), state=State.SUCCESSFUL, source=source, **said)
    return str(verdict.deployment_id)


def path_of(deployment_id: str) -> str:
    return f"/deployments/{deployment_id}/merging"


async def find(site: Site, deployment_id: str) -> Any:
    return await site.store.find_deployment(site.pen.organization_id, Target(key=deployment_id))


@pytest.mark.both_stores
async def test_two_records_are_merged_after_a_preview_and_split_again(site: Site) -> None:
    host = await record(site, "datadog", version="v1")
    other = await record(site, "jira", version=HOSTILE)
    page = await site.page(path_of(other))
    assert ("Seem to be the same" in page.text, "Release by datadog" in page.text) == (True, True)
    form = {"action": "preview-merge", "into": f"https://ledger.example.com/deployments/{host}", "reason": f"Same {HOSTILE}"}
    preview = await site.send(form, path_of(other))
    shown = Html(preview.text)
    assert (preview.status_code, "What it would be" in shown.text, HOSTILE in preview.text) == (200, True, False)
    assert (await find(site, other)).merged_into == ""
    merged = await site.send({**form, "action": "merge"}, path_of(other))
    assert (merged.status_code, merged.headers["location"]) == (303, f"/deployments/{host}?done=merged")
    at_host = await site.page(f"/deployments/{host}")
    assert ("Told by 2 records" in at_host.text, "Jira says" in at_host.text) == (True, True)
    assert "Took in Release by jira" in at_host.text
    assert [one["href"] for one in at_host.all("a") if one.get("id", "").startswith("other-")] == [f"/deployments/{other}"]
    hidden = await site.page(f"/deployments/{other}")
    assert "Merged into Release by datadog" in hidden.text
    assert ("Part of another deployment" in hidden.text, f"/deployments/{host}" in hidden.links()) == (True, True)
    assert "What changed" not in hidden.text
    listed = await site.page("/deployments")
    assert (f"/deployments/{host}" in listed.links(), f"/deployments/{other}" in listed.links()) == (True, False)
    left = await site.send({"action": "preview-split", "reason": "Two runs."}, path_of(other))
    assert "What would be left" in left.text
    parted = await site.send({"action": "split", "reason": "Two runs."}, path_of(other))
    assert (parted.status_code, parted.headers["location"]) == (303, f"/deployments/{other}?done=parted")
    assert (await find(site, host)).told == ()
    assert "Let go of Release by jira : Two runs." in (await site.page(f"/deployments/{host}")).text


async def test_what_cannot_be_is_told_beside_what_was_typed(site: Site) -> None:
    host, other, third = [await record(site, source) for source in ("datadog", "jira", "opsgenie")]
    await site.send({"action": "merge", "into": host, "reason": "Same run."}, path_of(other))
    cases = {
        "into itself": ({"action": "preview-merge", "into": third, "reason": "My words."}, third, 409),
        "Merge into that one": ({"action": "merge", "into": other, "reason": "My words."}, third, 409),
        "no deployment with the id nothing": ({"action": "merge", "into": "nothing", "reason": "My words."}, third, 409),
        "should say why": ({"action": "merge", "into": host, "reason": " "}, third, 400),
        "at most 1,000": ({"action": "merge", "into": host, "reason": "x" * 1_001}, third, 400),
        "already": ({"action": "merge", "into": third, "reason": "My words."}, other, 409),
        "not merged": ({"action": "split", "reason": "My words."}, third, 409),
        "Choose what to do": ({"action": "else", "reason": "My words."}, third, 400),
    }
    for words, (form, one, status) in cases.items():
        answer = await site.send(form, path_of(one))
        assert (answer.status_code, words in Html(answer.text).text) == (status, True), words
    assert (await site.get(path_of("nothing"))).status_code == 404
    assert (await find(site, third)).merged_into == ""


async def test_a_viewer_sees_the_records_and_no_form(site: Site) -> None:
    host, other = [await record(site, source) for source in ("datadog", "jira")]
    await site.send({"action": "merge", "into": host, "reason": "Same run."}, path_of(other))
    for one in (host, other):
        page = await site.get(path_of(one), role=Role.VIEWER)
        assert (page.status_code, 'name="reason"' in page.text) == (200, False)
    assert "Told by 2 records" in (await site.get(f"/deployments/{host}", role=Role.VIEWER)).text
