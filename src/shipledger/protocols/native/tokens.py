"""Personal tokens: whoever presents one sees the others of its person, and can end this one."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Protocol

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import PERSONAL, Grant
from shipledger.access.people.tokens import OwnToken
from shipledger.errors import NotFound
from shipledger.protocols.contract import Route
from shipledger.protocols.native.call import Admission, reply
from shipledger.protocols.native.describing import operation
from shipledger.protocols.native.faults import Fault, not_authenticated
from shipledger.protocols.native.vocabulary import PREFIX
from shipledger.protocols.times import format_known_time, format_time
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.tokens import TokenVerbs

PATH = f"{PREFIX}/tokens"
CURRENT = f"{PATH}/current"


class Verbs(CallVerbs, TokenVerbs, Protocol):
    """What is asked of the ledger here."""


class TokenOut(Struct, frozen=True, kw_only=True):
    """A personal token without its secret. ``is_current``: it is the one that asks."""

    id: str
    name: str
    scopes: tuple[str, ...]
    created_at: str
    expires_at: str | None
    revoked_at: str | None
    last_used_at: str | None
    last_address: str | None
    is_current: bool


class TokensOut(Struct, frozen=True):
    """The tokens of a person in an organization, newest first."""

    tokens: tuple[TokenOut, ...]


class TokenOperations:
    """The operations on a person's own tokens."""

    def __init__(self, ledger: Verbs, admission: Admission) -> None:
        self._ledger = ledger
        self._admission = admission

    def routes(self) -> tuple[Route, ...]:
        """Its operations, for every good token."""
        admit = self._admission.endpoint
        return (
            Route("GET", PATH, admit("", self.list_own), base=PREFIX),
            Route("DELETE", CURRENT, admit("", self.end), base=PREFIX),
        )

    async def list_own(self, _request: Request, grant: Grant) -> Response:
        """200 with the tokens of the person."""
        _require_person(grant)
        found = await self._ledger.list_own_tokens(grant)
        body = TokensOut(tuple(_to_token(one, grant) for one in found))
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, body)

    async def end(self, _request: Request, grant: Grant) -> Response:
        """204; the token is good no more."""
        _require_person(grant)
        try:
            await self._ledger.revoke_own_token(grant)
        except NotFound:  # somebody was faster
            raise not_authenticated() from None
        return Response(status_code=HTTPStatus.NO_CONTENT, headers={"X-Request-Id": self._ledger.new_request_id()})


def token_paths() -> dict[str, Any]:
    """The part of the OpenAPI page that describes them."""
    return {
        PATH: {"get": operation("Your personal tokens", {200: ("Without secrets, newest first.", TokensOut)}, errors=())},
        CURRENT: {"delete": operation("End the personal token that asks", {204: ("It is good no more.",)}, errors=())},
    }


def _require_person(grant: Grant) -> None:
    if grant.kind != PERSONAL:
        raise Fault(HTTPStatus.FORBIDDEN, "This is for personal tokens. A credential is shown by `shipledger credential list`.")


def _to_token(token: OwnToken, grant: Grant) -> TokenOut:
    credential, use = token.credential, token.use
    return TokenOut(
        id=credential.credential_id,
        name=credential.name,
        scopes=tuple(sorted(credential.scopes)),
        created_at=format_time(credential.created_at),
        expires_at=format_known_time(credential.expires_at),
        revoked_at=format_known_time(credential.revoked_at),
        last_used_at=format_known_time(use.seen_at if use else None),
        last_address=(use.address if use else "") or None,
        is_current=credential.credential_id == grant.credential_id,
    )
