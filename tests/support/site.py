"""The pages over a real store, asked without a socket."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import httpx2
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from shipledger.access.people.doorkeeper import Visit
from shipledger.access.people.roles import Role
from shipledger.access.people.session import cookie_name, form_token
from shipledger.access.people.views import SavedViews
from shipledger.access.sealing import Seal
from shipledger.access.tokens import TokenKeys
from shipledger.catalog.environments import Environments
from shipledger.catalog.host_aliases import NO_ALIASES
from shipledger.catalog.inbox import InboxDesk
from shipledger.catalog.organization_settings.changing import SettingsDesk
from shipledger.catalog.organization_settings.installation import InstallationSettings
from shipledger.catalog.tier_rules import TierRules
from shipledger.clock import Clock
from shipledger.http.budget import Budget, keep_account
from shipledger.http.hosts import read_known_hosts
from shipledger.ingestion.at_once import AskingStore
from shipledger.ingestion.news import News
from shipledger.long_work import LongWork
from shipledger.observability.pace import Pace
from shipledger.observability.process import Process
from shipledger.performing.catalog import CatalogPerformer
from shipledger.performing.gate_desk import GateDesk
from shipledger.performing.home import HomeReader
from shipledger.performing.matrix import MatrixPerformer
from shipledger.performing.merging_desk import MergingDesk
from shipledger.performing.past import PastPerformer
from shipledger.performing.services import ServicePerformer
from shipledger.performing.status import StatusReader
from shipledger.performing.timeline import TimelineReader
from shipledger.performing.webhook_desk import WebhookDesk
from shipledger.protocols.registry import settings_type
from shipledger.store.contract import Store
from shipledger.verbs.grid import ReadsGrid
from shipledger.verbs.real_keys import to_key_words
from shipledger.web.pages.access import PageAccess
from shipledger.web.pages.site import build_pages
from shipledger.web.pages.visiting import Visiting
from tests.support.corrections import corrections_of
from tests.support.pen import Pen
from tests.support.people import add_person, doorkeeper_of, members_of, sign_in, sources_of, tokens_of
from tests.support.services import directory_of

LOCAL = "http://localhost:8080"
KEYS = TokenKeys(current=b"c" * 32)
LEDGER = "a ledger of tests"
COOKIE, SECURE_COOKIE = (cookie_name(LEDGER, is_secure=is_secure) for is_secure in (False, True))
FIRST_SECRET = "the-first"
VOID = frozenset({"meta", "link", "img", "input", "br", "use", "path"})


class Site:
    """The pages of one ledger, and a pen that writes into it."""

    def __init__(self, store: Store, pen: Pen, clock: Clock, now: datetime) -> None:
        self.store = store
        self.pen = pen
        self.clock = clock
        self.now = now
        self._pages: dict[str, ASGIApp] = {}
        self._visits: dict[Role, Visit] = {}
        self._long_work = LongWork()

    async def get(self, path: str, **options: Any) -> httpx2.Response:
        """The answer to a reader; options as for ``ask``."""
        return await self.ask("GET", path, **options)

    async def page(self, path: str) -> Html:
        """The parsed page, which must be there."""
        answer = await self.get(path)
        assert answer.status_code == 200, answer.text
        return Html(answer.text)

    async def poll(self, path: str) -> httpx2.Response:
        """The answer to the page's own script."""
        return await self.get(path, headers={"HX-Request": "true"})

    async def send(self, fields: Mapping[str, str], path: str = "/repositories", **headers: str) -> httpx2.Response:
        """The answer to a form, sent from one of our own pages unless ``headers`` say otherwise."""
        sent = headers or {"Origin": LOCAL, "Sec-Fetch-Site": "same-origin"}
        visit = await self.visit_of(Role.ADMINISTRATOR)
        return await self.ask("POST", path, headers={**sent}, data={"form_token": form_token(visit.secret), **fields})

    async def visit_of(self, role: Role) -> Visit:
        """A session of somebody with this role, always the same one."""
        if role not in self._visits:
            person = await add_person(self.store, self.pen.organization_id, role, clock=self.clock)
            self._visits[role] = await sign_in(self.store, person, self.pen.organization_id, clock=self.clock)
        return self._visits[role]

    async def ask(
        self,
        method: str,
        path: str,
        *,
        settings: Mapping[str, Any] | None = None,
        cookies: Mapping[str, str] | None = None,
        role: Role = Role.ADMINISTRATOR,
        **options: Any,
    ) -> httpx2.Response:
        """The answer of pages with ``settings`` to a browser in which somebody is signed in, or that has other ``cookies``."""
        transport = httpx2.ASGITransport(self._pages_of(settings or {}))
        presented = {COOKIE: (await self.visit_of(role)).secret} if cookies is None else dict(cookies)
        async with httpx2.AsyncClient(transport=transport, base_url=LOCAL, cookies=presented) as http:
            return await http.request(method, path, **options)

    def _pages_of(self, settings: Mapping[str, Any]) -> ASGIApp:
        """The pages with ``settings``; to build their routes takes longer than most answers."""
        key = repr(sorted(settings.items()))
        if key not in self._pages:
            set_up = settings_type()(**settings)
            access = PageAccess(set_up, read_known_hosts(set_up))
            doorkeeper = doorkeeper_of(self.store, self.clock, first_secrets=[FIRST_SECRET])
            openapi = {"paths": dict[str, Any]()}
            routes = build_pages(
                self.store,
                set_up,
                self.clock,
                directory=directory_of(self.store),
                environments=Environments(self.store, AskingStore(self.store, self.clock)),
                inbox=InboxDesk(self.store, AskingStore(self.store, self.clock)),
                status=StatusReader(self.store, self.clock, set_up, Process("here", self.now, Pace(time.monotonic))),
                views=SavedViews(self.store, self.clock),
                timeline=TimelineReader(self.store, self.clock),
                home=HomeReader.over(self.store, self.clock, AskingStore(self.store, self.clock), set_up),
                webhooks=WebhookDesk.over(
                    self.store, self.clock, AskingStore(self.store, self.clock), Seal(lambda: [KEYS.current])
                ),
                corrections=corrections_of(self.store, self.clock),
                gates=GateDesk(AskingStore(self.store, self.clock)),
                merging=MergingDesk(self.store, AskingStore(self.store, self.clock)),
                tier_rules=TierRules(self.store, AskingStore(self.store, self.clock)),
                organization_settings=SettingsDesk(self.store, AskingStore(self.store, self.clock), InstallationSettings(set_up)),
                access=access,
                visiting=Visiting(doorkeeper, access, KEYS, LEDGER),
                members=members_of(self.store, self.clock),
                tokens=tokens_of(self.store, self.clock),
                sources=sources_of(self.store, self.clock),
                openapi=lambda: openapi,
                long_work=self._long_work,
                news=_quiet_news(),
                answers=answers_over(self.store, self._long_work),
            )
            self._pages[key] = _with_account(Starlette(routes=routes))
        return self._pages[key]


