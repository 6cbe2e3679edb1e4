"""One HTTP call from its first check to its answer: keys, permission, rate."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Protocol, TypeVar

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import NATIVE, Grant, Scope
from shipledger.errors import ShipledgerError
from shipledger.http.body import BodyTooLarge
from shipledger.http.budget import account_of, is_full
from shipledger.http.sending import has_room_for_answer
from shipledger.http.viewer import admit as admit_as
from shipledger.ledger.state import Tier
from shipledger.protocols.contract import Endpoint, Guarded
from shipledger.protocols.datadog.bodies import BadRequestError
from shipledger.protocols.datadog.compression import compress
from shipledger.protocols.datadog.credentials import API_KEY, APPLICATION_KEY
from shipledger.protocols.datadog.faults import Fault, fault_of, forbidden
from shipledger.protocols.datadog.rates import Limit, Rate, Rates
from shipledger.protocols.datadog.refusals import keep_refusal
from shipledger.protocols.datadog.times import TimeForm, choose_form
from shipledger.protocols.wire_json import UnreadableJsonError, UnwieldyJsonError, encode_json
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.credentials import CredentialVerbs
from shipledger.verbs.recording import RecordingVerbs

MEDIA_TYPE = "application/vnd.api+json"
READS_BY_METHOD = frozenset({"GET", "HEAD", "OPTIONS"})
READS, WRITES = "dora_read", "dora_write"

T = TypeVar("T")


class Verbs(CallVerbs, CredentialVerbs, RecordingVerbs, Protocol):
    """What is asked of the ledger here."""


class Options(Struct, frozen=True):
    """What the operator can set."""

    time_form: TimeForm = TimeForm.RFC3339
    is_extended: bool = False
    writes_per_minute: int = 60_000
    reads_per_minute: int = 6_000
    missing_environment: Tier = Tier.PRODUCTION


class Call(Struct, frozen=True):
    """A call that was let in: by the grant that names its organization."""

    grant: Grant
    form: TimeForm
    ledger: Verbs

    async def compute(self, task: Callable[[], T], *, size: int) -> T:
        """What ``task`` gives, see Verbs."""
        return await self.ledger.compute(self.grant.organization_id, task, size=size)


Step = Callable[[Request, Call], Awaitable[Response]]
Admit = Callable[[Request], Awaitable[Grant]]


class Admission:
    """Lets a call in when its keys may do what it asks for, and answers everything that goes wrong."""

    def __init__(self, ledger: Verbs, options: Options) -> None:
        self._ledger = ledger
        self._options = options
        self._rates = Rates()

    def create(self, step: Step, operation: str = "") -> Endpoint:
        """``step`` for callers with an API key. What is refused of an ``operation`` is kept for people to see."""
        return self._endpoint(None, step, operation)

    def endpoint(self, scope: Scope, step: Step) -> Endpoint:
        """``step`` for callers whose application key, or token, has the permission."""
        return self._endpoint(scope, step)

    def check(self, step: Step) -> Endpoint:
        """``step`` for callers with an API key, whatever it may do."""

        async def admit(request: Request) -> Grant:
            grant = await self._find_api_key(request)
            if grant is None:
                raise forbidden()
            return grant

        return Guarded("", self._endpoint(Scope.READ, step, admit=admit))

    def look_at_rate(self, method: str) -> Rate:
        """What is told with an answer that was found outside the endpoints: every answer of these paths tells a rate."""
        name, limit = self._limit_of(Scope.READ if method in READS_BY_METHOD else None)
        return self._rates.look(name, limit, self._ledger.now())

    async def find_sender(self, request: Request) -> None:
        """Look for who sent a request that no operation has answered; whoever is found is noted."""
        if await self._find_api_key(request) is None:
            await self._find_token(request)

    async def _find_api_key(self, request: Request) -> Grant | None:
        return await self._find_key(request, "dd-api-key", API_KEY)

    def _endpoint(self, scope: Scope | None, step: Step, operation: str = "", admit: Admit | None = None) -> Endpoint:
        name, limit = self._limit_of(scope)

        async def answer(request: Request) -> Response:
            rate = self._rates.look(name, limit, self._ledger.now())
            grant: Grant | None = None
            try:
                grant = await (admit(request) if admit else self._admit(request, scope))
                rate = self._rates.count(name, grant, limit, self._ledger.now(), may_wait=name == WRITES)
                admit_as(request, grant)
                if rate.is_exceeded:
                    fault = Fault(429)
                else:
                    if rate.wait_seconds:
                        await asyncio.sleep(rate.wait_seconds)
                    form = choose_form(grant.time_form, request.headers.get("user-agent", ""), self._options.time_form)
                    response = await step(request, Call(grant=grant, form=form, ledger=self._ledger))
                    await compress(response, request.headers.get("accept-encoding", ""))
                    if scope is Scope.READ and not has_room_for_answer(account_of(request), len(response.body)):
                        raise is_full()  # lists are asked for with POST, so nobody else knows that they change nothing
                    response.headers.update(rate.to_headers())
                    return response
            except Fault as error:
                fault = error
            except (BadRequestError, BodyTooLarge, UnreadableJsonError, UnwieldyJsonError, ShipledgerError) as error:
                fault = fault_of(error)
                if (
                    operation
                    and grant is not None
                    and fault.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
                ):
                    await keep_refusal(self._ledger, grant, operation, getattr(request.state, "body", None), fault)
            return reply(fault.status, fault.body, {**fault.headers, **rate.to_headers()})

        return Guarded(scope or Scope.WRITE, answer)

    def _limit_of(self, scope: Scope | None) -> tuple[str, Limit]:
        if scope is Scope.READ:
            return READS, Limit(self._options.reads_per_minute)
        return WRITES, Limit(self._options.writes_per_minute)

    async def _admit(self, request: Request, scope: Scope | None) -> Grant:
        """The grant that decides. Raises Fault. The keys decide over a token, unless the application key is missing."""
        api_key = await self._find_api_key(request)
        if api_key is None:
            if "dd-api-key" in request.headers:
                raise forbidden()
            return _permitted(await self._find_token(request), scope or Scope.WRITE)
        if scope is None:
            return _permitted(api_key, Scope.WRITE)
        has_key = "dd-application-key" in request.headers
        if has_key:
            decisive = await self._find_key(request, "dd-application-key", APPLICATION_KEY)
        else:
            decisive = await self._find_token(request)
        if decisive is None or decisive.organization_id != api_key.organization_id:
            raise forbidden()
        return _permitted(decisive, scope)

    async def _find_key(self, request: Request, header: str, kind: str) -> Grant | None:
        key = request.headers.get(header, "").strip()
        grant = await self._ledger.authenticate(key) if key else None
        return grant if grant is not None and grant.kind == kind else None

    async def _find_token(self, request: Request) -> Grant | None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        grant = await self._ledger.authenticate(token.strip()) if scheme.lower() == "bearer" and token.strip() else None
        return grant if grant is not None and grant.kind == NATIVE else None


def reply(status: int, body: Struct | None, headers: dict[str, str] | None = None) -> Response:
    """An answer; without a body there is no content at all."""
    content = b"" if body is None else encode_json(body)
    return Response(content, int(status), headers, media_type=MEDIA_TYPE)


def _permitted(grant: Grant | None, scope: Scope) -> Grant:
    if grant is None or scope not in grant.scopes:
        raise forbidden()
    return grant
