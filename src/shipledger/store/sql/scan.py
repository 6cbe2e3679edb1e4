"""Walk deployments in order of their start."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shipledger.ledger.deployment import Deployment
from shipledger.store import rows
from shipledger.store.session import Session
from shipledger.store.sql.bounds import AFTER_ALL_IDS, EARLIEST_US, LATEST_US, from_bound, until_bound

_STATEMENTS: dict[tuple[bool, bool], str] = {
    (False, False): "scan_deployments",
    (False, True): "scan_deployments_ascending",
    (True, False): "scan_deployments_of_services",
    (True, True): "scan_deployments_of_services_ascending",
}
"""By whether services are named, and whether the walk ascends."""


class SqlScan(Session):
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
        start = (EARLIEST_US, "") if is_ascending else (LATEST_US, AFTER_ALL_IDS)
        after_us, after_id = start if after is None else (rows.started_us(after), after.deployment_id)
        parameters: dict[str, Any] = {
            "organization_id": organization_id,
            "from_us": from_bound(started_from),
            "until_us": until_bound(started_until),
            "after_us": after_us,
            "after_id": after_id,
            "limit": limit,
        }
        if services:
            parameters["keys"] = rows.to_json(map(rows.indexable, services))
        return rows.decode_deployments(await self._fetch_long(_STATEMENTS[bool(services), is_ascending], **parameters) or "[]")
