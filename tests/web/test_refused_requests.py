"""Refused requests on ``/requests`` and on a page of their own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shipledger.access.people.roles import Role
from shipledger.access.refused import RefusedRequest
from shipledger.ledger.identity import new_id
from tests.support.site import Html, Site

HOSTILE = '<script>alert(1)</script> "\N{RIGHT-TO-LEFT OVERRIDE}' + "x" * 400


async def write_four(site: Site) -> tuple[list[str], list[str]]:
    """Ids of two accepted and two refused requests, each pair with the older one first; of all the second is refused."""
    accepted, refused = [], []
    for number in range(4):
        at = site.now + timedelta(seconds=number)
        if number % 2 == 0:
            accepted.append(await site.pen.leave_pending(at=at))
            continue
        one = RefusedRequest(
            organization_id=site.pen.organization_id,
            refused_id=new_id(at, bytes(8)),
            refused_at=at,
            protocol="native",
            method="POST",
            path="/ledger/v1/deployments",
            status=425 - number,
            code="Unprocessable Content",
            sentence=HOSTILE,
            credential_id=site.pen.credential_id,
            address="192.0.2.9",
        )
        await site.store.save_refused(site.pen.organization_id, [one], keep=10)
        refused.append(one.refused_id)
    return accepted, refused


def list_ids(page: Html) -> list[str]:
    return [found["id"].removeprefix("request-") for found in page.all("a") if found.get("id", "").startswith("request-")]


async def test_accepted_and_refused_requests_are_one_list_that_is_narrowed(site: Site) -> None:
    accepted, refused = await write_four(site)
    newest_first = [refused[1], accepted[1], refused[0], accepted[0]]
    for query, expected in {
        "": newest_first,
        f"before={accepted[1]}": newest_first[2:],
        "show=refused": newest_first[::2],
        "state=pending": newest_first[1::2],
        "status=429": [],
        "status=422": newest_first[:1],
        "protocol=native": newest_first[::2],
        "protocol=jira": [],
        f"credential={site.pen.credential_id}": newest_first,
        "find=192.0.2.9": newest_first[::2],
    }.items():
        found = list_ids(await site.page(f"/requests?{query}"))
        of_ours = [one for one in found if one in newest_first]  # whoever looks was invited, by a request of the ledger itself
        assert of_ours == expected, query


async def test_a_refused_request_says_what_was_answered_and_what_to_do(site: Site) -> None:
    _, (refused, _) = await write_four(site)
    page = await site.page(f"/requests/{{{refused.upper()}}}")
    for words in ("424", "POST /ledger/v1/deployments", "What to do", "192.0.2.9", "bitbucket-ci", "not announced"):
        assert words in page.text
    assert "<script>alert" not in page.source
    assert (await site.get("/requests/01900000-0000-7000-8000-00000000dead")).status_code == 404


@pytest.mark.parametrize("role", [Role.VIEWER])
async def test_who_may_not_see_what_arrived_sees_no_refused_request(site: Site, role: Role) -> None:
    accepted, refused = await write_four(site)
    answer = await site.ask("GET", "/requests", role=role)
    assert not set(list_ids(Html(answer.text))) & set(refused)
    assert set(list_ids(Html(answer.text))) >= set(accepted)
    assert "tab-refused" not in answer.text
    for path, status in {f"/requests/{refused[0]}": 404, "/requests?show=refused": 403, "/requests?status=422": 403}.items():
        assert (await site.ask("GET", path, role=role)).status_code == status
