"""The operations of this API."""

from __future__ import annotations

import time
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Scope
from shipledger.aggregates import Recording
from shipledger.errors import ShipledgerError
from shipledger.http.refused import Refusal
from shipledger.ledger.identity import bare_uuid
from shipledger.ledger.receipt import Receipt, ReceiptState
from shipledger.protocols.contract import Endpoint, Route, VendorProtocol
from shipledger.protocols.opsgenie import openapi, translate
from shipledger.protocols.opsgenie.answers import to_deployment, to_found_deployment, to_request_status
from shipledger.protocols.opsgenie.call import Admission, Call, Step, envelop, read_text
from shipledger.protocols.opsgenie.faults import fault_of, fault_of_status, not_found, read_refusal, request_not_processed
from shipledger.protocols.opsgenie.incident_translate import interpret_incident
from shipledger.protocols.opsgenie.incident_words import INCIDENT_ACTIONS
from shipledger.protocols.opsgenie.incidents import IncidentEndpoints
from shipledger.protocols.opsgenie.parameters import query_of, read_identifier, read_search
from shipledger.protocols.opsgenie.reading import find_unstorable
from shipledger.protocols.opsgenie.services import ServiceEndpoints
from shipledger.protocols.opsgenie.unserved_lists import UnservedLists
from shipledger.protocols.opsgenie.vocabulary import (
    ACTIONS,
    CREATE,
    DEPLOYMENT_UNKNOWN,
    PROTOCOL,
    REQUEST_UNKNOWN,
    UPDATE,
    UPDATE_STATE,
)
from shipledger.protocols.opsgenie.wire import DataOut, PongOut
from shipledger.protocols.wire_json import note_replaced
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.credentials import CredentialVerbs
from shipledger.verbs.deployments import DeploymentVerbs
from shipledger.verbs.incidents import IncidentVerbs
from shipledger.verbs.recording import RecordingVerbs
from shipledger.verbs.services import ServiceVerbs

HEARTBEAT = "/v2/heartbeats/{name}/ping"
SETTLEMENT_WAIT_SECONDS = 0.25
"""How long request status waits before it says 404: most clients then need one call instead of two."""


class Verbs(CallVerbs, CredentialVerbs, DeploymentVerbs, IncidentVerbs, RecordingVerbs, ServiceVerbs, Protocol):
    """What is asked of the ledger here."""


