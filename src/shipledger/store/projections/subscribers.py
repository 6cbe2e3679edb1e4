"""Who hears of every change at the seam, in every process that opens a ledger: a line for each."""

from __future__ import annotations

from collections.abc import Iterable

from shipledger.store.outbox.gate_messages import GateMessages
from shipledger.store.outbox.writing import ErasedMessages
from shipledger.store.people.administrators import LastAdministrators
from shipledger.store.projecting import Projecting, Subscriber
from shipledger.store.projections.deployment_tables import TABLES, DeploymentRows
from shipledger.store.projections.record_rows import RecordRows

SUBSCRIBERS: tuple[Subscriber, ...] = (
    LastAdministrators(),
    DeploymentRows(),
    *TABLES,
    GateMessages(),
    ErasedMessages(),
)


class SqlProjecting(Projecting):
    """A store with the projections of the ledger."""

    def _list_subscribers(self) -> Iterable[Subscriber]:
        return (*SUBSCRIBERS, *(RecordRows(one) for one in self.aggregates if one.keeping.is_plain))
