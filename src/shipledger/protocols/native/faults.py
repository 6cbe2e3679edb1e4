"""Every error answer of this API: which status, which words. The one place where error kinds meet the wire."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import msgspec

from shipledger.access.limits import Throttle
from shipledger.errors import BodyNotRead, BodyNotUnpacked, DamagedRecord, Invalid, ShipledgerError, Unavailable
from shipledger.gating.gate import Gate
from shipledger.http.body import BodyTooLarge
from shipledger.http.refused import Refusal
from shipledger.ledger.verdict import Verdict
from shipledger.protocols.native.wire import ProblemOut
from shipledger.protocols.times import format_time
from shipledger.protocols.wire_json import UnreadableJsonError, UnwieldyJsonError

MEDIA_TYPE = "application/problem+json"

_DECODER = msgspec.json.Decoder(ProblemOut)

_TITLES = {
    HTTPStatus.UNPROCESSABLE_ENTITY: "Unprocessable Content",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Content Too Large",
}
"""Names of statuses that newer Pythons have changed."""


class Fault(Exception):
    """An error answer."""

    def __init__(
        self, status: int, detail: str, *, errors: dict[str, str] | None = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = HTTPStatus(status)
        self.title = _TITLES.get(self.status, self.status.phrase)
        self.detail = detail
        self.errors = errors or {}
        self.headers = headers or {}


def not_authenticated() -> Fault:
    """One text for every reason: the reason is in the server's log."""
    return Fault(401, "The token is missing or not valid.", headers={"WWW-Authenticate": "Bearer"})


def right_is_missing(scope: str) -> Fault:
    """The token is good and lacks a right."""
    return Fault(403, f"This token lacks the right to {scope}.")


def too_many(throttle: Throttle) -> Fault:
    """The credential has exceeded its limit."""
    seconds = max(throttle.retry_after_seconds, 1)
    return Fault(429, f"Too many requests; try again in {seconds} s.", headers={"Retry-After": str(seconds)})


def not_found(what: str) -> Fault:
    """There is no such thing in the organization of the token."""
    return Fault(404, f"There is no {what} with this id.")


def rejected(verdict: Verdict) -> Fault:
    """The request was decided, and rejected."""
    return Fault(HTTPStatus.CONFLICT, verdict.sentence or "The request was rejected.")


def some_rejected(refused: Mapping[int, Verdict], count: int) -> Fault:
    """Items of a list were decided, and rejected; the others are recorded."""
    errors = {f"[{item}]": verdict.sentence or "was rejected" for item, verdict in refused.items()}
    detail = f"{len(refused)} of {count} items {'was' if len(refused) == 1 else 'were'} rejected; the others are recorded."
    return Fault(HTTPStatus.CONFLICT, detail, errors=errors)


def not_saved(refused: Mapping[int, str], count: int, *, is_list: bool) -> Fault:
    """Something stands in the way of items of the catalog; the others are saved."""
    if not is_list:
        return Fault(HTTPStatus.CONFLICT, refused[0])
    errors = {f"[{item}]": sentence for item, sentence in refused.items()}
    detail = f"{len(refused)} of {count} items {'was' if len(refused) == 1 else 'were'} not saved; the others are."
    return Fault(HTTPStatus.CONFLICT, detail, errors=errors)


def nothing_to_decide() -> Fault:
    """A deployment that is over has no gate."""
    return Fault(HTTPStatus.CONFLICT, "The deployment has ended or was removed, so there is nothing to decide.")


def already_decided(gate: Gate) -> Fault:
    """A decision is final."""
    detail = f"{gate.key} was {gate.status} at {format_time(gate.changed_at)}; that is final."
    return Fault(HTTPStatus.CONFLICT, detail)


def busy(sentence: str) -> Fault:
    """Somebody else changed the same, again and again."""
    return Fault(HTTPStatus.CONFLICT, sentence)


def fault_of(error: Exception) -> Fault:
    """The answer to an error that is not one of this API's own."""
    if isinstance(error, BodyTooLarge | BodyNotRead | BodyNotUnpacked | UnreadableJsonError):
        return _fault_of_body(error)
    if isinstance(error, UnwieldyJsonError):
        return _unprocessable({"body": f"should {error.wish}"})
    if isinstance(error, Invalid):
        return _unprocessable(error.fields or {"body": error.message})
    if isinstance(error, Unavailable):
        return Fault(503, error.message, headers={"Retry-After": str(max(error.retry_after_seconds, 1))})
    failed = "Internal error. Everything accepted so far is kept; the server's log has the details."
    return Fault(500, error.message if isinstance(error, DamagedRecord) else failed)


def fault_of_ours(error: ShipledgerError | None, status: int, *, path: str, method: str, headers: dict[str, str]) -> Fault:
    """The answer to a fault that was found outside the endpoints: to ``error`` when there is one, else to the status."""
    if error is not None:
        return fault_of(error)
    if status == HTTPStatus.NOT_FOUND:
        return Fault(404, f"There is nothing at {path}.")
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        return Fault(405, f"{method} is not allowed here; use {headers.get('Allow', 'another method')}.")
    if status == HTTPStatus.REQUEST_TIMEOUT:
        return Fault(408, "The body came too slowly; send the request again.")
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return Fault(503, "Nothing was recorded; send the request again.")
    return fault_of(Exception())


def _unprocessable(errors: dict[str, str]) -> Fault:
    return Fault(422, "; ".join(_join(member, text) for member, text in errors.items()), errors=errors)


def _join(member: str, text: str) -> str:
    """As a sentence: a text says of its member what it should be, or is a sentence by itself."""
    return f"{member}: {text}" if text[:1].isupper() else f"{member} {text}"


def _fault_of_body(error: BodyTooLarge | BodyNotRead | BodyNotUnpacked | UnreadableJsonError) -> Fault:
    if isinstance(error, BodyTooLarge):
        return Fault(413, "The body is larger than 1 MiB.")
    if isinstance(error, BodyNotRead):
        return Fault(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, error.message, headers=error.headers)
    if isinstance(error, BodyNotUnpacked):
        return Fault(HTTPStatus.BAD_REQUEST, error.message)
    return Fault(400, "The body is not valid JSON.")


def read_refusal(body: bytes) -> Refusal:
    """What an error answer of this API says."""
    said = _DECODER.decode(body)
    return Refusal(said.title, said.detail)
