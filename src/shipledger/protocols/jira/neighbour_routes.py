"""The operations of the APIs beside that of deployments, of which nothing is kept."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant, Scope
from shipledger.protocols.contract import Route
from shipledger.protocols.jira.call import Admission, Step
from shipledger.protocols.jira.checking import read_int64
from shipledger.protocols.jira.faults import NOT_KEPT, fault_of_status, has_no_data, is_not_readable, to_json
from shipledger.protocols.jira.judging import Judge
from shipledger.protocols.jira.neighbours import NEIGHBOURS, Neighbour
from shipledger.protocols.jira.prefixes import prefixes_of
from shipledger.protocols.jira.requests import read_query_properties, read_text
from shipledger.protocols.router import decode_segment
from shipledger.verbs.calls import CallVerbs

BUILD_PARTS = 3
BUILD_NUMBER_FAULT = "'buildNumber' must be an integer"


class NeighbourOperations:
    """Answers what tools send beside deployments, and keeps nothing of it."""

    def __init__(self, ledger: CallVerbs, admission: Admission, judge: Judge, *, body_limit_bytes: int) -> None:
        self._ledger = ledger
        self._admission = admission
        self._judge = judge
        self._body_limit_bytes = body_limit_bytes

    def routes(self) -> Iterator[Route]:
        """Its operations."""
        for one in NEIGHBOURS:
            submit, delete_by_properties, read, delete = (
                self._admission.endpoint(scope, step, module=one.module)
                for scope, step in (
                    (Scope.WRITE, self._submit_to(one)),
                    (Scope.DELETE, _delete_by_properties),
                    (Scope.READ, _read),
                    (Scope.DELETE, _delete),
                )
            )
            for prefix in prefixes_of(one.api, one.version):
                yield Route("POST", f"{prefix}/bulk", submit, base=prefix, body_limit_bytes=self._body_limit_bytes)
                yield Route("DELETE", f"{prefix}/bulkByProperties", delete_by_properties, base=prefix)
                yield Route("GET", f"{prefix}/{one.thing}", read, base=prefix)
                yield Route("DELETE", f"{prefix}/{one.thing}", delete, base=prefix)

    def _submit_to(self, neighbour: Neighbour) -> Step:
        async def submit(request: Request, grant: Grant) -> Response:
            text = await read_text(request, self._body_limit_bytes)
            body, _ = await self._judge.read(grant, text, neighbour.read_body)
            headers = {"X-Request-Id": self._ledger.new_request_id()}
            return await self._ledger.compute(
                grant.organization_id, lambda: to_json(HTTPStatus.ACCEPTED, neighbour.answer(body), headers), size=len(text)
            )

        return submit


async def _delete_by_properties(request: Request, _: Grant) -> Response:
    read_query_properties(request)
    return Response(status_code=HTTPStatus.ACCEPTED)


async def _delete(request: Request, _: Grant) -> Response:
    _check_key(request)
    return Response(status_code=HTTPStatus.ACCEPTED)


async def _read(request: Request, _: Grant) -> Response:
    _check_key(request)
    raise has_no_data(NOT_KEPT)


def _check_key(request: Request) -> None:
    """Raise Fault when the path names no build. What names a flag or a link is any text."""
    key = request.path_params.get("key")
    if key is None:
        return
    parts = key.split("/")
    if len(parts) < BUILD_PARTS or parts[-2] != "builds" or not parts[-1]:
        raise fault_of_status(HTTPStatus.NOT_FOUND)
    if read_int64(decode_segment(parts[-1])) is None:
        raise is_not_readable((BUILD_NUMBER_FAULT,))
