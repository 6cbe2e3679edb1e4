"""``/compare``: two environments, or two moments of one, side by side."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shipledger.catalog.commit import Telling
from shipledger.catalog.told import ToldCommit
from tests.support.pen import PRODUCTION, STAGING
from tests.support.site import Site
from tests.support.telling import tell_commits

SHOP = "github.com/acme/shop"
HOSTILE = "<script>alert(1)</script>\N{RIGHT-TO-LEFT OVERRIDE}"


async def write(site: Site, *, count: int = 300) -> list[str]:
    """A service whose staging is many commits ahead of its production."""
    pen, now = site.pen, site.now
    ids = [f"{number + 1:04x}".ljust(40, "0") for number in range(count)]
    told = [
        ToldCommit(
            one,
            place + 1,
            Telling(
                f"SHIP-{place} {HOSTILE}",
                now - timedelta(days=9, seconds=-place),
                author_name="<i>Ada</i>",
                parents=tuple(ids[:place][-1:]),
            ),
        )
        for place, one in enumerate(ids)
    ]
    await tell_commits(site, SHOP, told)
    await pen.create_service(HOSTILE, SHOP, at=now - timedelta(days=8))
    for hours, place, commit in ((3, PRODUCTION, ids[0]), (2, STAGING, ids[-1])):
        await pen.record(at=now - timedelta(hours=hours), environment=place, releases=[(SHOP, commit)])
    return ids


async def test_it_shows_commits_issues_and_people_and_how_many_more_there_are(site: Site) -> None:
    await write(site)
    address = f"/compare?left={PRODUCTION.name}&right={STAGING.name}"
    page = await site.page(address)
    text = page.text
    assert "1 of 1 services differs." in text
    assert "299 commits came in" in text
    assert "99 older commits are not listed." in text
    assert "99 more commits are not listed; their issues and people are not counted." in text
    assert "/issues/SHIP-299" in page.links()
    assert "\\<script\\>" in text, "it is escaped in Markdown"
    assert "<script>alert" not in (await site.get(address)).text


@pytest.mark.parametrize(
    "query, sentence",
    [
        ("", "Nothing to compare yet"),
        ("left=Production&right=Production", "Both sides are the same."),
        ("left=Production&right=nowhere", "Nothing of these services runs in nowhere"),
        ("left=Production&left_at=yesterday", "is not a time; what runs now is compared."),
        ("left=Production&left_at=9999-12-31T23:59:59-12:00", "is not a time"),
        ("left=Production&left_at=2001-01-01", "It does not run on the left side."),
        ("left=Production&service=nobody%00", "There is no service"),
        ("left=" + "x" * 10_000, "Nothing runs on either side"),
        ("right=%E2%80%AE%ED%A0%80", "Nothing runs on either side"),
    ],
)
async def test_what_cannot_be_compared_is_said(site: Site, query: str, sentence: str) -> None:
    await write(site, count=2)
    answer = await site.get(f"/compare?{query}")
    assert answer.status_code == 200
    assert sentence in answer.text
