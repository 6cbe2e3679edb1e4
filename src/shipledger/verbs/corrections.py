"""Corrections of deployments by hand: what they would move, making them, and taking them back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from msgspec import UNSET, Struct, UnsetType

from shipledger.deployments.consequences import Preview
from shipledger.ledger.actor import Actor
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.state import State
from shipledger.ledger.submission import Facts

REASON_LIMIT = 1_000
"""Characters of a reason."""


class Wish(Struct, frozen=True, omit_defaults=True):
    """What somebody wants to be true of a deployment, in their words. UNSET: it stays; None: there is none.

    ``environment``: an id or any name of one. ``services``: ids, slugs or names. ``releases``: canonical names of repositories,
    each with a commit.
    """

    started_at: datetime | UnsetType = UNSET
    finished_at: datetime | UnsetType = UNSET
    state: State | UnsetType = UNSET
    environment: str | UnsetType = UNSET
    services: tuple[str, ...] | UnsetType = UNSET
    version: str | None | UnsetType = UNSET
    title: str | None | UnsetType = UNSET
    releases: tuple[tuple[str, str], ...] | UnsetType = UNSET
    is_removed: bool | UnsetType = UNSET


class Asking(Struct, frozen=True):
    """Who wants it and why. ``seen``: the version of the corrections that they have seen; None for any."""

    by: Actor
    reason: str
    seen: int | None = None


class Testimony(Struct, frozen=True):
    """What was reported of a field that is corrected, and by whom. ``at``: when that was accepted; None where nobody said it."""

    value: Any
    at: datetime | None = None
    actor: Actor | None = None
    source: str = ""
    receipt_id: str = ""


class Corrected(Struct, frozen=True):
    """A deployment with its corrections, and what was reported of the fields for which one holds.

    ``version``: how many corrections and undos there were, which tells whoever corrects whether somebody was faster.
    """

    deployment: Deployment
    version: int
    reported: dict[str, Testimony]


class CorrectionVerbs(Protocol):
    """Corrections of a deployment. All raise NotFound for one that is not there.

    Those that change or preview raise Invalid with the fields that are wrong, and Conflict: if somebody was faster, with the code
    ``changed_meanwhile``, or if it cannot be so.
    """

    async def read_corrections(self, organization_id: str, deployment_id: str) -> Corrected:
        """A deployment with its corrections, also one that was removed by hand."""

    async def preview_correction(self, organization_id: str, deployment_id: str, wish: Wish, asking: Asking) -> Preview:
        """What a correction would move. Nothing is recorded."""

    async def correct_deployment(self, organization_id: str, deployment_id: str, wish: Wish, asking: Asking) -> str:
        """Correct a deployment; the id of the correction."""

    async def preview_undo(self, organization_id: str, deployment_id: str, correction_id: str, asking: Asking) -> Preview:
        """What taking a correction back would move."""

    async def undo_correction(self, organization_id: str, deployment_id: str, correction_id: str, asking: Asking) -> None:
        """Take a correction back. Raises NotFound for one that there is not."""

    async def mark_deployment(self, organization_id: str, deployment_id: str, marks: Facts, *, by: Actor) -> bool:
        """Say by hand how a deployment went; whether that changed anything. ``marks``: UNSET stays, None is withdrawn."""

    async def list_correctable_environments(self, organization_id: str) -> Sequence[str]:
        """The names of the environments that deployments went to."""
