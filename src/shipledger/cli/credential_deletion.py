"""``shipledger credential delete``: a credential with everything that it sent."""

from __future__ import annotations

from typing import Annotated

import typer

from shipledger.cli.erasing import DryRunOption, Wish, YesOption, count_and_erase, open_eraser
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption
from shipledger.cli.output import print_note
from shipledger.errors import NotFound
from shipledger.shell_words import command
from shipledger.store.erasure_contract import Selection
from shipledger.store.unfinished import ERASE


def delete_command(organization: str, credential_id: str) -> str:
    """What finishes the erasure of a credential."""
    return command("credential delete", credential_id, organization=organization)


def delete(
    credential_id: Annotated[str, typer.Argument(metavar="ID", help="The id, as `credential list` shows it.")],
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Delete a credential with everything that it sent, after telling how much that is. `credential revoke` keeps it.

    A server may run. When it is interrupted, run it again.
    """
    wish = Wish(yes=yes, dry_run=dry_run, as_json=as_json)

    async def work(ledger: OpenLedger) -> None:
        owner = await ledger.get_organization(organization)
        mark = f"{ERASE} {owner.organization_id} {credential_id}"
        try:
            found = await ledger.get_credential(owner, credential_id)
        except NotFound:
            if all(one.name != mark for one in await ledger.store.list_unfinished()):
                raise
            await ledger.store.scrub()  # all that was left to do
            await ledger.store.forget_unfinished(mark)
            print_note("The credential and everything that it sent had been erased; now nothing is left of it in the file.")
            return
        eraser = open_eraser(ledger)
        await count_and_erase(
            ledger,
            eraser,
            Selection(organization_id=owner.organization_id, credential_id=credential_id),
            lambda advance: eraser.erase_credential(owner.organization_id, credential_id, advance=advance),
            name=f"the credential {found.name!r} and everything that it sent",
            again=delete_command(owner.slug, credential_id),
            wish=wish,
        )

    with_ledger(database, work)
