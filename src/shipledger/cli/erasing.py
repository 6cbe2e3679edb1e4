"""Shared by the erasing commands: count, ask, erase, report."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeAlias

import typer

from shipledger.cli.ledger import OpenLedger
from shipledger.cli.output import Advance, print_json, print_line, print_note, show_progress
from shipledger.erasure.counts import ErasureCounts
from shipledger.erasure.eraser import Eraser
from shipledger.errors import Invalid
from shipledger.scm.folder import git_folder
from shipledger.scm.git import GitLimits
from shipledger.scm.packs import Repositories
from shipledger.store.erasure.contract import Selection
from shipledger.store.installation.unfinished_contract import ERASE, Unfinished

YesOption: TypeAlias = Annotated[bool, typer.Option("--yes", help="Erase without asking, for scripts.")]

DryRunOption: TypeAlias = Annotated[bool, typer.Option("--dry-run", help="Only count what would be erased.")]

Erase: TypeAlias = Callable[[Advance], Awaitable[ErasureCounts]]


class Wish:
    """Whether to ask first, and how to report."""

    def __init__(self, *, yes: bool, dry_run: bool, as_json: bool) -> None:
        if as_json and not (yes or dry_run):
            raise Invalid("yes", "--json cannot ask for confirmation. Add --yes, or --dry-run to only count.")
        self.yes = yes
        self.dry_run = dry_run
        self.as_json = as_json


async def count_and_erase(
    ledger: OpenLedger,
    eraser: Eraser,
    selection: Selection,
    erase: Erase,
    *,
    name: str,
    again: str,
    wish: Wish,
    nothing: str = "",
) -> None:
    """Count what ``selection`` matches, ask, and erase it. ``name`` describes it. Exits if the answer is no.

    A mark in the ledger records the erasure while it runs; ``again`` is the command to finish it, without erased values.
    ``nothing`` is the message when nothing matches; "" if there is work to do even then.
    """
    mark = Unfinished(
        name=f"{ERASE} {selection.organization_id} {selection.credential_id or selection.property_name}".strip(),
        remedy=f"An erasure was interrupted. To erase the rest, run it again: {again}",
        is_barred=False,
        began_at=ledger.clock.now(),
    )
    with show_progress("Counting") as advance:
        counts = await eraser.count(selection, advance=advance)
    if nothing and counts.is_empty:
        if not wish.dry_run:
            await ledger.store.forget_unfinished(mark.name)
        _tell(counts, nothing, is_dry_run=wish.dry_run, as_json=wish.as_json)
        return
    if wish.dry_run:
        _tell(counts, f"Would erase {name}", is_dry_run=True, as_json=wish.as_json)
        return
    if not wish.yes:
        print_note(f"This erases {name}: {describe(counts)}. This cannot be undone.")
        if not typer.confirm("Erase it?", default=False, err=True):
            raise typer.Abort
    await ledger.store.note_unfinished(mark)
    with show_progress("Erasing") as advance:
        erased = await erase(advance)
    await ledger.store.forget_unfinished(mark.name)
    _tell(erased, f"Erased {name}", is_dry_run=False, as_json=wish.as_json)


def describe(counts: ErasureCounts) -> str:
    """Counts as words."""
    entries = {name.removesuffix("_entries"): count for name, count in counts.by_name.items() if name.endswith("_entries")}
    records = ", ".join(f"{count} entries of {counts.by_name.get(f'{kind}s', 0)} {kind}s" for kind, count in entries.items())
    return f"{counts.receipts} receipts, {records}, {counts.packs} git packs, {counts.commits} commits"


def open_eraser(ledger: OpenLedger) -> Eraser:
    """An eraser over the open ledger and the files beside it."""
    files = Repositories(git_folder(ledger.settings), GitLimits())
    return Eraser(ledger.store, ledger.clock, files=files)


def _tell(counts: ErasureCounts, done: str, *, is_dry_run: bool, as_json: bool) -> None:
    if as_json:
        print_json({"is_dry_run": is_dry_run, "counts": counts.by_name})
    else:
        print_line(f"{done}." if counts.is_empty else f"{done}: {describe(counts)}.")
