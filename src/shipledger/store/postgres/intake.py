"""Receipts of organizations some of which may be out of reach, as on Citus while a worker is away."""

from __future__ import annotations

from datetime import datetime

import structlog

from shipledger.errors import Unavailable
from shipledger.ledger.identity import moment_of
from shipledger.store.postgres.session import PostgresSession
from shipledger.store.sql.intake import SqlIntake

log = structlog.get_logger(__name__)


class PostgresIntake(PostgresSession, SqlIntake):
    """Receipts until they are settled."""

    async def find_newest_order(self) -> datetime | None:
        """See IntakeStore. A node must start while a worker is away: it does not know of the receipts there then."""
        newest: list[str] = []
        refusals: list[Unavailable] = []
        for organization in await self._fetch("list_organizations"):
            try:
                found = await self._fetch("find_newest_receipt", organization_id=organization[0])
            except Unavailable as error:
                log.warning("An organization is out of reach.", organization_id=organization[0], reason=error.message)
                refusals.append(error)
            else:
                newest += [] if found is None else [found]
        if refusals and not newest:
            raise refusals[0]
        return moment_of(max(newest)) if newest else None
