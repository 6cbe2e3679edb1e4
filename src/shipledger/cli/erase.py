"""``shipledger erase``: by property, by credential or a whole organization."""

from __future__ import annotations

from typing import Annotated

import typer

from shipledger.cli.completion import complete_credentials
from shipledger.cli.erasing import DryRunOption, Wish, YesOption, count_and_erase, open_eraser
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption, new_app
from shipledger.errors import Invalid
from shipledger.shell_words import command
from shipledger.store.erasure.contract import Selection


def build() -> typer.Typer:
    """The command."""
    app = new_app("Erase recorded data and keep the ledger verifiable.")
    app.command("erase")(erase)
    return app


def erase(
    has_property: Annotated[
        str, typer.Option("--property", metavar="NAME=VALUE", help="Erase all deployments that ever had this property.")
    ] = "",
    credential: Annotated[
        str,
        typer.Option(
            "--credential",
            metavar="ID",
            help="Erase what this credential sent; keep the credential.",
            autocompletion=complete_credentials,
        ),
    ] = "",
    whole_organization: Annotated[
        bool, typer.Option("--whole-organization", help="Erase the organization with everything it has.")
    ] = False,
    reason: Annotated[
        str, typer.Option(help="Reason, kept in the tombstones. Do not put personal data in it.")
    ] = "erased by command",
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Erase what --property, --credential or --whole-organization selects. Shows how much that is and asks first.

    Servers may keep running. If interrupted, run the command again.
    """
    if [bool(has_property), bool(credential), whole_organization].count(True) != 1:
        raise Invalid("erase", "Choose what to erase with one of --property, --credential and --whole-organization.")
    name, is_pair, value = has_property.partition("=")
    if has_property and not (is_pair and name):
        raise Invalid("property", "Write a property as NAME=VALUE.")
    wish = Wish(yes=yes, dry_run=dry_run, as_json=as_json)

    async def work(ledger: OpenLedger) -> None:
        owner = await ledger.get_organization(organization)
        if credential:
            await ledger.get_credential(owner, credential)
        eraser = open_eraser(ledger)
        selection = Selection(
            organization_id=owner.organization_id, credential_id=credential, property_name=name, property_value=value
        )
        if whole_organization:
            await count_and_erase(
                ledger,
                eraser,
                selection,
                lambda advance: eraser.erase_organization(owner, reason=reason, advance=advance),
                name=f"the whole organization {organization!r}",
                again="shipledger erase --whole-organization, with the same --organization.",
                wish=wish,
            )
            return
        named = command("erase", options=[("--credential", credential or "")], organization=organization)
        again = named if credential else "shipledger erase, with the same --property."
        await count_and_erase(
            ledger,
            eraser,
            selection,
            lambda advance: eraser.erase(selection, reason=reason, advance=advance),
            name=f"what the credential {credential} sent" if credential else f"the deployments with {has_property}",
            nothing=f"The credential {credential} sent nothing" if credential else f"No deployment has {has_property}",
            again=again,
            wish=wish,
        )
        await ledger.store.scrub()

    with_ledger(database, work)
