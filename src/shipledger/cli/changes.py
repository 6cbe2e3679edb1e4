"""The history of a record of the catalog, as commands print it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shipledger.cli.output import print_json, to_text
from shipledger.cli.tables import print_table
from shipledger.ledger.aggregate import RecordEntry


def print_changes(
    entries: Sequence[RecordEntry], described: Iterable[Sequence[str]], *, as_json: bool, empty: str = "Nobody has changed it."
) -> None:
    """Print who changed something, when and what, oldest first."""
    if as_json:
        print_json({"history": changes_to_json(entries, described)})
        return
    rows = [(to_text(one.recorded_at), _name(one), " ".join(said)) for one, said in zip(entries, described, strict=True)]
    print_table(("AT", "BY", "CHANGE"), rows, empty=empty)


def changes_to_json(entries: Iterable[RecordEntry], described: Iterable[Sequence[str]]) -> list[dict[str, object]]:
    """The same, each as one object."""
    return [
        {
            "version": entry.version,
            "at": entry.recorded_at,
            "actor": _name(entry),
            "request_id": entry.receipt_id,
            "changes": said,
        }
        for entry, said in zip(entries, described, strict=True)
    ]


def _name(entry: RecordEntry) -> str:
    return "" if entry.actor is None else str(entry.actor)
