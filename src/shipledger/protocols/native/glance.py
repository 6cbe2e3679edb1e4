"""What others show: what runs of a service, as a small JSON and as a badge, and how an organization is."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Protocol

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant
from shipledger.catalog.service import Service
from shipledger.ledger.environment_names import EnvironmentNames, is_in
from shipledger.ledger.identity import bare_uuid
from shipledger.ledger.lanes import Lane, place_in_lane, span_of
from shipledger.ledger.lines import TIERS_BY_REACH, tier_of
from shipledger.ledger.registers import known
from shipledger.ledger.state import State
from shipledger.protocols.contract import Route
from shipledger.protocols.native.badge import GREEN, GREY, RED, YELLOW, draw_badge
from shipledger.protocols.native.call import TOKEN, Admission, reply
from shipledger.protocols.native.describing import ID, operation, query
from shipledger.protocols.native.faults import not_found
from shipledger.protocols.native.parameters import Parameters
from shipledger.protocols.native.services import find_called
from shipledger.protocols.native.vocabulary import PREFIX
from shipledger.protocols.times import format_time
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.catalog import CatalogVerbs
from shipledger.verbs.grid import commit_of, find_repositories
from shipledger.verbs.home import HomeVerbs
from shipledger.verbs.matrix import MatrixVerbs
from shipledger.verbs.services import ServiceVerbs

VERSIONS = f"{PREFIX}/services/{{id}}/versions"
BADGE = f"{PREFIX}/services/{{id}}/badge.svg"
STATUS = "/status.json"
SVG = "image/svg+xml"
_HEADERS = {
    "Cache-Control": "no-cache",  # with the tag: whoever keeps it asks each time whether it is still so
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}
_SHORT_COMMIT = 10


class Verbs(CallVerbs, CatalogVerbs, HomeVerbs, MatrixVerbs, ServiceVerbs, Protocol):
    """What is asked of the ledger here."""


class VersionOut(Struct, frozen=True):
    """What runs of a service in an environment, since when. ``id`` is of the deployment; null where nothing runs.

    ``newest_state``: that of the newest deployment, which may be under way or have failed.
    """

    environment: str | None
    tier: str
    version: str | None
    commit: str | None
    since: str | None
    id: str | None
    newest_state: str | None


class VersionsOut(Struct, frozen=True):
    """A service in each of its environments, production first."""

    service: str
    service_id: str
    environments: tuple[VersionOut, ...]


class BriefStatusOut(Struct, frozen=True, kw_only=True):
    """How an organization is. ``status``: ``incident`` while one is open, else ``failing`` or ``ok``.

    ``failing``: a deployment of the last day failed, and nothing ended after it in its lane.
    The numbers are as of ``GET /ledger/v1/home``, at most 1,000 each.
    """

    status: str
    at: str
    open_incidents: int
    running: int
    stuck: int
    failed_in_24_hours: int
    changed_in_last_hour: int


class GlanceOperations:
    """The operations for whoever shows what runs."""

    def __init__(self, ledger: Verbs, admission: Admission) -> None:
        self._ledger = ledger
        self._admission = admission

    def routes(self) -> Sequence[Route]:
        """Its operations."""
        glance = self._admission.glance
        return (
            Route("GET", VERSIONS, glance(self.list_versions), base=PREFIX),
            Route("GET", BADGE, glance(self.get_badge), base=PREFIX),
            Route("GET", STATUS, glance(self.get_status)),
        )

    async def list_versions(self, request: Request, grant: Grant) -> Response:
        """200 with what runs of a service in each environment, or 404."""
        Parameters(request.query_params, (TOKEN,)).check()
        service = await self._find(request, grant)
        lanes = await self._ledger.list_lanes(grant.organization_id, service.service_id)
        keys = await self._find_repositories(grant.organization_id, service)
        found = tuple(_to_version(one, keys) for one in sorted(lanes, key=_by_reach))
        answer = VersionsOut(service=service.draft.name, service_id=service.service_id, environments=found)
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, answer)

    async def get_badge(self, request: Request, grant: Grant) -> Response:
        """200 with an image that shows what runs of a service in one environment, 304 for who has it already, or 404."""
        parameters = Parameters(request.query_params, (TOKEN, "environment", "label"))
        environment, label = parameters.text("environment"), parameters.text("label")
        parameters.check()
        service = await self._find(request, grant)
        lanes = await self._ledger.list_lanes(grant.organization_id, service.service_id)
        policy = await self._ledger.find_tier_policy(grant.organization_id)
        wanted = [one for one in sorted(lanes, key=_by_reach) if _is_of(one, environment, policy.names)]
        lane = wanted[0] if wanted else None
        said = label or (environment or (lane.environment if lane else "")) or service.draft.name
        text, colour = _describe(lane, await self._find_repositories(grant.organization_id, service))
        image = draw_badge(said, text, colour)
        tag = f'"{hashlib.sha256(image).hexdigest()[:32]}"'
        headers = {**_HEADERS, "ETag": tag, "X-Request-Id": self._ledger.new_request_id()}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        return Response(image, headers=headers, media_type=SVG)

    async def get_status(self, request: Request, grant: Grant) -> Response:
        """200 with how the organization is."""
        Parameters(request.query_params, (TOKEN,)).check()
        home = await self._ledger.read_home(grant.organization_id, "")
        status = "incident" if home.open_incidents else "failing" if home.failing else "ok"
        answer = BriefStatusOut(
            status=status,
            at=format_time(home.at),
            open_incidents=home.open_incidents.number,
            running=home.running.number,
            stuck=home.stuck.number,
            failed_in_24_hours=home.failed.number,
            changed_in_last_hour=home.last_hour.number,
        )
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, answer)

    async def _find(self, request: Request, grant: Grant) -> Service:
        name = bare_uuid(request.path_params["id"])
        service = await find_called(self._ledger, grant.organization_id, name)
        if service is None:
            raise not_found("service")
        return service

    async def _find_repositories(self, organization_id: str, service: Service) -> frozenset[str]:
        return (await find_repositories(self._ledger, organization_id)).get(service.service_id, frozenset())


def glance_paths() -> dict[str, Any]:
    """Their part of the OpenAPI page."""
    token = query(TOKEN, "A token that has the right `glance` alone, for images, which have no headers.")
    badge = operation(
        "Get a badge that shows what runs of a service",
        {200: ("An image of the version that runs, or the commit where no version was sent.",)},
        errors=(404, 422),
        parameters=(
            ID,
            query("environment", "The id or a name of an environment; without it, the most advanced one."),
            query("label", "The text on the left; without it, the environment."),
            token,
        ),
    )
    badge["responses"]["200"]["content"] = {SVG: {"schema": {"type": "string"}}}
    badge["responses"]["304"] = {"description": "The image that `If-None-Match` names is still right."}
    versions = operation(
        "List what runs of a service in each environment",
        {200: ("What runs, production first.", VersionsOut)},
        errors=(404, 422),
        parameters=(ID, token),
    )
    status = operation(
        "Get how the organization is, in a few numbers",
        {200: ("As of now.", BriefStatusOut)},
        errors=(422,),
        parameters=(token,),
    )
    return {VERSIONS: {"get": versions}, BADGE: {"get": badge}, STATUS: {"get": status}}


def _is_of(lane: Lane, environment: str, names: EnvironmentNames) -> bool:
    newest = lane.newest
    return not environment or (newest is not None and is_in(newest.environment, environment, names))


def _by_reach(lane: Lane) -> tuple[int, bool, str]:
    newest = lane.newest
    reach = len(TIERS_BY_REACH) if newest is None else TIERS_BY_REACH.index(tier_of(newest))
    return reach, lane.runs is None, lane.environment.casefold()


def _to_version(lane: Lane, repositories: frozenset[str]) -> VersionOut:
    runs, newest = lane.runs, lane.newest
    span = None if runs is None else span_of(runs)
    return VersionOut(
        environment=lane.environment or None,
        tier="unmapped" if newest is None else tier_of(newest).value,
        version=None if runs is None else known(runs.facts.version),
        commit=None if runs is None else commit_of(runs, repositories),
        since=None if span is None else format_time(span.since),
        id=None if runs is None else runs.deployment_id,
        newest_state=None if newest is None else newest.shown_state.value,
    )


def _describe(lane: Lane | None, repositories: frozenset[str]) -> tuple[str, str]:
    if lane is None:
        return "not deployed", GREY
    runs, newest = lane.runs, lane.newest
    later = newest.shown_state if newest is not None and (runs is None or place_in_lane(newest) > place_in_lane(runs)) else None
    colour = RED if later is State.FAILED else YELLOW if later in {State.PENDING, State.IN_PROGRESS} else GREEN if runs else GREY
    if runs is None:
        return (later or State.UNKNOWN).value.replace("_", " "), colour
    text = known(runs.facts.version) or (commit_of(runs, repositories) or "")[:_SHORT_COMMIT] or "deployed"
    return text, colour
