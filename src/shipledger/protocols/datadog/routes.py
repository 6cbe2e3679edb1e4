"""The operations of this API. Singular and plural paths are both served, because the vendor mixes them."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Scope
from shipledger.aggregates import Recording
from shipledger.errors import ShipledgerError
from shipledger.http.refused import Refusal
from shipledger.ledger.receipt import Receipt
from shipledger.protocols.contract import Endpoint, Route, VendorProtocol
from shipledger.protocols.datadog import git_openapi, openapi, translate
from shipledger.protocols.datadog.call import Admission, Call, Options, reply
from shipledger.protocols.datadog.deployments import DeploymentOperations
from shipledger.protocols.datadog.failures import FailureOperations
from shipledger.protocols.datadog.faults import fault_outside, read_refusal
from shipledger.protocols.datadog.git_metadata import GitMetadataOperations
from shipledger.protocols.datadog.vocabulary import CREATE_DEPLOYMENT, CREATE_FAILURE, PROTOCOL
from shipledger.protocols.datadog.wire import ValidOut
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.catalog import CatalogVerbs
from shipledger.verbs.commits import CommitVerbs
from shipledger.verbs.credentials import CredentialVerbs
from shipledger.verbs.deployments import DeploymentVerbs
from shipledger.verbs.incidents import IncidentVerbs
from shipledger.verbs.recording import RecordingVerbs

DORA = "/api/v2/dora"


class Verbs(CallVerbs, CatalogVerbs, CommitVerbs, CredentialVerbs, DeploymentVerbs, IncidentVerbs, RecordingVerbs, Protocol):
    """What is asked of the ledger here."""


class DatadogProtocol(VendorProtocol):
    """DORA Metrics API v2, and the check of a key."""

    name = PROTOCOL
    unserved_prefixes = ("/api",)

    def __init__(self, ledger: Verbs, options: Options) -> None:
        self._options = options
        self._admission = Admission(ledger, options)
        self._deployments = DeploymentOperations(ledger, options)
        self._failures = FailureOperations(ledger)
        self._git_metadata = GitMetadataOperations(ledger)

    def routes(self) -> Sequence[Route]:
        """Its operations."""
        admission, deployments = self._admission, self._deployments
        get = admission.endpoint(Scope.READ, deployments.get)
        patch = admission.endpoint(Scope.WRITE, deployments.patch)
        delete = admission.endpoint(Scope.WRITE, deployments.delete)
        return (
            Route("POST", f"{DORA}/deployment", admission.create(deployments.create, CREATE_DEPLOYMENT)),
            Route("POST", f"{DORA}/deployments", admission.endpoint(Scope.READ, deployments.list)),
            Route("PATCH", f"{DORA}/deployments", admission.endpoint(Scope.WRITE, deployments.patch_by_version)),
            *(
                Route(method, f"{DORA}/{word}/{{deployment_id}}", endpoint)
                for word in ("deployment", "deployments")
                for method, endpoint in (("GET", get), ("PATCH", patch), ("DELETE", delete))
            ),
            *self._failure_routes(),
            *self._git_metadata.routes(admission),
            Route("GET", "/api/v1/validate", self._validation()),
        )

    def _failure_routes(self) -> Sequence[Route]:
        """A failure was called an incident once; both words are served."""
        admission, failures = self._admission, self._failures
        create, listing = admission.create(failures.create, CREATE_FAILURE), admission.endpoint(Scope.READ, failures.list)
        get, delete = admission.endpoint(Scope.READ, failures.get), admission.endpoint(Scope.WRITE, failures.delete)
        return (
            Route("POST", f"{DORA}/failure", create),
            Route("POST", f"{DORA}/incident", create),
            Route("POST", f"{DORA}/failures", listing),
            Route("POST", f"{DORA}/incidents", listing),
            *(
                Route(method, f"{DORA}/{word}/{{failure_id}}", endpoint)
                for word in ("failure", "failures", "incident", "incidents")
                for method, endpoint in (("GET", get), ("DELETE", delete))
            ),
        )

    def interpret(self, receipt: Receipt) -> Sequence[Recording]:
        """What a stored receipt asks for."""
        return translate.interpret(receipt, self._options.missing_environment)

    def answer_error(self, request: Request, error: ShipledgerError | None, status: int, headers: dict[str, str]) -> Response:
        """An error that was found outside the endpoints."""
        fault = fault_outside(error, status, request.scope["path"])
        rate = self._admission.look_at_rate(request.method)
        return reply(fault.status, fault.body, {**rate.to_headers(), **fault.headers, **headers})

    def read_refusal(self, body: bytes) -> Refusal:
        """What an error answer of this API says."""
        return read_refusal(body)

    async def find_sender(self, request: Request) -> None:
        """Look for who sent a request that no operation has answered."""
        await self._admission.find_sender(request)

    def openapi_paths(self) -> dict[str, Any]:
        """Its part of the OpenAPI page."""
        return {**openapi.paths(), **git_openapi.paths()}

    def openapi_security_schemes(self) -> dict[str, Any]:
        """The security schemes that its operations name."""
        return openapi.security_schemes()

    def _validation(self) -> Endpoint:
        """The check of an API key, in plain JSON. It counts like any other call of the key."""
        check = self._admission.check(_confirm)

        async def answer(request: Request) -> Response:
            response = await check(request)
            response.headers["content-type"] = "application/json"
            return response

        return answer


async def _confirm(_request: Request, _call: Call) -> Response:
    return reply(HTTPStatus.OK, ValidOut(valid=True))
