"""Questions to every organization by itself, of which some may be out of reach, as on Citus while a worker is away or hangs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from shipledger.errors import Unavailable
from shipledger.store.postgres.session import PostgresSession

T = TypeVar("T")

PATIENCE_SECONDS = 3.0
"""Who does not answer within this time is out of reach."""

log = structlog.get_logger(__name__)


class PostgresReaching(PostgresSession):
    """Asks those who can be reached."""

    async def _ask_each(self, ask: Callable[[str], Awaitable[T]]) -> list[T]:
        """What ``ask`` gives for each organization that answers in time. Raises Unavailable when none does."""
        found = await self._fetch("list_organizations")
        asking = {asyncio.ensure_future(ask(row[0])): row[0] for row in found}
        if not asking:
            return []
        _, late = await asyncio.wait(asking, timeout=PATIENCE_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        answers: list[T] = []
        refusals: list[Unavailable] = []
        for task, organization_id in asking.items():
            try:
                answers.append(task.result())
            except (Unavailable, asyncio.CancelledError) as error:
                refusals.append(_refusal(error))
                log.warning("An organization is unreachable.", organization_id=organization_id, reason=refusals[-1].message)
        if not answers:
            raise refusals[0]
        return answers


def _refusal(error: BaseException) -> Unavailable:
    if isinstance(error, Unavailable):
        return error
    return Unavailable("database_unavailable", "The ledger is unavailable: the database does not answer.")
