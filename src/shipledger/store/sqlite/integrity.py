"""Read a whole SQLite file and tell which of its pages are damaged, also where it is too damaged to be opened as a ledger."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from shipledger.reasons import reason_of
from shipledger.store.sqlite.connection import Connection, open_reader
from shipledger.store.sqlite.errors import is_damage, is_outage, to_unavailable
from shipledger.store.sqlite.texts import load_texts

MOST_FINDINGS = 100

_OF_VALUES = re.compile(r"NULL value in |non-\w+ value in |\w+ value in |CHECK constraint failed")

Advance = Callable[[int, int], None]


class PageFinding(NamedTuple):
    """What SQLite found, as a sentence. ``is_structural``: of the file itself, not of a value that a column may not hold."""

    table: str
    sentence: str
    is_structural: bool


def check_pages(path: Path, *, advance: Advance = lambda *_: None) -> list[PageFinding]:
    """What SQLite finds wrong with its pages, indexes and constraints; at most a hundred.

    One table after another with its indexes, then what belongs to no table. Raises Unavailable when the file cannot be read for
    another reason than damage.
    """
    sql = load_texts()
    try:
        with contextlib.closing(open_reader(path, sql)) as connection:
            return list(_check(connection, advance))[:MOST_FINDINGS]
    except sqlite3.Error as error:
        if is_damage(error) or not is_outage(error):
            return [_say(reason_of(error))]
        raise to_unavailable(error) from error


def _check(connection: Connection, advance: Advance) -> Iterator[PageFinding]:
    sql = load_texts()
    tables = [name for (name,) in connection.execute(sql["list_tables"])]
    steps = len(tables) + 1
    for done, table in enumerate(tables):
        advance(done, steps)
        yield from _run(connection, "check_table", table)
    advance(steps - 1, steps)
    yield from _run(connection, "check_pages", "")
    advance(steps, steps)


def _run(connection: Connection, name: str, table: str) -> Iterator[PageFinding]:
    try:
        for (text,) in connection.execute(load_texts()[name], {"table": table}):
            if text != "ok":
                yield _say(str(text), table)
    except sqlite3.Error as error:
        if is_outage(error) and not is_damage(error):
            raise
        yield _say(reason_of(error), table)


def _say(text: str, table: str = "") -> PageFinding:
    place = f" of the table {table}" if table else ""
    sentence = f"SQLite's integrity check{place} reports: {' '.join(text.split())}."
    return PageFinding(table, sentence, _OF_VALUES.match(text) is None)
