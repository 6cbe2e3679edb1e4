"""``shipledger credential``: create, list, revoke and delete client credentials."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from shipledger.access.application_key import application_key_id
from shipledger.access.credential import Credential
from shipledger.access.grant import CredentialKind, Scope
from shipledger.access.issuing import Limits, issue_credential
from shipledger.cli.completion import complete_credential_names, complete_credentials
from shipledger.cli.credential_deletion import delete
from shipledger.cli.issued import Wishes, keep_credential
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption, new_app
from shipledger.cli.output import print_json, print_line, print_note, refuse_damaged, to_text
from shipledger.cli.tables import print_table
from shipledger.errors import NotFound
from shipledger.found import Found
from shipledger.protocols.datadog.times import TimeForm
from shipledger.protocols.datadog.vocabulary import PERMISSIONS


def build() -> typer.Typer:
    """The commands."""
    app = new_app("Create, list, revoke and delete credentials.")
    app.command("create")(create)
    app.command("list")(list_all)
    app.command("revoke")(revoke)
    app.command("delete")(delete)
    return app


def create(
    kind: Annotated[CredentialKind, typer.Argument(help="Which protocol the credential is for.")],
    name: Annotated[
        str, typer.Option(help="A name for it, such as the CI system that uses it.", autocompletion=complete_credential_names)
    ],
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    scope: Annotated[
        list[Scope] | None,
        typer.Option(
            parser=read_scope,
            metavar="RIGHT",
            help="A right to grant: read, write, delete or configuration. Repeatable. Default: all.",
        ),
    ] = None,
    requests_per_minute: Annotated[int, typer.Option(min=0, help="Requests allowed per minute; 0: unlimited.")] = 0,
    requests_per_second: Annotated[int, typer.Option(min=0, help="Requests allowed per second; 0: unlimited.")] = 0,
    expires: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"], help="When an iftrue token expires, in UTC.")
    ] = None,
    app_key: Annotated[
        str, typer.Option(help="App key of a jira-connect app, from its descriptor. Default: a generated key.")
    ] = "",
    without_deployments: Annotated[
        bool, typer.Option("--without-deployments", help="The jira-connect app has no deployment module.")
    ] = False,
    break_ties_by_arrival: Annotated[
        bool,
        typer.Option("--break-ties-by-arrival", help="If two updates have the same number, the later one wins (jira kinds)."),
    ] = False,
    time_form: Annotated[
        TimeForm | None,
        typer.Option(help="Time format of Datadog answers to this application key. Default: what its client can read."),
    ] = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Create a credential and print its secret. The secret is shown only once.

    Two credentials may share a name, so that you can roll out a new secret before revoking the old one.
    """
    wishes = Wishes(expires=expires, app_key=app_key, has_deployment_module=not without_deployments, time_form=time_form or "")

    async def work(ledger: OpenLedger) -> tuple[dict[str, str], list[str]]:
        owner = await ledger.get_organization(organization)
        known = await ledger.store.list_credentials(owner.organization_id)
        namesakes = [one.credential_id for one in known if (one.kind, one.name, one.revoked_at) == (kind, name, None)]
        issued = issue_credential(
            organization_id=owner.organization_id,
            kind=kind,
            name=name,
            now=ledger.clock.now(),
            randomness=ledger.new_randomness(),
            scopes=frozenset(scope or ()),
            limits=Limits(requests_per_minute=requests_per_minute, requests_per_second=requests_per_second),
            breaks_ties_by_arrival=break_ties_by_arrival,
        )
        return await keep_credential(ledger, issued, wishes), namesakes

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
        empty="No credentials yet. Create one: shipledger credential create opsgenie --name NAME",
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
        is_revoked = await ledger.store.revoke_credential(owner.organization_id, credential_id, now=now)
        if is_revoked:
            await ledger.store.revoke_credential(owner.organization_id, application_key_id(credential_id), now=now)
        return is_revoked

    if not with_ledger(database, work):
        raise NotFound(
            "credential", f"There is no live credential {credential_id!r} in {organization!r}; see `shipledger credential list`."
        )
    if as_json:
        print_json({"id": credential_id, "is_revoked": True})
        return
    print_line(f"Revoked {credential_id}. Running servers refuse it within a few seconds.")


def read_scope(text: str) -> Scope:
    """The right with this name, ours or a vendor's. Raises BadParameter."""
    try:
        return PERMISSIONS.get(text) or Scope(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a right. Choose from {', '.join([*Scope, *PERMISSIONS])}.") from None


def _to_json(credential: Credential, seen_at: datetime | None) -> dict[str, object]:
    return {
        "id": credential.credential_id,
        "kind": credential.kind.value,
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
        credential.kind.value,
        credential.name,
        " ".join(sorted(credential.scopes)),
        " ".join(limits) or "none",
        to_text(credential.created_at),
        to_text(seen_at),
        to_text(credential.revoked_at),
    )
