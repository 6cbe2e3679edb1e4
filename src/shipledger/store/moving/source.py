"""The SQLite file that a ledger leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from shipledger.store.sqlite.connection import connect_reader
from shipledger.store.sqlite.texts import load_texts
from shipledger.store.tables import STAYS, Table, sort_by_parents

Row = tuple[Any, ...]


class Source:
    """Reads all tables as of one moment, in the thread that made it."""

    def __init__(self, path: Path) -> None:
        self._sql: Mapping[str, str] = load_texts()
        self._watch = connect_reader(path, self._sql)
        self._version = self._read_version()
        self._connection = connect_reader(path, self._sql)
        self._connection.execute(self._sql["begin_read"])

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
        self._watch.close()

    def has_changed(self) -> bool:
        """Whether somebody has written to the file since it was opened here."""
        return self._read_version() != self._version

    def _read_version(self) -> int:
        version: int = self._watch.execute(self._sql["read_data_version"]).fetchone()[0]
        return version

    def list_tables(self) -> list[Table]:
        """The tables of the ledger, each after those that it refers to."""
        names = [name for (name,) in self._connection.execute(self._sql["list_tables"]) if name not in STAYS]
        return sort_by_parents(map(self._describe, names))

    def count(self, table: Table) -> int:
        """How many rows the table has."""
        count: int = self._connection.execute(table.fill(self._sql["count_table"])).fetchone()[0]
        return count

    def read(self, table: Table, *, after: Row | None, rows_at_once: int) -> Iterator[list[Row]]:
        """The rows after a key, or all, in key order."""
        if after is None:
            cursor = self._connection.execute(table.fill(self._sql["read_whole_table"]))
        else:
            cursor = self._connection.execute(table.fill(self._sql["read_table_after"], ["?"] * len(after)), after)
        while rows := cursor.fetchmany(rows_at_once):
            yield rows

    def _describe(self, name: str) -> Table:
        columns = self._connection.execute(self._sql["list_columns"], {"table": name}).fetchall()
        parents = self._connection.execute(self._sql["list_parents"], {"table": name}).fetchall()
        key = sorted((place, column) for column, place in columns if place)
        return Table(
            name=name,
            columns=tuple(column for column, _ in columns),
            key=tuple(column for _, column in key),
            parents=frozenset(parent for (parent,) in parents),
        )
