"""Two environments, or two moments of one, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant, Scope
from shipledger.errors import NotFound
from shipledger.protocols.contract import Route
from shipledger.protocols.native.call import Admission, reply
from shipledger.protocols.native.compare_wire import ComparisonOut, to_comparison
from shipledger.protocols.native.cursor import FORMAT, LIMIT
from shipledger.protocols.native.describing import operation, query
from shipledger.protocols.native.faults import not_found
from shipledger.protocols.native.parameters import Parameters
from shipledger.protocols.native.vocabulary import PREFIX
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.comparing import DEFAULT_LIMIT, MOST_COMMITS, CompareWish, Side
from shipledger.verbs.comparison_text import to_markdown
from shipledger.verbs.matrix import MatrixVerbs

PATH = f"{PREFIX}/compare"
PARAMETERS = ("left", "right", "left_at", "right_at", "service", "team", LIMIT, FORMAT)
MARKDOWN = "text/markdown"
FORMATS = {"json": False, "markdown": True}


class Verbs(CallVerbs, MatrixVerbs, Protocol):
    """What is asked of the ledger here."""


class CompareOperations:
    """The operation."""

    def __init__(self, ledger: Verbs, admission: Admission) -> None:
        self._ledger = ledger
        self._admission = admission

    def routes(self) -> Sequence[Route]:
        """Its operation."""
        return (Route("GET", PATH, self._admission.endpoint(Scope.READ, self.get), base=PREFIX),)

    async def get(self, request: Request, grant: Grant) -> Response:
        """200 with both sides, as JSON or Markdown, or 404 for a service that nobody knows."""
        parameters = Parameters(request.query_params, PARAMETERS)
        wish = read_wish(parameters)
        chosen = parameters.word(FORMAT, FORMATS, {})
        parameters.check()
        try:
            comparison = await self._ledger.compare(grant.organization_id, wish)
        except NotFound as error:
            raise not_found("service") from error
        is_markdown = MARKDOWN in request.headers.get("accept", "") if chosen is None else chosen
        if not is_markdown:
            answer = to_comparison(comparison, wish)
            return reply(self._ledger.new_request_id(), HTTPStatus.OK, answer, {"Vary": "Accept"})
        headers = {"X-Request-Id": self._ledger.new_request_id(), "Vary": "Accept"}
        return Response(to_markdown(comparison, wish), HTTPStatus.OK, headers, media_type=MARKDOWN)


def read_wish(parameters: Parameters) -> CompareWish:
    """What is compared; without ``right`` it is another moment of the same environment. What is wrong is noted."""
    left = parameters.text("left")
    if not left:
        parameters.faults.setdefault("left", "should be an environment, by its id or name")
    return CompareWish(
        Side(left, parameters.time("left_at")),
        Side(parameters.text("right") or left, parameters.time("right_at")),
        service=parameters.text("service"),
        team=parameters.text("team"),
        limit=parameters.number(LIMIT, default=DEFAULT_LIMIT, maximum=MOST_COMMITS),
    )


def compare_paths() -> dict[str, Any]:
    """The part of the OpenAPI page that describes it."""
    moment = {"type": "string", "format": "date-time"}
    at = [
        {"name": f"{side}_at", "in": "query", "description": f"The moment of the {side} side; without it, now.", "schema": moment}
        for side in ("left", "right")
    ]
    left = {**query("left", "The environment on the left, by its id or a name, ignoring case."), "required": True}
    described = operation(
        "Compare two environments, or two moments of one",
        {200: ("What runs of each service on both sides, and the commits between.", ComparisonOut)},
        errors=(404, 422),
        parameters=(
            left,
            query("right", "That on the right; without it, the same."),
            *at,
            query("service", "One service, by its id, slug or any name; without it, all."),
            query("team", "The team that owns the services, ignoring case."),
            query(LIMIT, f"At most so many commits of each direction, of all services together: {DEFAULT_LIMIT} by default."),
            query(FORMAT, "`json` or `markdown`; without it, what `Accept` asks for."),
        ),
    )
    described["responses"]["200"]["content"][MARKDOWN] = {"schema": {"type": "string"}}
    return {PATH: {"get": described}}
