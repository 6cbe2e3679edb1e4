"""One HTTP call from its first check to its answer: who calls, and whether it may."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant, Scope
from shipledger.access.signing_app import AppSecret
from shipledger.access.trace import note_sender
from shipledger.errors import ShipledgerError
from shipledger.http.body import BodyTooLarge
from shipledger.http.viewer import admit
from shipledger.protocols.contract import Endpoint, Guarded
from shipledger.protocols.jira.connect_token import TokenRefused, check_request, find_signer, read_issuer, verify
from shipledger.protocols.jira.credentials import APP
from shipledger.protocols.jira.descriptor import DEPLOYMENTS
from shipledger.protocols.jira.faults import (
    UNKNOWN_CLOUD,
    Fault,
    fault_of,
    has_no_data,
    is_throttled,
    is_too_large,
    not_authenticated,
    scope_is_missing,
    to_response,
)
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.credentials import CredentialVerbs

BEARER = "bearer"
CONNECT = "jwt"
MODULE_MISSING_STATUS = 403

Step = Callable[[Request, Grant], Awaitable[Response]]

log = structlog.get_logger(__name__)


class Verbs(CallVerbs, CredentialVerbs, Protocol):
    """What is asked of the ledger here."""


class Admission:
    """Lets a call in when its token may do what it asks for, and answers everything that goes wrong.

    ``base_path`` is the path of the public URL, which clients may or may not have signed.
    """

    def __init__(self, ledger: Verbs, *, base_path: str = "") -> None:
        self._ledger = ledger
        self._base_path = base_path

    def endpoint(self, scope: Scope, step: Step, *, module: str = DEPLOYMENTS) -> Endpoint:
        """``step`` for callers with the right ``scope``; an app must define ``module`` besides."""

        async def answer(request: Request) -> Response:
            try:
                return await self._admit(request, scope, step, module=module)
            except Fault as error:
                fault = error
            except BodyTooLarge as error:
                fault = is_too_large(error.limit_bytes)
            except ShipledgerError as error:
                fault = fault_of(error)
            return to_response(fault, request.scope["path"])

        return Guarded(scope, answer)

    async def _admit(self, request: Request, scope: Scope, step: Step, *, module: str) -> Response:
        grant = await self._authenticate(request, module=module)
        viewer = admit(request, grant)
        if not viewer.may(scope):
            raise scope_is_missing(scope, is_app=grant.kind == APP)
        throttle = self._ledger.throttle(grant)
        if throttle.is_exceeded:
            raise is_throttled(throttle.retry_after_seconds)
        cloud_id = request.path_params.get("cloudId")
        if cloud_id is not None and cloud_id.casefold() != grant.organization_id:
            raise has_no_data(UNKNOWN_CLOUD)
        return await step(request, grant)

    async def find_sender(self, request: Request) -> None:
        """Look for who sent a request that no operation has answered; whoever is found is noted."""
        with contextlib.suppress(Fault):
            await self._authenticate(request, module=DEPLOYMENTS)

    async def _authenticate(self, request: Request, *, module: str) -> Grant:
        """Any kind of token is good under any prefix."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        grant = None
        if scheme.lower() == BEARER:
            grant = await self._ledger.authenticate_access_token(token.strip())
        elif scheme.lower() == CONNECT:
            grant = await self._authenticate_app(request, token.strip(), module=module)
        if grant is None:
            raise not_authenticated()
        return grant

    async def _authenticate_app(self, request: Request, token: str, *, module: str) -> Grant | None:
        """An app may be installed more than once: whose secret signed the token, that installation calls."""
        try:
            issuer = read_issuer(token)
            known = await self._ledger.list_app_secrets(issuer)
            apps = [app for app in known if app.grant.kind == APP]
            app = apps[find_signer(token, [each.secret for each in apps])]
            note_sender(app.grant)
            self._check_request(verify(token, app.secret, now=self._ledger.now()), request)
            if not _defines(app, module):
                raise Fault(MODULE_MISSING_STATUS, f"The app does not define the {module} module")
            return app.grant
        except TokenRefused as error:
            log.info("A Connect token was refused.", reason=str(error))
            return None

    def _check_request(self, claims: dict[str, object], request: Request) -> None:
        """By the bytes of the wire: routing reads the same, so what was signed is what is carried out."""
        raw_path = request.scope["raw_path"].decode("latin-1").partition("?")[0]
        raw_query = request.scope["query_string"].decode("latin-1")
        check_request(claims, request.method, raw_path, raw_query, base_path=self._base_path)


def _defines(app: AppSecret, module: str) -> bool:
    if module == DEPLOYMENTS:
        return app.has_deployment_module
    return app.modules is None or module in app.modules
