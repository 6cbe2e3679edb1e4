"""The one operation of this API, answered with the record."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Sequence
from http import HTTPStatus
from typing import Any, Protocol

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant, Scope
from shipledger.errors import ShipledgerError
from shipledger.http.body import BodyTooLarge
from shipledger.http.body_text import read_json_text
from shipledger.http.refused import Refusal
from shipledger.http.viewer import admit
from shipledger.ledger.identity import derive_id
from shipledger.ledger.receipt import Receipt, Settlement
from shipledger.ledger.submission import Submission, Target
from shipledger.protocols.contract import Guarded, Route, VendorProtocol
from shipledger.protocols.iftrue import openapi, translate
from shipledger.protocols.iftrue.answers import is_stored, to_record
from shipledger.protocols.iftrue.branches import BranchRule
from shipledger.protocols.iftrue.credentials import KIND
from shipledger.protocols.iftrue.faults import (
    Fault,
    fault_of,
    fault_of_ours,
    not_authenticated,
    read_refusal,
    right_is_missing,
    too_many,
)
from shipledger.protocols.iftrue.vocabulary import PROTOCOL, RECORD
from shipledger.protocols.wire_json import UnreadableJsonError, UnwieldyJsonError, encode_json
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.credentials import CredentialVerbs
from shipledger.verbs.deployments import DeploymentVerbs
from shipledger.verbs.recording import RecordingVerbs, check_stored

BODY_LIMIT_BYTES = 1024 * 1024
SETTLEMENT_SECONDS = 10.0
PATH = "/v1/organization/deployment"


class Verbs(CallVerbs, CredentialVerbs, DeploymentVerbs, RecordingVerbs, Protocol):
    """What is asked of the ledger here."""


class IftrueProtocol(VendorProtocol):
    """Deployment tracking by one HTTP call."""

    name = PROTOCOL
    unserved_prefixes = ("/v1/organization",)

    def __init__(self, ledger: Verbs, *, github_hosts: Collection[str] = (), rules: tuple[BranchRule, ...] = ()) -> None:
        self._ledger = ledger
        self._rules = rules
        self._github_hosts = frozenset(host.lower() for host in github_hosts)

    def routes(self) -> Sequence[Route]:
        """Its operation."""
        return (Route("POST", PATH, Guarded(Scope.WRITE, self._answer)),)

    def interpret(self, receipt: Receipt) -> Sequence[Submission]:
        """What a stored receipt asks for."""
        return translate.interpret(receipt, self._rules)

    def answer_error(self, request: Request, error: ShipledgerError | None, status: int, headers: dict[str, str]) -> Response:
        """An error that was found outside the endpoint."""
        fault = fault_of_ours(error, status, path=request.scope["path"], method=request.method, headers=headers)
        return _reply(self._ledger.new_request_id(), fault.status, fault.body, {**fault.headers, **headers})

    def read_refusal(self, body: bytes) -> Refusal:
        """What an error answer of this API says."""
        return read_refusal(body)

    async def find_sender(self, request: Request) -> None:
        """Look for who sent a request that no operation has answered."""
        with contextlib.suppress(Fault):
            await self._authenticate(request)

    def openapi_paths(self) -> dict[str, Any]:
        """Its part of the OpenAPI page."""
        return openapi.paths()

    def openapi_security_schemes(self) -> dict[str, Any]:
        """The security scheme that its operation names."""
        return openapi.security_schemes()

    async def _answer(self, request: Request) -> Response:
        try:
            return await self._record(request)
        except Fault as error:
            fault = error
        except (BodyTooLarge, UnreadableJsonError, UnwieldyJsonError, ShipledgerError) as error:
            fault = fault_of(error)
        return _reply(self._ledger.new_request_id(), fault.status, fault.body, fault.headers)

    async def _record(self, request: Request) -> Response:
        grant = await self._authenticate(request)
        text = await read_json_text(request, BODY_LIMIT_BYTES)
        checked = await self._ledger.compute(
            grant.organization_id, lambda: translate.check_report(text, self._github_hosts), size=len(text)
        )
        receipt = self._ledger.new_receipt(grant, PROTOCOL, RECORD, checked.parameters, checked.body)
        accepted = _reply(receipt.receipt_id, HTTPStatus.ACCEPTED, is_stored(), {})

        async def answer(settlement: Settlement) -> Response:
            check_stored(settlement)
            deployment_id = settlement.verdicts[0].deployment_id or ""
            deployment = await self._ledger.find_told_deployment(receipt.organization_id, Target(key=deployment_id))
            if deployment is None:
                return accepted
            is_new = deployment_id == derive_id(receipt.receipt_id, 0, "deployment")
            return _reply(receipt.receipt_id, HTTPStatus.CREATED if is_new else HTTPStatus.OK, to_record(deployment), {})

        submissions = (translate.to_submission(receipt, checked.report, self._rules),)
        return await self._ledger.record(receipt, submissions, accepted, settled=answer, wait_seconds=SETTLEMENT_SECONDS)

    async def _authenticate(self, request: Request) -> Grant:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        grant = await self._ledger.authenticate_token(token.strip()) if scheme.lower() == "bearer" else None
        if grant is None or grant.kind != KIND:
            raise not_authenticated()
        viewer = admit(request, grant)
        throttle = self._ledger.throttle(grant)
        if throttle.is_exceeded:
            raise too_many(throttle)
        if not viewer.may(Scope.WRITE):
            raise right_is_missing()
        return grant


def _reply(request_id: str, status: int, body: Struct, headers: dict[str, str]) -> Response:
    return Response(encode_json(body), int(status), {"X-Request-Id": request_id, **headers}, media_type="application/json")
