"""``shipledger outbox target``: who gets messages."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer
from msgspec.structs import replace

from shipledger.access.sealing import Seal
from shipledger.cli.completion import complete_targets, complete_words
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption, new_app
from shipledger.cli.output import print_json, print_line, print_note
from shipledger.cli.tables import print_table
from shipledger.errors import Conflict, Invalid, NotFound
from shipledger.forwarding.target import ADDRESS_LIMIT, OVERLAP, WEBHOOK, Target, TargetRecord, check_target_name
from shipledger.gating.notice import TOPICS
from shipledger.ledger.identity import new_id

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
    from shipledger.outgoing.client import read_url

    unknown = sorted({*topic} - {*TOPICS})
    if unknown:
        raise Invalid("topic", f"{unknown[0]!r} is not a topic; topics are {', '.join(TOPICS)}.")
    if len(url) > ADDRESS_LIMIT:
        raise Invalid("outgoing_url", f"The address may have at most {ADDRESS_LIMIT} characters.")
    read = read_url(url)
    origin = f"{read.scheme}://{read.netloc.decode('ascii')}"

    async def work(ledger: OpenLedger) -> tuple[Target, str]:
        owner = await ledger.get_organization(organization)
        sealed, secret = _make_secret(await ledger.load_seal(), str(read))
        now = ledger.clock.now()
        target = Target(
            organization_id=owner.organization_id,
            target_id=new_id(now, ledger.new_randomness()),
            kind=WEBHOOK,
            name=check_target_name(name or read.host),
            created_at=now,
            address=origin,
            topics=tuple(sorted({*topic})),
            sealed_secret=sealed,
        )
        await ledger.store.create_target(target)
        return target, secret

    target, secret = with_ledger(database, work)
    if as_json:
        print_json({"id": target.target_id, "name": target.name, "topics": target.topics, "secret": secret})
        return
    print_line(f"id      {target.target_id}")
    print_line(f"secret  {secret}")
    print_note(_SAVE_IT)
    if read.scheme == "http":
        print_note("The address is http, so messages cross the network unencrypted.")


def rotate(
    target_id: TargetArgument,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Replace the secret of a webhook, and print the new one. For a day messages are signed with both."""

    async def work(ledger: OpenLedger) -> str:
        from shipledger.forwarding.webhook import read_secrets

        owner = (await ledger.get_organization(organization)).organization_id
        target = await ledger.store.find_target(owner, target_id)
        if target is None:
            raise _no_target(target_id)
        before = target.sealed_secret
        if before is None:
            raise Conflict("target_app", f"{target.name} is an app, which has its own secret; see `shipledger connect`.")
        seal = await ledger.load_seal()
        sealed, secret = _make_secret(seal, read_secrets(seal.read(before)).url)
        rotated = replace(
            target, sealed_secret=sealed, previous_sealed_secret=before, previous_until=ledger.clock.now() + OVERLAP
        )
        await ledger.store.rotate_target_secret(rotated, expected_secret=before)
        return secret

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
        owner = (await ledger.get_organization(organization)).organization_id
        target = await ledger.store.find_target(owner, target_id)
        if target is not None and target.kind != WEBHOOK:
            raise Conflict("target_app", f"{target.name} is an app; see `shipledger credential delete`.")
        if not await ledger.store.remove_target(owner, target_id):
            raise _no_target(target_id)

    with_ledger(database, work)
    if as_json:
        print_json({"id": target_id, "removed": True})
        return
    print_line(f"Removed {target_id}, with its messages.")


def _make_secret(seal: Seal, url: str) -> tuple[bytes, str]:
    """A new secret for a webhook, encrypted with its address, and as it is shown once."""
    import secrets

    from shipledger.forwarding.webhook import SECRET_BYTES, WebhookSecrets, make_secret, write_secrets

    secret = make_secret(secrets.token_bytes(SECRET_BYTES))
    return seal.seal(write_secrets(WebhookSecrets(url=url, secret=secret))), secret


def _no_target(target_id: str) -> NotFound:
    return NotFound("target", f"There is no target {target_id!r}; see `shipledger outbox target list`.")


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
