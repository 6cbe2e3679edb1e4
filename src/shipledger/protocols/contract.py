"""What a protocol is to those who serve it. What it may ask of the ledger is in ``verbs``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.signing_app import SigningApp
from shipledger.aggregates import Recording
from shipledger.duty import Duty
from shipledger.errors import ShipledgerError
from shipledger.forwarding.call import OutgoingCall
from shipledger.forwarding.message import Message
from shipledger.http.refused import Refusal
from shipledger.ledger.receipt import Receipt

Endpoint = Callable[[Request], Awaitable[Response]]


class Guarded:
    """An endpoint for callers with the right ``right``; "" takes every good credential. It says so to the table of rights."""

    def __init__(self, right: str, answer: Endpoint) -> None:
        self.right = right
        self._answer = answer

    def __call__(self, request: Request) -> Awaitable[Response]:
        """Answer a request."""
        return self._answer(request)


WriteCall = Callable[[SigningApp, Message, str], OutgoingCall | None]
"""How an app is called with a message, signed as its vendor signs; None if it wants no such call. Raises Unavailable.

The text is the slug of the organization, which links name.
"""

BODY_LIMIT_BYTES = 1024 * 1024
"""What most operations allow."""


class Route(Struct, frozen=True):
    """One operation. ``path`` is matched on the undecoded path; ``{name}`` is one segment, decoded once.

    ``{name...}``, at the end, is all further segments, not decoded. A literal segment wins over a parameter, and
    both win over a rest. The values are in ``request.path_params``. Unknown paths under ``base``, else under the leading
    literal segments, get a 404 in the protocol's format. ``body_limit_bytes`` is the largest body that the
    endpoint accepts, used to configure proxies. ``host``: the first label of the vendor's host for this, whose clients
    omit the leading literal segments.
    """

    method: str
    path: str
    endpoint: Endpoint
    base: str = ""
    body_limit_bytes: int = BODY_LIMIT_BYTES
    host: str = ""


class VendorProtocol(Protocol):
    """One vendor's API, as it is served. To inherit from this gives what most protocols do without."""

    name: str

    @property
    def unserved_prefixes(self) -> tuple[str, ...]:
        """Prefixes where the vendor has more operations than we serve: other calls get a 404 in the vendor's format."""
        return ()

    def routes(self) -> Sequence[Route]:
        """Its operations."""

    def interpret(self, receipt: Receipt) -> Sequence[Recording]:
        """What a stored receipt asks for. Pure, and total over accepted receipts."""

    def answer_error(self, request: Request, error: ShipledgerError | None, status: int, headers: dict[str, str]) -> Response:
        """The protocol's error answer for errors outside its endpoints (404, 405, 500, 503)."""

    def read_refusal(self, body: bytes) -> Refusal:  # noqa: ARG002  for those that override it
        """The code and the sentence of an error answer of its own, for those who look for it later; nothing unless it says so.

        Raises msgspec.DecodeError and UnicodeError for an answer of another form.
        """
        return Refusal()

    async def find_sender(self, request: Request) -> None:  # noqa: ARG002  for those that override it
        """Look for who sent a request that no operation has answered, as its operations do. Nobody is found unless it says so.

        Whoever is found is noted by what authenticates (see ``access.trace``).
        """
        return

    def openapi_paths(self) -> dict[str, Any]:
        """Its part of the OpenAPI page: paths with operations, all schemas in place."""

    def openapi_security_schemes(self) -> dict[str, Any]:
        """The security schemes that its operations name."""

    def list_duties(self) -> Sequence[Duty]:
        """Its work in the background; none unless it says so."""
        return ()

    def list_call_writers(self) -> Mapping[str, WriteCall]:
        """How apps are called with messages, by the kind of their credentials; none unless it says so."""
        return {}
