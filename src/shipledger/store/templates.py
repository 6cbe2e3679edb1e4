"""Statements that are there for every aggregate: their files have names in braces, which come from its description.

They are in ``records/templates``: ``every.sql`` holds for all, ``plain.sql`` for those whose records are a row and names each,
``part.sql`` for each further table that these have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from shipledger.ledger.aggregate import Aggregate, Aggregates, Column, Subtable
from shipledger.ledger.erasure import Erase

_FOLDER = Path(__file__).parent / "records" / "templates"

_FIRST_OWN = 3
"""The place in a row of the first column that is not every aggregate's."""
_WORD = re.compile(r"\{(\w+)\}")


_FIRST_OF_PART = 2


def named(template: str, word: str) -> str:
    """The name of the statement for one kind of record, or one further table, whose file calls it ``template``."""
    return template.replace("{kind}", word).replace("{part}", word)


def list_templates() -> list[Path]:
    """The files of templates of both dialects."""
    return sorted(_FOLDER.glob("*.sql"))


def fill_templates(paths: Sequence[Path], aggregates: Aggregates) -> Iterator[tuple[Path, str]]:
    """The statements of templates for each aggregate."""
    for path in paths:
        template = path.read_text(encoding="utf-8")
        for aggregate in aggregates:
            if path.stem.split(".")[0] == "part":
                yield from ((path, _fill_part(template, aggregate, one)) for one in aggregate.keeping.parts)
            elif path.stem == "every" or aggregate.keeping.is_plain:
                yield path, _fill(template, aggregate)


def _fill(template: str, aggregate: Aggregate) -> str:
    """What is kept in columns of its own stands before the document."""
    keeping = aggregate.keeping
    own = _list_values(keeping.columns, _FIRST_OWN)
    document = f"value ->> {_FIRST_OWN + len(keeping.columns)}"
    words = {
        "kind": aggregate.kind,
        "entries": keeping.entries,
        "table": keeping.table,
        "names": keeping.table_of_names,
        "id": keeping.id,
        "acts": _write_acts(aggregate),
        "columns": "".join(f"{column.name}, " for column in keeping.columns),
        "changes": "".join(f"{column.name} = excluded.{column.name}, " for column in keeping.columns),
        "values": ", ".join((*own, document)),
    }
    return _WORD.sub(lambda found: words[found[1]], template)


def _write_acts(aggregate: Aggregate) -> str:
    """What the entries have in common of which an audit tells: how their submission begins. An erasure is an act everywhere."""
    if aggregate.acts is None:
        return "version > 0"
    acts: tuple[Any, ...] = (*aggregate.acts, Erase)
    heads = [f'{{"type":"{one.__struct_config__.tag}"' for one in acts]
    return " OR ".join(f"substr(submission, 1, {len(head)}) = '{head}'" for head in heads)


def _fill_part(template: str, aggregate: Aggregate, part: Subtable) -> str:
    words = {
        "part": part.table,
        "id": aggregate.keeping.id,
        "table": aggregate.keeping.table,
        "columns": ", ".join(f"p.{column.name}" for column in part.columns),
        "listed": "".join(f", {column.name}" for column in part.columns),
        "values": "".join(f", {value}" for value in _list_values(part.columns, _FIRST_OF_PART)),
    }
    return _WORD.sub(lambda found: words[found[1]], template)


def _list_values(columns: Sequence[Column], first: int) -> list[str]:
    return [f"CAST(value ->> {first + place} AS {column.type})" for place, column in enumerate(columns)]
