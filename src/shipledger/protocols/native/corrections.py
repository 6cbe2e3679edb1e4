"""Correct deployments by hand, and take corrections back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant, Scope
from shipledger.errors import Conflict, Invalid, NotFound
from shipledger.ledger.verdict import Reason
from shipledger.protocols.contract import Route
from shipledger.protocols.native.call import Admission, read_text, reply
from shipledger.protocols.native.correction_answers import to_corrections, to_preview
from shipledger.protocols.native.correction_bodies import read_correction, read_undo
from shipledger.protocols.native.faults import Fault
from shipledger.protocols.native.parameters import DRY_RUN, Parameters
from shipledger.protocols.native.vocabulary import PREFIX
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.corrections import Asking, CorrectionVerbs

PATH = f"{PREFIX}/deployments/{{id}}/corrections"
PATH_OF_ONE = f"{PATH}/{{correction}}"
IF_MATCH = "If-Match"
_SHOULD_BE_A_TAG = 'should be the ETag of the corrections, such as "2"'
_TAG = re.compile(r'"([0-9]{1,9})"')


class Verbs(CallVerbs, CorrectionVerbs, Protocol):
    """What is asked of the ledger here."""


class CorrectionOperations:
    """The operations on corrections."""

    def __init__(self, ledger: Verbs, admission: Admission) -> None:
        self._ledger = ledger
        self._admission = admission

    def routes(self) -> Sequence[Route]:
        """Its operations."""
        admit = self._admission.endpoint
        return (
            Route("GET", PATH, admit(Scope.READ, self.list_all), base=PREFIX),
            Route("POST", PATH, admit(Scope.WRITE, self.correct), base=PREFIX),
            Route("DELETE", PATH_OF_ONE, admit(Scope.WRITE, self.undo), base=PREFIX),
        )

    async def list_all(self, request: Request, grant: Grant) -> Response:
        """200 with all of them, and what was reported; 404."""
        Parameters(request.query_params, ()).check()
        return await self._answer(request, grant, HTTPStatus.OK)

    async def correct(self, request: Request, grant: Grant) -> Response:
        """201 with all corrections; 409 for what cannot be, 412 if somebody was faster. Of a dry run 200 with what would move."""
        is_dry_run, seen = _read_parameters(request), _read_seen(request)
        text = await read_text(request)
        asked = await self._ledger.compute(grant.organization_id, lambda: read_correction(text), size=len(text))
        organization_id, deployment_id = grant.organization_id, request.path_params["id"]
        asking = Asking(grant.actor, asked.reason, seen)
        try:
            if is_dry_run:
                preview = to_preview(await self._ledger.preview_correction(organization_id, deployment_id, asked.wish, asking))
                return reply(self._ledger.new_request_id(), HTTPStatus.OK, preview)
            correction_id = await self._ledger.correct_deployment(organization_id, deployment_id, asked.wish, asking)
        except (Conflict, NotFound) as error:
            raise _to_fault(error) from None
        return await self._answer(request, grant, HTTPStatus.CREATED, correction_id)

    async def undo(self, request: Request, grant: Grant) -> Response:
        """200 with all corrections; 404, 409 if it is undone, 412 if somebody was faster. Of a dry run with what would move."""
        is_dry_run, seen = _read_parameters(request), _read_seen(request)
        text = await read_text(request) if _has_body(request) else ""
        reason = await self._ledger.compute(grant.organization_id, lambda: read_undo(text), size=len(text))
        organization_id, deployment_id = grant.organization_id, request.path_params["id"]
        correction_id, asking = request.path_params["correction"], Asking(grant.actor, reason, seen)
        try:
            if is_dry_run:
                preview = to_preview(await self._ledger.preview_undo(organization_id, deployment_id, correction_id, asking))
                return reply(self._ledger.new_request_id(), HTTPStatus.OK, preview)
            await self._ledger.undo_correction(organization_id, deployment_id, correction_id, asking)
        except (Conflict, NotFound) as error:
            raise _to_fault(error) from None
        return await self._answer(request, grant, HTTPStatus.OK, correction_id)

    async def _answer(self, request: Request, grant: Grant, status: int, correction_id: str | None = None) -> Response:
        try:
            found = await self._ledger.read_corrections(grant.organization_id, request.path_params["id"])
        except NotFound as error:
            raise _to_fault(error) from None
        body = to_corrections(found, correction_id)
        return reply(self._ledger.new_request_id(), status, body, {"ETag": f'"{found.version}"'})


def _read_parameters(request: Request) -> bool:
    parameters = Parameters(request.query_params, (DRY_RUN,))
    is_dry_run = parameters.flag(DRY_RUN)
    parameters.check()
    return is_dry_run


def _read_seen(request: Request) -> int | None:
    """The version that whoever asks has seen; None for any. Raises Invalid."""
    sent = request.headers.get(IF_MATCH, "").strip()
    if sent in ("", "*"):
        return None
    found = _TAG.fullmatch(sent)
    if found is None:
        raise Invalid("if_match", "The precondition is not valid.", fields={IF_MATCH: _SHOULD_BE_A_TAG})
    return int(found[1])


def _has_body(request: Request) -> bool:
    return request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers


def _to_fault(error: Conflict | NotFound) -> Fault:
    if isinstance(error, NotFound):
        return Fault(HTTPStatus.NOT_FOUND, error.message)
    is_late = error.code == Reason.CHANGED_MEANWHILE
    return Fault(HTTPStatus.PRECONDITION_FAILED if is_late else HTTPStatus.CONFLICT, error.message)
