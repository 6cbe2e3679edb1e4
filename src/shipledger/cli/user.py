"""``shipledger user``: who signs in, and what they may do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypeAlias

import typer
from msgspec import UNSET

from shipledger.access.people.members import Invited
from shipledger.access.people.membership.model import Member
from shipledger.access.people.person import Person
from shipledger.access.people.roles import Role
from shipledger.cli.completion import complete_people
from shipledger.cli.known_as import known_as
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption, new_app
from shipledger.cli.output import print_json, print_line
from shipledger.cli.tables import print_table
from shipledger.errors import Invalid
from shipledger.ledger.actor import Actor, ActorKind

NewEmailArgument: TypeAlias = Annotated[str, typer.Argument(metavar="ADDRESS", help="The new person's e-mail address.")]
EmailArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="EMAIL", help="The e-mail address of the person.", autocompletion=complete_people)
]
RoleOption: TypeAlias = Annotated[Role | None, typer.Option(help="Role in the organization.")]
TeamOption: TypeAlias = Annotated[
    list[str] | None, typer.Option("--team", metavar="TEAM=ROLE", help="A role in one team, such as web=approver. Repeatable.")
]


def build() -> typer.Typer:
    """The commands."""
    app = new_app("Invite people, and say what they may do.")
    app.command("create")(create)
    app.command("list")(list_all)
    app.command("set-role")(set_role)
    app.command("known-as")(known_as)
    app.command("remove")(remove)
    app.command("reset")(reset)
    app.command("disable")(disable)
    app.command("enable")(enable)
    return app


def create(
    email: NewEmailArgument,
    role: RoleOption = None,
    team: TeamOption = None,
    name: Annotated[str, typer.Option(help="Name shown to others. Default: the address.")] = "",
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a person to an organization, and print the link that sets the password."""

    async def work(ledger: OpenLedger) -> tuple[Invited, str]:
        owner = (await ledger.get_organization(organization)).organization_id
        roles = _read_teams(team)
        invited = await ledger.members.invite(
            owner, email, role=role, team_roles=roles, name=name, by=_by("create"), is_operator=True
        )
        return invited, ledger.link_to(invited.link, organization)

    invited, link = with_ledger(database, work, creates=True)
    if as_json:
        print_json({"id": invited.person.person_id, "link": link or None, "is_new": invited.is_new})
        return
    print_line(f"{invited.person.email} {'now belongs' if invited.is_new else 'already belongs'} to {organization}.")
    if link:
        print_line(f"This link sets the password, once, within three days: {link}")


def list_all(
    organization: OrganizationOption = DEFAULT_ORGANIZATION, database: DatabaseOption = None, as_json: JsonOption = False
) -> None:
    """List the people of an organization by address."""

    async def work(ledger: OpenLedger) -> Sequence[tuple[Person, Member]]:
        owner = await ledger.get_organization(organization)
        return await ledger.members.list_all(owner.organization_id)

    people = with_ledger(database, work)
    if as_json:
        print_json({"users": [_to_json(person, member) for person, member in people]})
        return
    rows = [
        (
            person.email,
            person.name,
            member.role or "-",
            ", ".join(f"{team}={role}" for team, role in sorted(member.team_roles.items())) or "-",
            person.state,
        )
        for person, member in people
    ]
    print_table(
        ("EMAIL", "NAME", "ROLE", "TEAMS", "STATE"),
        rows,
        empty="Nobody yet. Add the first administrator: shipledger user create EMAIL --role administrator",
    )


def set_role(
    email: EmailArgument,
    role: RoleOption = None,
    team: TeamOption = None,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change the role of a person. `--team web=` takes the role in a team away."""
    if role is None and not team:
        raise Invalid("role", "Pass --role or --team, such as: shipledger user set-role ada@example.com --role editor")

    async def work(ledger: OpenLedger) -> bool:
        owner = (await ledger.get_organization(organization)).organization_id
        roles = dict(_read_pairs(team))
        _, member = await ledger.members.get(owner, email)
        return await ledger.members.change(
            owner, member, role=UNSET if role is None else role, team_roles=roles, by=_by("set-role")
        )

    is_changed = with_ledger(database, work)
    if as_json:
        print_json({"is_changed": is_changed})
        return
    print_line(f"{email} {'has the new role' if is_changed else 'had this role already'} in {organization}.")


def remove(
    email: EmailArgument,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a person out of an organization. What they did stays, with their name."""

    async def work(ledger: OpenLedger) -> bool:
        owner = (await ledger.get_organization(organization)).organization_id
        _, member = await ledger.members.get(owner, email)
        return await ledger.members.remove(owner, member, by=_by("remove"))

    with_ledger(database, work)
    if as_json:
        print_json({"is_removed": True})
        return
    print_line(f"{email} no longer belongs to {organization}.")


def reset(
    email: EmailArgument,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print a link that sets another password. The present one works until the link is used."""

    async def work(ledger: OpenLedger) -> str:
        owner = (await ledger.get_organization(organization)).organization_id
        person, member = await ledger.members.get(owner, email)
        link = await ledger.members.make_password_link(owner, person, member, by=_by("reset"), is_operator=True)
        return ledger.link_to(link, organization)

    link = with_ledger(database, work)
    if as_json:
        print_json({"link": link})
        return
    print_line(f"This link sets the password of {email}, once, within three days: {link}")


def disable(email: EmailArgument, database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """Keep a person out of every organization, at once. What they are there stays for `enable`."""
    _set_disabled(email, database, as_json=as_json, is_disabled=True)


def enable(email: EmailArgument, database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """Undo disable."""
    _set_disabled(email, database, as_json=as_json, is_disabled=False)


def _set_disabled(email: str, database: str | None, *, as_json: bool, is_disabled: bool) -> None:
    async def work(ledger: OpenLedger) -> Person:
        return await ledger.members.set_disabled(email, is_disabled=is_disabled)

    person = with_ledger(database, work)
    if as_json:
        print_json({"id": person.person_id, "is_disabled": is_disabled})
        return
    print_line(f"{person.email} can {'no longer' if is_disabled else 'now'} sign in.")


def _read_teams(given: Sequence[str] | None) -> dict[str, Role]:
    return {team: role for team, role in _read_pairs(given) if role is not None}


def _read_pairs(given: Sequence[str] | None) -> list[tuple[str, Role | None]]:
    pairs: list[tuple[str, Role | None]] = []
    for text in given or ():
        team, separator, role = text.rpartition("=")
        if not separator or (role and role not in set(Role)):
            raise Invalid("team", f"{text!r} should be TEAM=ROLE, with one of the roles {', '.join(Role)}.")
        pairs.append((team, Role(role) if role else None))
    return pairs


def _to_json(person: Person, member: Member) -> dict[str, object]:
    return {
        "id": person.person_id,
        "email": person.email,
        "name": person.name,
        "role": member.role,
        "teams": member.team_roles,
        "state": person.state,
        "seen_at": person.seen_at,
        "logins": member.logins,
        "since": member.since,
    }


def _by(command: str) -> Actor:
    return Actor(ActorKind.COMMAND, f"user {command}")
