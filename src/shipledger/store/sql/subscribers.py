"""Who hears of every change at the seam, in every process that opens a ledger: a line for each."""

from __future__ import annotations

from shipledger.store.projecting import Projecting, Subscriber
from shipledger.store.sql.incident_projections import IncidentRows
from shipledger.store.sql.projections import TABLES, DeploymentRows

SUBSCRIBERS: tuple[Subscriber, ...] = (
    DeploymentRows(),
    *TABLES,
    IncidentRows(),
)


class SqlProjecting(Projecting):
    """A store with the projections of the ledger."""

    _own_subscribers = SUBSCRIBERS
