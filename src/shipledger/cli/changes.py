"""The history of a record of the catalog, as commands print it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from shipledger.cli.output import print_json, to_text
from shipledger.cli.tables import print_table
from shipledger.ledger.aggregate import RecordEntry
from shipledger.verbs.actor_names import actor_name


def print_changes(
    entries: Sequence[RecordEntry],
    described: Iterable[Sequence[str]],
    names: Mapping[str, str],
    *,
    as_json: bool,
    empty: str = "Nobody has changed it.",
) -> None:
    """Print who changed something, when and what, oldest first. ``names`` of persons and credentials are by id.

    JSON has actors as they are kept, and besides what people call them.
    """
    if as_json:
        print_json({"history": changes_to_json(entries, described, names)})
        return
    rows = [
        (to_text(one.recorded_at), actor_name(one.actor, names), " ".join(said))
        for one, said in zip(entries, described, strict=True)
    ]
    print_table(("AT", "BY", "CHANGE"), rows, empty=empty)


def changes_to_json(
    entries: Iterable[RecordEntry], described: Iterable[Sequence[str]], names: Mapping[str, str]
) -> list[dict[str, object]]:
    """The same, each as one object."""
    return [
        {
            "version": entry.version,
            "at": entry.recorded_at,
            "actor": "" if entry.actor is None else str(entry.actor),
            "who": actor_name(entry.actor, names),
            "request_id": entry.receipt_id,
            "changes": said,
        }
        for entry, said in zip(entries, described, strict=True)
    ]
