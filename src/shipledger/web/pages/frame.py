"""Shared by all pages: access, the organization, rendering and error pages."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import partial
from hashlib import blake2b
from http import HTTPStatus
from typing import Any, TypeAlias
from urllib.parse import quote, urlencode

import msgspec
import structlog
from jinja2 import Environment
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from shipledger.access.people.members import Members
from shipledger.access.people.passwords import BUSY
from shipledger.access.people.roles import Right
from shipledger.access.people.session import form_token
from shipledger.access.people.sign_on.entrance import Entrance
from shipledger.access.people.tokens import PersonalTokens
from shipledger.access.people.views import SavedViews
from shipledger.catalog.organization import DEFAULT_SLUG
from shipledger.clock import Clock
from shipledger.errors import Conflict, DamagedRecord, Denied, Invalid, NotFound, ShipledgerError, Unavailable
from shipledger.found import list_noted, noting_damage
from shipledger.http.body import BodyTooSlow
from shipledger.http.viewer import Viewer, find_viewer, viewer_of
from shipledger.long_work import LongWork
from shipledger.settings import Settings
from shipledger.verbs.browsing import Browsing, CatalogVerbs, EnvironmentVerbs
from shipledger.verbs.corrections import CorrectionVerbs
from shipledger.verbs.gates import GateDecisions
from shipledger.verbs.grid import ReadsGrid
from shipledger.verbs.home import HomeVerbs
from shipledger.verbs.inbox import InboxPages
from shipledger.verbs.merging import MergingVerbs
from shipledger.verbs.news import WatchNews
from shipledger.verbs.settings import SettingPages
from shipledger.verbs.sources import SourceVerbs
from shipledger.verbs.status import StatusVerbs
from shipledger.verbs.tier_rules import TierRuleVerbs
from shipledger.verbs.timeline import TimelineVerbs
from shipledger.verbs.webhooks import WebhookVerbs
from shipledger.web.pages.access import PageAccess
from shipledger.web.pages.commands import commands_for
from shipledger.web.pages.done import sentence_of
from shipledger.web.pages.forms import FORM_LIMIT_BYTES, read_form
from shipledger.web.pages.inbox_count import InboxCount
from shipledger.web.pages.themes import theme_of
from shipledger.web.pages.visiting import LOGIN_PATH, SIGNED_OUT, Visiting, visit_of

_STATUSES: dict[type[ShipledgerError], HTTPStatus] = {
    Invalid: HTTPStatus.BAD_REQUEST,
    Denied: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    DamagedRecord: HTTPStatus.INTERNAL_SERVER_ERROR,
}

PAGE_SIZE = 1024 * 1024
"""Writing a page takes some tens of milliseconds, and a tenth of a second when its template is read for the first time."""

ALIKE = "shipledger.alike"
"""In the scope of a request whose answer others with the same rights get too: no person may be in it."""

_PERSONAL = ("person", "form_token", "theme", "done")
_READS = frozenset({"GET", "HEAD"})
_SAFE_IN_PATHS = "/:@!$&'()*+,;="

log = structlog.get_logger(__name__)


class Frame:
    """The ledger for pages, and their answers."""

    def __init__(
        self,
        *,
        ledger: Browsing,
        directory: CatalogVerbs,
        environments: EnvironmentVerbs,
        inbox: InboxPages,
        organization_settings: SettingPages,
        tier_rules: TierRuleVerbs,
        status: StatusVerbs,
        home: HomeVerbs,
        views: SavedViews,
        timeline: TimelineVerbs,
        webhooks: WebhookVerbs,
        corrections: CorrectionVerbs,
        gates: GateDecisions,
        merging: MergingVerbs,
        settings: Settings,
        clock: Clock,
        access: PageAccess,
        visiting: Visiting,
        members: Members,
        tokens: PersonalTokens,
        sources: SourceVerbs,
        entrance: Entrance | None = None,
        templates: Environment,
        long_work: LongWork,
        news: WatchNews,
        answers: ReadsGrid,
        protocols: Sequence[str] = (),
    ) -> None:
        self.news = news
        self.answers = answers
        self.protocols = protocols
        self.ledger = ledger
        self.directory = directory
        self.environments = environments
        self.inbox = inbox
        self.inbox_count = InboxCount(inbox, time.monotonic)
        self.organization_settings = organization_settings
        self.tier_rules = tier_rules
        self.status = status
        self.home = home
        self.views = views
        self.timeline = timeline
        self.webhooks = webhooks
        self.corrections = corrections
        self.gates = gates
        self.merging = merging
        self.settings = settings
        self.clock = clock
        self.access = access
        self.visiting = visiting
        self.members = members
        self.tokens = tokens
        self.sources = sources
        self.entrance = entrance
        self._templates = templates
        self._long_work = long_work
        self._commands = commands_for(settings)

    async def render(self, request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
        """The whole page. Raises Unavailable if too many are waiting to be rendered."""
        viewer = find_viewer(request)
        if viewer is not None and "inbox_count" not in values:
            values["inbox_count"] = await self.inbox_count.find(viewer.organization_id)
        return _answer(await self._write(request, partial(self._write_page, template, self._context(request, values))), status)

    async def render_live(self, request: Request, template: str, *, shown: object, **values: Any) -> Response:
        """The whole page, or for its own script only the block ``live``, or 204 if ``shown`` has not changed.

        ``shown`` is everything in the block except relative times.
        """
        if is_unchanged(request, shown):
            return unchanged()
        values["live_url"] = url_with(request, seen=digest_of(shown))
        if not is_poll(request):
            return await self.render(request, template, **values)
        context = self._context(request, values)
        if request.scope.get(ALIKE):
            context = _without_person(context)
        text = await self._write(request, partial(self._write_live_block, template, context))
        return LiveBlock(text.encode(), digest_of(shown))

    async def read_own_form(
        self, request: Request, *, keeps_spaces: Collection[str] = (), limit_bytes: int = FORM_LIMIT_BYTES
    ) -> dict[str, str]:
        """The form of a page of ours, sent in the session that it was made for. Raises Denied, and what ``read_form`` raises."""
        form = await read_form(request, keeps_spaces=keeps_spaces, limit_bytes=limit_bytes)
        self.visiting.require_own_form(request, form, await self.visiting.find(request))
        return form

    def render_error(self, request: Request, error: ShipledgerError) -> Response:
        """The page for an expected error."""
        if error.code == "pages_off":
            return PlainTextResponse(error.message, HTTPStatus.NOT_FOUND)
        if error.code == "pages_host":
            return self._render_locked(request, error)
        if error.code == SIGNED_OUT:
            return _ask_to_sign_in(request)
        status = status_of(error)
        heading = "Sign-in is busy" if error.code == BUSY else _heading(status)
        response = self._render_small(request, status, error=error, heading=heading, sign_in_busy=BUSY)
        if isinstance(error, Unavailable):
            response.headers["Retry-After"] = str(error.retry_after_seconds)
        return response

    def render_fault(self, request: Request) -> Response:
        """The page for an internal error; details are in the log."""
        error = ShipledgerError("fault", "An internal error prevents showing this page. See the server's log.")
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        return self._render_small(request, status, error=error, heading="Internal error", sign_in_busy=BUSY)

    def _render_small(self, request: Request, status: HTTPStatus, **values: Any) -> Response:
        """An error page, rendered at once, because the error may be that too many others are waiting."""
        return _answer(self._write_page("error.html", self._context(request, values)), status)

    def _render_locked(self, request: Request, error: ShipledgerError) -> Response:
        """The page for readers without access. It reveals nothing of the ledger, and passes nothing of a link on."""
        text = self._templates.get_template("locked.html").render(error=error, theme=theme_of(request))
        return HTMLResponse(text, HTTPStatus.FORBIDDEN, {"Referrer-Policy": "no-referrer"})

    async def _write(self, request: Request, task: Callable[[], str]) -> str:
        viewer = find_viewer(request)
        return await self._long_work.run(viewer.organization_id if viewer else "", task, size=PAGE_SIZE)

    def _write_page(self, template: str, context: dict[str, Any]) -> str:
        return self._templates.get_template(template).render(context)

    def _write_live_block(self, template: str, context: dict[str, Any]) -> str:
        page = self._templates.get_template(template)
        return "".join(page.blocks["live"](page.new_context(context)))

    def _context(self, request: Request, values: dict[str, Any]) -> dict[str, Any]:
        if shadowed := values.keys() & self._templates.globals.keys():
            raise AssertionError(f"a page passes what every template has already: {', '.join(sorted(shadowed))}")
        viewer, visit = find_viewer(request), visit_of(request)
        organization = viewer.organization if viewer else DEFAULT_SLUG
        return {
            "now": self.clock.now(),
            "path": request.scope["path"],
            "here": url_with(request, seen="", done="") if request.method in _READS else "/",
            "theme": theme_of(request),
            "done": sentence_of(request.query_params),
            "commands": self._commands.of(organization),
            "organization": organization,
            "viewer": viewer,
            "people": {},
            "inbox_count": 0,
            "is_operator": organization == self.settings.operator_organization,
            "person": None if visit is None else visit.person,
            "form_token": "" if visit is None else form_token(visit.secret),
            "damaged": [one.message for one in list_noted()],
            **values,
        }


Show: TypeAlias = Callable[[Frame, Request], Awaitable[Response]]
Admit: TypeAlias = Callable[[Request], Awaitable[None]]


class LiveBlock(HTMLResponse):
    """The block of a page that changes by itself. ``shown`` stands for what it shows."""

    def __init__(self, body: bytes, shown: str) -> None:
        super().__init__(body, headers={"Vary": "HX-Request"})
        self.shown = shown


class Page:
    """One page as an ASGI application. ``admit`` raises for a request that may not see it.

    ``right``: what a viewer must have besides; None where nobody needs to be one. ``is_of_teams``: a role in a team may bring it,
    and the page itself asks for which.
    """

    def __init__(self, frame: Frame, show: Show, admit: Admit, *, right: Right | None = None, is_of_teams: bool = False) -> None:
        self._frame = frame
        self._show = show
        self._admit = admit
        self.right = right
        self._is_of_teams = is_of_teams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        request = Request(scope, receive)
        try:
            with noting_damage():
                await self._admit(request)
                if self.right is not None:
                    require_right(viewer_of(request), self.right, is_somewhere=self._is_of_teams)
                response = await self._show(self._frame, request)
        except ShipledgerError as error:
            response = self._frame.render_error(request, error)
        except BodyTooSlow:
            headers = {"Connection": "close"}
            response = PlainTextResponse("The form came too slowly.\n", HTTPStatus.REQUEST_TIMEOUT, headers)
        except Exception:
            log.exception("A page failed with an internal error.", path=request.scope["path"])
            response = self._frame.render_fault(request)
        await response(scope, receive, send)


def require_right(viewer: Viewer, right: Right, *, team: str = "", is_somewhere: bool = False) -> None:
    """Return if the viewer has the right, at least on what belongs to ``team``. Raises Denied: signed out, where that would help.

    ``is_somewhere``: on what belongs to any team is enough.
    """
    if viewer.may_for(right, team) or (is_somewhere and viewer.may_somewhere(right)):
        return
    if viewer.person is None:
        raise Denied(SIGNED_OUT, "Sign in to do this.")
    raise Denied("right", f"Your role does not have the right to do this: {right}. Ask an administrator.")


def status_of(error: ShipledgerError) -> HTTPStatus:
    """The status of a page that tells of an error."""
    return next((status for kind, status in _STATUSES.items() if isinstance(error, kind)), HTTPStatus.BAD_REQUEST)


def is_poll(request: Request) -> bool:
    """Whether the page's own script asks for what has changed."""
    return request.headers.get("hx-request") == "true"


