"""Records of several senders that tell of one deployment: merge them by hand, and split them again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from shipledger.ledger.actor import Actor
from shipledger.ledger.deployment import Deployment

REASON_LIMIT = 1_000
"""Characters of a reason."""


class Witnesses(Struct, frozen=True):
    """A record, the ``host`` that it is merged into, if it is, and the records that seem to tell of the same deployment."""

    record: Deployment
    host: Deployment | None
    alike: Sequence[Deployment]


class MergingVerbs(Protocol):
    """Merges by hand. All raise NotFound for a record that is not there, and Conflict for what cannot be."""

    async def read_witnesses(self, organization_id: str, deployment_id: str) -> Witnesses:
        """What is known of a record and those that tell of the same deployment."""

    async def preview_merge(self, organization_id: str, deployment_id: str, into: str) -> Deployment:
        """What ``into`` would be with a record. Nothing is recorded."""

    async def merge_deployment(self, organization_id: str, deployment_id: str, into: str, reason: str, *, by: Actor) -> None:
        """Merge a record into another one."""

    async def preview_split(self, organization_id: str, deployment_id: str) -> Deployment:
        """What would be left of the host of a record without it."""

    async def split_deployment(self, organization_id: str, deployment_id: str, reason: str, *, by: Actor) -> None:
        """Split a record from its host."""
