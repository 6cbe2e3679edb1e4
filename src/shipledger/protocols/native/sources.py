"""Sources: the credentials of an organization, and what they are used for."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Protocol

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant, Scope
from shipledger.access.use import UseSoFar
from shipledger.clock import EPOCH
from shipledger.protocols.contract import Route
from shipledger.protocols.native.call import Admission, reply
from shipledger.protocols.native.describing import operation
from shipledger.protocols.native.vocabulary import PREFIX
from shipledger.protocols.times import format_known_time, format_time
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.sources import Source, SourceBrowsing

PATH = f"{PREFIX}/sources"


class Verbs(CallVerbs, SourceBrowsing, Protocol):
    """What is asked of the ledger here."""


class SourceOut(Struct, frozen=True, kw_only=True):
    """A credential without its secret. Counts are of whole hours in the last day and the last week.

    ``last_refusal``: the last status with which a request was refused, in the hour of the last request. ``clock_ahead_seconds``:
    how far the times that it sent lay in the future at most, in the last day. ``is_silent``: nothing was sent for a week.
    """

    id: str
    kind: str
    name: str
    scopes: tuple[str, ...]
    created_at: str
    revoked_at: str | None
    last_seen_at: str | None
    last_address: str | None
    requests_in_day: int
    requests_in_week: int
    refused_in_day: int
    refused_in_week: int
    last_refusal: int | None
    clock_ahead_seconds: float
    is_silent: bool
    silent_since: str | None


class SourcesOut(Struct, frozen=True):
    """All sources of the organization, newest first."""

    sources: tuple[SourceOut, ...]


class SourceOperations:
    """The operations on sources."""

    def __init__(self, ledger: Verbs, admission: Admission) -> None:
        self._ledger = ledger
        self._admission = admission

    def routes(self) -> tuple[Route, ...]:
        """Its operations."""
        return (Route("GET", PATH, self._admission.endpoint(Scope.READ, self.list_all), base=PREFIX),)

    async def list_all(self, _request: Request, grant: Grant) -> Response:
        """200 with all sources."""
        found = await self._ledger.list_sources(grant.organization_id)
        now = self._ledger.now()
        body = SourcesOut(tuple(_to_source(one, is_silent=one.is_silent(now)) for one in found))
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, body)


def source_paths() -> dict[str, Any]:
    """The part of the OpenAPI page that describes them."""
    answers = {200: ("All credentials, revoked ones too, without secrets, newest first.", SourcesOut)}
    return {PATH: {"get": operation("Sources and how they send", answers, errors=())}}


_UNUSED = UseSoFar("", EPOCH)


def _to_source(source: Source, *, is_silent: bool) -> SourceOut:
    credential, use = source.credential, source.use or _UNUSED
    return SourceOut(
        id=credential.credential_id,
        kind=credential.kind,
        name=credential.name,
        scopes=tuple(sorted(credential.scopes)),
        created_at=format_time(credential.created_at),
        revoked_at=format_known_time(credential.revoked_at),
        last_seen_at=format_known_time(source.seen_at),
        last_address=use.address or None,
        requests_in_day=use.requests_in_day,
        requests_in_week=use.requests_in_week,
        refused_in_day=use.refused_in_day,
        refused_in_week=use.refused_in_week,
        last_refusal=use.last_refusal or None,
        clock_ahead_seconds=use.ahead_ms / 1000,
        is_silent=is_silent,
        silent_since=format_known_time(source.seen_at) if is_silent else None,
    )
