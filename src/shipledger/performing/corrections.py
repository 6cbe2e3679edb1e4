"""Corrections of deployments by hand."""

from __future__ import annotations

from collections.abc import Sequence

from shipledger.deployments.consequences import Preview
from shipledger.ledger.actor import Actor
from shipledger.ledger.submission import Facts
from shipledger.performing.performer import Performer
from shipledger.verbs.corrections import Asking, Corrected, Wish


class CorrectionPerformer(Performer):
    """See ``verbs.corrections.CorrectionVerbs``."""

    async def read_corrections(self, organization_id: str, deployment_id: str) -> Corrected:
        """A deployment with its corrections."""
        return await self._parts.corrections.read_corrections(organization_id, deployment_id)

    async def preview_correction(self, organization_id: str, deployment_id: str, wish: Wish, asking: Asking) -> Preview:
        """What a correction would move."""
        return await self._parts.corrections.preview_correction(organization_id, deployment_id, wish, asking)

    async def correct_deployment(self, organization_id: str, deployment_id: str, wish: Wish, asking: Asking) -> str:
        """Correct a deployment; the id of the correction."""
        return await self._parts.corrections.correct_deployment(organization_id, deployment_id, wish, asking)

    async def preview_undo(self, organization_id: str, deployment_id: str, correction_id: str, asking: Asking) -> Preview:
        """What taking a correction back would move."""
        return await self._parts.corrections.preview_undo(organization_id, deployment_id, correction_id, asking)

    async def undo_correction(self, organization_id: str, deployment_id: str, correction_id: str, asking: Asking) -> None:
        """Take a correction back."""
        await self._parts.corrections.undo_correction(organization_id, deployment_id, correction_id, asking)

    async def mark_deployment(self, organization_id: str, deployment_id: str, marks: Facts, *, by: Actor) -> bool:
        """Say by hand how a deployment went; whether that changed anything."""
        return await self._parts.corrections.mark_deployment(organization_id, deployment_id, marks, by=by)

    async def list_correctable_environments(self, organization_id: str) -> Sequence[str]:
        """The names of the environments that deployments went to."""
        return await self._parts.corrections.list_correctable_environments(organization_id)
