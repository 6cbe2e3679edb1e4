"""Checks of ``shipledger doctor`` on messages to other systems."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime

from shipledger.catalog.organization import DEFAULT_SLUG, Organization
from shipledger.cli.checkup import Finding, Level
from shipledger.cli.output import to_text
from shipledger.forwarding.breaker import BreakerState
from shipledger.forwarding.message import MessageState
from shipledger.forwarding.target import TargetRecord
from shipledger.shell_words import command
from shipledger.store.contract import Store


async def check_outbox(store: Store, now: datetime) -> AsyncIterator[Finding]:
    """Targets that do not answer, and messages that were given up."""
    for organization in await store.list_organizations():
        for finding in _check(organization, await store.list_targets(organization.organization_id), now):
            yield finding


def _check(organization: Organization, targets: Sequence[TargetRecord], now: datetime) -> Iterator[Finding]:
    slug = "" if organization.slug == DEFAULT_SLUG else organization.slug
    for one in targets:
        breaker, name = one.target.breaker, f"{one.target.name} ({one.target.target_id}, {organization.slug})"
        if breaker.state_at(now) is not BreakerState.CLOSED:
            yield Finding(
                subject="outbox",
                level=Level.WARNING,
                sentence=f"{name} has not taken {breaker.failures} calls in a row, since {to_text(breaker.opened_at)}; "
                f"{one.pending} messages wait.",
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
