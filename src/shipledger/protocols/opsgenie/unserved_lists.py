"""What the vendor keeps to make incidents of alerts and to call people: lists that are empty here, and writes that are refused.

Clients read these lists beside services and incidents, and must be able to. A write would be taken to have an effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Scope
from shipledger.protocols.contract import Route
from shipledger.protocols.links import base_url_of
from shipledger.protocols.opsgenie.call import Admission, Call, Step
from shipledger.protocols.opsgenie.faults import not_supported
from shipledger.protocols.opsgenie.links import page_links, paging_headers
from shipledger.protocols.opsgenie.parameters import query_of, read_page
from shipledger.protocols.opsgenie.services import find_service_of
from shipledger.protocols.opsgenie.wire import AudienceOut, DataOut, IncidentTemplatesOut, TemplatePageOut
from shipledger.verbs.services import ServiceVerbs

TEMPLATES = "/v1/incident-templates"


class ServiceList(Struct, frozen=True):
    """A list below a service: its last segment, what the answer has, the method of a write, and why that is refused."""

    last: str
    data: object
    method: str
    reason: str


NO_TEMPLATES = "Shipledger keeps no incident templates: send every incident whole."
SERVICE_LISTS: tuple[ServiceList, ...] = (
    ServiceList("incident-rules", [], "POST", "An incident rule makes incidents of alerts, and Shipledger has no alerts."),
    ServiceList("incident-templates", [], "POST", NO_TEMPLATES),
    ServiceList(
        "audience-templates", AudienceOut(), "PATCH", "Shipledger notifies nobody, so an audience would be told nothing."
    ),
)


class UnservedLists:
    """Reads and refusals. Links begin with ``public_url``, or as the request did when it is empty."""

    def __init__(self, ledger: ServiceVerbs, *, public_url: str) -> None:
        self._ledger = ledger
        self._public_url = public_url

    def routes(self, admission: Admission) -> Sequence[Route]:
        """Its operations."""

        def both(path: str, read: Step, method: str, reason: str) -> tuple[Route, Route]:
            refuse = admission.endpoint(Scope.CONFIGURATION, _refuse(reason))
            return Route("GET", path, admission.endpoint(Scope.READ, read)), Route(method, path, refuse)

        below = [both(f"/v1/services/{{id}}/{one.last}", self._read(one.data), one.method, one.reason) for one in SERVICE_LISTS]
        templates = both(TEMPLATES, self._list_templates, "POST", NO_TEMPLATES)
        return (*templates, *(route for routes in below for route in routes))

    def _read(self, data: object) -> Step:
        async def read(request: Request, call: Call) -> Response:
            await find_service_of(self._ledger, request, call)
            return call.answer(HTTPStatus.OK, DataOut(data))

        return read

    async def _list_templates(self, request: Request, call: Call) -> Response:
        page, path = read_page(query_of(request)), f"{base_url_of(request, self._public_url)}{TEMPLATES}"
        paging = page_links(page, 0, lambda offset: f"{path}?limit={page.limit}&order=asc&offset={offset}")
        return call.answer(HTTPStatus.OK, TemplatePageOut(IncidentTemplatesOut(), paging), paging_headers(paging))


def _refuse(reason: str) -> Step:
    async def refuse(_request: Request, _call: Call) -> Response:
        raise not_supported(reason)

    return refuse
