"""``shipledger token``: the personal tokens of people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from shipledger.access.grant import PERSONAL
from shipledger.access.issuing import IssuedCredential, Limits
from shipledger.access.people.person import Person
from shipledger.access.people.roles import Right
from shipledger.access.people.tokens import OwnToken, TokenWish
from shipledger.cli.completion import complete_people, complete_tokens
from shipledger.cli.credential_options import TIME_FORMATS
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption, new_app
from shipledger.cli.output import print_json, print_line, print_note, to_text
from shipledger.cli.tables import print_table
from shipledger.cli.user import EmailArgument
from shipledger.errors import Invalid
from shipledger.ledger.actor import Actor, ActorKind, owner_of

EXPIRES_IN_DAYS = 90


def build() -> typer.Typer:
    """The commands."""
    app = new_app("Create, list and revoke personal tokens.")
    app.command("create")(create)
    app.command("list")(list_all)
    app.command("revoke")(revoke)
    return app


def create(
    email: EmailArgument,
    name: Annotated[str, typer.Option(help="A name for it, such as the script that uses it.")],
    scope: Annotated[
        list[Right],
        typer.Option(metavar="RIGHT", help="A right of the person that the token has too. Repeatable."),
    ],
    expires_in_days: Annotated[int, typer.Option(min=1, max=366, help="Days until it expires.")] = EXPIRES_IN_DAYS,
    expires: Annotated[
        datetime | None, typer.Option(formats=TIME_FORMATS, help="When it expires, in UTC, instead of a number of days.")
    ] = None,
    requests_per_minute: Annotated[int, typer.Option(min=0, help="Requests allowed per minute; 0: unlimited.")] = 0,
    requests_per_second: Annotated[int, typer.Option(min=0, help="Requests allowed per second; 0: unlimited.")] = 0,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Create a token of a person and print it. It is shown only once."""

    async def work(ledger: OpenLedger) -> IssuedCredential:
        owner = (await ledger.get_organization(organization)).organization_id
        person, _ = await ledger.members.get(owner, email)
        wish = TokenWish(
            name=name,
            scopes=frozenset(one.value for one in scope),
            expires_at=expires.replace(tzinfo=UTC) if expires else ledger.clock.now() + timedelta(days=expires_in_days),
            limits=Limits(requests_per_minute=requests_per_minute, requests_per_second=requests_per_second),
        )
        return await ledger.personal_tokens.issue(
            owner, person.person_id, wish, randomness=ledger.new_randomness(), by=_by("create")
        )

    issued = with_ledger(database, work)
    token = issued.credential
    if as_json:
        print_json({"id": token.credential_id, "token": issued.secret, "expires_at": token.expires_at})
        return
    print_line(f"id       {token.credential_id}")
    print_line(f"token    {issued.secret}")
    print_line(f"expires  {to_text(token.expires_at)}")
    print_note("Save it now. Only a hash is stored, so it cannot be shown again.")


def list_all(
    email: Annotated[str, typer.Argument(metavar="[EMAIL]", help="Of this person alone.", autocompletion=complete_people)] = "",
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the tokens of an organization's people, without the tokens themselves."""

    async def work(ledger: OpenLedger) -> list[tuple[Person, OwnToken]]:
        owner = (await ledger.get_organization(organization)).organization_id
        people = [await ledger.members.get(owner, email)] if email else await ledger.members.list_all(owner)
        tokens: dict[str, list[OwnToken]] = {}
        for one in await ledger.credentials.list_all(owner):
            if one.credential.kind == PERSONAL:
                tokens.setdefault(owner_of(one.credential.credential_id), []).append(OwnToken(one.credential, one.use))
        return [(person, token) for person, _ in people for token in tokens.get(person.person_id, ())]

    found = with_ledger(database, work)
    if as_json:
        print_json({"tokens": [to_json(token, person) for person, token in found]})
        return
    print_table(
        ("ID", "PERSON", "NAME", "SCOPES", "CREATED", "EXPIRES", "LAST USED", "FROM", "REVOKED"),
        [_to_row(person, token) for person, token in found],
        empty="No tokens yet. Create one: shipledger token create EMAIL --name NAME --scope read",
    )


def revoke(
    token_id: Annotated[str, typer.Argument(metavar="ID", help="The id, from `token list`.", autocompletion=complete_tokens)],
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Revoke a token permanently. Running servers refuse it at once."""

    async def work(ledger: OpenLedger) -> None:
        if not owner_of(token_id):
            raise Invalid("token", f"{token_id!r} is not the id of a personal token; see `shipledger token list`.")
        await ledger.personal_tokens.revoke(owner_of(token_id), token_id, by=_by("revoke"))

    with_ledger(database, work)
    if as_json:
        print_json({"id": token_id, "is_revoked": True})
        return
    print_line(f"Revoked {token_id}.")


def to_json(token: OwnToken, person: Person) -> dict[str, object]:
    """A token, without its secret."""
    credential = token.credential
    return {
        "id": credential.credential_id,
        "email": person.email,
        "name": credential.name,
        "scopes": sorted(credential.scopes),
        "created_at": credential.created_at,
        "expires_at": credential.expires_at,
        "last_used_at": token.use.seen_at if token.use else None,
        "last_address": (token.use.address if token.use else "") or None,
        "revoked_at": credential.revoked_at,
    }


def _by(command: str) -> Actor:
    return Actor(ActorKind.COMMAND, f"token {command}")


def _to_row(person: Person, token: OwnToken) -> tuple[str, ...]:
    credential = token.credential
    return (
        credential.credential_id,
        person.email,
        credential.name,
        " ".join(sorted(credential.scopes)),
        to_text(credential.created_at),
        to_text(credential.expires_at),
        to_text(token.use.seen_at if token.use else None),
        (token.use.address if token.use else "") or "-",
        to_text(credential.revoked_at),
    )
