"""Settlement and the projections that it keeps."""

from __future__ import annotations

from collections.abc import Sequence

from shipledger.clock import to_microseconds
from shipledger.errors import Conflict
from shipledger.ledger.deployment import Deployment
from shipledger.store import rows
from shipledger.store.contract import SettlementBatch
from shipledger.store.session import Session, Steps, call
from shipledger.store.settled import SettledReceipt


class SqlSettlement(Session):
    """One transaction ends receipts, appends entries and saves what they lead to."""

    async def settle(self, batch: SettlementBatch) -> None:
        """See IntakeStore."""
        end = end_receipts(batch.receipts, settled_us=to_microseconds(batch.settled_at))
        entries = rows.to_json(rows.from_entry(entry) for one in batch.receipts for entry in one.entries)
        save = save_projections(batch.deployments)

        def write() -> Steps[None]:
            yield from end
            yield call("append_entries", rows=entries)
            yield from save

        await self._write_steps(write())


def end_receipts(receipts: Sequence[SettledReceipt], *, settled_us: int) -> Steps[None]:
    """What ends pending receipts and keeps their verdicts. Raises Conflict when one is not pending any more.

    The rows are made now, so that the database is not kept waiting for them.
    """
    keys = rows.to_json((one.receipt.organization_id, one.receipt.receipt_id) for one in receipts)
    verdicts = rows.to_json(row for one in receipts for row in rows.from_verdicts(one))

    def end() -> Steps[None]:
        if (yield call("settle_receipts", keys=keys, settled_us=settled_us)) != len(receipts):
            raise Conflict("receipt_not_pending", "Some of these receipts have been settled or set aside meanwhile.")
        yield call("append_verdicts", rows=verdicts, settled_us=settled_us)

    return end()


def save_projections(deployments: Sequence[Deployment]) -> Steps[None]:
    """What writes the projections of ``deployments`` in a transaction. Raises Conflict when a newer version is stored.

    The rows are made now, so that the database is not kept waiting for them. They are written in the order of their keys:
    two nodes that save the same ones wait for each other rather than deadlock. A removed deployment loses its rows.
    """
    ordered = sorted(deployments, key=_key)
    kept = [one for one in ordered if not one.is_removed]
    removed = [one for one in ordered if one.is_removed]
    removed_keys = rows.to_json(map(_key, removed))
    keys = rows.to_json(map(_key, ordered))
    deployment_rows = rows.to_json(map(rows.from_deployment, kept))
    aliases = rows.to_json(row for one in kept for row in rows.from_aliases(one))
    releases = rows.to_json(row for one in kept for row in rows.from_releases(one))

    def save() -> Steps[None]:
        if removed:
            yield call("delete_deployments", keys=removed_keys)
        if kept and (yield call("save_deployments", rows=deployment_rows)) != len(kept):
            raise Conflict("deployment_moved_on", "A deployment has changed meanwhile; load it and decide again.")
        if ordered:
            yield call("delete_aliases", keys=keys)
            yield call("save_aliases", rows=aliases)
            yield call("delete_releases", keys=keys)
            yield call("save_releases", rows=releases)

    return save()


def _key(deployment: Deployment) -> tuple[str, str]:
    return deployment.organization_id, deployment.deployment_id
