"""Checks of ``shipledger doctor`` on messages to other systems."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from datetime import datetime, timedelta

from shipledger.access.sealing import Seal
from shipledger.catalog.organization import DEFAULT_SLUG, Organization
from shipledger.cli.checkup import Finding, Level
from shipledger.cli.output import to_text
from shipledger.errors import ShipledgerError
from shipledger.forwarding.breaker import BreakerState
from shipledger.forwarding.message import MessageState
from shipledger.forwarding.pauses import GIVEN_UP_AFTER
from shipledger.forwarding.target import TargetRecord
from shipledger.shell_words import command
from shipledger.store.contract import Store

UPKEEP_WITHIN = timedelta(hours=1)
KEY_LOST = (
    "Restore the token key from a backup. Else replace the secret (`shipledger outbox target rotate`), or install the app again."
)


async def check_outbox(store: Store, now: datetime, load_seal: Callable[[], Awaitable[Seal]]) -> AsyncIterator[Finding]:
    """Targets that do not answer or cannot be called, and messages that were given up or that nobody sends.

    ``load_seal`` is asked where there are secrets to read.
    """
    for organization in await store.list_organizations():
        targets = await store.list_targets(organization.organization_id)
        for finding in _check(organization, targets, now):
            yield finding
        apps = {app.credential_id: app.sealed_secret for _, app in await store.list_signing_apps_of(organization.organization_id)}
        secrets = [(one, one.target.sealed_secret or apps.get(one.target.credential_id)) for one in targets]
        async for finding in _check_secrets(organization, secrets, load_seal):
            yield finding


async def _check_secrets(
    organization: Organization,
    secrets: Sequence[tuple[TargetRecord, bytes | None]],
    load_seal: Callable[[], Awaitable[Seal]],
) -> AsyncIterator[Finding]:
    """Whether calls to targets can be signed. An app that was revoked has no secret, and is not called."""
    for one, sealed in secrets:
        sentence = "" if one.target.credential_id else "It has no secret."
        if sealed is not None:
            sentence = await _find_fault(sealed, load_seal)
        if sentence:
            yield Finding(
                subject="outbox",
                level=Level.PROBLEM,
                sentence=f"Calls to {_name(organization, one)} cannot be signed: {sentence}",
                advice=KEY_LOST,
            )


async def _find_fault(sealed: bytes, load_seal: Callable[[], Awaitable[Seal]]) -> str:
    try:
        (await load_seal()).read(sealed)
    except ShipledgerError as error:
        return error.message
    return ""


def _name(organization: Organization, one: TargetRecord) -> str:
    return f"{one.target.name} ({one.target.target_id}, {organization.slug})"


def _check(organization: Organization, targets: Sequence[TargetRecord], now: datetime) -> Iterator[Finding]:
    slug = "" if organization.slug == DEFAULT_SLUG else organization.slug
    for one in targets:
        breaker, name = one.target.breaker, _name(organization, one)
        if breaker.state_at(now) is not BreakerState.CLOSED:
            yield Finding(
                subject="outbox",
                level=Level.WARNING,
                sentence=f"{name} has not taken {breaker.failures} calls in a row, since {to_text(breaker.opened_at)}; "
                f"{one.pending} messages wait.",
                advice=_list(one, MessageState.PENDING, slug),
            )
        if one.oldest_at is not None and now - one.oldest_at > GIVEN_UP_AFTER + UPKEEP_WITHIN:
            yield Finding(
                subject="outbox",
                level=Level.WARNING,
                sentence=f"{one.pending} messages to {name} wait, the first since {to_text(one.oldest_at)}. A server would have "
                "given it up by now: none runs, or its clock was changed.",
                advice=_list(one, MessageState.PENDING, slug),
            )
        if one.given_up:
            yield Finding(
                subject="outbox",
                level=Level.WARNING,
                sentence=f"{one.given_up} messages to {name} were given up.",
                advice=_list(one, MessageState.GIVEN_UP, slug),
            )


def _list(one: TargetRecord, state: MessageState, slug: str) -> str:
    options = [("--target", one.target.target_id), ("--state", state.value)]
    return command("outbox list", options=options, organization=slug)
