"""The receivers of messages, and messages that are sent again or given up: the rules shared by all interfaces."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Self

from msgspec.structs import replace

from shipledger.access.sealing import Seal
from shipledger.clock import Clock
from shipledger.errors import Conflict, Invalid, NotFound
from shipledger.forwarding.contract import OutboxStore
from shipledger.forwarding.message import LoggedMessage, Message, MessageFilter
from shipledger.forwarding.target import ADDRESS_LIMIT, OVERLAP, WEBHOOK, Target, TargetRecord, check_target_name
from shipledger.forwarding.webhook import SECRET_BYTES, WebhookSecrets, make_secret, read_secrets, write_secrets
from shipledger.forwarding.webhooks.model import (
    ReportGivenUp,
    ReportRedelivered,
    ReportSecretReplaced,
    ReportWebhookAdded,
    ReportWebhookRemoved,
    WebhookSubmission,
)
from shipledger.gating.notice import TOPICS
from shipledger.ledger.actor import Actor
from shipledger.ledger.asking import Asks
from shipledger.ledger.identity import new_id
from shipledger.texts import storable

IDS_OF_AN_ENTRY = 100


class WebhookDesk:
    """See ``verbs.webhooks.WebhookVerbs``. ``load_seal`` gives what encrypts addresses and secrets.

    What was done is reported afterwards: if a server is killed in between, nobody has seen the secret of such a webhook.
    """

    def __init__(self, store: OutboxStore, clock: Clock, asks: Asks, load_seal: Callable[[], Awaitable[Seal]]) -> None:
        self._store = store
        self._clock = clock
        self._asks = asks
        self._load_seal = load_seal

    @classmethod
    def over(cls, store: OutboxStore, clock: Clock, asks: Asks, seal: Seal) -> Self:
        """A desk with a seal that is there, as in a server. A command asks for its key only when it needs it."""

        async def load() -> Seal:
            return seal

        return cls(store, clock, asks, load)

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
        report = ReportWebhookAdded(target.target_id, target.name, address=target.address, topics=target.topics)
        await self._report(organization_id, report, "add webhook", by)
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
        await self._report(organization_id, ReportSecretReplaced(target_id, target.name), "replace webhook secret", by)
        return secret

    async def remove(self, organization_id: str, target_id: str, *, by: Actor) -> None:
        """Forget a webhook with its messages. Raises NotFound, and Conflict for an app."""
        target = await self._store.find_target(organization_id, target_id)
        if target is not None and target.kind != WEBHOOK:
            raise Conflict("target_app", f"{target.name} is an app; see `shipledger credential delete`.")
        if target is None or not await self._store.remove_target(organization_id, target_id):
            raise _no_target(target_id)
        await self._report(organization_id, ReportWebhookRemoved(target_id, target.name), "remove webhook", by)

    async def redeliver(self, organization_id: str, message_id: str, *, by: Actor) -> None:
        """Send a message again. Raises NotFound and Conflict."""
        await self._store.redeliver_message(organization_id, message_id, now=self._clock.now())
        await self.report_redelivered(organization_id, [message_id], by=by)

    async def give_up(self, organization_id: str, message_id: str, *, reason: str, by: Actor) -> None:
        """Give up a pending message. Raises NotFound and Conflict."""
        await self._store.give_up_message(organization_id, message_id, reason=reason, now=self._clock.now())
        await self.report_given_up(organization_id, [message_id], reason=reason, by=by)

    async def report_redelivered(self, organization_id: str, message_ids: Sequence[str], *, by: Actor) -> None:
        """Record that messages will be sent again."""
        for target_id, name, ids in await self._group(organization_id, message_ids):
            await self._report(organization_id, ReportRedelivered(target_id, name, ids), "redeliver messages", by)

    async def report_given_up(self, organization_id: str, message_ids: Sequence[str], *, reason: str, by: Actor) -> None:
        """Record that messages were given up."""
        for target_id, name, ids in await self._group(organization_id, message_ids):
            await self._report(organization_id, ReportGivenUp(target_id, name, ids, reason), "give messages up", by)

    async def _group(self, organization_id: str, message_ids: Sequence[str]) -> Sequence[tuple[str, str, tuple[str, ...]]]:
        """The targets of messages with their names, and the ids of the messages, as many at a time as an entry has."""
        found: dict[tuple[str, str], list[str]] = {}
        for message_id in message_ids:
            logged = await self._store.find_message(organization_id, message_id)
            if logged is not None:  # it may be forgotten at this moment
                found.setdefault((logged.message.target_id, logged.target_name), []).append(message_id)
        return [
            (*target, tuple(ids[first : first + IDS_OF_AN_ENTRY]))
            for target, ids in found.items()
            for first in range(0, len(ids), IDS_OF_AN_ENTRY)
        ]

    async def _report(self, organization_id: str, report: WebhookSubmission, operation: str, by: Actor) -> None:
        await self._asks.ask(organization_id, [report], operation=operation, actor=by)


def _make_secret(seal: Seal, url: str) -> tuple[bytes, str]:
    """A new secret for a webhook, encrypted with its address, and as it is shown once."""
    secret = make_secret(secrets.token_bytes(SECRET_BYTES))
    return seal.seal(write_secrets(WebhookSecrets(url=url, secret=secret))), secret


def _no_target(target_id: str) -> NotFound:
    return NotFound("target", f"There is no target {target_id!r}; see `shipledger outbox target list`.")
