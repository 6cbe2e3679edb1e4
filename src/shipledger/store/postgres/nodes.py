"""Nodes on a database of which a part may be out of reach, as on Citus while a worker is away."""

from __future__ import annotations

from shipledger.errors import Unavailable
from shipledger.store.postgres.session import PostgresSession
from shipledger.store.sql.nodes import SqlNodes


class PostgresNodes(PostgresSession, SqlNodes):
    """Which nodes live, and what they do."""

    async def release_silent_claims(self, *, silent_seconds: float) -> int:
        """See NodeStore. What is out of reach now stays claimed until it is asked again."""
        try:
            return await super().release_silent_claims(silent_seconds=silent_seconds)
        except Unavailable as error:
            released, reached, refusal = 0, 0, error
        silent_us = int(silent_seconds * 1_000_000)
        for organization in await self._fetch("list_organizations"):
            try:
                released += await self._execute("release_silent_claims_of", organization_id=organization[0], silent_us=silent_us)
                reached += 1
            except Unavailable as error:
                refusal = error
        if not reached:
            raise refusal
        return released
