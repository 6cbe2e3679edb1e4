"""Builds the routes of all pages."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from hashlib import blake2b
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from shipledger import __version__
from shipledger.access.people.link import WELCOME_PATH
from shipledger.access.people.members import Members
from shipledger.access.people.roles import Right
from shipledger.access.people.sign_on.entrance import Entrance
from shipledger.access.people.tokens import PersonalTokens
from shipledger.access.people.views import SavedViews
from shipledger.clock import Clock
from shipledger.http.headers import SecurityHeaders
from shipledger.http.packing import PackedPages
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
from shipledger.web.pages import (
    api,
    audit,
    compare,
    correcting,
    deployment,
    deployment_views,
    deployments,
    environment_names,
    formats,
    gate,
    incident,
    incidents,
    isolation,
    issue,
    issues,
    limits,
    live,
    mapping,
    matrix,
    missing,
    packs,
    people,
    person,
    profile,
    project,
    projects,
    relating,
    repositories,
    requests,
    search,
    service,
    services,
    setting,
    sign_in,
    sign_on,
    start,
    theme,
    welcome,
    words,
)
from shipledger.web.pages import (
    inbox as inbox_page,
)
from shipledger.web.pages import (
    merging as merging_page,
)
from shipledger.web.pages import (
    request as request_page,
)
from shipledger.web.pages import (
    settings as settings_page,
)
from shipledger.web.pages import (
    sources as source_pages,
)
from shipledger.web.pages import (
    status as status_page,
)
from shipledger.web.pages import (
    tier_rules as tier_rules_page,
)
from shipledger.web.pages import (
    timeline as timeline_page,
)
from shipledger.web.pages import (
    webhooks as webhooks_page,
)
from shipledger.web.pages.access import PageAccess
from shipledger.web.pages.admission import Admission
from shipledger.web.pages.first_account import FirstAccount
from shipledger.web.pages.frame import Admit, Frame, Page, Show
from shipledger.web.pages.isolating_templates import IsolatingExtension
from shipledger.web.pages.menu import MENU
from shipledger.web.pages.open_reading import OpenReading
from shipledger.web.pages.settings_tabs import TABS
from shipledger.web.pages.shared_answers import SharedAnswers
from shipledger.web.pages.static_files import KeptFiles
from shipledger.web.pages.themes import THEMES
from shipledger.web.pages.visiting import LOGIN_PATH, SIGN_ON_PATH, Visiting

_WEB = Path(__file__).parent.parent


def build_pages(
    ledger: Browsing,
    settings: Settings,
    clock: Clock,
    *,
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
    access: PageAccess,
    visiting: Visiting,
    members: Members,
    tokens: PersonalTokens,
    sources: SourceVerbs,
    openapi: Callable[[], Mapping[str, Any]],
    long_work: LongWork,
    news: WatchNews,
    answers: ReadsGrid,
    entrance: Entrance | None = None,
    protocols: Sequence[str] = (),
) -> list[BaseRoute]:
    """The routes of all pages and static files. The last one takes every path, so they go behind all others."""
    static = _WEB / "static"
    templates = build_templates(static)
    frame = Frame(
        ledger=ledger,
        directory=directory,
        environments=environments,
        inbox=inbox,
        organization_settings=organization_settings,
        tier_rules=tier_rules,
        status=status,
        home=home,
        views=views,
        timeline=timeline,
        webhooks=webhooks,
        corrections=corrections,
        gates=gates,
        merging=merging,
        settings=settings,
        clock=clock,
        access=access,
        visiting=visiting,
        members=members,
        tokens=tokens,
        sources=sources,
        entrance=entrance,
        templates=templates,
        long_work=long_work,
        news=news,
        answers=answers,
        protocols=protocols,
    )
    guarded = Middleware(StaticGuard, settings=settings)
    open_reading = OpenReading(ledger, settings, time.monotonic)
    admission = Admission(access, visiting, ledger, open_reading, FirstAccount(directory, members))
    admit = admission.admit_viewer
    share = SharedAnswers(time.monotonic).share
    return [
        _route("/", admit, frame, start.show, right=Right.READ),
        _route(live.PATH, admit, frame, live.show, right=Right.READ),
        _route(timeline_page.PATH, admit, frame, timeline_page.show, right=Right.READ),
        _route(compare.PATH, admit, frame, compare.show, right=Right.READ),
        _route("/deployments", admit, frame, share(deployments.show), right=Right.READ),
        _route(deployment_views.PATH, admission.admit_member, frame, deployment_views.change, method="POST"),
        _route("/deployments/{deployment_id}", admit, frame, share(deployment.show), right=Right.READ),
        _route(correcting.PATH, admit, frame, correcting.show, right=Right.READ),
        _route(correcting.PATH, admit, frame, correcting.change, method="POST", right=Right.WRITE),
        _route(merging_page.PATH, admit, frame, merging_page.show, right=Right.READ),
        _route(merging_page.PATH, admit, frame, merging_page.change, method="POST", right=Right.WRITE),
        _route(projects.PATH, admit, frame, projects.show, right=Right.READ),
        _route("/projects/{project:path}", admit, frame, share(project.show), right=Right.READ),
        _route(matrix.PATH, admit, frame, matrix.show, right=Right.READ),
        _route(gate.PATH, admit, frame, gate.show, right=Right.READ),
        _route(gate.PATH, admit, frame, gate.change, method="POST", right=Right.APPROVE),
        _route("/requests", admit, frame, share(requests.show), right=Right.READ),
        _route("/requests/{receipt_id}", admit, frame, share(request_page.show), right=Right.READ),
        _route("/services", admit, frame, services.show, right=Right.READ),
        _route("/services/{service}", admit, frame, service.show, right=Right.READ),
        _route(search.PATH, admit, frame, search.show, right=Right.READ),
        _route("/issues", admit, frame, share(issues.show), right=Right.READ),
        _route("/issues/{issue:path}", admit, frame, share(issue.show), right=Right.READ),
        _route("/incidents", admit, frame, incidents.show, right=Right.READ),
        _route("/incidents/{incident_id}", admit, frame, share(incident.show), right=Right.READ),
        _route("/repositories", admit, frame, repositories.show, right=Right.READ),
        _route("/packs", admit, frame, packs.show, right=Right.READ),
        _route("/settings", admit, frame, settings_page.show, right=Right.READ),
        _route(setting.PATH, admit, frame, setting.show, right=Right.READ),
        _route(tier_rules_page.PATH, admit, frame, tier_rules_page.show, right=Right.READ),
        _route(tier_rules_page.PATH, admit, frame, tier_rules_page.change, method="POST", right=Right.CONFIGURE),
        _route(setting.PATH, admit, frame, setting.change, method="POST", right=Right.CONFIGURE, is_of_teams=True),
        _route(source_pages.PATH, admission.admit_member, frame, source_pages.show, right=Right.READ),
        _route(source_pages.PATH, admission.admit_member, frame, source_pages.create, method="POST", right=Right.ADMINISTER),
        _route(source_pages.ONE, admission.admit_member, frame, source_pages.show_one, right=Right.READ),
        _route(source_pages.ROTATE, admission.admit_member, frame, source_pages.rotate, method="POST", right=Right.ADMINISTER),
        _route(source_pages.REVOKE, admission.admit_member, frame, source_pages.revoke, method="POST", right=Right.ADMINISTER),
        _route(people.PATH, admission.admit_member, frame, people.show, right=Right.READ),
        _route(people.PATH, admission.admit_member, frame, people.invite, method="POST", right=Right.ADMINISTER),
        _route(person.PATH, admission.admit_member, frame, person.show, right=Right.ADMINISTER),
        _route(person.PATH, admission.admit_member, frame, person.change, method="POST", right=Right.ADMINISTER),
        _route(limits.PATH, admit, frame, limits.show, right=Right.READ),
        _route(webhooks_page.PATH, admit, frame, webhooks_page.show, right=Right.READ),
        _route(webhooks_page.PATH, admit, frame, webhooks_page.change, method="POST", right=Right.ADMINISTER),
        _route(webhooks_page.MESSAGES_PATH, admit, frame, webhooks_page.change_message, method="POST", right=Right.CONFIGURE),
        _route(status_page.PATH, admit, frame, status_page.show, right=Right.ADMINISTER),
        _route(audit.PATH, admission.admit_member, frame, audit.show, right=Right.READ),
        _route("/environments", admit, frame, environment_names.show, right=Right.READ),
        _route(inbox_page.PATH, admit, frame, inbox_page.show, right=Right.READ),
        _route(inbox_page.PATH, admit, frame, inbox_page.change, method="POST", right=Right.CONFIGURE),
        _route("/ledger/docs", admission.admit_reader, frame, api.page(openapi)),
        _route("/repositories", admit, frame, mapping.change, method="POST", right=Right.CONFIGURE, is_of_teams=True),
        _route("/environments", admit, frame, environment_names.change, method="POST", right=Right.CONFIGURE),
        _route(
            "/services/{service}/relations",
            admit,
            frame,
            relating.change,
            method="POST",
            right=Right.CONFIGURE,
            is_of_teams=True,
        ),
        _route(profile.PATH, admission.admit_person, frame, profile.show),
        _route(f"{profile.PATH}/password", admission.admit_person, frame, profile.change_password, method="POST"),
        _route(f"{profile.PATH}/sessions", admission.admit_person, frame, profile.end_session, method="POST"),
        _route(f"{profile.PATH}/tokens", admission.admit_person, frame, profile.create_token, method="POST"),
        _route(f"{profile.PATH}/tokens/revoke", admission.admit_person, frame, profile.revoke_token, method="POST"),
        _route(LOGIN_PATH, admission.admit_anyone, frame, sign_in.show),
        _route(LOGIN_PATH, admission.admit_anyone, frame, sign_in.sign_in, method="POST"),
        _route(SIGN_ON_PATH, admission.admit_anyone, frame, sign_on.depart),
        _route(sign_on.BACK_PATH, admission.admit_anyone, frame, sign_on.arrive),
        _route("/theme", admission.admit_anyone, frame, theme.change, method="POST"),
        _route("/logout", admission.admit_anyone, frame, sign_in.sign_out, method="POST"),
        _route(WELCOME_PATH, admission.admit_anyone, frame, welcome.show),
        _route(WELCOME_PATH, admission.admit_anyone, frame, welcome.take, method="POST"),
        # The address of a static file carries a digest of all of them, so a copy never becomes stale.
        Mount(
            "/static",
            KeptFiles(static),
            middleware=[Middleware(SecurityHeaders, cache_control="public, max-age=31536000, immutable"), guarded],
        ),
        Route("/{path:path}", Page(frame, missing.show, admission.admit_reader), name="missing", middleware=_page_middleware()),
    ]


@cache
def build_templates(static: Path) -> Environment:
    """The templates with the filters that they use."""
    templates = Environment(
        loader=FileSystemLoader(_WEB / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[IsolatingExtension],
    )
    templates.filters.update(
        isolated=isolation.isolated,
        isolated_in_text=isolation.isolated_in_text,
        join=isolation.join_isolated,
        in_a_sentence=isolation.in_a_sentence,
        commit_link=formats.commit_link,
        duration=formats.duration,
        waited=formats.waited,
        exact=formats.exact,
        issue_path=formats.issue_path,
        project_path=formats.project_path,
        machine_time=formats.machine_time,
        relative=formats.relative,
        repository_link=formats.repository_link,
        short_commit=formats.short_commit,
        short_repository=formats.short_repository,
        web_link=formats.web_link,
        advice=words.advice,
        operation_name=words.operation_name,
        outcome_kind=words.outcome_kind,
        outcome_words=words.outcome_words,
        protocol_name=words.protocol_name,
        verdict_sender=words.verdict_sender,
        receipt_sender=words.receipt_sender,
        receipt_state_name=words.RECEIPT_STATES.__getitem__,
        state_name=words.STATES.__getitem__,
        gate_status_name=words.GATE_STATUSES.__getitem__,
        message_state_name=words.MESSAGE_STATES.__getitem__,
        range_reason=words.RANGES.__getitem__,
        topic_name=words.TOPICS.__getitem__,
        incident_status_name=words.INCIDENT_STATUSES.__getitem__,
        account_state_name=words.ACCOUNT_STATES.__getitem__,
        tier_name=words.TIERS.__getitem__,
        verdict_name=words.VERDICTS.__getitem__,
        verdict_sentence=words.verdict_sentence,
        role_name=words.role_name,
    )
    templates.globals.update(static_version=_digest(static), menu=MENU, tabs=TABS, themes=THEMES, program_version=__version__)
    return templates


class StaticGuard:
    """Shows static files wherever there are pages: they hold no secret, and the page that refuses needs its style."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer with the reason why not."""
        if self._settings.pages == "off":
            await PlainTextResponse("Not found", HTTPStatus.NOT_FOUND)(scope, receive, send)
            return
        try:
            await self._app(scope, receive, send)
        except HTTPException as error:
            await PlainTextResponse(error.detail, error.status_code, error.headers)(scope, receive, send)


def _route(
    path: str,
    admit: Admit,
    frame: Frame,
    show: Show,
    *,
    method: str = "GET",
    right: Right | None = None,
    is_of_teams: bool = False,
) -> Route:
    page = Page(frame, show, admit, right=right, is_of_teams=is_of_teams)
    return Route(path, page, methods=[method], name=f"{method} {path}", middleware=_page_middleware(path))


def _page_middleware(path: str = "") -> list[Middleware]:
    referrer = "strict-origin" if path == WELCOME_PATH else "same-origin"
    return [Middleware(PackedPages), Middleware(SecurityHeaders, cache_control="no-store", referrer=referrer)]


def _digest(folder: Path) -> str:
    digest = blake2b(digest_size=6)
    for file in sorted(file for file in folder.rglob("*") if file.is_file()):
        digest.update(file.read_bytes())
    return digest.hexdigest()
