"""Incidents: created, changed and closed as deployments are, asynchronously; read and listed at once."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Protocol
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Scope
from shipledger.incidents.model import Incident
from shipledger.ledger.identity import bare_uuid
from shipledger.ledger.receipt import ReceiptState
from shipledger.protocols.contract import Endpoint, Route
from shipledger.protocols.links import base_url_of
from shipledger.protocols.opsgenie import incident_words as words
from shipledger.protocols.opsgenie.call import Admission, Call, Step, read_text
from shipledger.protocols.opsgenie.faults import not_found, request_not_processed
from shipledger.protocols.opsgenie.incident_answers import (
    service_ids_of,
    to_incident,
    to_incident_request_status,
)
from shipledger.protocols.opsgenie.incident_parameters import (
    read_incident,
    read_incident_list,
    read_removal,
)
from shipledger.protocols.opsgenie.incident_records import PATH, IncidentRecords, find_incident
from shipledger.protocols.opsgenie.incident_search import cut_page, search_incidents
from shipledger.protocols.opsgenie.incident_translate import read_incident_body, to_incident_submission
from shipledger.protocols.opsgenie.incident_wire import IncidentPageOut
from shipledger.protocols.opsgenie.links import page_links, paging_headers
from shipledger.protocols.opsgenie.parameters import query_of
from shipledger.protocols.opsgenie.reading import find_unstorable
from shipledger.protocols.opsgenie.vocabulary import PROTOCOL, REQUEST_UNKNOWN
from shipledger.protocols.opsgenie.wire import DataOut
from shipledger.protocols.wire_json import note_replaced
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.incidents import IncidentVerbs
from shipledger.verbs.recording import RecordingVerbs
from shipledger.verbs.services import ServiceVerbs

WRITES: tuple[tuple[str, str, str], ...] = (
    ("POST", "close", words.CLOSE_INCIDENT),
    ("POST", "resolve", words.RESOLVE_INCIDENT),
    ("POST", "reopen", words.REOPEN_INCIDENT),
    ("POST", "notes", words.ADD_NOTE),
    ("POST", "tags", words.ADD_TAGS),
    ("POST", "details", words.ADD_DETAILS),
    ("POST", "responders", words.ADD_RESPONDERS),
    *((method, "message", words.UPDATE_MESSAGE) for method in ("POST", "PUT")),
    *((method, "description", words.UPDATE_DESCRIPTION) for method in ("POST", "PUT")),
    *((method, "priority", words.UPDATE_PRIORITY) for method in ("POST", "PUT")),
)
"""Method, last segment and operation of the writes that have a body. Clients differ on the method of the last three."""

REMOVALS: tuple[tuple[str, str, str], ...] = (
    ("tags", "tags", words.REMOVE_TAGS),
    ("details", "keys", words.REMOVE_DETAILS),
)
"""Last segment, query parameter and operation of the writes that take something away."""


SIZE_TO_ANSWER = 1_000
"""What it takes of an incident to write it, in characters that are looked at."""


class Verbs(CallVerbs, IncidentVerbs, RecordingVerbs, ServiceVerbs, Protocol):
    """What is asked of the ledger here."""


class IncidentEndpoints:
    """The Incident API. Links begin with ``public_url``, or as the request did when it is empty."""

    def __init__(self, ledger: Verbs, *, public_url: str, settlement_wait_seconds: float) -> None:
        self._ledger = ledger
        self._public_url = public_url
        self._settlement_wait_seconds = settlement_wait_seconds
        self._records = IncidentRecords(ledger, public_url=public_url)

    def routes(self, admission: Admission) -> Sequence[Route]:
        """Its operations."""
        one = f"{PATH}/{{id}}"

        def endpoint(scope: Scope, step: Step) -> Endpoint:
            return admission.endpoint(scope, step)

        return (
            Route("POST", f"{PATH}/create", endpoint(Scope.WRITE, self._create)),
            Route("GET", f"{PATH}/requests/{{requestId}}", endpoint(Scope.READ, self._request_status)),
            Route("GET", PATH, endpoint(Scope.READ, self._list)),
            Route("GET", one, endpoint(Scope.READ, self._get)),
            Route("DELETE", one, endpoint(Scope.DELETE, self._delete)),
            *(Route(verb, f"{one}/{last}", endpoint(Scope.WRITE, self._write(name))) for verb, last, name in WRITES),
            *(
                Route("DELETE", f"{one}/{last}", endpoint(Scope.WRITE, self._take_away(name, parameter)))
                for last, parameter, name in REMOVALS
            ),
            *self._records.routes(admission),
        )

    async def _create(self, request: Request, call: Call) -> Response:
        return await self._accept(call, words.CREATE_INCIDENT, {}, await read_text(request))

    async def _delete(self, request: Request, call: Call) -> Response:
        return await self._accept(call, words.DELETE_INCIDENT, read_incident(request.path_params, query_of(request)), "")

    def _write(self, operation: str) -> Step:
        async def write(request: Request, call: Call) -> Response:
            parameters = read_incident(request.path_params, query_of(request))
            return await self._accept(call, operation, parameters, await read_text(request))

        return write

    def _take_away(self, operation: str, name: str) -> Step:
        async def take_away(request: Request, call: Call) -> Response:
            parameters = read_removal(request.path_params, query_of(request), name)
            return await self._accept(call, operation, parameters, "")

        return take_away

    async def _accept(self, call: Call, operation: str, parameters: dict[str, str], text: str) -> Response:
        body, replaced = await call.compute(lambda: (read_incident_body(operation, text), note_replaced(text)), size=len(text))
        receipt = self._ledger.new_receipt(call.grant, PROTOCOL, operation, parameters | replaced, text)
        return call.accept(await self._ledger.record(receipt, (to_incident_submission(receipt, body),), receipt.receipt_id))

    async def _request_status(self, request: Request, call: Call) -> Response:
        """As that of a deployment's write: a quarantined request is answered as failed."""
        request_id = bare_uuid(request.path_params["requestId"])
        if find_unstorable(request_id):
            raise not_found(REQUEST_UNKNOWN)
        wait_seconds = self._settlement_wait_seconds
        settlement = await self._ledger.find_settlement(call.grant.organization_id, request_id, wait_seconds)
        is_ours = settlement is not None and settlement.protocol == PROTOCOL
        if settlement is None or not is_ours or settlement.operation not in words.INCIDENT_ACTIONS:
            raise not_found(REQUEST_UNKNOWN)
        if settlement.state is ReceiptState.PENDING:
            raise request_not_processed()
        return call.answer(HTTPStatus.OK, DataOut(to_incident_request_status(settlement)))

    async def _get(self, request: Request, call: Call) -> Response:
        incident = await find_incident(self._ledger, request, call)
        ids = await self._service_ids([incident], call)
        out = to_incident(incident, service_ids_of(incident, ids), base_url_of(request, self._public_url))
        return call.answer(HTTPStatus.OK, DataOut(out))

    async def _list(self, request: Request, call: Call) -> Response:
        wanted = read_incident_list(query_of(request))
        organization_id = call.grant.organization_id
        found = await search_incidents(self._ledger, organization_id, wanted)
        page, base_url = wanted.page, base_url_of(request, self._public_url)
        shown = await cut_page(self._ledger, organization_id, found, wanted)
        ids = await self._service_ids(shown, call)
        rest = "" if wanted.query is None else f"&query={quote(wanted.query, safe='')}"
        order = "desc" if wanted.is_descending else "asc"

        def link(offset: int) -> str:
            return f"{base_url}{PATH}?limit={page.limit}&sort={wanted.sort}&offset={offset}&order={order}{rest}"

        paging = page_links(page, len(found), link)
        data = await call.compute(
            lambda: [to_incident(incident, service_ids_of(incident, ids), base_url) for incident in shown],
            size=len(shown) * SIZE_TO_ANSWER,
        )
        return call.answer(HTTPStatus.OK, IncidentPageOut(data, paging, len(found)), paging_headers(paging))

    async def _service_ids(self, incidents: Sequence[Incident], call: Call) -> dict[str, str]:
        names = {name for incident in incidents if not incident.facts.service_ids for name in incident.facts.services or ()}
        return await self._ledger.find_service_ids(call.grant.organization_id, sorted(names))
