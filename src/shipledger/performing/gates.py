"""Gates."""

from __future__ import annotations

from collections.abc import Collection

from shipledger.found import Found
from shipledger.gating.gate import KIND, Gate, GateStatus
from shipledger.ledger.submission import Alias
from shipledger.performing.performer import Performer, tell_damaged


class GatePerformer(Performer):
    """See ``verbs.gates.GateVerbs``."""

    async def find_gate(self, organization_id: str, deployment_id: str) -> Gate | None:
        """The gate of a deployment, or None."""
        return await self._parts.store.find_gate(organization_id, deployment_id)

    async def find_gate_by_number(self, organization_id: str, number: int) -> Gate | None:
        """The gate with a number, or None."""
        return await self._parts.store.find_gate_by_number(organization_id, number)

    async def list_gates(
        self, organization_id: str, *, status: GateStatus | None, before_number: int | None, limit: int
    ) -> Found[Gate]:
        """A page of gates, newest first."""
        found = await self._parts.store.list_gates(organization_id, status=status, before_number=before_number, limit=limit)
        return tell_damaged(found)

    async def find_gate_named(self, organization_id: str, alias: Alias) -> Gate | None:
        """The gate with a name, or None."""
        found = await self._parts.store.load_records(KIND, [(organization_id, alias)])
        return found.get((organization_id, alias))

    async def name_credentials(self, organization_id: str, credential_ids: Collection[str]) -> dict[str, str]:
        """The names of those of the credentials that are not deleted, by id."""
        found = [await self._parts.store.find_credential(organization_id, one) for one in sorted(credential_ids)]
        return {one.credential_id: one.name for one in found if one is not None}
