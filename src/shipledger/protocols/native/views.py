"""Saved views of the list of deployments: whoever presents a personal token sees and changes those of its person."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Protocol

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import PERSONAL, Grant, Scope
from shipledger.access.people.views import NAME_CHARACTERS, QUERY_CHARACTERS, SavedView
from shipledger.errors import Conflict, NotFound
from shipledger.ledger.identity import bare_uuid
from shipledger.protocols.contract import Route
from shipledger.protocols.native.call import Admission, read_text, reply
from shipledger.protocols.native.describing import BODY_ERRORS, ID, body, operation
from shipledger.protocols.native.faults import Fault, not_found
from shipledger.protocols.native.parameters import Parameters
from shipledger.protocols.native.reading import open_object, refuse_faults
from shipledger.protocols.native.vocabulary import PREFIX
from shipledger.protocols.times import format_time
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.views import ViewVerbs

PATH = f"{PREFIX}/views"
ONE = f"{PATH}/{{id}}"


class Verbs(CallVerbs, ViewVerbs, Protocol):
    """What is asked of the ledger here."""


class ViewIn(Struct, frozen=True):
    """A name for filters. ``query``: that of an address of the page of deployments, such as ``state=failed&range=7d``."""

    name: str
    query: str


class ViewOut(Struct, frozen=True):
    """A saved view. ``path``: where the page of deployments shows it."""

    id: str
    name: str
    query: str
    path: str
    created_at: str


class ViewsOut(Struct, frozen=True):
    """The views of a person in an organization, by name."""

    views: tuple[ViewOut, ...]


class ViewOperations:
    """The operations on a person's own views."""

    def __init__(self, ledger: Verbs, admission: Admission) -> None:
        self._ledger = ledger
        self._admission = admission

    def routes(self) -> tuple[Route, ...]:
        """Its operations, for every token that may read."""
        admit = self._admission.endpoint
        return (
            Route("GET", PATH, admit(Scope.READ, self.list_own), base=PREFIX),
            Route("POST", PATH, admit(Scope.READ, self.save), base=PREFIX),
            Route("DELETE", ONE, admit(Scope.READ, self.delete), base=PREFIX),
        )

    async def list_own(self, request: Request, grant: Grant) -> Response:
        """200 with the views of the person."""
        _require_person(grant)
        Parameters(request.query_params, ()).check()
        found = await self._ledger.list_own_views(grant)
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, ViewsOut(tuple(map(_to_view, found))))

    async def save(self, request: Request, grant: Grant) -> Response:
        """200 with the view, in place of what had its name."""
        _require_person(grant)
        sent = _read_view(await read_text(request))
        try:
            saved = await self._ledger.save_own_view(grant, sent.name, sent.query)
        except Conflict as error:
            raise Fault(HTTPStatus.CONFLICT, error.message) from None
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, _to_view(saved))

    async def delete(self, request: Request, grant: Grant) -> Response:
        """204, or 404."""
        _require_person(grant)
        try:
            await self._ledger.delete_own_view(grant, bare_uuid(request.path_params["id"]).lower())
        except NotFound:
            raise not_found("view") from None
        return Response(status_code=HTTPStatus.NO_CONTENT, headers={"X-Request-Id": self._ledger.new_request_id()})


def view_paths() -> dict[str, Any]:
    """The part of the OpenAPI page that describes them."""
    schema = {
        "type": "object",
        "required": ["name", "query"],
        "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": NAME_CHARACTERS},
            "query": {"type": "string", "minLength": 1, "maxLength": QUERY_CHARACTERS},
        },
    }
    save = operation("Keep filters under a name", {200: ("The view.", ViewOut)}, errors=(*BODY_ERRORS, 409))
    return {
        PATH: {
            "get": operation("Your saved views", {200: ("By name.", ViewsOut)}, errors=(422,)),
            "post": {**save, "requestBody": body(schema)},
        },
        ONE: {"delete": operation("Delete a saved view", {204: ("It is gone.",)}, errors=(404,), parameters=(ID,))},
    }


def _read_view(text: str) -> ViewIn:
    sent, faults = open_object(text)
    sent.refuse_others(("name", "query"))
    read = ViewIn(sent.required_text("name", limit=NAME_CHARACTERS), sent.required_text("query", limit=QUERY_CHARACTERS))
    refuse_faults(faults)
    return read


def _require_person(grant: Grant) -> None:
    if grant.kind != PERSONAL:
        raise Fault(HTTPStatus.FORBIDDEN, "Views are kept for people. Use a personal token.")


def _to_view(one: SavedView) -> ViewOut:
    return ViewOut(one.view_id, one.name, one.query, f"/deployments?{one.query}", format_time(one.created_at))
