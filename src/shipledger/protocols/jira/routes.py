"""The operations of this API, under each of its prefixes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import urlsplit

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant, Scope
from shipledger.errors import ShipledgerError
from shipledger.http.refused import Refusal
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.submission import Submission
from shipledger.protocols.contract import Route, VendorProtocol, WriteCall
from shipledger.protocols.jira import openapi, translate
from shipledger.protocols.jira.answers import stored_answer, to_submit_answer
from shipledger.protocols.jira.bulk import read_bulk
from shipledger.protocols.jira.call import Admission
from shipledger.protocols.jira.credentials import APP, JENKINS_PATH
from shipledger.protocols.jira.devinfo_routes import DevinfoOperations
from shipledger.protocols.jira.faults import (
    UNKNOWN_KEY,
    fault_of,
    fault_of_status,
    has_no_data,
    is_not_readable,
    read_refusal,
    to_json,
    to_response,
)
from shipledger.protocols.jira.gating import to_gating_status, to_ungated_status
from shipledger.protocols.jira.gating_call import GatingCalls
from shipledger.protocols.jira.jenkins import BODY_LIMIT_BYTES as JENKINS_LIMIT_BYTES
from shipledger.protocols.jira.jenkins import JenkinsWebhook
from shipledger.protocols.jira.judging import Judge
from shipledger.protocols.jira.known import KnownRule
from shipledger.protocols.jira.neighbour_routes import NeighbourOperations
from shipledger.protocols.jira.oauth import BODY_LIMIT_BYTES as TOKEN_LIMIT_BYTES
from shipledger.protocols.jira.oauth import TokenEndpoint
from shipledger.protocols.jira.paths import DeploymentKey, DeploymentPath, read_path
from shipledger.protocols.jira.prefixes import prefixes_of
from shipledger.protocols.jira.requests import read_query_properties, read_text
from shipledger.protocols.jira.vocabulary import DELETE_BY_KEY, DELETE_BY_PROPERTIES, PROTOCOL, SUBMIT
from shipledger.protocols.jira.wire import TenantInfoOut
from shipledger.protocols.links import base_url_of
from shipledger.protocols.wire_json import note_replaced
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.commits import CommitVerbs
from shipledger.verbs.credentials import CredentialVerbs
from shipledger.verbs.deployments import DeploymentVerbs
from shipledger.verbs.gates import GateVerbs
from shipledger.verbs.issues import IssueVerbs
from shipledger.verbs.recording import RecordingVerbs

PREFIXES = prefixes_of("deployments", "0.1")
KEY_HOST = "connect-install-keys"
"""Apps that have the vendor's ``connect-install-keys.atlassian.com`` built in ask there for ``/{kid}``."""

SETTLED_WITHIN_SECONDS = 3.0
"""The Jenkins plugin gives up after five."""

NUMBER_FAULT = "'deploymentSequenceNumber' must be an integer"


class Verbs(CallVerbs, CommitVerbs, CredentialVerbs, DeploymentVerbs, GateVerbs, IssueVerbs, RecordingVerbs, Protocol):
    """What is asked of the ledger here."""


class Options(Struct, frozen=True):
    """What settings decide. ``hosts`` maps a host name to the slug of the organization that it is bound to."""

    rule: KnownRule
    body_limit_bytes: int
    public_url: str
    hosts: Mapping[str, str]
    default_slug: str


