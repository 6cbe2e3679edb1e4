"""``shipledger outbox target``: who gets messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from shipledger.cli.completion import complete_targets, complete_words
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption, new_app
from shipledger.cli.output import print_json, print_line, print_note
from shipledger.cli.tables import print_table
from shipledger.forwarding.target import OVERLAP, Target, TargetRecord
from shipledger.gating.notice import TOPICS
from shipledger.ledger.actor import Actor, ActorKind

if TYPE_CHECKING:
    from shipledger.performing.webhook_desk import WebhookDesk

TargetArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="TARGET", help="The id of the target.", autocompletion=complete_targets)
]

_SAVE_IT = "Save it now. It is stored encrypted and cannot be shown again."


def build() -> typer.Typer:
    """The commands."""
    app = new_app("Add webhooks, and show who gets messages.")
    app.command("list")(list_all)
    app.command("add")(add)
    app.command("rotate")(rotate)
    app.command("remove")(remove)
    return app


def list_all(
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the receivers of messages, with the state of their circuit breakers."""

    async def work(ledger: OpenLedger) -> list[dict[str, object]]:
        owner = await ledger.get_organization(organization)
        now = ledger.clock.now()
        records = await ledger.store.list_targets(owner.organization_id)
        return [_to_json(one, one.target.breaker.state_at(now)) for one in records]

    targets = with_ledger(database, work)
    if as_json:
        print_json({"targets": targets})
        return
    names = ("id", "name", "kind", "address", "breaker", "failures", "pending", "given_up")
    print_table(
        tuple(name.upper().replace("_", " ") for name in names),
        [tuple(str(target[name]) for name in names) for target in targets],
        empty="No targets yet. Add one with `shipledger outbox target add`; an app becomes one with the first message to it.",
    )


def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="Address that messages are posted to.")],
    topic: Annotated[
        list[str],
        typer.Option(
            "--topic", metavar="TOPIC", help="What it hears of; may be repeated.", autocompletion=complete_words(*TOPICS)
        ),
    ],
    name: Annotated[str, typer.Option("--name", help="Name in lists; default: the host.")] = "",
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a webhook, and print the secret that signs its messages."""

    async def work(ledger: OpenLedger) -> tuple[Target, str]:
        owner = await ledger.get_organization(organization)
        return await open_desk(ledger).add(owner.organization_id, url, topic, name=name, by=_by("add"))

    target, secret = with_ledger(database, work)
    if as_json:
        print_json({"id": target.target_id, "name": target.name, "topics": target.topics, "secret": secret})
        return
    print_line(f"id      {target.target_id}")
    print_line(f"secret  {secret}")
    print_note(_SAVE_IT)
    if target.address.startswith("http:"):
        print_note("The address is http, so messages cross the network unencrypted.")


def rotate(
    target_id: TargetArgument,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Replace the secret of a webhook, and print the new one. For a day messages are signed with both."""

    async def work(ledger: OpenLedger) -> str:
        owner = await ledger.get_organization(organization)
        return await open_desk(ledger).rotate(owner.organization_id, target_id, by=_by("rotate"))

    secret = with_ledger(database, work)
    if as_json:
        print_json({"id": target_id, "secret": secret})
        return
    print_line(f"secret  {secret}")
    print_note(_SAVE_IT)
    print_note(f"The previous secret signs messages, too, for {OVERLAP.days * 24 + OVERLAP.seconds // 3600} hours.")


def remove(
    target_id: TargetArgument,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove a webhook, with its messages and their log."""

    async def work(ledger: OpenLedger) -> None:
        owner = await ledger.get_organization(organization)
        await open_desk(ledger).remove(owner.organization_id, target_id, by=_by("remove"))

    with_ledger(database, work)
    if as_json:
        print_json({"id": target_id, "removed": True})
        return
    print_line(f"Removed {target_id}, with its messages.")


def open_desk(ledger: OpenLedger) -> WebhookDesk:
    """What changes targets and messages."""
    from shipledger.performing.webhook_desk import WebhookDesk

    return WebhookDesk(ledger.store, ledger.clock, ledger, ledger.load_seal)


def _by(verb: str) -> Actor:
    return Actor(ActorKind.COMMAND, f"outbox target {verb}")


def _to_json(record: TargetRecord, state: str) -> dict[str, object]:
    target = record.target
    return {
        "id": target.target_id,
        "name": target.name,
        "kind": target.kind,
        "credential_id": target.credential_id or None,
        "address": target.address,
        "topics": target.topics,
        "created_at": target.created_at,
        "breaker": str(state),
        "failures": target.breaker.failures,
        "opened_at": target.breaker.opened_at,
        "held_until": target.breaker.held_until,
        "pending": record.pending,
        "given_up": record.given_up,
    }
