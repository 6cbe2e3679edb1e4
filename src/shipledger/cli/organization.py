"""``shipledger organization``: isolated tenants."""

from __future__ import annotations

from typing import Annotated

import typer

from shipledger.catalog.organization import Organization
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DatabaseOption, JsonOption, new_app
from shipledger.cli.output import print_json, print_line, refuse_damaged, to_text
from shipledger.cli.tables import print_table
from shipledger.found import Found
from shipledger.protocols.registry import SUGGESTED_KIND
from shipledger.shell_words import command


def build() -> typer.Typer:
    """The commands."""
    app = new_app("Create and list organizations.")
    app.command("create")(create)
    app.command("list")(list_all)
    return app


def create(
    slug: Annotated[str, typer.Argument(help="Short name for commands and URLs: lower-case letters, digits, hyphens.")],
    name: Annotated[str, typer.Option(help="Display name. Default: the slug.")] = "",
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Create an organization. Organizations never see each other's data."""

    async def work(ledger: OpenLedger) -> Organization:
        return await ledger.directory.create_organization(slug, name)

    organization = with_ledger(database, work, creates=True)
    if as_json:
        print_json(_to_json(organization))
        return
    print_line(f"Created the organization {organization.slug}. Create a credential for it:")
    print_line(f"  {command(f'credential create {SUGGESTED_KIND} --name NAME', organization=organization.slug)}")


def list_all(database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """List all organizations."""

    async def work(ledger: OpenLedger) -> Found[Organization]:
        await ledger.directory.ensure_default_organization()
        return await ledger.store.list_organizations()

    organizations = with_ledger(database, work)
    if as_json:
        print_json({"organizations": [_to_json(organization) for organization in organizations]})
        refuse_damaged(organizations.damaged)
        return
    rows = [(found.slug, found.name, found.organization_id, to_text(found.created_at)) for found in organizations]
    print_table(("SLUG", "NAME", "ID", "CREATED"), rows, empty="No organizations.")
    refuse_damaged(organizations.damaged)


def _to_json(organization: Organization) -> dict[str, object]:
    return {
        "id": organization.organization_id,
        "slug": organization.slug,
        "name": organization.name,
        "created_at": organization.created_at,
    }
