"""The outbox: who is told what, every message with its attempts, and one that is sent again."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Protocol

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant, Scope
from shipledger.errors import Conflict, NotFound
from shipledger.forwarding.message import Attempt, LoggedMessage, Message, MessageFilter, MessageState
from shipledger.forwarding.target import TargetRecord
from shipledger.protocols.contract import Route
from shipledger.protocols.native.call import Admission, reply
from shipledger.protocols.native.describing import ID, choice, operation, query
from shipledger.protocols.native.faults import Fault, busy, not_found
from shipledger.protocols.native.parameters import Parameters
from shipledger.protocols.native.vocabulary import PREFIX
from shipledger.protocols.native.webhooks import TARGETS, add_operation
from shipledger.protocols.times import format_known_time, format_time
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.webhooks import OutboxVerbs

MESSAGES = f"{PREFIX}/outbox/messages"
MESSAGE = f"{MESSAGES}/{{id}}"
REDELIVERIES = f"{MESSAGE}/redeliveries"
PAGE = 100
ID_LIMIT = 100
STATES = {state.value: state for state in MessageState}


class Verbs(CallVerbs, OutboxVerbs, Protocol):
    """What is asked of the ledger here."""


class TargetOut(Struct, frozen=True, kw_only=True):
    """A receiver. `address` has no path, which may be a secret, and is null for an app."""

    id: str
    name: str
    kind: str
    address: str | None
    topics: tuple[str, ...]
    failures: int
    pending: int
    given_up: int
    oldest_pending_at: str | None


class TargetsOut(Struct, frozen=True):
    """All receivers, oldest first."""

    targets: tuple[TargetOut, ...]


class AttemptOut(Struct, frozen=True, kw_only=True):
    """A call to a receiver. `status` is null without an answer; `answer` is then why there was none."""

    number: int
    at: str
    seconds: float
    result: str
    status: int | None
    answer: str


class MessageOut(Struct, frozen=True, kw_only=True):
    """What a receiver is told. `due_at`: the next attempt of one that waits. `reason`: why it was given up."""

    id: str
    topic: str
    subject_id: str
    target_id: str
    state: str
    reason: str | None
    attempts: int
    written_at: str
    due_at: str | None
    ended_at: str | None


class MessagesOut(Struct, frozen=True):
    """A page of messages, newest first. `next_before` leads on, as the parameter `before`; null on the last page."""

    messages: tuple[MessageOut, ...]
    next_before: str | None


class LoggedMessageOut(Struct, frozen=True):
    """A message with its attempts, oldest first."""

    message: MessageOut
    target: str
    log: tuple[AttemptOut, ...]


class OutboxOperations:
    """The operations on the outbox. What changes receivers stands in `webhooks.py`."""

    def __init__(self, ledger: Verbs, admission: Admission) -> None:
        self._ledger = ledger
        self._admission = admission

    def routes(self) -> Sequence[Route]:
        """Its operations."""
        admit = self._admission.endpoint
        return (
            Route("GET", TARGETS, admit(Scope.READ, self.list_targets), base=PREFIX),
            Route("GET", MESSAGES, admit(Scope.READ, self.list_messages), base=PREFIX),
            Route("GET", MESSAGE, admit(Scope.READ, self.get), base=PREFIX),
            Route("POST", REDELIVERIES, admit(Scope.CONFIGURATION, self.redeliver), base=PREFIX),
        )

    async def list_targets(self, request: Request, grant: Grant) -> Response:
        """200 with the receivers."""
        Parameters(request.query_params, ()).check()
        found = await self._ledger.list_targets(grant.organization_id)
        return self._answer(TargetsOut(tuple(map(_to_target, found))))

    async def list_messages(self, request: Request, grant: Grant) -> Response:
        """200 with a page of messages; 404 if the one to continue after is not there."""
        parameters = Parameters(request.query_params, ("state", "target", "before"))
        state = parameters.word("state", STATES, {})
        target, before = (parameters.text(name, limit=ID_LIMIT) for name in ("target", "before"))
        parameters.check()
        wanted = MessageFilter(target_id=target, state=state, before_id=before, limit=PAGE + 1)
        try:
            found = await self._ledger.list_messages(grant.organization_id, wanted)
        except NotFound as error:
            raise Fault(HTTPStatus.NOT_FOUND, error.message) from None
        shown = tuple(map(_to_message, found[:PAGE]))
        return self._answer(MessagesOut(shown, shown[-1].id if len(found) > PAGE else None))

    async def get(self, request: Request, grant: Grant) -> Response:
        """200 with a message and its attempts, or 404."""
        Parameters(request.query_params, ()).check()
        return self._answer(await self._find(request, grant))

    async def redeliver(self, request: Request, grant: Grant) -> Response:
        """200 with the message, which is sent again under the same id; 404, or 409 while it is being sent."""
        try:
            await self._ledger.redeliver(grant.organization_id, request.path_params["id"], by=grant.actor)
        except NotFound:
            raise not_found("message") from None
        except Conflict as error:
            raise busy(error.message) from None
        return self._answer(await self._find(request, grant))

    async def _find(self, request: Request, grant: Grant) -> LoggedMessageOut:
        found = await self._ledger.find_message(grant.organization_id, request.path_params["id"])
        if found is None:
            raise not_found("message")
        return _to_logged(found)

    def _answer(self, body: Struct) -> Response:
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, body)


def _to_target(record: TargetRecord) -> TargetOut:
    target = record.target
    return TargetOut(
        id=target.target_id,
        name=target.name,
        kind=target.kind,
        address=target.address or None,
        topics=target.topics,
        failures=target.breaker.failures,
        pending=record.pending,
        given_up=record.given_up,
        oldest_pending_at=format_known_time(record.oldest_at),
    )


def _to_message(one: Message) -> MessageOut:
    return MessageOut(
        id=one.message_id,
        topic=one.topic,
        subject_id=one.subject_id,
        target_id=one.target_id,
        state=one.state.value,
        reason=one.reason or None,
        attempts=one.attempts,
        written_at=format_time(one.written_at),
        due_at=format_time(one.due_at) if one.state is MessageState.PENDING else None,
        ended_at=format_known_time(one.ended_at),
    )


def _to_logged(found: LoggedMessage) -> LoggedMessageOut:
    return LoggedMessageOut(_to_message(found.message), found.target_name, tuple(map(_to_attempt, found.attempts)))


def _to_attempt(one: Attempt) -> AttemptOut:
    return AttemptOut(
        number=one.number,
        at=format_time(one.at),
        seconds=one.took.total_seconds(),
        result=one.result.value,
        status=one.status,
        answer=one.answer,
    )


def outbox_paths() -> dict[str, Any]:
    """The part of the OpenAPI page that describes them."""
    filters = (
        choice("state", STATES),
        query("target", "The id of a receiver.", maxLength=ID_LIMIT),
        query("before", "Continue after the message with this id.", maxLength=ID_LIMIT),
    )
    again = operation(
        "Send a message again", {200: ("It is sent under the same id.", LoggedMessageOut)}, errors=(404, 409), parameters=(ID,)
    )
    return {
        TARGETS: {
            "get": operation("Who is told of gates", {200: ("All receivers.", TargetsOut)}, errors=(422,)),
            "post": add_operation(),
        },
        MESSAGES: {
            "get": operation(
                "Messages to receivers", {200: ("Newest first.", MessagesOut)}, errors=(404, 422), parameters=filters
            )
        },
        MESSAGE: {
            "get": operation("A message", {200: ("With its attempts.", LoggedMessageOut)}, errors=(404, 422), parameters=(ID,))
        },
        REDELIVERIES: {"post": again},
    }
