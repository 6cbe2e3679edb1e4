"""Verification and facts about a PostgreSQL database."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import msgspec

from shipledger.database_url import without_password
from shipledger.errors import DamagedStore
from shipledger.store.postgres.connection import Connection, connected
from shipledger.store.postgres.options import without_limit
from shipledger.store.postgres.runner import ANY_SECONDS
from shipledger.store.postgres.session import PostgresSession
from shipledger.store.session import Call, call
from shipledger.store.upkeep.contract import Difference
from shipledger.store.upkeep.readable import Readable, find_unreadable, list_readable
from shipledger.store.upkeep.verbs import MOST_FINDINGS, SqlUpkeep, hash_row, list_checks, list_projections

_ROWS_AT_ONCE = 2_000


class PostgresMaintenance(PostgresSession, SqlUpkeep):
    """Upkeep over all organizations."""

    async def digest_projections(self) -> Mapping[str, str]:
        """See MaintenanceStore. All tables as of one moment."""
        async with self._as_of_now() as connection:
            projections = list_projections(self.aggregates)
            return {table: await self._digest(connection, one.statement) for table, one in projections.items()}

    async def hash_rows(self, table: str) -> set[int]:
        name = list_projections(self.aggregates)[table].statement
        async with self._as_of_now() as connection:
            return {hash_row(msgspec.json.encode(row)) async for row in self._read_rows(connection, name)}

    async def name_rows(self, table: str, hashes: Collection[int]) -> list[tuple[str, str]]:
        name, named_by = list_projections(self.aggregates)[table]
        async with self._as_of_now() as connection:
            found = [
                (row[0], row[named_by])
                async for row in self._read_rows(connection, name)
                if hash_row(msgspec.json.encode(row)) in hashes
            ]
        return list(dict.fromkeys(found))

    @asynccontextmanager
    async def _as_of_now(self) -> AsyncIterator[Connection]:
        """A connection of its own that shows one moment, for as long as it takes."""
        async with connected(self._url, without_limit(self._options)) as connection, self._moment_of(connection):
            yield connection

    @asynccontextmanager
    async def _moment_of(self, connection: Connection) -> AsyncIterator[None]:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            await self._runner.run(connection, call("lift_time_limits"))
            yield

    async def _digest(self, connection: Connection, name: str) -> str:
        digest = hashlib.sha256()
        async for row in self._read_rows(connection, name):
            digest.update(msgspec.json.encode(row))
            digest.update(b"\n")
        return digest.hexdigest()

    async def _read_rows(self, connection: Connection, name: str) -> AsyncIterator[tuple[Any, ...]]:
        # A name of its own: through PgBouncer another process may have prepared one on the same server connection.
        prepared = await connection.prepare(self._runner.statements[name].text, name=f"digest_{uuid.uuid4().hex}")
        async for row in prepared.cursor(prefetch=_ROWS_AT_ONCE, timeout=ANY_SECONDS):
            yield tuple(row)

    async def find_damaged_pages(self) -> list[Difference]:
        """See MaintenanceStore. What PostgreSQL's checksums found, and its indexes where the extension amcheck is there."""
        found = []
        async with self._as_of_now() as connection:
            if failures := await self._runner.run(connection, call("count_checksum_failures")):
                sentence = f"PostgreSQL found {failures} damaged pages; check its log and restore a backup."
                found.append(Difference(organization_id="", table="", key="", sentence=sentence))
        return found + await self._check_indexes()

    async def _check_indexes(self) -> list[Difference]:
        found = []
        async with connected(self._url, without_limit(self._options)) as connection:
            indexes = await self._runner.run(connection, call("list_checkable_indexes"), seconds=ANY_SECONDS)
            for table, index in indexes:
                try:
                    await self._runner.run(connection, call("check_index", index=index), seconds=ANY_SECONDS)
                except asyncpg.PostgresError as error:
                    sentence = f"amcheck reports for the index {index}: {error}. Run REINDEX, then `shipledger verify`."
                    found.append(Difference(organization_id="", table=table, key=index, sentence=sentence))
        return found

    async def find_unreadable(self, *, advance: Callable[[int, int], None]) -> list[Difference]:
        """See MaintenanceStore. So every page of these tables is read, too."""
        readable = list_readable(self.aggregates)
        found: list[Difference] = []
        done = 0
        while done < len(readable):
            try:
                # For all tables, until one ends it: to connect takes longer than to read most of them.
                async with connected(self._url, without_limit(self._options)) as connection:
                    while done < len(readable):
                        advance(done, len(readable))
                        await self._find_unreadable_in(connection, readable[done], found)
                        done += 1
            except DamagedStore as error:
                sentence = f"Parts of it are unreadable. {error.message}"
                found.append(Difference(organization_id="", table=readable[done].name, key="", sentence=sentence))
                done += 1
        advance(len(readable), len(readable))
        return found

    async def _find_unreadable_in(self, connection: Connection, table: Readable, found: list[Difference]) -> None:
        async with self._moment_of(connection):
            text = self._runner.statements[table.statement].text
            async for row in connection.cursor(text, prefetch=_ROWS_AT_ONCE, timeout=ANY_SECONDS):
                if (difference := find_unreadable(table, tuple(row))) is not None and len(found) < MOST_FINDINGS:
                    found.append(difference)

    async def find_damage(self) -> list[Difference]:
        """See MaintenanceStore. At most a thousand findings of each kind.

        References between tables are PostgreSQL's own to keep; of its pages it tells what its checksums found.
        """
        found = []
        async with self._as_of_now() as connection:
            if failures := await self._runner.run(connection, call("count_checksum_failures")):
                sentence = f"PostgreSQL found {failures} damaged pages; check its log and restore a backup."
                found.append(Difference(organization_id="", table="", key="", sentence=sentence))
            for name, table, sentence in list_checks(self.aggregates):
                rows = await self._runner.run(connection, Call(name, {"limit": MOST_FINDINGS}), seconds=ANY_SECONDS)
                for organization_id, key in rows:
                    found.append(Difference(organization_id=organization_id, table=table, key=key, sentence=sentence))
        return found

    async def describe(self) -> Mapping[str, Any]:
        facts = dict(await self._fetch("describe_server"))
        return {
            "engine": "PostgreSQL",
            "version": facts.pop("version"),
            "location": without_password(self._url),
            "revision": await self._fetch("read_revision"),
            "size_bytes": await self._fetch("measure_database"),
            **facts,
            "pool_size": self._options.pool_size,
            "has_pgbouncer": self._options.has_pgbouncer,
        }

    async def describe_at_once(self) -> Mapping[str, Any]:
        """See MaintenanceStore: nothing here waits."""
        return await self.describe()
