"""Webhooks that are added, get another secret, and are removed. For tokens that may administer, since secrets are told."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Protocol

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant
from shipledger.errors import Conflict, Invalid, NotFound
from shipledger.forwarding.target import ADDRESS_LIMIT, NAME_LIMIT
from shipledger.gating.notice import TOPICS
from shipledger.protocols.contract import Route
from shipledger.protocols.native.call import Admission, read_text, reply
from shipledger.protocols.native.credentials import ADMINISTER
from shipledger.protocols.native.describing import BODY_ERRORS, ID, body, operation, text
from shipledger.protocols.native.faults import Fault, busy, not_found
from shipledger.protocols.native.reading import SHOULD_BE_PROVIDED, open_object, refuse_faults
from shipledger.protocols.native.vocabulary import PREFIX
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.webhooks import WebhookChanges

TARGETS = f"{PREFIX}/outbox/targets"
TARGET = f"{TARGETS}/{{id}}"
SECRET = f"{TARGET}/secret"
TOPIC_LIMIT = 100
_MEMBERS = {"topic": "topics", "outgoing_url": "url", "target_name": "name"}
"""From the codes of what is wrong to the members of a body."""


class Verbs(CallVerbs, WebhookChanges, Protocol):
    """What is asked of the ledger here."""


class WebhookIn(Struct, frozen=True):
    """Whom to tell of what."""

    url: str
    topics: tuple[str, ...]
    name: str


class WebhookOut(Struct, frozen=True, kw_only=True):
    """A new webhook. `address` has no path. `secret` signs its messages, and is told once."""

    id: str
    name: str
    address: str
    topics: tuple[str, ...]
    secret: str


class SecretOut(Struct, frozen=True):
    """The new secret of a webhook, which is told once. For 24 hours messages are signed with both."""

    id: str
    secret: str


class WebhookOperations:
    """The operations that change webhooks."""

    def __init__(self, ledger: Verbs, admission: Admission) -> None:
        self._ledger = ledger
        self._admission = admission

    def routes(self) -> Sequence[Route]:
        """Its operations."""
        admit = self._admission.endpoint
        return (
            Route("POST", TARGETS, admit(ADMINISTER, self.add), base=PREFIX),
            Route("POST", SECRET, admit(ADMINISTER, self.replace_secret), base=PREFIX),
            Route("DELETE", TARGET, admit(ADMINISTER, self.remove), base=PREFIX),
        )

    async def add(self, request: Request, grant: Grant) -> Response:
        """201 with the webhook and its secret."""
        sent = await read_text(request)
        asked = await self._ledger.compute(grant.organization_id, lambda: read_webhook(sent), size=len(sent))
        try:
            target, secret = await self._ledger.add_webhook(
                grant.organization_id, asked.url, asked.topics, name=asked.name, by=grant.actor
            )
        except Invalid as error:
            raise Invalid("body", error.message, fields={_MEMBERS.get(error.code, "url"): error.message}) from None
        made = WebhookOut(id=target.target_id, name=target.name, address=target.address, topics=target.topics, secret=secret)
        return reply(self._ledger.new_request_id(), HTTPStatus.CREATED, made)

    async def replace_secret(self, request: Request, grant: Grant) -> Response:
        """201 with another secret; 404, or 409 for an app, and if somebody was faster."""
        target_id = request.path_params["id"]
        try:
            secret = await self._ledger.replace_webhook_secret(grant.organization_id, target_id, by=grant.actor)
        except (NotFound, Conflict) as error:
            raise _fault_of(error) from None
        return reply(self._ledger.new_request_id(), HTTPStatus.CREATED, SecretOut(target_id, secret))

    async def remove(self, request: Request, grant: Grant) -> Response:
        """204; the webhook is gone with its messages; 404, or 409 for an app."""
        try:
            await self._ledger.remove_webhook(grant.organization_id, request.path_params["id"], by=grant.actor)
        except (NotFound, Conflict) as error:
            raise _fault_of(error) from None
        return Response(status_code=HTTPStatus.NO_CONTENT, headers={"X-Request-Id": self._ledger.new_request_id()})


def read_webhook(sent: str) -> WebhookIn:
    """The body that adds a webhook. Raises Invalid with a text for every wrong member."""
    said, faults = open_object(sent)
    said.refuse_others(("url", "topics", "name"))
    topics = said.texts("topics", limit=len(TOPICS), item_limit=TOPIC_LIMIT)
    if not topics:
        said.fault("topics", SHOULD_BE_PROVIDED)
    for one in sorted({*topics} - {*TOPICS}):
        said.fault("topics", f"should be some of {', '.join(TOPICS)}, not {one!r}")
    read = WebhookIn(
        url=said.required_text("url", limit=ADDRESS_LIMIT), topics=topics, name=said.text("name", limit=NAME_LIMIT) or ""
    )
    refuse_faults(faults)
    return read


def _fault_of(error: NotFound | Conflict) -> Fault:
    return not_found("target") if isinstance(error, NotFound) else busy(error.message)


def add_operation() -> dict[str, Any]:
    """The operation that adds a webhook, for the OpenAPI page."""
    topics = {"type": "array", "items": {"type": "string", "enum": [*TOPICS]}, "minItems": 1, "maxItems": len(TOPICS)}
    members = {
        "url": text(ADDRESS_LIMIT, "Where messages are posted to.", is_required=True),
        "topics": topics,
        "name": text(NAME_LIMIT, "Its name in lists; the host, without one."),
    }
    schema = {"type": "object", "properties": members, "required": ["url", "topics"], "additionalProperties": False}
    made = operation("Add a webhook", {201: ("The webhook with its secret, which is told once.", WebhookOut)}, errors=BODY_ERRORS)
    return {**made, "requestBody": body(schema)}


def webhook_paths() -> dict[str, Any]:
    """The part of the OpenAPI page that describes the others."""
    answers = {201: ("The new secret, which is told once. For 24 hours messages are signed with both.", SecretOut)}
    return {
        TARGET: {
            "delete": operation(
                "Remove a webhook", {204: ("It is gone, with its messages.",)}, errors=(404, 409), parameters=(ID,)
            )
        },
        SECRET: {"post": operation("Replace the secret of a webhook", answers, errors=(404, 409), parameters=(ID,))},
    }
