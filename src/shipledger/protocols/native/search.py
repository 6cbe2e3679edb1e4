"""A search in one box: anything by a few words."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant, Scope
from shipledger.catalog.searching import Kind, Rank
from shipledger.protocols.contract import Route
from shipledger.protocols.native.call import Admission, reply
from shipledger.protocols.native.cursor import FORMAT, LIMIT, NAME, Place, read_cursor
from shipledger.protocols.native.describing import choice, operation, paging, query
from shipledger.protocols.native.pages import CSV_TYPE, SIZE_OF_RECORD, choose_type, write_csv
from shipledger.protocols.native.parameters import Parameters
from shipledger.protocols.native.search_wire import KIND, WORDS, ResultOut, SearchOut, to_answer, to_result
from shipledger.protocols.native.vocabulary import PREFIX
from shipledger.search_words import LEAST, QUERY_LIMIT, read_query
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.search import Results, SearchVerbs

PATH = f"{PREFIX}/search"
PARAMETERS = (WORDS, KIND, NAME, LIMIT, FORMAT)
KINDS = {one.value: one for one in Kind}
DEFAULT_LIMIT = 20
MAX_LIMIT = 100
"""Results of each kind."""


class Verbs(CallVerbs, SearchVerbs, Protocol):
    """What is asked of the ledger here."""


class SearchOperations:
    """The operation that searches."""

    def __init__(self, ledger: Verbs, admission: Admission) -> None:
        self._ledger = ledger
        self._admission = admission

    def routes(self) -> Sequence[Route]:
        """Its operation."""
        return (Route("GET", PATH, self._admission.endpoint(Scope.READ, self.search), base=PREFIX),)

    async def search(self, request: Request, grant: Grant) -> Response:
        """200 with what was found."""
        parameters = Parameters(request.query_params, PARAMETERS)
        text = parameters.text(WORDS, limit=QUERY_LIMIT)
        wanted = read_query(text)
        if wanted.is_too_short:
            parameters.faults.setdefault(WORDS, f"should have at least {LEAST} characters")
        kind = parameters.word(KIND, KINDS, {})
        limit = parameters.number(LIMIT, default=DEFAULT_LIMIT, maximum=MAX_LIMIT)
        after, media_type = _read_rank(read_cursor(parameters)), choose_type(request, parameters)
        if parameters.has(NAME) and kind is None:
            parameters.faults.setdefault(KIND, "should be given with a cursor")
        parameters.check()
        kinds = tuple(Kind) if kind is None else (kind,)
        found = await self._ledger.search(grant.organization_id, wanted, kinds=kinds, limit=limit, after=after)
        return await self._ledger.compute(
            grant.organization_id,
            lambda: self._write(text, found, media_type),
            size=len(found.hits) * SIZE_OF_RECORD,
        )

    def _write(self, text: str, found: Results, media_type: str) -> Response:
        request_id = self._ledger.new_request_id()
        if media_type == CSV_TYPE:
            rows = [to_result(hit, found.names) for hit in found.hits]
            headers = {"X-Request-Id": request_id, "Vary": "Accept"}
            return Response(write_csv(rows, ResultOut.__struct_fields__), HTTPStatus.OK, headers, media_type=CSV_TYPE)
        return reply(request_id, HTTPStatus.OK, to_answer(text, found), {"Vary": "Accept"})


def search_paths() -> dict[str, Any]:
    """The part of the OpenAPI page that describes it."""
    looked_for = (
        "An id, an external id, the beginning of a commit's id (from 4 characters), a version, an issue key, the name of a "
        "service, person or repository, the number of an incident, the id of a request, or words of a title."
    )
    words = {**query(WORDS, looked_for, minLength=LEAST, maxLength=QUERY_LIMIT), "required": True}
    return {
        PATH: {
            "get": operation(
                "Search for anything",
                {
                    200: (
                        "By kind: exact matches first, then what begins so, newest first.",
                        SearchOut,
                    )
                },
                errors=(422,),
                parameters=(
                    words,
                    choice(KIND, KINDS, "Only this kind."),
                    *paging(DEFAULT_LIMIT, MAX_LIMIT),
                ),
                is_table=True,
            )
        }
    }


def _read_rank(place: Place | None) -> Rank | None:
    """The rank that a place stands for: its id begins with 1 where it matches exactly."""
    return None if place is None else (place[1][:1] == "1", place[0], place[1][1:])