class _Answers(CatalogPerformer, MatrixPerformer, PastPerformer, ServicePerformer):
    """What pages ask of the ledger besides its store."""


def answers_over(store: Store, long_work: LongWork) -> ReadsGrid:
    """The answers of a server over ``store``; of its other parts they need none."""
    parts: Any = SimpleNamespace(store=store, long_work=long_work, aliases=NO_ALIASES, key_words=to_key_words("", ""))
    return _Answers(parts)


def _quiet_news() -> News:
    """Of what is over already, so that who watches is let go at once."""
    news = News()
    news.end()
    return news


def _with_account(app: ASGIApp) -> ASGIApp:
    """The same with an account of bytes for each request, as the dispatcher gives it."""
    budget = Budget(1 << 20, seconds=5, slowest_bytes_per_second=1)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        keep_account(scope, budget.open_account())
        await app(scope, receive, send)

    return answer


class Html(HTMLParser):
    """A page taken apart. Raises AssertionError when its elements are not properly nested."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.source = text
        self._words: list[str] = []
        self.open: list[str] = []
        self._titles = 0
        self.feed(text)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    @property
    def text(self) -> str:
        """What a reader reads, on one line."""
        return " ".join(" ".join(self._words).split())

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        """The attributes of each element with this tag and these attributes."""
        return [found for name, found in self.elements if name == tag and wanted.items() <= found.items()]

    def titles(self) -> int:
        """How many names the page has. A title inside an SVG names a part of the drawing and is not counted."""
        return self._titles

    def links(self) -> list[str]:
        """Where its links lead."""
        return [found["href"] for found in self.all("a") if "href" in found]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember an element."""
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self._titles += tag == "title" and "svg" not in self.open
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember an element without content."""
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        """Check the nesting."""
        if tag not in VOID:
            assert self.open, f"</{tag}> closes nothing"
            assert self.open[-1] == tag, f"</{tag}> closes <{self.open[-1]}>"
            self.open.pop()

    def handle_data(self, data: str) -> None:
        """Remember what is to be read."""
        if self.open and self.open[-1] not in ("script", "style", "title"):
            self._words.append(data)
