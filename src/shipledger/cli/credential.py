"""``shipledger credential``: create, list and revoke what clients prove themselves with."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer
from msgspec.structs import replace

from shipledger.access.credential import Credential
from shipledger.access.grant import CredentialKind, Scope
from shipledger.access.issuing import IssuedCredential, Limits, issue_credential
from shipledger.access.tokens import mint_token
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption, new_app
from shipledger.cli.output import print_json, print_line, print_note, print_table, to_text
from shipledger.errors import Invalid, NotFound
from shipledger.store.key_file import load_token_keys

SECRET_NAMES: dict[CredentialKind, str] = {
    CredentialKind.OPSGENIE: "api_key",
    CredentialKind.NATIVE: "token",
    CredentialKind.IFTRUE: "token",
}
"""What each protocol calls its secret; other programs read these names."""


def build() -> typer.Typer:
    """The commands."""
    app = new_app("Create, list and revoke credentials.")
    app.command("create")(create)
    app.command("list")(list_all)
    app.command("revoke")(revoke)
    return app


def create(
    kind: Annotated[CredentialKind, typer.Argument(help="Which protocol the credential is for.")],
    name: Annotated[str, typer.Option(help="What it is for, such as the CI system that gets it.")],
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    scope: Annotated[
        list[Scope] | None, typer.Option(help="A right that it has; repeat for several. Default: all rights.")
    ] = None,
    requests_per_minute: Annotated[int, typer.Option(min=0, help="How many requests it may make a minute; 0: no limit.")] = 0,
    requests_per_second: Annotated[int, typer.Option(min=0, help="How many requests it may make a second; 0: no limit.")] = 0,
    expires: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"], help="When a token of iftrue ends, in UTC.")
    ] = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Create a credential and print its secret, which cannot be shown again."""

    async def work(ledger: OpenLedger) -> IssuedCredential:
        owner = await ledger.get_organization(organization)
        issued = issue_credential(
            organization_id=owner.organization_id,
            kind=kind,
            name=name,
            now=ledger.clock.now(),
            randomness=ledger.new_randomness(),
            scopes=frozenset(scope or ()),
            limits=Limits(requests_per_minute=requests_per_minute, requests_per_second=requests_per_second),
        )
        issued = _with_token(issued, ledger, expires)
        await ledger.store.create_credential(issued.credential)
        return issued

    issued = with_ledger(database, work)
    secret_name = SECRET_NAMES[kind]
    if as_json:
        print_json({"id": issued.credential.credential_id, secret_name: issued.secret})
        return
    print_line(f"id       {issued.credential.credential_id}")
    print_line(f"{secret_name:<8} {issued.secret}")
    print_note("Keep it now: it is stored only as a hash and cannot be shown again.")


def list_all(
    organization: OrganizationOption = DEFAULT_ORGANIZATION, database: DatabaseOption = None, as_json: JsonOption = False
) -> None:
    """List the credentials of an organization, newest first, without their secrets."""

    async def work(ledger: OpenLedger) -> list[Credential]:
        owner = await ledger.get_organization(organization)
        return await ledger.store.list_credentials(owner.organization_id)

    credentials = with_ledger(database, work)
    if as_json:
        print_json({"credentials": [_to_json(credential) for credential in credentials]})
        return
    print_table(
        ("ID", "KIND", "NAME", "SCOPES", "LIMITS", "CREATED", "REVOKED"),
        [_to_row(credential) for credential in credentials],
        empty="There is no credential yet. Make one: shipledger credential create opsgenie --name NAME",
    )


def revoke(
    credential_id: Annotated[str, typer.Argument(metavar="ID", help="The id, as `credential list` shows it.")],
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Revoke a credential for good. A running server refuses it within a few seconds."""

    async def work(ledger: OpenLedger) -> bool:
        owner = await ledger.get_organization(organization)
        return await ledger.store.revoke_credential(owner.organization_id, credential_id, now=ledger.clock.now())

    if not with_ledger(database, work):
        raise NotFound(
            "credential", f"There is no live credential {credential_id!r} in {organization!r}; see `shipledger credential list`."
        )
    if as_json:
        print_json({"id": credential_id, "is_revoked": True})
        return
    print_line(f"Revoked {credential_id}. A running server refuses it within a few seconds.")


def _with_token(issued: IssuedCredential, ledger: OpenLedger, expires: datetime | None) -> IssuedCredential:
    """With a token in place of the secret, where clients send one. Then nobody knows the secret."""
    credential = issued.credential
    if credential.kind is not CredentialKind.IFTRUE:
        if expires is not None:
            raise Invalid("expires", "Only a token of iftrue can expire; leave --expires out.")
        return issued
    token = mint_token(
        load_token_keys(ledger.settings),
        organization_id=credential.organization_id,
        credential_id=credential.credential_id,
        now=credential.created_at,
        expires_at=expires.replace(tzinfo=UTC) if expires else None,
    )
    return replace(issued, secret=token)


def _to_json(credential: Credential) -> dict[str, object]:
    return {
        "id": credential.credential_id,
        "kind": credential.kind.value,
        "name": credential.name,
        "scopes": sorted(credential.scopes),
        "requests_per_minute": credential.requests_per_minute,
        "requests_per_second": credential.requests_per_second,
        "created_at": credential.created_at,
        "revoked_at": credential.revoked_at,
    }


def _to_row(credential: Credential) -> tuple[str, ...]:
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
        to_text(credential.revoked_at),
    )
