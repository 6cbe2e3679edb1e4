"""Services: what search asks about. Synchronous, unlike deployments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from msgspec import UNSET
from msgspec.structs import asdict
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Scope
from shipledger.catalog.service import Service, ServiceDraft
from shipledger.ledger.identity import bare_uuid
from shipledger.protocols.contract import Route
from shipledger.protocols.links import base_url_of
from shipledger.protocols.opsgenie.bodies import read_new_service, read_service_changes
from shipledger.protocols.opsgenie.call import Admission, Call, read_text
from shipledger.protocols.opsgenie.faults import Fault, not_found
from shipledger.protocols.opsgenie.links import page_links, paging_headers
from shipledger.protocols.opsgenie.parameters import query_of, read_page
from shipledger.protocols.opsgenie.reading import Reader, find_unstorable
from shipledger.protocols.opsgenie.translate import read_object
from shipledger.protocols.opsgenie.wire import (
    DataOut,
    LinksOut,
    NamedServiceOut,
    ServiceIn,
    ServiceOut,
    ServicePageOut,
    ServiceResultOut,
)
from shipledger.verbs.services import ServiceVerbs

PATH = "/v1/services"


class ServiceEndpoints:
    """Create, get, list, update and delete. Links begin with ``public_url``, or as the request did when it is empty."""

    def __init__(self, ledger: ServiceVerbs, *, public_url: str) -> None:
        self._ledger = ledger
        self._public_url = public_url

    def routes(self, admission: Admission) -> Sequence[Route]:
        """Its operations."""
        one = f"{PATH}/{{id}}"
        return (
            Route("POST", PATH, admission.endpoint(Scope.CONFIGURATION, self._create)),
            Route("GET", PATH, admission.endpoint(Scope.READ, self._list)),
            Route("GET", one, admission.endpoint(Scope.READ, self._get)),
            Route("PATCH", one, admission.endpoint(Scope.CONFIGURATION, self._update)),
            Route("DELETE", one, admission.endpoint(Scope.CONFIGURATION, self._delete)),
        )

    async def _create(self, request: Request, call: Call) -> Response:
        changes = await _read_changes(request, call, read_new_service)
        service = await self._ledger.create_service(call.grant.organization_id, ServiceDraft(**changes), by=call.grant.actor)
        return call.answer(HTTPStatus.CREATED, ServiceResultOut(result="Created", data=_name_of(service)))

    async def _get(self, request: Request, call: Call) -> Response:
        service = await find_service_of(self._ledger, request, call)
        return call.answer(HTTPStatus.OK, DataOut(_to_service(service, base_url_of(request, self._public_url))))

    async def _list(self, request: Request, call: Call) -> Response:
        page = read_page(query_of(request))
        services, total = await self._ledger.list_services(call.grant.organization_id, offset=page.offset, limit=page.limit)
        base_url = base_url_of(request, self._public_url)
        paging = page_links(page, total, lambda offset: f"{base_url}{PATH}?limit={page.limit}&order=asc&offset={offset}")
        body = ServicePageOut(data=[_to_service(service, base_url) for service in services], paging=paging, total_count=total)
        return call.answer(HTTPStatus.OK, body, paging_headers(paging))

    async def _update(self, request: Request, call: Call) -> Response:
        changes = await _read_changes(request, call, read_service_changes)
        organization_id, service_id = call.grant.organization_id, _id_in(request)
        if changes:
            service = await self._ledger.update_service(organization_id, service_id, changes, by=call.grant.actor)
        else:
            service = await self._ledger.find_service(organization_id, service_id)
        if service is None:
            raise _unknown()
        return call.answer(HTTPStatus.OK, ServiceResultOut(result="Updated", data=_name_of(service)))

    async def _delete(self, request: Request, call: Call) -> Response:
        if not await self._ledger.delete_service(call.grant.organization_id, _id_in(request), by=call.grant.actor):
            raise _unknown()
        return call.answer(HTTPStatus.OK, ServiceResultOut(result="Deleted"))


async def find_service_of(ledger: ServiceVerbs, request: Request, call: Call) -> Service:
    """The service that the path of a request names. Raises Fault, 404."""
    service = await ledger.find_service(call.grant.organization_id, _id_in(request))
    if service is None:
        raise _unknown()
    return service


def _id_in(request: Request) -> str:
    service_id = bare_uuid(request.path_params["id"])
    if find_unstorable(service_id):
        raise _unknown()
    return service_id


def _unknown() -> Fault:
    return not_found("Service does not exist")


async def _read_changes(request: Request, call: Call, read: Callable[[Reader], ServiceIn]) -> dict[str, Any]:
    text = await read_text(request)
    return _changes_of(await call.compute(lambda: read_object(text, read), size=len(text)))


def _changes_of(body: ServiceIn) -> dict[str, Any]:
    return {name: value for name, value in asdict(body).items() if value is not UNSET}


def _name_of(service: Service) -> NamedServiceOut:
    return NamedServiceOut(id=service.service_id, name=service.name)


def _to_service(service: Service, base_url: str) -> ServiceOut:
    draft = service.draft
    return ServiceOut(
        id=service.service_id,
        name=draft.name,
        description=draft.description,
        visibility=draft.visibility,
        team_id=draft.team_id,
        tags=draft.tags,
        links=LinksOut(web=f"{base_url}/services/{service.service_id}", api=f"{base_url}{PATH}/{service.service_id}"),
    )
