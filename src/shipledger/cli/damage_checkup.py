"""Checks of ``shipledger doctor`` that read the whole database: damaged pages and unreadable rows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from shipledger.cli.checkup import Finding, Level
from shipledger.cli.output import show_progress
from shipledger.errors import ShipledgerError
from shipledger.store.contract import Store
from shipledger.store.upkeep.contract import Difference

SHOWN = 20
RESTORE_FILE = "Stop the server and restore a backup; this file is kept under another name: shipledger restore BACKUP --force"
RESTORE_DATABASE = "Restore a backup; see docs/how-to/back-up.md."
MEND = "`shipledger verify` lists them. `shipledger rebuild` repairs projections; anything else needs a backup."


def check_file(file: Path) -> Iterator[Finding]:
    """Whether every page of a SQLite file is intact."""
    from shipledger.store.sqlite.integrity import check_pages

    try:
        with show_progress("Reading every page") as advance:
            found = check_pages(file, advance=advance)
    except ShipledgerError as error:
        yield Finding(subject="integrity", level=Level.PROBLEM, sentence=error.message)
        return
    for one in found[:SHOWN]:
        yield Finding(subject="integrity", level=Level.PROBLEM, sentence=one.sentence, advice=RESTORE_FILE)
    if len(found) > SHOWN:
        yield Finding(subject="integrity", level=Level.PROBLEM, sentence=f"SQLite reported at least {len(found)} problems.")
    if not found:
        yield Finding(subject="integrity", level=Level.OK, sentence="Every page of the database file is intact.")


async def examine_records(store: Store, *, has_checked_pages: bool) -> AsyncIterator[Finding]:
    """Whether every row can be read and, unless already checked, whether the pages are intact."""
    if not has_checked_pages:
        pages = await store.find_damaged_pages()
        for one in pages[:SHOWN]:
            yield Finding(subject="integrity", level=Level.PROBLEM, sentence=one.sentence, advice=RESTORE_DATABASE)
        if not pages:
            yield Finding(subject="integrity", level=Level.OK, sentence="The database reports no damaged page or index.")
    with show_progress("Reading every row") as advance:
        found = await store.find_unreadable(advance=advance)
    for one in found[:SHOWN]:
        yield Finding(subject="records", level=Level.PROBLEM, sentence=_to_sentence(one), advice=MEND)
    if len(found) > SHOWN:
        yield Finding(subject="records", level=Level.PROBLEM, sentence=f"{len(found)} rows are unreadable.", advice=MEND)
    if not found:
        yield Finding(subject="records", level=Level.OK, sentence="Every row is readable.")


def left_out() -> Finding:
    """The finding that the check was skipped."""
    return Finding(
        subject="integrity",
        level=Level.WARNING,
        sentence="Pages and rows were not read (--quick), so damage may go unnoticed.",
        advice="Run it without --quick from time to time: shipledger doctor",
    )


def _to_sentence(found: Difference) -> str:
    return f"{' '.join(part for part in (found.organization_id, found.table, found.key) if part)}: {found.sentence}"