class OpsgenieProtocol(VendorProtocol):
    """The Deployment API, the services of the Service API that its search needs, and the Incident API."""

    name = PROTOCOL
    unserved_prefixes = ("/v1", "/v1.1", "/v2")

    def __init__(self, ledger: Verbs, *, public_url: str = "", refuses_unknown_workspaces: bool = False) -> None:
        self._ledger = ledger
        self._refuses_unknown_workspaces = refuses_unknown_workspaces
        self._admission = Admission(ledger)
        self._services = ServiceEndpoints(ledger, public_url=public_url)
        self._unserved = UnservedLists(ledger, public_url=public_url)
        self._incidents = IncidentEndpoints(ledger, public_url=public_url, settlement_wait_seconds=SETTLEMENT_WAIT_SECONDS)

    def routes(self) -> Sequence[Route]:
        """Its operations."""
        deployments = "/v2/deployments"
        update_state = self._endpoint(Scope.WRITE, self._update_state)
        return (
            Route("POST", deployments, self._endpoint(Scope.WRITE, self._create)),
            Route("GET", f"{deployments}/search", self._endpoint(Scope.READ, self._search)),
            Route("GET", f"{deployments}/requests/{{requestId}}", self._endpoint(Scope.READ, self._request_status)),
            Route("GET", f"{deployments}/{{identifier}}", self._endpoint(Scope.READ, self._get)),
            Route("PATCH", f"{deployments}/{{identifier}}/updateState", update_state),
            Route("PUT", f"{deployments}/{{identifier}}/updateState", update_state),
            Route("PATCH", f"{deployments}/{{identifier}}/update", self._endpoint(Scope.WRITE, self._update)),
            *(Route(method, HEARTBEAT, self._admission.endpoint(None, self._ping)) for method in ("GET", "POST")),
            *self._services.routes(self._admission),
            *self._unserved.routes(self._admission),
            *self._incidents.routes(self._admission),
        )

    def interpret(self, receipt: Receipt) -> Sequence[Recording]:
        """What a stored receipt asks for."""
        if receipt.operation in INCIDENT_ACTIONS:
            return interpret_incident(receipt)
        return translate.interpret(receipt, refuses_unknown_workspaces=self._refuses_unknown_workspaces)

    def answer_error(self, request: Request, error: ShipledgerError | None, status: int, headers: dict[str, str]) -> Response:
        """An error that was found outside the endpoints, in this API's envelope."""
        if error is not None:
            fault = fault_of(error)
        else:
            fault = fault_of_status(status, path=request.scope["path"], method=request.method, headers=headers)
        return envelop(self._ledger.new_request_id(), time.perf_counter(), status, fault.body, {**fault.headers, **headers})

    def read_refusal(self, body: bytes) -> Refusal:
        """What an error answer of this API says."""
        return read_refusal(body)

    async def find_sender(self, request: Request) -> None:
        """Look for who sent a request that no operation has answered."""
        await self._admission.find_sender(request)

    def openapi_paths(self) -> dict[str, Any]:
        """Its part of the OpenAPI page."""
        return openapi.paths()

    def openapi_security_schemes(self) -> dict[str, Any]:
        """The security scheme that its operations name."""
        return openapi.security_schemes()

    def _endpoint(self, scope: Scope, step: Step) -> Endpoint:
        return self._admission.endpoint(scope, step)

    async def _ping(self, _request: Request, call: Call) -> Response:
        """202, whatever the name and the body: collectors test a connection with it. It is kept that the key is in use."""
        await self._ledger.save_sign_of_life(call.grant)
        return call.answer(HTTPStatus.ACCEPTED, PongOut())

    async def _create(self, request: Request, call: Call) -> Response:
        return await self._accept(request, call, CREATE, {})

    async def _update_state(self, request: Request, call: Call) -> Response:
        parameters = read_identifier(request.path_params, query_of(request), operation=UPDATE_STATE)
        return await self._accept(request, call, UPDATE_STATE, parameters)

    async def _update(self, request: Request, call: Call) -> Response:
        parameters = read_identifier(request.path_params, query_of(request), operation=UPDATE)
        return await self._accept(request, call, UPDATE, parameters)

    async def _accept(self, request: Request, call: Call, operation: str, parameters: dict[str, str]) -> Response:
        text = await read_text(request)
        body, replaced = await call.compute(lambda: (translate.read_body(operation, text), note_replaced(text)), size=len(text))
        receipt = self._ledger.new_receipt(call.grant, PROTOCOL, operation, parameters | replaced, text)
        asked = translate.to_submission(receipt, body, refuses_unknown_workspaces=self._refuses_unknown_workspaces)
        return call.accept(await self._ledger.record(receipt, (asked,), receipt.receipt_id))

    async def _request_status(self, request: Request, call: Call) -> Response:
        """A quarantined request is answered as failed: more polling cures no fault of ours."""
        request_id = bare_uuid(request.path_params["requestId"])
        if find_unstorable(request_id):
            raise not_found(REQUEST_UNKNOWN)
        settlement = await self._ledger.find_settlement(call.grant.organization_id, request_id, SETTLEMENT_WAIT_SECONDS)
        if settlement is None or settlement.protocol != PROTOCOL or settlement.operation not in ACTIONS:
            raise not_found(REQUEST_UNKNOWN)
        if settlement.state is ReceiptState.PENDING:
            raise request_not_processed()
        return call.answer(HTTPStatus.OK, DataOut(to_request_status(settlement)))

    async def _get(self, request: Request, call: Call) -> Response:
        parameters = read_identifier(request.path_params, query_of(request))
        target = translate.to_target(parameters["identifier"], parameters["identifierType"])
        is_findable = find_unstorable(target.key) is None
        deployment = await self._ledger.find_told_deployment(call.grant.organization_id, target) if is_findable else None
        if deployment is None or deployment.is_removed:
            is_hint_needed = not {"type", "identifierType"} & set(query_of(request))
            hint = ". To find it by its external id, add ?type=api." if is_hint_needed else ""
            raise not_found(DEPLOYMENT_UNKNOWN + hint)
        return call.answer(HTTPStatus.OK, DataOut(to_deployment(deployment)))

    async def _search(self, request: Request, call: Call) -> Response:
        search = read_search(query_of(request))
        found = await self._ledger.search_deployments(call.grant.organization_id, search)
        return call.answer(HTTPStatus.OK, DataOut([to_found_deployment(deployment) for deployment in found]))
