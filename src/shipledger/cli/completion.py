"""Shell completion of option and argument values from the ledger.

Completion never creates, changes or migrates anything, prints no errors, and gives up quickly.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, TypeAlias

import typer

from shipledger.ledger.actor import owner_of
from shipledger.observability.terminal import on_one_line
from shipledger.shell_words import quoted
from shipledger.texts import STEERING

if TYPE_CHECKING:
    from shipledger.store.contract import Store

WAIT_SECONDS = 2.0
"""Time limit of a completion."""

NEWEST = 200
"""Maximum number of offered values."""

Value: TypeAlias = tuple[str, str]
"""What is offered, and what it is."""

Question: TypeAlias = Callable[["Store", str, str], Awaitable[Iterable[Value]]]
"""Asked for an organization by its id, and what was typed so far."""

Complete: TypeAlias = Callable[[typer.Context, str], list[Value]]


def _complete(ask: Question) -> Complete:
    def complete(ctx: typer.Context, incomplete: str) -> list[Value]:
        import asyncio  # slow to load, and every command that has a value to complete loads this file

        database, slug = ctx.params.get("database"), ctx.params.get("organization")
        answers: SimpleQueue[list[Value]] = SimpleQueue()

        def answer() -> None:
            found: list[Value] = []
            with suppress(Exception):
                found = asyncio.run(_ask(ask, database, slug, incomplete))
            answers.put(found)

        Thread(target=answer, daemon=True).start()
        try:
            found = answers.get(timeout=WAIT_SECONDS)
        except Empty:
            return []
        offered = ((_as_word(value), on_one_line(about)) for value, about in dict(found).items() if not STEERING.search(value))
        return [(word, about) for word, about in offered if word.startswith(incomplete)]

    return complete


def _as_word(value: str) -> str:
    """A value as it is inserted into a command: bash inserts what it is given, and other shells quote it themselves."""
    return quoted(value) if os.environ.get("_SHIPLEDGER_COMPLETE") == "complete_bash" else value


async def _ask(ask: Question, database: str | None, slug: str | None, incomplete: str) -> list[Value]:
    from shipledger.catalog.organization import DEFAULT_SLUG
    from shipledger.protocols.registry import load_settings
    from shipledger.store.open import open_to_read

    store = await open_to_read(load_settings(database_url=database), connect_seconds=WAIT_SECONDS)
    try:
        owner = await store.find_organization(slug or DEFAULT_SLUG)
        if owner is None and ask is not _list_organizations:
            return []
        return list(await ask(store, owner.organization_id if owner else "", incomplete))
    finally:
        await store.close()


async def _list_organizations(store: Store, _owner: str, _incomplete: str) -> Iterable[Value]:
    return [(one.slug, one.name) for one in await store.list_organizations()]


async def _list_people(store: Store, owner: str, _incomplete: str) -> Iterable[Value]:
    members = {one.person_id: one for one in await store.list_members(owner)}
    people = [one for one in await store.list_persons() if one.person_id in members]
    return [(one.email, members[one.person_id].role or "in teams") for one in people]


async def _list_services(store: Store, owner: str, _incomplete: str) -> Iterable[Value]:
    return [(one.slug, one.name) for one in await store.list_services(owner, offset=0, limit=NEWEST)]


async def _list_service_names(store: Store, owner: str, _incomplete: str) -> Iterable[Value]:
    return [(one.name, "") for one in await store.list_service_names(owner)]


async def _list_environments(store: Store, owner: str, _incomplete: str) -> Iterable[Value]:
    return [(place, name) for place, name, _ in await store.list_environments(owner)]


async def _list_repositories(store: Store, owner: str, _incomplete: str) -> Iterable[Value]:
    return [(one.repository, "") for one in await store.list_repositories(owner)]


async def _list_credentials(store: Store, owner: str, _incomplete: str) -> Iterable[Value]:
    return [(one.credential_id, f"{one.name} ({one.kind})") for one in await store.list_credentials(owner)]


async def _list_tokens(store: Store, owner: str, _incomplete: str) -> Iterable[Value]:
    return [(one.credential_id, one.name) for one in await store.list_credentials(owner) if owner_of(one.credential_id)]


async def _list_credential_names(store: Store, owner: str, _incomplete: str) -> Iterable[Value]:
    return [(one.name, one.kind) for one in await store.list_credentials(owner)]


async def _list_apps(store: Store, owner: str, _incomplete: str) -> Iterable[Value]:
    from shipledger.protocols.registry import get_app_installing

    kind = get_app_installing().kind
    return [(app.app_key, one.name) for one, app in await store.list_signing_apps_of(owner) if one.kind == kind]


async def _list_deployments(store: Store, owner: str, _incomplete: str) -> Iterable[Value]:
    from shipledger.deployments.listing import DeploymentFilter
    from shipledger.ledger.titles import title_of

    found = await store.list_deployments(owner, DeploymentFilter(limit=NEWEST))
    return [(one.deployment_id, title_of(one)) for one in found]


async def _list_incidents(store: Store, owner: str, _incomplete: str) -> Iterable[Value]:
    found = await store.scan_incidents(owner, started_from=None, started_until=None, after=None, limit=NEWEST)
    return [(one.incident_id, title if isinstance(title := one.facts.title, str) else "") for one in found]


async def _list_receipts(store: Store, owner: str, _incomplete: str) -> Iterable[Value]:
    from shipledger.ledger.receipt_listing import ReceiptFilter

    found = await store.list_receipts(owner, ReceiptFilter(limit=NEWEST))
    return [(one.receipt.receipt_id, f"{one.receipt.operation} by {one.credential_name}") for one in found]


async def _list_quarantined(store: Store, owner: str, _incomplete: str) -> Iterable[Value]:
    from shipledger.ledger.receipt import ReceiptState
    from shipledger.ledger.receipt_listing import ReceiptFilter

    found = await store.list_receipts(owner, ReceiptFilter(state=ReceiptState.QUARANTINED, limit=NEWEST))
    return [(one.receipt.receipt_id, one.receipt.operation) for one in found]


async def _list_issues(store: Store, owner: str, incomplete: str) -> Iterable[Value]:
    from shipledger.deployments.listing import DeploymentFilter

    project, _, _ = incomplete.upper().rpartition("-")
    known = await store.list_issues(owner, project=project, after="", limit=NEWEST)
    newest = await store.list_deployments(owner, DeploymentFilter(limit=NEWEST))
    named = [(key, "") for one in newest for key in one.facts.issue_keys or ()]
    return [*named, *((one.key, one.summary) for one in known)]


async def _list_projects(store: Store, owner: str, incomplete: str) -> Iterable[Value]:
    return [(key.rpartition("-")[0], "") for key, _ in await _list_issues(store, owner, incomplete)]


async def _list_gates(store: Store, owner: str, _incomplete: str) -> Iterable[Value]:
    found = await store.list_gates(owner, status=None, before_number=None, limit=NEWEST)
    return [(one.key, one.status.value) for one in found]


async def _list_refused(store: Store, organization_id: str, _typed: str) -> Iterable[Value]:
    from shipledger.access.refused import RefusedFilter

    found = await store.list_refused(organization_id, RefusedFilter(limit=NEWEST))
    return [(one.refused.refused_id, f"{one.refused.status} {one.refused.method} {one.refused.path}") for one in found]


async def _list_messages(store: Store, owner: str, _incomplete: str) -> Iterable[Value]:
    from shipledger.forwarding.message import MessageFilter

    found = await store.list_messages(owner, MessageFilter(limit=NEWEST))
    return [(one.message_id, f"{one.topic}, {one.state.value}") for one in found]


async def _list_targets(store: Store, owner: str, _incomplete: str) -> Iterable[Value]:
    return [(one.target.target_id, one.target.name) for one in await store.list_targets(owner)]


async def _list_rules(store: Store, owner: str, _incomplete: str) -> Iterable[Value]:
    policy = await store.find_tier_policy(owner)
    return [(str(place), f"{rule.pattern} {rule.tier.value}") for place, rule in enumerate(policy.rules, start=1)]


async def _list_settings(_store: Store, _owner: str, _incomplete: str) -> Iterable[Value]:
    from shipledger.catalog.organization_settings.declared import SETTINGS

    return [(one.key, one.description) for one in SETTINGS.values()]


async def _list_teams(store: Store, owner: str, _incomplete: str) -> Iterable[Value]:
    return [(one, "") for one in (await store.list_teams(owner)).values()]


complete_organizations = _complete(_list_organizations)
complete_services = _complete(_list_services)
complete_service_names = _complete(_list_service_names)
complete_environments = _complete(_list_environments)
complete_repositories = _complete(_list_repositories)
complete_credentials = _complete(_list_credentials)
complete_credential_names = _complete(_list_credential_names)
complete_tokens = _complete(_list_tokens)
complete_apps = _complete(_list_apps)
complete_deployments = _complete(_list_deployments)
complete_incidents = _complete(_list_incidents)
complete_receipts = _complete(_list_receipts)
complete_quarantined = _complete(_list_quarantined)
complete_refused = _complete(_list_refused)
complete_issues = _complete(_list_issues)
complete_projects = _complete(_list_projects)
complete_gates = _complete(_list_gates)
complete_messages = _complete(_list_messages)
complete_targets = _complete(_list_targets)
complete_rules = _complete(_list_rules)
complete_settings = _complete(_list_settings)
complete_people = _complete(_list_people)
complete_teams = _complete(_list_teams)


def complete_words(*words: str) -> Callable[[str], list[str]]:
    """Completes one of a few words."""

    def complete(incomplete: str) -> list[str]:
        return [word for word in words if word.startswith(incomplete)]

    return complete
