"""``/matrix``: what runs of each service in each environment."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest

from shipledger.ledger.state import State
from shipledger.web.pages import matrix
from tests.support.native import TARGET, client_of, deployment, issue_token
from tests.support.pen import PRODUCTION, STAGING
from tests.support.server import Server
from tests.support.site import Site

CHECKOUT, PAY = "github.com/acme/checkout", "github.com/acme/pay"


async def write(site: Site) -> dict[str, str]:
    """Two services: one with a failure after what runs, one that has changed an hour ago."""
    pen, now = site.pen, site.now
    for name, repository in (("Checkout", CHECKOUT), ("Payments", PAY)):
        await pen.create_service(name, repository, at=now - timedelta(hours=100))
    ids = {}
    for name, hours, place, repository, state in (
        ("old", 30, PRODUCTION, CHECKOUT, State.SUCCESSFUL),
        ("new", 1, PRODUCTION, CHECKOUT, State.SUCCESSFUL),
        ("staged", 2, STAGING, CHECKOUT, State.SUCCESSFUL),
        ("paid", 40, PRODUCTION, PAY, State.SUCCESSFUL),
        ("broken", 3, PRODUCTION, PAY, State.FAILED),
    ):
        _, verdict = await pen.record(
            at=now - timedelta(hours=hours), title=name, environment=place, releases=[(repository, name * 8)], state=state
        )
        ids[name] = verdict.deployment_id or ""
    return ids


@pytest.mark.both_stores
async def test_each_cell_has_what_runs_since_when_and_what_failed_after_it(site: Site) -> None:
    ids = await write(site)
    page = (await site.get("/matrix")).text
    for name in ("new", "staged", "paid"):
        assert f'href="/deployments/{ids[name]}"' in page
        assert f'title="{name * 8}">' in page
    assert ids["old"] not in page
    assert f'href="/deployments/{ids["broken"]}"' in page
    assert page.index('<th scope="col">staging-eu') < page.index('<th scope="col">Production')
    assert page.count("never deployed") == 1, "payments have no staging"


async def test_at_a_moment_it_shows_what_ran_then_and_what_runs_there_now(site: Site) -> None:
    ids = await write(site)
    then = (site.now - timedelta(hours=10)).isoformat()
    page = (await site.get(f"/matrix?at={quote(then)}")).text
    assert f'href="/deployments/{ids["old"]}"' in page
    assert f'href="/deployments/{ids["new"]}"' not in page
    assert page.count('<td class="changed">') == 2, "checkout in production, and in staging, where nothing ran"
    assert page.count("nothing runs") == 1
    assert f'href="/deployments/{ids["broken"]}"' not in page, "what failed after what runs now is not of then"
    long_ago = (await site.get("/matrix?at=2001-01-01")).text
    assert long_ago.count("nothing runs") == 3
    assert '<input type="datetime-local" id="at" name="at" value="2001-01-01T00:00">' in long_ago


async def test_as_of_a_moment_it_shows_what_was_known_and_what_is_there_now(server: Server) -> None:
    async with client_of(server, await issue_token(server)) as sender, server.client() as reader:
        assert (await sender.post(TARGET, json=deployment(version="1.0"))).status_code == 201
        known = server.app.clock.now().isoformat()
        later = deployment(
            external_id="later", version="2.0", started_at="2026-03-04T09:00:00Z", finished_at="2026-03-04T10:30:00Z"
        )
        assert (await sender.post(TARGET, json=later)).status_code == 201
        page = (await reader.get("/matrix", params={"as_of": known})).text
        assert (">1.0</a>" in page, "now <strong>2.0</strong>" in page, ">2.0</a>" in page) == (True, True, False)
        assert ">2.0</a>" in (await reader.get("/matrix")).text


@pytest.mark.parametrize(
    "query, sentence",
    [
        ("at=yesterday", "is not a time; what runs now is shown."),
        ("at=" + "9" * 5_000, "is not a time; what runs now is shown."),
        ("as_of=2999-01-01", "is not known yet"),
        ("tier=gold", "There is no tier"),
    ],
)
async def test_what_cannot_be_used_is_said_and_left_out(site: Site, query: str, sentence: str) -> None:
    ids = await write(site)
    answer = await site.get(f"/matrix?{query}")
    assert answer.status_code == 200
    assert sentence in answer.text
    assert f'href="/deployments/{ids["new"]}"' in answer.text


async def test_filters_leave_what_fits(site: Site) -> None:
    ids = await write(site)
    for query, shown in (
        ("tier=staging", {"staged"}),
        ("environment=PRODUCTION", {"new", "paid", "broken"}),
        ("service=payments", {"paid", "broken"}),
        ("service=nobody", set()),
        ("team=nobody", set()),
        ("environment=%00%E2%80%AE", set()),
        ("at=9999-12-31T23:59:59-12:00", {"new", "staged", "paid", "broken"}),
    ):
        page = (await site.get(f"/matrix?{query}")).text
        assert {name for name, one in ids.items() if f'href="/deployments/{one}"' in page} == shown, query
        assert ("Nothing matches" in page) is (not shown)


async def test_it_says_how_far_an_environment_is_behind_or_why_nobody_knows(server: Server) -> None:
    ids = [f"{number + 1:04x}".ljust(40, "0") for number in range(5)]
    commits = [
        {"id": one, "parents": ids[:place][-1:], "authored_at": f"2026-03-03T08:0{place}:00Z", "message": f"SHIP-{place} Change"}
        for place, one in enumerate(ids)
    ]
    places = (("staging", 4, "shop"), ("production", 1, "shop"), ("staging", 4, "pay"), ("production", 1, "pay"))
    told = [
        deployment(
            external_id=f"{environment} {name}",
            service=name,
            environment=environment,
            tier=environment,
            version=None,
            releases=[{"repository": f"github.com/acme/{name}", "commit": ids[number]}],
        )
        for environment, number, name in places
    ]
    async with client_of(server, await issue_token(server)) as sender, server.client() as reader:
        assert (await sender.post(TARGET, json=told)).status_code == 201
        sent = {"repository": "github.com/acme/shop", "commits": commits}
        assert (await sender.post("/ledger/v1/commits", json=sent)).status_code == 200
        page = (await reader.get("/matrix")).text
    assert page.count("3 commits behind, 3 issues") == 1
    assert 'href="/compare?left=production&amp;right=staging&amp;service=shop"' in page
    assert page.count("behind: unknown, the commit there is not known (compared with staging)") == 1
    assert ("In 1 place it is not known" in page, "shipledger commits push" in page) == (True, True)


async def test_an_empty_matrix_says_how_to_begin(site: Site) -> None:
    page = (await site.get("/matrix")).text
    assert "Nothing runs anywhere yet" in page
    assert "service create" in page


async def test_with_many_services_what_is_behind_comes_after_the_table(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    await write(site)
    monkeypatch.setattr(matrix, "COMPARED_AT_ONCE", 1)
    page = await site.page("/matrix?tier=production")
    (later,) = page.all("div", id="matrix")
    assert (later["hx-get"], later["hx-trigger"]) == (
        "/matrix?tier=production&behind=behind",
        "load, visibilitychange from:document",
    )
    assert page.all("a", id="show-behind")[0]["href"] == later["hx-get"]
    whole = await site.page(later["hx-get"])
    assert "hx-get" not in whole.all("div", id="matrix")[0]
    assert not whole.all("a", id="show-behind")


async def test_an_environment_that_is_another_today_is_compared_with_that(server: Server) -> None:
    async with client_of(server, await issue_token(server)) as sender, server.client() as reader:
        assert (await sender.post(TARGET, json=deployment(environment="qa", version="1.0"))).status_code == 201
        known = server.app.clock.now().isoformat()
        joined = {"environment": "qa", "alias_of": "test"}
        assert (await sender.post("/ledger/v1/environments", json=joined)).status_code in {200, 202}
        page = (await reader.get("/matrix", params={"as_of": known})).text
        assert (">1.0</a>" in page, "nothing runs" in page, '<td class="changed">' in page) == (True, False, False)
