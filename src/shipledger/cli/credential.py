"""``shipledger credential``: create, list, replace, revoke and delete client credentials."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from shipledger.access.issuing import Limits
from shipledger.cli.completion import complete_credential_names, complete_credentials, complete_words
from shipledger.cli.credential_deletion import delete
from shipledger.cli.credential_options import read_wanted, with_declared_options
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption, new_app
from shipledger.cli.output import print_json, print_line, print_note, refuse_damaged, to_text
from shipledger.cli.tables import print_table
from shipledger.found import Found
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.protocols.declaration import CredentialKind
from shipledger.protocols.registry import SUGGESTED_KIND, list_scopes
from shipledger.shell_words import command
from shipledger.verbs.sources import CredentialWish, MadeCredential, Source


def build() -> typer.Typer:
    """The commands."""
    app = new_app("Create, list, replace, revoke and delete credentials.")
    app.command("create")(with_declared_options(create, before="database"))
    app.command("list")(list_all)
    app.command("rotate")(rotate)
    app.command("revoke")(revoke)
    app.command("delete")(delete)
    return app


def read_scope(text: str) -> str:
    """The right with this name, ours or a protocol's. Raises BadParameter."""
    scopes = list_scopes()
    if text not in scopes:
        raise typer.BadParameter(f"{text!r} is not a right. Choose from {', '.join(scopes)}.")
    return scopes[text]


def create(
    kind: CredentialKind,
    name: Annotated[
        str, typer.Option(help="A name for it, such as the CI system that uses it.", autocompletion=complete_credential_names)
    ],
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    scope: Annotated[
        list[str] | None,
        typer.Option(
            parser=read_scope,
            autocompletion=complete_words(*list_scopes()),
            metavar="RIGHT",
            help="A right to grant: read, write, delete or configuration; to a native token also approve, administer or glance. "
            "Repeatable. Default: all but administer and glance.",
        ),
    ] = None,
    requests_per_minute: Annotated[int, typer.Option(min=0, help="Requests allowed per minute; 0: unlimited.")] = 0,
    requests_per_second: Annotated[int, typer.Option(min=0, help="Requests allowed per second; 0: unlimited.")] = 0,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
    given: Any = None,
) -> None:
    """Create a credential and print its secret. The secret is shown only once.

    Two credentials may share a name, so that you can roll out a new secret before revoking the old one.
    """
    wish = CredentialWish(
        kind=kind.name,
        name=name,
        scopes=frozenset(scope or ()),
        limits=Limits(requests_per_minute=requests_per_minute, requests_per_second=requests_per_second),
        options={} if kind.refusal else read_wanted(kind, given),
    )

    async def work(ledger: OpenLedger) -> MadeCredential:
        owner = await ledger.get_organization(organization)
        return await ledger.credentials.create(owner.organization_id, wish, by=_by("create"))

    made = with_ledger(database, work, creates=True)
    if made.namesakes:
        print_note(
            f"A live credential of this kind is already named {name!r}: {', '.join(made.namesakes)}. Both work. "
            "After switching to the new one, revoke the old one: shipledger credential revoke ID"
        )
    _show_once(made, as_json=as_json)