class JiraProtocol(VendorProtocol):
    """The Deployments API, the token endpoint and the cloud id."""

    name = PROTOCOL
    unserved_prefixes = ("/_edge", "/connect-install-keys", "/deployments/0.1", "/ex", "/jenkins", "/jira", "/oauth", "/rest")

    def __init__(self, ledger: Verbs, options: Options, calls: GatingCalls) -> None:
        self._ledger = ledger
        self._options = options
        self._calls = calls
        self._admission = Admission(ledger, base_path=urlsplit(options.public_url).path.rstrip("/"))
        self._tokens = TokenEndpoint(ledger)
        self._judge = Judge(ledger, options.rule)
        self._neighbours = NeighbourOperations(ledger, self._admission, self._judge, body_limit_bytes=options.body_limit_bytes)
        self._devinfo = DevinfoOperations(ledger, self._admission, self._judge, body_limit_bytes=options.body_limit_bytes)
        self._jenkins = JenkinsWebhook(
            ledger,
            submit=self._submit_and_settle,
            find_gating=self._find_gating,
        )

    def routes(self) -> Sequence[Route]:
        """Its operations."""
        limit = self._options.body_limit_bytes
        submit = self._admission.endpoint(Scope.WRITE, self._submit)
        delete_by_properties = self._admission.endpoint(Scope.DELETE, self._delete_by_properties)
        read = self._admission.endpoint(Scope.READ, self._read)
        delete = self._admission.endpoint(Scope.DELETE, self._delete)
        return (
            Route("POST", "/oauth/token", self._tokens.answer, body_limit_bytes=TOKEN_LIMIT_BYTES),
            Route("GET", "/_edge/tenant_info", self._tenant_info),
            Route("GET", "/connect-install-keys/{kid}", self._install_key, host=KEY_HOST),
            Route("POST", JENKINS_PATH, self._jenkins.answer, body_limit_bytes=JENKINS_LIMIT_BYTES),
            *self._neighbours.routes(),
            *self._devinfo.routes(),
            *(
                route
                for prefix in PREFIXES
                for route in (
                    Route("POST", f"{prefix}/bulk", submit, base=prefix, body_limit_bytes=limit),
                    Route("DELETE", f"{prefix}/bulkByProperties", delete_by_properties, base=prefix),
                    Route("GET", f"{prefix}/pipelines/{{key...}}", read, base=prefix),
                    Route("DELETE", f"{prefix}/pipelines/{{key...}}", delete, base=prefix),
                )
            ),
        )

    def interpret(self, receipt: Receipt) -> Sequence[Submission]:
        """What a stored receipt asks for."""
        return translate.interpret(receipt)

    def answer_error(self, request: Request, error: ShipledgerError | None, status: int, headers: dict[str, str]) -> Response:
        """An error that was found outside the endpoints, in this API's form."""
        fault = fault_of(error) if error else fault_of_status(status)
        response = to_response(fault, request.scope["path"])
        response.status_code = status
        response.headers.update(headers)
        return response

    def read_refusal(self, body: bytes) -> Refusal:
        """What an error answer of this API says."""
        return read_refusal(body)

    async def find_sender(self, request: Request) -> None:
        """Look for who sent a request that no operation has answered."""
        await self._admission.find_sender(request)

    def openapi_paths(self) -> dict[str, Any]:
        """Its part of the OpenAPI page."""
        return openapi.paths(PREFIXES)

    def openapi_security_schemes(self) -> dict[str, Any]:
        """The security schemes that its operations name."""
        return openapi.security_schemes()

    def list_call_writers(self) -> Mapping[str, WriteCall]:
        """Apps have a callback in their descriptor."""
        return {APP: self._calls.write}

    async def _submit(self, request: Request, grant: Grant) -> Response:
        text = await read_text(request, self._options.body_limit_bytes)
        receipt, submissions, response = await self._read_bulk(grant, text)
        return await self._ledger.record(receipt, submissions, response)

    async def _submit_and_settle(self, grant: Grant, text: str) -> Response:
        """The answer to submit, once what it accepted can be read: who calls may read it at once, and does not repeat."""
        receipt, submissions, response = await self._read_bulk(grant, text)
        return await self._ledger.record(receipt, submissions, response, wait_seconds=SETTLED_WITHIN_SECONDS)

    async def _find_gating(self, request: Request, grant: Grant, key: DeploymentKey) -> Response:
        found = await self._find(grant, [key])
        if found is None:
            raise has_no_data()
        return await self._answer_gating(request, *found)

    async def _answer_gating(self, request: Request, key: DeploymentKey, deployment: Deployment) -> Response:
        gate = await self._ledger.find_gate(deployment.organization_id, deployment.deployment_id)
        if gate is None:
            return to_json(HTTPStatus.OK, to_ungated_status(key, deployment))
        base_url = base_url_of(request, self._options.public_url)
        return to_json(HTTPStatus.OK, to_gating_status(key, gate, base_url=base_url))

    async def _read_bulk(self, grant: Grant, text: str) -> tuple[Receipt, Sequence[Submission], Response]:
        """The receipt, what it asks for, and the answer once it is durable."""
        bulk, rule = await self._judge.read(grant, text, read_bulk)
        parameters = translate.to_submit_parameters(rule, breaks_ties_by_arrival=grant.breaks_ties_by_arrival)
        replaced = await self._ledger.compute(grant.organization_id, lambda: note_replaced(text), size=len(text))
        receipt = self._ledger.new_receipt(grant, PROTOCOL, SUBMIT, parameters | replaced, text)

        def translate_bulk() -> tuple[Sequence[Submission], Response]:
            submissions = translate.to_submissions(receipt, bulk)
            headers = {"X-Request-Id": receipt.receipt_id}
            return submissions, to_json(HTTPStatus.ACCEPTED, to_submit_answer(bulk, submissions), headers)

        submissions, answer = await self._ledger.compute(grant.organization_id, translate_bulk, size=len(text))
        return receipt, submissions, answer

    async def _delete_by_properties(self, request: Request, grant: Grant) -> Response:
        properties = read_query_properties(request)
        parameters = translate.to_delete_by_properties_parameters(properties)
        receipt = self._ledger.new_receipt(grant, PROTOCOL, DELETE_BY_PROPERTIES, parameters, "")
        return await self._ledger.record(receipt, translate.to_removal_by_properties(receipt, properties), _accepted(receipt))

    async def _delete(self, request: Request, grant: Grant) -> Response:
        path = _read_key(request)
        if path.is_gating:
            raise fault_of_status(HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": "GET, HEAD"})
        keys = path.keys
        if len(keys) > 1:
            found = await self._find(grant, keys)
            keys = keys if found is None else (found[0],)
        parameters = translate.to_delete_parameters(keys)
        receipt = self._ledger.new_receipt(grant, PROTOCOL, DELETE_BY_KEY, parameters, "")
        return await self._ledger.record(receipt, translate.to_removals(receipt, keys), _accepted(receipt))

    async def _read(self, request: Request, grant: Grant) -> Response:
        path = _read_key(request)
        found = await self._find(grant, path.keys)
        if found is None:
            raise has_no_data()
        key, deployment = found
        if path.is_gating:
            return await self._answer_gating(request, key, deployment)
        return to_json(HTTPStatus.OK, stored_answer(deployment))

    async def _find(self, grant: Grant, keys: Sequence[DeploymentKey]) -> tuple[DeploymentKey, Deployment] | None:
        """The first of ``keys`` under which the caller has stored a deployment."""
        for key in keys:
            target = translate.to_target(grant.credential_id, key)
            deployment = await self._ledger.find_told_deployment(grant.organization_id, target)
            if deployment is not None:
                return key, deployment
        return None

    async def _tenant_info(self, request: Request) -> Response:
        host = request.headers.get("host", "").partition(":")[0].lower()
        slug = self._options.hosts.get(host, self._options.default_slug)
        organization_id = await self._ledger.find_organization_id(slug)
        if organization_id is None:
            return to_response(has_no_data(), request.scope["path"])
        return to_json(HTTPStatus.OK, TenantInfoOut(organization_id))

    async def _install_key(self, request: Request) -> Response:
        """By which apps check who calls them."""
        key = await self._ledger.find_public_key(request.path_params["kid"])
        if key is None:
            return to_response(has_no_data(UNKNOWN_KEY), request.scope["path"])
        return Response(key, media_type="text/plain")


def _read_key(request: Request) -> DeploymentPath:
    path = read_path(request.path_params["key"])
    if path is None:
        raise fault_of_status(HTTPStatus.NOT_FOUND)
    if path.sequence_number is None:
        raise is_not_readable((NUMBER_FAULT,))
    return path


def _accepted(receipt: Receipt) -> Response:
    return Response(status_code=HTTPStatus.ACCEPTED, headers={"X-Request-Id": receipt.receipt_id})
