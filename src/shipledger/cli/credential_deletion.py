"""``shipledger credential delete``: a credential and everything it sent."""

from __future__ import annotations

from typing import Annotated

import typer

from shipledger.cli.completion import complete_credentials
from shipledger.cli.erasing import DryRunOption, Wish, YesOption, count_and_erase, open_eraser
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption
from shipledger.cli.output import Advance, print_note
from shipledger.erasure.counts import ErasureCounts
from shipledger.errors import NotFound
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.protocols.registry import list_companions
from shipledger.shell_words import command
from shipledger.store.erasure.contract import Selection
from shipledger.store.installation.unfinished_contract import ERASE

_BY = Actor(ActorKind.COMMAND, "credential delete")


def delete_command(organization: str, credential_id: str) -> str:
    """The command that completes the erasure of a credential."""
    return command("credential delete", credential_id, organization=organization)


def delete(
    credential_id: Annotated[
        str, typer.Argument(metavar="ID", help="The id, from `credential list`.", autocompletion=complete_credentials)
    ],
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Delete a credential and erase everything it sent. Shows how much that is and asks first. To keep the data, use `revoke`.

    Servers may keep running. If interrupted, run the command again.
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
            print_note("The credential and everything it sent were already erased. Its remains in the file are now overwritten.")
            return
        eraser = open_eraser(ledger)

        async def erase(advance: Advance) -> ErasureCounts:
            await ledger.credentials.report_end(found, by=_BY)
            companions = list_companions(found.kind, credential_id)
            return await eraser.erase_credential(owner.organization_id, credential_id, companions=companions, advance=advance)

        await count_and_erase(
            ledger,
            eraser,
            Selection(organization_id=owner.organization_id, credential_id=credential_id),
            erase,
            name=f"the credential {found.name!r} and everything it sent",
            again=delete_command(owner.slug, credential_id),
            wish=wish,
        )

    with_ledger(database, work)
