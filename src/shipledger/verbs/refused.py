"""Requests that were refused, and what whoever sent one can do. Pure, but for the contract."""

from __future__ import annotations

from http import HTTPStatus
from typing import Protocol

from shipledger.access.refused import RefusedFilter, RefusedRecord, RefusedRequest, UnknownSender
from shipledger.found import Found

_ADVICE = {
    HTTPStatus.UNAUTHORIZED: "The credential is revoked, has expired or is of another kind. Create one for this API, and store "
    "its secret in the job.",
    HTTPStatus.FORBIDDEN: "The credential lacks a right or is of another kind. Create one with the right that the answer names.",
    HTTPStatus.NOT_FOUND: "Compare the path with the reference of the API; a wrong base address often has a part too much.",
    HTTPStatus.METHOD_NOT_ALLOWED: "Use a method that the answer names.",
    HTTPStatus.REQUEST_TIMEOUT: "The body came too slowly. Check the network and proxies in between.",
    HTTPStatus.CONFLICT: "Something stands in the way, which the answer names. Change that, and send the request again.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Send less at once: several smaller requests.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "Send the body as JSON in UTF-8, or compressed in a way that the answer names.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Change the members that the answer names, and send the request again.",
    HTTPStatus.TOO_MANY_REQUESTS: "Wait as long as Retry-After said, and send less often; the limit is that of the credential.",
    HTTPStatus.SERVICE_UNAVAILABLE: "Nothing was recorded. Send the request again; most clients do so by themselves.",
}
_OTHERWISE = "Change what the answer names, and send the request again."
_OUR_FAULT = "This is a fault of the server, whose log has the details. Send the request again later."


class RefusedBrowsing(Protocol):
    """Requests that were refused."""

    async def find_refused(self, organization_id: str, refused_id: str) -> RefusedRecord | None:
        """The refused request with this id, or None."""

    async def list_refused(self, organization_id: str, wanted: RefusedFilter) -> Found[RefusedRecord]:
        """A page of refused requests, newest first."""

    async def list_unknown_senders(self) -> Found[UnknownSender]:
        """What was counted of senders with no key that is known, for operators alone; the last seen first."""


def advise(refused: RefusedRequest) -> str:
    """What to do about it, in a sentence or two."""
    is_ours = refused.status >= HTTPStatus.INTERNAL_SERVER_ERROR and refused.status != HTTPStatus.SERVICE_UNAVAILABLE
    return _OUR_FAULT if is_ours else _ADVICE.get(HTTPStatus(refused.status), _OTHERWISE)
