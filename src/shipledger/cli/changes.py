"""The history of a record of the catalog, as the ``history`` commands print it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shipledger.cli.output import print_json, to_text
from shipledger.cli.tables import print_table
from shipledger.ledger.aggregate import RecordEntry


def print_changes(
    entries: Iterable[RecordEntry], described: Iterable[Sequence[str]], *, as_json: bool, empty: str = "Nobody has changed it."
) -> None:
    """Print who changed something, when and what, oldest first."""
    changes = list(zip(entries, described, strict=True))
    if as_json:
        history = [
            {
                "version": entry.version,
                "at": entry.recorded_at,
                "actor": "" if entry.actor is None else str(entry.actor),
                "request_id": entry.receipt_id,
                "changes": said,
            }
            for entry, said in changes
        ]
        print_json({"history": history})
        return
    rows = [
        (to_text(entry.recorded_at), "" if entry.actor is None else str(entry.actor), " ".join(said)) for entry, said in changes
    ]
    print_table(("AT", "BY", "CHANGE"), rows, empty=empty)
