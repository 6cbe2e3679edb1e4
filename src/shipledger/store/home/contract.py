"""What every store answers for Home; part of ``store.contract.Store``."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from shipledger.access.people.look import Look
from shipledger.found import Found
from shipledger.gating.gate import Gate
from shipledger.incidents.model import Incident
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.state import State


class HomeStore(Protocol):
    """Questions of Home. Each costs the same however many deployments there are."""

    async def count_started(
        self, organization_id: str, *, state: State | None, started_from: datetime | None, started_until: datetime, limit: int
    ) -> int:
        """How many deployments started between two moments, both inclusive, at most ``limit``. None: in any state."""

    async def list_last_failures(
        self, organization_id: str, *, started_from: datetime, started_until: datetime, limit: int
    ) -> Found[Deployment]:
        """What failed and started between two moments, newest start first.

        Without those after which something else ended in each of their lanes, by what senders call services and environments.
        """

    async def list_open_incidents(self, organization_id: str, *, limit: int) -> Found[Incident]:
        """The incidents that are not over, newest start first."""

    async def list_awaiting_gates(self, organization_id: str, *, limit: int) -> Found[Gate]:
        """The gates that wait for a decision, those that wait longest first."""

    async def find_look(self, organization_id: str, person_id: str) -> Look | None:
        """When a person looked at an organization; None if never."""

    async def save_look(self, organization_id: str, person_id: str, look: Look) -> None:
        """Keep that, unless a later one is kept."""
