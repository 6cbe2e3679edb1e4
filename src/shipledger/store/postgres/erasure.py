"""Erase in a PostgreSQL database."""

from __future__ import annotations

from shipledger.store.erasure.verbs import SqlErasure
from shipledger.store.postgres.connection import connected
from shipledger.store.postgres.options import without_limit
from shipledger.store.postgres.runner import ANY_SECONDS
from shipledger.store.postgres.session import PostgresSession
from shipledger.store.session import call
from shipledger.store.templates import named

_VACUUMS = (
    "vacuum_entries",
    "vacuum_receipts",
    "vacuum_verdicts",
    "vacuum_deployments",
    "vacuum_deployment_aliases",
    "vacuum_deployment_releases",
    "vacuum_issue_standings",
    "vacuum_lanes",
    "vacuum_deployment_tokens",
)
_OF_AGGREGATES = ("vacuum_{kind}_entries", "vacuum_{kind}s", "vacuum_{kind}_aliases")


class PostgresErasure(PostgresSession, SqlErasure):
    """See ErasureStore."""

    async def scrub(self) -> bool:
        """See ErasureStore. Frees the room of old versions of rows for new ones; PostgreSQL's log goes as it is set up."""
        async with connected(self._url, without_limit(self._options)) as connection:
            plain = [one for one in self.aggregates if one.keeping.is_plain]
            own = [named(template, one.kind) for one in plain for template in _OF_AGGREGATES]
            parts = [named("vacuum_{part}_rows", part.table) for one in plain for part in one.keeping.parts]
            for name in (*_VACUUMS, *own, *parts):
                await self._runner.run(connection, call(name), seconds=ANY_SECONDS)
        return True
