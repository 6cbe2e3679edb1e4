"""Nodes and their duties in a SQLite file, which one node uses at a time."""

from __future__ import annotations

from collections.abc import Sequence

from shipledger.store import rows
from shipledger.store.sqlite.connection import Connection
from shipledger.store.sqlite.session import SqliteSession

_MICROSECONDS = 1_000_000


class SqliteNodes(SqliteSession):
    """Which nodes live, and what they do."""

    async def register_node(self, node_id: str) -> None:
        """See NodeStore."""

        def register(connection: Connection) -> None:
            connection.execute(self._sql["forget_other_nodes"], {"node_id": node_id})
            connection.execute(self._sql["note_node"], {"node_id": node_id})

        await self._write(register)

    async def beat(self, node_id: str, *, duties: Sequence[str], lease_seconds: float) -> frozenset[str]:
        """See NodeStore."""
        parameters = {"names": rows.to_json(duties), "node_id": node_id, "lease_us": int(lease_seconds * _MICROSECONDS)}

        def beat(connection: Connection) -> frozenset[str]:
            connection.execute(self._sql["note_node"], {"node_id": node_id})
            return frozenset(row[0] for row in connection.execute(self._sql["take_leases"], parameters).fetchall())

        return await self._write(beat)

    async def forget_node(self, node_id: str) -> None:
        """See NodeStore."""

        def forget(connection: Connection) -> None:
            for statement in ("free_claims", "free_leases", "forget_node"):
                connection.execute(self._sql[statement], {"node_id": node_id})

        await self._write(forget)

    async def release_silent_claims(self, *, silent_seconds: float) -> int:
        """See NodeStore."""
        parameters = {"silent_us": int(silent_seconds * _MICROSECONDS)}
        return await self._write(lambda connection: connection.execute(self._sql["release_silent_claims"], parameters).rowcount)
