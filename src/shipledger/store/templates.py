"""Statements that are there for every aggregate: their files have names in braces, which come from its description.

They are in ``records/templates``: ``every.sql`` holds for all, ``plain.sql`` for those whose records are a row and names each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from shipledger.ledger.aggregate import Aggregate, Aggregates

_FOLDER = Path(__file__).parent / "records" / "templates"

_FIRST_OWN = 3
"""The place in a row of the first column that is not every aggregate's."""
_WORD = re.compile(r"\{(\w+)\}")


def named(template: str, kind: str) -> str:
    """The name of the statement for one kind of record, whose file calls it ``template``."""
    return template.replace("{kind}", kind)


def list_templates() -> list[Path]:
    """The files of templates of both dialects."""
    return sorted(_FOLDER.glob("*.sql"))


def fill_templates(paths: Sequence[Path], aggregates: Aggregates, *, has_types: bool) -> Iterator[tuple[Path, str]]:
    """The statements of templates for each aggregate. ``has_types``: values are cast to those of their columns."""
    for path in paths:
        template = path.read_text(encoding="utf-8")
        for aggregate in aggregates:
            if path.stem == "every" or aggregate.keeping.is_plain:
                yield path, _fill(template, aggregate, has_types=has_types)


def _fill(template: str, aggregate: Aggregate, *, has_types: bool) -> str:
    """What is kept in columns of its own stands before the document."""
    keeping = aggregate.keeping
    *own, document = [f"value ->> {place}" for place in range(_FIRST_OWN, _FIRST_OWN + len(keeping.columns) + 1)]
    if has_types:
        own = [f"CAST({value} AS {column.type})" for value, column in zip(own, keeping.columns, strict=True)]
    words = {
        "kind": aggregate.kind,
        "entries": keeping.entries,
        "table": keeping.table,
        "id": keeping.id,
        "columns": "".join(f"{column.name}, " for column in keeping.columns),
        "changes": "".join(f"{column.name} = excluded.{column.name}, " for column in keeping.columns),
        "values": ", ".join((*own, document)),
    }
    return _WORD.sub(lambda found: words[found[1]], template)
