"""Open pages that ask for what is new share the answer."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.people.person import Person
from shipledger.access.people.roles import Role
from shipledger.clock import EPOCH
from shipledger.http.viewer import Viewer, keep_viewer
from shipledger.web.pages import shared_answers
from shipledger.web.pages.frame import LiveBlock, unchanged
from shipledger.web.pages.shared_answers import SharedAnswers
from tests.support.people import add_person, sign_in
from tests.support.site import COOKIE, Site

POLL = {"HX-Request": "true"}


class Page:
    """A page that counts how often it is made, and shows the count. ``seen=`` the count: nothing has changed."""

    def __init__(self) -> None:
        self.made = 0
        self.shown = 1
        self.show = SharedAnswers(asyncio.get_running_loop().time).share(self._show)

    async def _show(self, _: object, request: Request) -> Response:
        self.made += 1
        shown = self.shown
        await asyncio.sleep(0.01)
        return unchanged() if request.query_params.get("seen") == str(shown) else LiveBlock(b"%d" % shown, str(shown))

    async def ask(
        self,
        query: str = "",
        *,
        rights: str = "read",
        organization: str = "ours",
        is_poll: bool = True,
        person: Person | None = None,
    ) -> Response:
        """What somebody is answered, who is not signed in without a ``person``."""
        headers = [(b"hx-request", b"true")] if is_poll else []
        request = Request(
            {"type": "http", "method": "GET", "path": "/", "query_string": query.encode(), "headers": headers, "server": ("a", 1)}
        )
        keep_viewer(request, Viewer(organization, frozenset({rights}), person=person))
        return await self.show(None, request)  # type: ignore[arg-type]  # it looks at no frame


async def test_an_answer_is_made_once_for_all_who_wait_and_each_gets_none_from_before():
    page = Page()
    first = await page.ask("seen=0")
    assert (bytes(first.body), page.made) == (b"1", 1)
    waiting = [asyncio.create_task(page.ask(f"seen={number % 3}")) for number in range(30)]
    await asyncio.sleep(0.02)
    page.shown = 2
    answers = await asyncio.gather(*waiting)
    assert {(one.status_code, bytes(one.body)) for one in answers} == {(200, b"2"), (204, b"")}
    assert [one.status_code for one in answers] == [204 if number % 3 == 2 else 200 for number in range(30)]
    assert page.made <= 3


@pytest.mark.parametrize(
    "other",
    [
        {"rights": "write"},
        {"organization": "theirs"},
        {"query": "limit=1"},
        {"query": "limit="},
        {"is_poll": False},
        {"person": Person(person_id="ada", email="ada@example.com", name="Ada", created_at=EPOCH)},
    ],
)
async def test_others_share_no_answer(other):
    page = Page()
    await page.ask()
    await asyncio.gather(page.ask(), page.ask("seen=0"), page.ask(**other))
    assert page.made == 3


async def test_what_is_kept_is_bounded_and_what_is_too_large_to_be_kept_is_answered(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shared_answers, "REMEMBERED_BYTES", 3)
    page = Page()
    for shown in (9, 10_000, 7):
        page.shown = shown
        answers = await asyncio.gather(*(page.ask(f"limit={number}") for number in range(3)))
        assert [bytes(one.body) for one in answers] == [b"%d" % shown] * 3


async def test_a_page_is_answered_for_each_role_with_what_is_there_when_it_asks(site: Site):
    path = "/deployments?state=succeeded"
    await site.pen.record(at=site.now - timedelta(hours=1), title="Alpha")
    viewers = [await _sign_in(site, Role.VIEWER) for _ in range(3)]
    polls = [site.get(path, cookies={COOKIE: secret}, headers=POLL) for secret in viewers]
    answers = await asyncio.gather(*polls, site.get(path, role=Role.EDITOR, headers=POLL))
    assert {one.text for one in answers} == {answers[0].text}
    assert answers[0].headers["cache-control"] == "no-store"
    await site.pen.record(at=site.now, title="Beta")
    for secret in viewers[:2]:
        assert "Beta" in (await site.get(path, cookies={COOKIE: secret}, headers=POLL)).text


async def _sign_in(site: Site, role: Role) -> str:
    person = await add_person(site.store, site.pen.organization_id, role, clock=site.clock)
    return (await sign_in(site.store, person, site.pen.organization_id, clock=site.clock)).secret
