"""All aggregates; the only file that lists them."""

from __future__ import annotations

from shipledger.deployments.aggregate import DEPLOYMENTS
from shipledger.incidents.aggregate import INCIDENTS
from shipledger.ledger.aggregate import Aggregates

AGGREGATES = Aggregates(
    DEPLOYMENTS,
    INCIDENTS,
)
