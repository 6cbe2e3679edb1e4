"""``/services/{id or slug}``: one service, its repositories, its relations and its latest deployments."""

from __future__ import annotations

import asyncio
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from shipledger.catalog.organization_settings.forms import to_words
from shipledger.catalog.organization_settings.model import ScopeKind
from shipledger.catalog.repository import repository_key
from shipledger.catalog.service import Service
from shipledger.catalog.services.model import KIND
from shipledger.catalog.services.relation import RelationKind
from shipledger.deployments.listing import DeploymentFilter
from shipledger.errors import NotFound
from shipledger.http.viewer import viewer_of
from shipledger.ledger.lanes import Lane
from shipledger.ledger.lines import TIERS_BY_REACH, tier_of
from shipledger.verbs.newest import list_newest
from shipledger.web.pages.environments import find_names
from shipledger.web.pages.frame import Frame
from shipledger.web.pages.freshness import find_work_under_way
from shipledger.web.pages.lane_rows import to_lane_row
from shipledger.web.pages.record_history import read_history
from shipledger.web.pages.relating import describe_all, list_related
from shipledger.web.pages.rows import to_rows
from shipledger.web.pages.service_health import list_remarks
from shipledger.web.pages.service_incidents import find_open_incidents

DEPLOYMENTS_SHOWN = 10
SUGGESTIONS = 200


async def show(frame: Frame, request: Request) -> Response:
    """The page of one service. Raises NotFound."""
    organization_id = viewer_of(request).organization_id
    name = request.path_params["service"].replace("\0", "")
    service = await frame.ledger.find_service(organization_id, name)
    if service is None:
        raise NotFound("service", f"There is no service {name!r}.")
    words = partial(describe_all, frame.ledger, organization_id)
    deployments, mappings, known, lanes, under_way, (history, earlier) = await asyncio.gather(
        list_newest(
            frame.ledger,
            organization_id,
            DeploymentFilter(service_id=service.service_id, limit=DEPLOYMENTS_SHOWN),
            frame.clock.now(),
        ),
        frame.ledger.list_mappings(organization_id),
        frame.ledger.list_repositories_in_use(organization_id, limit=2 * SUGGESTIONS),
        frame.ledger.list_lanes(organization_id, service.service_id),
        find_work_under_way(frame.ledger, organization_id),
        read_history(frame.ledger, KIND, organization_id, service.service_id, words),
    )
    names = await find_names(frame.ledger, organization_id)
    people = await frame.ledger.read_known_people(organization_id)
    now = frame.clock.now()
    repositories = sorted(mapping.repository for mapping in mappings if mapping.service_id == service.service_id)
    own = set(map(repository_key, repositories))
    related, unshown = await list_related(frame.ledger, organization_id, service.service_id)
    services = await frame.ledger.list_services(organization_id, offset=0, limit=SUGGESTIONS)
    taken = {service.service_id, *(one.service.service_id for one in related if one.kind == RelationKind.DEPENDS_ON)}
    remarks = await list_remarks(frame.ledger, service, lanes, repositories=repositories, people=people, now=now)
    return await frame.render(
        request,
        "service.html",
        service=service,
        incidents=await find_open_incidents(frame, service),
        remarks=remarks,
        settings=await _list_settings(frame, service),
        rows=to_rows(deployments, names, people),
        lanes=[to_lane_row(lane, people) for lane in sorted(lanes, key=_by_tier)],
        under_way=under_way,
        history=history,
        earlier=earlier,
        repositories=repositories,
        related=related,
        unshown=unshown,
        others=[one.name for one in services if one.service_id not in taken],
        suggestions=[name for name in known if repository_key(name) not in own][:SUGGESTIONS],
    )


async def _list_settings(frame: Frame, service: Service) -> list[tuple[str, str, str]]:
    """Each setting that may differ for a service: its key, its value and where that comes from."""
    reader, organization_id = frame.organization_settings, service.organization_id
    scope = await reader.find_scope(organization_id, ScopeKind.SERVICE, service.service_id)
    found = [one for one in await reader.list_in_force(organization_id, scope.place) if ScopeKind.SERVICE in one.setting.scopes]
    return [(one.setting.key, to_words(one.value), await reader.name_source(organization_id, one)) for one in found]


def _by_tier(lane: Lane) -> tuple[int, str]:
    newest = lane.newest
    return len(TIERS_BY_REACH) if newest is None else TIERS_BY_REACH.index(tier_of(newest)), lane.environment.casefold()
