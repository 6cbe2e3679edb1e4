"""The receivers of messages, and messages that are sent again or given up: the rules shared by all interfaces."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Self

import structlog
from msgspec.structs import replace

from shipledger.access.sealing import Seal
from shipledger.clock import Clock
from shipledger.errors import Conflict, Invalid, NotFound
from shipledger.forwarding.contract import OutboxStore
from shipledger.forwarding.message import LoggedMessage, Message, MessageFilter
from shipledger.forwarding.target import ADDRESS_LIMIT, OVERLAP, WEBHOOK, Target, TargetRecord, check_target_name
from shipledger.forwarding.webhook import SECRET_BYTES, WebhookSecrets, make_secret, read_secrets, write_secrets
from shipledger.gating.notice import TOPICS
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.ledger.identity import new_id
from shipledger.texts import storable

log = structlog.get_logger(__name__)


class WebhookDesk:
    """See ``verbs.webhooks.WebhookVerbs``. ``load_seal`` gives what encrypts addresses and secrets."""

    def __init__(self, store: OutboxStore, clock: Clock, load_seal: Callable[[], Awaitable[Seal]]) -> None:
        self._store = store
        self._clock = clock
        self._load_seal = load_seal

    @classmethod
    def over(cls, store: OutboxStore, clock: Clock, seal: Seal) -> Self:
        """A desk with a seal that is there, as in a server. A command asks for its key only when it needs it."""

        async def load() -> Seal:
            return seal

        return cls(store, clock, load)

    async def list_targets(self, organization_id: str) -> Sequence[TargetRecord]:
        """The targets, oldest first."""
        return await self._store.list_targets(organization_id)

    async def list_messages(self, organization_id: str, wanted: MessageFilter) -> Sequence[Message]:
        """A page of messages, newest first."""
        return await self._store.list_messages(organization_id, wanted)

    async def find_message(self, organization_id: str, message_id: str) -> LoggedMessage | None:
        """A message with its attempts, or None."""
        return await self._store.find_message(organization_id, message_id)

    async def add(
        self, organization_id: str, url: str, topics: Collection[str], *, name: str = "", by: Actor
    ) -> tuple[Target, str]:
        """A new webhook, and the secret that signs its messages, which is told once. Raises Invalid."""
        unknown = sorted({*topics} - {*TOPICS})
        if unknown or not topics:
            wish = f"{unknown[0]!r} is not a topic" if unknown else "Choose what it hears of"
            raise Invalid("topic", f"{wish}; topics are {', '.join(TOPICS)}.")
        if len(url) > ADDRESS_LIMIT:
            raise Invalid("outgoing_url", f"The address may have at most {ADDRESS_LIMIT} characters.")
        from shipledger.outgoing.client import read_url  # noqa: PLC0415  slow to load, and only who adds an address needs it

        read = read_url(url)
        now = self._clock.now()
        sealed, secret = _make_secret(await self._load_seal(), str(read))
        target = Target(
            organization_id=organization_id,
            target_id=new_id(now, secrets.token_bytes(8)),
            kind=WEBHOOK,
            name=check_target_name(storable(name) or read.host),
            created_at=now,
            address=f"{read.scheme}://{read.netloc.decode('ascii')}",
            topics=tuple(sorted({*topics})),
            sealed_secret=sealed,
        )
        await self._store.create_target(target)
        _note("A webhook was added.", by=by, target=target.target_id)
        return target, secret

    async def rotate(self, organization_id: str, target_id: str, *, by: Actor) -> str:
        """A new secret of a webhook. Raises NotFound and Conflict."""
        target = await self._store.find_target(organization_id, target_id)
        if target is None:
            raise _no_target(target_id)
        before = target.sealed_secret
        if before is None:
            raise Conflict("target_app", f"{target.name} is an app, which has its own secret; see `shipledger connect`.")
        seal = await self._load_seal()
        sealed, secret = _make_secret(seal, read_secrets(seal.read(before)).url)
        until = self._clock.now() + OVERLAP
        rotated = replace(target, sealed_secret=sealed, previous_sealed_secret=before, previous_until=until)
        await self._store.rotate_target_secret(rotated, expected_secret=before)
        _note("The secret of a webhook was replaced.", by=by, target=target_id)
        return secret

    async def remove(self, organization_id: str, target_id: str, *, by: Actor) -> None:
        """Forget a webhook with its messages. Raises NotFound, and Conflict for an app."""
        target = await self._store.find_target(organization_id, target_id)
        if target is not None and target.kind != WEBHOOK:
            raise Conflict("target_app", f"{target.name} is an app; see `shipledger credential delete`.")
        if not await self._store.remove_target(organization_id, target_id):
            raise _no_target(target_id)
        _note("A webhook was removed with its messages.", by=by, target=target_id)

    async def redeliver(self, organization_id: str, message_id: str, *, by: Actor) -> None:
        """Send a message again. Raises NotFound and Conflict."""
        await self._store.redeliver_message(organization_id, message_id, now=self._clock.now())
        _note("A message will be sent again.", by=by, message=message_id)

    async def give_up(self, organization_id: str, message_id: str, *, reason: str, by: Actor) -> None:
        """Give up a pending message. Raises NotFound and Conflict."""
        await self._store.give_up_message(organization_id, message_id, reason=reason, now=self._clock.now())
        _note("A message was given up.", by=by, message=message_id)


def _note(event: str, *, by: Actor, **what: str) -> None:
    """Log what somebody did through pages or the API. Who runs a command reads its outcome, and a log would stand beside it."""
    if by.kind is not ActorKind.COMMAND:
        log.info(event, **what, by=str(by))


def _make_secret(seal: Seal, url: str) -> tuple[bytes, str]:
    """A new secret for a webhook, encrypted with its address, and as it is shown once."""
    secret = make_secret(secrets.token_bytes(SECRET_BYTES))
    return seal.seal(write_secrets(WebhookSecrets(url=url, secret=secret))), secret


def _no_target(target_id: str) -> NotFound:
    return NotFound("target", f"There is no target {target_id!r}; see `shipledger outbox target list`.")
