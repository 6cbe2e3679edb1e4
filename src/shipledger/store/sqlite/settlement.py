"""Settlement and the projections that it keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from shipledger.clock import to_microseconds
from shipledger.errors import Conflict
from shipledger.ledger.deployment import Deployment
from shipledger.store import rows
from shipledger.store.contract import SettlementBatch
from shipledger.store.sqlite.connection import Connection
from shipledger.store.sqlite.session import SqliteSession


class SqliteSettlement(SqliteSession):
    """One transaction ends receipts, appends entries and saves what they lead to."""

    async def settle(self, batch: SettlementBatch) -> None:
        """See IntakeStore."""
        settled_us = to_microseconds(batch.settled_at)
        count = len(batch.receipts)
        keys = rows.to_json((one.receipt.organization_id, one.receipt.receipt_id) for one in batch.receipts)
        verdicts = rows.to_json(row for one in batch.receipts for row in rows.from_verdicts(one))
        entries = rows.to_json(rows.from_entry(entry) for one in batch.receipts for entry in one.entries)
        save = prepare_projections(self._sql, batch.deployments)

        def write(connection: Connection) -> None:
            settled = connection.execute(self._sql["settle_receipts"], {"keys": keys, "settled_us": settled_us}).rowcount
            if settled != count:
                raise Conflict("receipt_not_pending", "Some of these receipts have been settled or set aside meanwhile.")
            connection.execute(self._sql["append_verdicts"], {"rows": verdicts, "settled_us": settled_us})
            connection.execute(self._sql["append_entries"], {"rows": entries})
            save(connection)

        await self._write(write)


def prepare_projections(sql: Mapping[str, str], deployments: Sequence[Deployment]) -> Callable[[Connection], None]:
    """What writes the projections of ``deployments`` in a transaction. Raises Conflict when a newer version is stored.

    The rows are made now, so that the writer's thread spends its time on writing. A removed deployment loses its rows.
    """
    kept = [one for one in deployments if not one.is_removed]
    removed_keys = rows.to_json(map(_key, (one for one in deployments if one.is_removed)))
    keys = rows.to_json(map(_key, deployments))
    deployment_rows = rows.to_json(map(rows.from_deployment, kept))
    aliases = rows.to_json(row for one in kept for row in rows.from_aliases(one))
    releases = rows.to_json(row for one in kept for row in rows.from_releases(one))

    def save(connection: Connection) -> None:
        if not deployments:
            return
        connection.execute(sql["delete_deployments"], {"keys": removed_keys})
        if connection.execute(sql["save_deployments"], {"rows": deployment_rows}).rowcount != len(kept):
            raise Conflict("deployment_moved_on", "A deployment has changed meanwhile; load it and decide again.")
        connection.execute(sql["delete_aliases"], {"keys": keys})
        connection.execute(sql["save_aliases"], {"rows": aliases})
        connection.execute(sql["delete_releases"], {"keys": keys})
        connection.execute(sql["save_releases"], {"rows": releases})

    return save


def _key(deployment: Deployment) -> rows.Row:
    return deployment.organization_id, deployment.deployment_id
