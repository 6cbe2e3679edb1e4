"""``shipledger credential``: create, list, revoke and delete client credentials."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from shipledger.access.credential import Credential
from shipledger.access.issuing import Limits, issue_credential
from shipledger.cli.completion import complete_credential_names, complete_credentials, complete_words
from shipledger.cli.credential_deletion import delete
from shipledger.cli.credential_options import read_wanted, with_declared_options
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption, new_app
from shipledger.cli.output import print_json, print_line, print_note, refuse_damaged, to_text
from shipledger.cli.tables import print_table
from shipledger.errors import Invalid, NotFound
from shipledger.found import Found
from shipledger.protocols.declaration import CredentialKind
from shipledger.protocols.registry import SUGGESTED_KIND, list_companions, list_scopes


def build() -> typer.Typer:
    """The commands."""
    app = new_app("Create, list, revoke and delete credentials.")
    app.command("create")(with_declared_options(create, before="database"))
    app.command("list")(list_all)
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
            help="A right to grant: read, write, delete or configuration. Repeatable. Default: all.",
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
    if kind.refusal:
        raise Invalid("kind", kind.refusal)
    wanted = read_wanted(kind, given)

    async def work(ledger: OpenLedger) -> tuple[dict[str, str], list[str]]:
        owner = await ledger.get_organization(organization)
        known = await ledger.store.list_credentials(owner.organization_id)
        namesakes = [one.credential_id for one in known if (one.kind, one.name, one.revoked_at) == (kind.name, name, None)]
        issued = issue_credential(
            organization_id=owner.organization_id,
            kind=kind.name,
            name=name,
            now=ledger.clock.now(),
            randomness=ledger.new_randomness(),
            scopes=frozenset(scope or kind.scopes),
            limits=Limits(requests_per_minute=requests_per_minute, requests_per_second=requests_per_second),
        )
        return await kind.keep(ledger, issued, wanted), namesakes

    shown, namesakes = with_ledger(database, work, creates=True)
    if namesakes:
        print_note(
            f"A live credential of this kind is already named {name!r}: {', '.join(namesakes)}. Both work. "
            "After switching to the new one, revoke the old one: shipledger credential revoke ID"
        )
    if as_json:
        print_json(shown)
        return
    width = max(8, *map(len, shown))
    for label, value in shown.items():
        print_line(f"{label:<{width}} {value}")
    print_note("Save it now. Only a hash is stored, so it cannot be shown again.")


def list_all(
    organization: OrganizationOption = DEFAULT_ORGANIZATION, database: DatabaseOption = None, as_json: JsonOption = False
) -> None:
    """List the credentials of an organization, newest first, without their secrets."""

    async def work(ledger: OpenLedger) -> tuple[Found[Credential], dict[str, datetime]]:
        owner = await ledger.get_organization(organization)
        found = await ledger.store.list_credentials(owner.organization_id)
        return found, await ledger.store.list_signs_of_life(owner.organization_id)

    credentials, seen = with_ledger(database, work)
    if as_json:
        print_json({"credentials": [_to_json(credential, seen.get(credential.credential_id)) for credential in credentials]})
        refuse_damaged(credentials.damaged)
        return
    print_table(
        ("ID", "KIND", "NAME", "SCOPES", "LIMITS", "CREATED", "LAST SEEN", "REVOKED"),
        [_to_row(credential, seen.get(credential.credential_id)) for credential in credentials],
        empty=f"No credentials yet. Create one: shipledger credential create {SUGGESTED_KIND} --name NAME",
    )
    refuse_damaged(credentials.damaged)


def revoke(
    credential_id: Annotated[
        str, typer.Argument(metavar="ID", help="The id, from `credential list`.", autocompletion=complete_credentials)
    ],
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Revoke a credential permanently. Running servers refuse it within a few seconds."""

    async def work(ledger: OpenLedger) -> bool:
        owner = await ledger.get_organization(organization)
        now = ledger.clock.now()
        found = await ledger.store.find_credential(owner.organization_id, credential_id)
        is_revoked = await ledger.store.revoke_credential(owner.organization_id, credential_id, now=now)
        for companion in list_companions(found.kind, credential_id) if found and is_revoked else ():
            await ledger.store.revoke_credential(owner.organization_id, companion, now=now)
        return is_revoked

    if not with_ledger(database, work):
        raise NotFound(
            "credential", f"There is no live credential {credential_id!r} in {organization!r}; see `shipledger credential list`."
        )
    if as_json:
        print_json({"id": credential_id, "is_revoked": True})
        return
    print_line(f"Revoked {credential_id}. Running servers refuse it within a few seconds.")


def _to_json(credential: Credential, seen_at: datetime | None) -> dict[str, object]:
    return {
        "id": credential.credential_id,
        "kind": credential.kind,
        "name": credential.name,
        "scopes": sorted(credential.scopes),
        "requests_per_minute": credential.requests_per_minute,
        "requests_per_second": credential.requests_per_second,
        "time_form": credential.time_form or None,
        "created_at": credential.created_at,
        "last_seen_at": seen_at,
        "revoked_at": credential.revoked_at,
    }


def _to_row(credential: Credential, seen_at: datetime | None) -> tuple[str, ...]:
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
        to_text(seen_at),
        to_text(credential.revoked_at),
    )
