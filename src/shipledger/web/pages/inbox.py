"""``/inbox``: what came with deployments and means nothing here yet, and the forms that map it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import Response

from shipledger.catalog.environment_aliasing import NAME_LIMIT
from shipledger.catalog.environments import EnvironmentChange
from shipledger.catalog.ignoring.model import ItemKind
from shipledger.catalog.inbox import list_offered
from shipledger.errors import Conflict, Invalid, NotFound, ShipledgerError
from shipledger.http.viewer import Viewer, viewer_of
from shipledger.ledger.lines import TIERS_BY_REACH
from shipledger.ledger.state import Tier
from shipledger.web.pages.done import done_path
from shipledger.web.pages.frame import Frame, see_other, status_of
from shipledger.web.pages.freshness import find_work_under_way

PATH = "/inbox"
SHOWN = 200
OFFERED = 500
TIERS = tuple(tier for tier in TIERS_BY_REACH if tier is not Tier.UNMAPPED)

Fields: TypeAlias = Mapping[str, str]
Act: TypeAlias = Callable[[Frame, Viewer, Fields], Awaitable[None]]


async def show(frame: Frame, request: Request) -> Response:
    """Everything that is open."""
    return await _render(frame, request)


async def change(frame: Frame, request: Request) -> Response:
    """Do what a button asks, and lead back to the list; or show the list again with what is wrong."""
    form, viewer = await frame.read_own_form(request), viewer_of(request)
    try:
        act, done = _ACTIONS.get(form.get("action", ""), (_refuse, ""))
        await act(frame, viewer, form)
    except (Conflict, Invalid, NotFound) as fault:
        return await _render(frame, request, asked=form, fault=fault)
    frame.inbox_count.forget(viewer.organization_id)
    return see_other(done_path(PATH, done))


async def _render(
    frame: Frame, request: Request, *, asked: Fields | None = None, fault: ShipledgerError | None = None
) -> Response:
    organization_id = viewer_of(request).organization_id
    inbox, policy, places, services, under_way = await asyncio.gather(
        frame.inbox.list_open(organization_id),
        frame.ledger.find_tier_policy(organization_id),
        frame.ledger.list_tier_places(organization_id),
        frame.ledger.list_services(organization_id, offset=0, limit=OFFERED),
        find_work_under_way(frame.ledger, organization_id),
    )
    status = HTTPStatus.OK
    if fault is not None:
        status = status_of(fault)
    return await frame.render(
        request,
        "inbox.html",
        status=status,
        inbox=inbox,
        environments=inbox.environments[:SHOWN],
        repositories=inbox.repositories[:SHOWN],
        ignored=inbox.ignored[:SHOWN],
        shown=SHOWN,
        tiers=TIERS,
        offered=list_offered(policy, places, limit=OFFERED),
        rules=len(policy.rules),
        services=services,
        asked={name: (asked or {}).get(name, "") for name in ("name", "environment", "service")},
        fault=fault,
        under_way=under_way,
        inbox_count=inbox.count,
    )


async def _refuse(_frame: Frame, _viewer: Viewer, _form: Fields) -> None:
    raise Invalid("form", "Choose what to do.")


async def _set_tier(frame: Frame, viewer: Viewer, form: Fields) -> None:
    if form.get("tier") not in set(TIERS):
        raise Invalid("tier", f"Choose a tier: {', '.join(TIERS)}.")
    await _change_environment(frame, viewer, EnvironmentChange(form.get("name", ""), tier=Tier(form["tier"])))


async def _alias(frame: Frame, viewer: Viewer, form: Fields) -> None:
    if not form.get("environment"):
        raise Invalid("environment", "Name the environment that it is another name of.")
    await _change_environment(frame, viewer, EnvironmentChange(form.get("name", ""), alias_of=form["environment"]))


async def _change_environment(frame: Frame, viewer: Viewer, change: EnvironmentChange) -> None:
    if not change.environment:
        raise Invalid("environment", "Name an environment.")
    if len(change.environment) > NAME_LIMIT:
        raise Invalid("environment", f"A name of more than {NAME_LIMIT} characters has no tier by hand; use a pattern.")
    await frame.environments.change_and_apply(viewer.organization_id, [change], by=viewer.actor)


async def _map(frame: Frame, viewer: Viewer, form: Fields) -> None:
    if not form.get("service"):
        raise Invalid("service", "Choose the service that it belongs to.")
    service = await frame.ledger.find_service(viewer.organization_id, form.get("service", ""))
    if service is None:
        raise NotFound("service", f"There is no service {form.get('service', '')!r}. Create it first, then map the repository.")
    await frame.directory.map_repository(viewer.organization_id, service.service_id, form.get("name", ""), by=viewer.actor)


async def _ignore(frame: Frame, viewer: Viewer, form: Fields) -> None:
    await frame.inbox.ignore(viewer.organization_id, _read_kind(form), form.get("name", ""), by=viewer.actor)


async def _list_again(frame: Frame, viewer: Viewer, form: Fields) -> None:
    await frame.inbox.list_again(viewer.organization_id, _read_kind(form), form.get("name", ""), by=viewer.actor)


def _read_kind(form: Fields) -> ItemKind:
    if form.get("kind") not in set(ItemKind):
        raise Invalid("form", "Choose what the name is one of.")
    return ItemKind(form["kind"])


_ACTIONS: Mapping[str, tuple[Act, str]] = {
    "tier": (_set_tier, "tiers"),
    "alias": (_alias, "aliased"),
    "map": (_map, "mapped"),
    "ignore": (_ignore, "ignored"),
    "restore": (_list_again, "listed"),
}
"""What a form may ask, and what is said once it is done."""