def is_unchanged(request: Request, shown: object) -> bool:
    """Whether the page's own script asks, and shows already what ``shown`` tells."""
    return is_poll(request) and request.query_params.get("seen") == digest_of(shown)


def unchanged() -> Response:
    """The answer that leaves a page as it is."""
    return Response(status_code=HTTPStatus.NO_CONTENT, headers={"Vary": "HX-Request"})


def url_with(request: Request, **changes: str) -> str:
    """The path and query of ``request`` with parameters replaced; an empty value removes one."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in changes and value]
    query = urlencode([*kept, *((name, value) for name, value in changes.items() if value)])
    path = quote(request.scope["path"], safe=_SAFE_IN_PATHS)
    return f"{path}?{query}" if query else path


def see_other(path: str) -> Response:
    """Where to look after a form was taken."""
    return RedirectResponse(path, HTTPStatus.SEE_OTHER)


def _ask_to_sign_in(request: Request) -> Response:
    """The way to the form that signs in, and from there to what was asked for. A page's own script is told to reload."""
    if is_poll(request):
        return Response(status_code=HTTPStatus.UNAUTHORIZED, headers={"HX-Refresh": "true"})
    is_read = request.method in {"GET", "HEAD"}
    following = urlencode({"next": url_with(request)}) if is_read and request.scope["path"] != "/" else ""
    return see_other(f"{LOGIN_PATH}?{following}" if following else LOGIN_PATH)


def _answer(text: str, status: int = HTTPStatus.OK) -> Response:
    return HTMLResponse(text, status, headers={"Vary": "HX-Request"})


def _without_person(context: dict[str, Any]) -> dict[str, Any]:
    """What a block is written with that several people get. A template that uses more fails."""
    kept = {name: value for name, value in context.items() if name not in _PERSONAL}
    viewer = context["viewer"]
    return {**kept, "viewer": None if viewer is None else replace(viewer, person=None, grant=None)}


def digest_of(shown: object) -> str:
    """What stands for a value in an address or a form, where it may be long itself."""
    return blake2b(msgspec.json.encode(shown), digest_size=8).hexdigest()


def _heading(status: HTTPStatus) -> str:
    headings = {
        HTTPStatus.NOT_FOUND: "Page not found",
        HTTPStatus.SERVICE_UNAVAILABLE: "The ledger is unavailable",
        HTTPStatus.INTERNAL_SERVER_ERROR: "This record is damaged",
        HTTPStatus.FORBIDDEN: "Request refused",
        HTTPStatus.CONFLICT: "Request refused",
    }
    return headings.get(status, "Invalid request")
