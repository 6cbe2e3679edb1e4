"""``GET /ledger/v1/duplicates``: the records that a rule would merge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Protocol

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant, Scope
from shipledger.ledger.likeness import Pair
from shipledger.protocols.contract import Route
from shipledger.protocols.native.call import Admission, reply
from shipledger.protocols.native.describing import operation, query
from shipledger.protocols.native.merging_wire import WitnessOut, to_witness
from shipledger.protocols.native.parameters import Parameters
from shipledger.protocols.native.vocabulary import PREFIX
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.duplicates import LOOKED_AT, DuplicateVerbs, FoundDuplicates

PATH = f"{PREFIX}/duplicates"
WITHIN, DAYS, LIMIT = "within_seconds", "days", "limit"
DEFAULT_SECONDS, MOST_SECONDS = 120, 86_400
DEFAULT_DAYS, MOST_DAYS = 30, 366
DEFAULT_LIMIT, MOST_PAIRS = 20, 1_000


class Verbs(CallVerbs, DuplicateVerbs, Protocol):
    """What is asked of the ledger here."""


class PairOut(Struct, frozen=True):
    """Two records that seem to be one: ``record`` would be merged into ``into``."""

    record: WitnessOut
    into: WitnessOut
    commit: str
    seconds_apart: float
    sentence: str


class DuplicatesOut(Struct, frozen=True):
    """What a rule would merge. ``count``: of all pairs; ``pairs`` are the first of them. ``looked_at`` records were compared.

    ``is_complete``: those are all of the time that was asked for.
    """

    count: int
    looked_at: int
    is_complete: bool
    pairs: tuple[PairOut, ...]


class DuplicateOperations:
    """The operation."""

    def __init__(self, ledger: Verbs, admission: Admission) -> None:
        self._ledger = ledger
        self._admission = admission

    def routes(self) -> Sequence[Route]:
        """Its operations."""
        return (Route("GET", PATH, self._admission.endpoint(Scope.READ, self.get), base=PREFIX),)

    async def get(self, request: Request, grant: Grant) -> Response:
        """200 with the pairs; nothing is changed."""
        parameters = Parameters(request.query_params, (WITHIN, DAYS, LIMIT))
        seconds = parameters.number(WITHIN, default=DEFAULT_SECONDS, maximum=MOST_SECONDS)
        days = parameters.number(DAYS, default=DEFAULT_DAYS, maximum=MOST_DAYS)
        limit = parameters.number(LIMIT, default=DEFAULT_LIMIT, maximum=MOST_PAIRS)
        parameters.check()
        found = await self._ledger.list_duplicates(grant.organization_id, within=timedelta(seconds=seconds), days=days)
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, to_duplicates(found, limit))


def to_duplicates(found: FoundDuplicates, limit: int) -> DuplicatesOut:
    """The pairs as they are answered, here and by commands."""
    return DuplicatesOut(
        count=len(found.pairs),
        looked_at=found.looked_at,
        is_complete=found.is_complete,
        pairs=tuple(map(_to_pair, found.pairs[:limit])),
    )


def duplicate_paths() -> dict[str, Any]:
    """The part of the OpenAPI page that describes it."""
    answer = "Pairs of records that have one commit, went to one environment and ended so near to each other."
    parameters = (
        query(WITHIN, f"How far apart their ends may be, up to {MOST_SECONDS}: {DEFAULT_SECONDS} by default."),
        query(
            DAYS, f"Of what was recorded in so many days, up to {MOST_DAYS} and {LOOKED_AT:,} records: {DEFAULT_DAYS} by default."
        ),
        query(LIMIT, f"How many pairs to show: {DEFAULT_LIMIT} by default."),
    )
    summary = "List records that seem to tell of one deployment"
    return {PATH: {"get": operation(summary, {200: (answer, DuplicatesOut)}, errors=(422,), parameters=parameters)}}


def _to_pair(pair: Pair) -> PairOut:
    return PairOut(
        record=to_witness(pair.record),
        into=to_witness(pair.host),
        commit=pair.likeness.commit,
        seconds_apart=pair.likeness.apart.total_seconds(),
        sentence=pair.likeness.sentence,
    )
