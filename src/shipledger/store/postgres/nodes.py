"""Nodes on a database of which a part may be out of reach, as on Citus while a worker is away or hangs."""

from __future__ import annotations

from shipledger.errors import Unavailable
from shipledger.store.nodes.verbs import SqlNodes
from shipledger.store.postgres.connection import APPLICATION_NAME
from shipledger.store.postgres.reaching import PostgresReaching


class PostgresNodes(PostgresReaching, SqlNodes):
    """Which nodes live, and what they do."""

    async def release_silent_claims(self, *, silent_seconds: float) -> int:
        """See NodeStore. What is out of reach now stays claimed until it is asked again.

        Each organization is written by itself: rows of others must not be locked by what hangs for one.
        """
        silent_us = int(silent_seconds * 1_000_000)
        await self._end_hung_sessions()

        async def release(organization_id: str) -> int:
            owner = {"organization_id": organization_id, "silent_us": silent_us}
            await self._execute("release_silent_messages_of", **owner)
            return int(await self._execute("release_silent_claims_of", **owner))

        try:
            concerned = [row[0] for row in await self._fetch("list_silent_claims", silent_us=silent_us)]
        except Unavailable:
            return sum(await self._ask_each(release))
        return sum([await release(organization_id) for organization_id in concerned])

    async def _end_hung_sessions(self) -> None:
        """What a silent node has locked cannot be released."""
        if stall_seconds := self._options.stall_seconds:
            await self._fetch("end_hung_sessions", application=APPLICATION_NAME, stall_us=int(stall_seconds * 1_000_000))
