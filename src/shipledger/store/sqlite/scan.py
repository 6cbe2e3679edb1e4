"""Walk deployments in order of their start."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shipledger.clock import to_microseconds
from shipledger.ledger.deployment import Deployment
from shipledger.store import rows
from shipledger.store.sqlite.connection import Connection
from shipledger.store.sqlite.session import SqliteSession

_EARLIEST_US = -(2**63)
_LATEST_US = 2**63 - 1
_AFTER_ALL_IDS = "\U0010ffff"

_STATEMENTS: dict[tuple[bool, bool], str] = {
    (False, False): "scan_deployments",
    (False, True): "scan_deployments_ascending",
    (True, False): "scan_deployments_of_services",
    (True, True): "scan_deployments_of_services_ascending",
}
"""By whether services are named, and whether the walk ascends."""


class SqliteScan(SqliteSession):
    """The pages of a walk."""

    async def scan_deployments(
        self,
        organization_id: str,
        *,
        services: Sequence[str],
        started_from: datetime | None,
        started_until: datetime | None,
        is_ascending: bool,
        after: Deployment | None,
        limit: int,
    ) -> list[Deployment]:
        """See ReadStore."""
        start = (_EARLIEST_US, "") if is_ascending else (_LATEST_US, _AFTER_ALL_IDS)
        after_us, after_id = start if after is None else (rows.started_us(after), after.deployment_id)
        parameters: dict[str, Any] = {
            "organization_id": organization_id,
            "from_us": _EARLIEST_US if started_from is None else to_microseconds(started_from),
            "until_us": _LATEST_US if started_until is None else to_microseconds(started_until),
            "after_us": after_us,
            "after_id": after_id,
            "limit": limit,
        }
        if services:
            parameters["keys"] = rows.to_json(rows.storable(service) for service in services)
        statement = self._sql[_STATEMENTS[bool(services), is_ascending]]

        def read(connection: Connection) -> list[Deployment]:
            (documents,) = connection.execute(statement, parameters).fetchone()
            return [] if documents is None else rows.decode_deployments(documents)

        return await self._read_long(read)
