"""Rebuild, verification and facts about a SQLite file."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import sqlite3
from collections.abc import Callable, Collection, Mapping
from itertools import islice
from typing import Any

import msgspec

from shipledger.errors import Unavailable
from shipledger.reasons import reason_of
from shipledger.store.sqlite.connection import Connection, log_of
from shipledger.store.sqlite.errors import is_damage
from shipledger.store.sqlite.integrity import check_pages
from shipledger.store.sqlite.session import SqliteSession
from shipledger.store.upkeep.contract import Difference
from shipledger.store.upkeep.readable import find_unreadable, list_readable
from shipledger.store.upkeep.verbs import MOST_FINDINGS, SqlUpkeep, hash_row, list_checks, list_projections

_encode = msgspec.json.Encoder(enc_hook=str).encode  # also what is no UTF-8
_FILE_FACTS = {"revision": "read_revision", "journal_mode": "describe_journal"}
_WRITER_FACTS = {"synchronous": "describe_synchronous", "foreign_keys": "describe_foreign_keys"}
_SYNCHRONOUS = {0: "off", 1: "normal", 2: "full", 3: "extra"}


class SqliteMaintenance(SqliteSession, SqlUpkeep):
    """Upkeep over all organizations."""

    async def digest_projections(self) -> Mapping[str, str]:
        """See MaintenanceStore. All tables as of one moment."""
        projections = list_projections(self.aggregates)

        def digest(connection: Connection) -> dict[str, str]:
            connection.execute(self._sql["begin_read"])
            return {table: _digest(connection.execute(self._sql[one.statement])) for table, one in projections.items()}

        return await self._read_apart(digest)

    async def hash_rows(self, table: str) -> set[int]:
        name = self._sql[list_projections(self.aggregates)[table].statement]
        return await self._read_apart(lambda connection: {hash_row(_encode(row)) for row in connection.execute(name)})

    async def name_rows(self, table: str, hashes: Collection[int]) -> list[tuple[str, str]]:
        name, named_by = list_projections(self.aggregates)[table]

        def find(connection: Connection) -> list[tuple[str, str]]:
            found = (row for row in connection.execute(self._sql[name]) if hash_row(_encode(row)) in hashes)
            return list(dict.fromkeys((str(row[0]), str(row[named_by])) for row in found))

        return await self._read_apart(find)

    async def find_damaged_pages(self) -> list[Difference]:
        found = await asyncio.to_thread(check_pages, self._path)
        return [_difference(one.table, "", one.sentence) for one in found if one.is_structural]

    async def find_unreadable(self, *, advance: Callable[[int, int], None]) -> list[Difference]:
        readable = list_readable(self.aggregates)

        def read(connection: Connection) -> list[Difference]:
            found: list[Difference] = []
            for done, table in enumerate(readable):
                advance(done, len(readable))
                try:
                    looked_at = (find_unreadable(table, row) for row in connection.execute(self._sql[table.statement]))
                    found += islice(filter(None, looked_at), MOST_FINDINGS)
                except sqlite3.Error as error:
                    found.append(_difference(table.name, "", f"Parts of it are unreadable: {reason_of(error)}."))
            advance(len(readable), len(readable))
            return found

        return await self._read_apart(read)

    async def find_damage(self) -> list[Difference]:
        """See MaintenanceStore. At most a thousand findings of each kind."""

        def look(connection: Connection) -> list[Difference]:
            found = [_difference(one.table, "", one.sentence) for one in check_pages(self._path)]
            try:
                for table, row_id, parent, _ in connection.execute(self._sql["check_foreign_keys"]).fetchmany(MOST_FINDINGS):
                    found.append(_difference(table, f"row {row_id}", f"A row refers to a {parent} that does not exist."))
                for name, table, sentence in list_checks(self.aggregates):
                    for organization_id, key in connection.execute(self._sql[name], {"limit": MOST_FINDINGS}):
                        found.append(_difference(table, str(key), sentence, organization_id=str(organization_id)))
            except sqlite3.Error as error:
                if not is_damage(error) or not found:
                    raise
            return found

        return await self._read_apart(look)

    async def describe(self) -> Mapping[str, Any]:
        """See MaintenanceStore. The settings of the writer are left out when it cannot be reached."""
        facts = dict(await self.describe_at_once())
        with contextlib.suppress(Unavailable):
            facts |= await self._write(lambda connection: self._ask_facts(connection, _WRITER_FACTS))
            facts["synchronous"] = _SYNCHRONOUS.get(facts["synchronous"], "unknown")
            facts["foreign_keys"] = facts["foreign_keys"] == 1
        return facts

    async def describe_at_once(self) -> Mapping[str, Any]:
        """See MaintenanceStore."""
        files = [self._path, log_of(self._path)]
        return {
            "engine": "SQLite",
            "version": sqlite3.sqlite_version,
            "location": str(self._path),
            "size_bytes": sum(file.stat().st_size for file in files if file.exists()),
            **await self._read(lambda connection: self._ask_facts(connection, _FILE_FACTS)),
        }

    def _ask_facts(self, connection: Connection, questions: Mapping[str, str]) -> dict[str, Any]:
        return {fact: connection.execute(self._sql[name]).fetchone()[0] for fact, name in questions.items()}


def _difference(table: str, key: str, sentence: str, *, organization_id: str = "") -> Difference:
    return Difference(organization_id=organization_id, table=table, key=key, sentence=sentence)


def _digest(table: sqlite3.Cursor) -> str:
    digest = hashlib.sha256()
    for row in table:
        digest.update(_encode(row))
        digest.update(b"\n")
    return digest.hexdigest()
