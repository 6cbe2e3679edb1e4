"""What ``shipledger doctor`` finds by reading everything: damaged pages, and rows that cannot be read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from shipledger.cli.checkup import Finding, Level
from shipledger.cli.output import show_progress
from shipledger.errors import ShipledgerError
from shipledger.store.contract import Difference, Store

SHOWN = 20
RESTORE_FILE = "Stop the server and restore a backup, which keeps this file aside: shipledger restore BACKUP --force"
RESTORE_DATABASE = "Restore a backup, as docs/how-to/back-up.md says."
MEND = "`shipledger verify` lists them. Projections are mended by `shipledger rebuild`, everything else by restoring a backup."


def check_file(file: Path) -> Iterator[Finding]:
    """Whether every page of a SQLite file is sound."""
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
        yield Finding(subject="integrity", level=Level.PROBLEM, sentence=f"SQLite found {len(found)} places or more.")
    if not found:
        yield Finding(subject="integrity", level=Level.OK, sentence="Every page of the database file is sound.")


async def examine_records(store: Store, *, has_checked_pages: bool) -> AsyncIterator[Finding]:
    """Whether every row of what is recorded and shown can be read, and, unless that was checked, the pages are sound."""
    if not has_checked_pages:
        pages = await store.find_damaged_pages()
        for one in pages[:SHOWN]:
            yield Finding(subject="integrity", level=Level.PROBLEM, sentence=one.sentence, advice=RESTORE_DATABASE)
        if not pages:
            yield Finding(subject="integrity", level=Level.OK, sentence="The database knows of no damaged page or index.")
    with show_progress("Reading every row") as advance:
        found = await store.find_unreadable(advance=advance)
    for one in found[:SHOWN]:
        yield Finding(subject="records", level=Level.PROBLEM, sentence=_to_sentence(one), advice=MEND)
    if len(found) > SHOWN:
        yield Finding(subject="records", level=Level.PROBLEM, sentence=f"{len(found)} rows cannot be read.", advice=MEND)
    if not found:
        yield Finding(subject="records", level=Level.OK, sentence="Every row can be read.")


def left_out() -> Finding:
    """That nobody looked."""
    return Finding(
        subject="integrity",
        level=Level.WARNING,
        sentence="Pages and rows were not read (--quick), so damage would not be seen.",
        advice="Now and then: shipledger doctor",
    )


def _to_sentence(found: Difference) -> str:
    return f"{' '.join(part for part in (found.organization_id, found.table, found.key) if part)}: {found.sentence}"