def rotate(
    credential_id: Annotated[
        str, typer.Argument(metavar="ID", help="The id, from `credential list`.", autocompletion=complete_credentials)
    ],
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Create a successor of a credential, with another secret and else the same. The old one works until you revoke it."""

    async def work(ledger: OpenLedger) -> MadeCredential:
        owner = await ledger.get_organization(organization)
        return await ledger.credentials.rotate(owner.organization_id, credential_id, by=_by("rotate"))

    made = with_ledger(database, work)
    elsewhere = "" if organization == DEFAULT_ORGANIZATION else organization
    revoke = command("credential revoke", credential_id, organization=elsewhere)
    print_note(f"Both work. After switching to the new one, revoke the old one: {revoke}")
    _show_once(made, as_json=as_json)


def list_all(
    organization: OrganizationOption = DEFAULT_ORGANIZATION, database: DatabaseOption = None, as_json: JsonOption = False
) -> None:
    """List the credentials of an organization, newest first, without their secrets."""

    async def work(ledger: OpenLedger) -> tuple[Found[Source], datetime]:
        owner = await ledger.get_organization(organization)
        return await ledger.credentials.list_all(owner.organization_id), ledger.clock.now()

    sources, now = with_ledger(database, work)
    if as_json:
        print_json({"credentials": [_to_json(one, now) for one in sources]})
        refuse_damaged(sources.damaged)
        return
    print_table(
        ("ID", "KIND", "NAME", "SCOPES", "LIMITS", "CREATED", "LAST SEEN", "REQUESTS/DAY", "REFUSED", "REVOKED"),
        [_to_row(one, now) for one in sources],
        empty=f"No credentials yet. Create one: shipledger credential create {SUGGESTED_KIND} --name NAME",
    )
    refuse_damaged(sources.damaged)


def revoke(
    credential_id: Annotated[
        str, typer.Argument(metavar="ID", help="The id, from `credential list`.", autocompletion=complete_credentials)
    ],
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Revoke a credential permanently. Running servers refuse it within a few seconds."""

    async def work(ledger: OpenLedger) -> None:
        owner = await ledger.get_organization(organization)
        await ledger.credentials.revoke(owner.organization_id, credential_id, by=_by("revoke"))

    with_ledger(database, work)
    if as_json:
        print_json({"id": credential_id, "is_revoked": True})
        return
    print_line(f"Revoked {credential_id}. Running servers refuse it within a few seconds.")


def _show_once(made: MadeCredential, *, as_json: bool) -> None:
    if as_json:
        print_json(made.shown)
        return
    width = max(8, *map(len, made.shown))
    for label, value in made.shown.items():
        print_line(f"{label:<{width}} {value}")
    print_note("Save it now. Only a hash is stored, so it cannot be shown again.")


def _by(command: str) -> Actor:
    return Actor(ActorKind.COMMAND, f"credential {command}")


def _to_json(source: Source, now: datetime) -> dict[str, object]:
    credential, use = source.credential, source.use
    return {
        "id": credential.credential_id,
        "kind": credential.kind,
        "name": credential.name,
        "scopes": sorted(credential.scopes),
        "requests_per_minute": credential.requests_per_minute,
        "requests_per_second": credential.requests_per_second,
        "time_form": credential.time_form or None,
        "created_at": credential.created_at,
        "expires_at": credential.expires_at,
        "last_seen_at": source.seen_at,
        "last_address": (use.address if use else "") or None,
        "requests_in_day": use.requests_in_day if use else 0,
        "requests_in_week": use.requests_in_week if use else 0,
        "refused_in_day": use.refused_in_day if use else 0,
        "refused_in_week": use.refused_in_week if use else 0,
        "last_refusal": (use.last_refusal if use else 0) or None,
        "clock_ahead_seconds": use.ahead_ms / 1000 if use else 0,
        "is_silent": source.is_silent(now),
        "revoked_at": credential.revoked_at,
    }


def _to_row(source: Source, now: datetime) -> tuple[str, ...]:
    credential, use = source.credential, source.use
    limits = [
        f"{limit}/{period}"
        for limit, period in ((credential.requests_per_minute, "min"), (credential.requests_per_second, "s"))
        if limit
    ]
    return (
        credential.credential_id,
        credential.kind,
        credential.name,
        " ".join(sorted(credential.scopes)),
        " ".join(limits) or "none",
        to_text(credential.created_at),
        f"{to_text(source.seen_at)}{' (silent)' if source.is_silent(now) else ''}",
        str(use.requests_in_day if use else 0),
        str(use.refused_in_day if use else 0),
        to_text(credential.revoked_at),
    )
