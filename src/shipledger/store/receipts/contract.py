"""What every store does with receipts on their way in; part of ``store.contract.Store``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct

from shipledger.deployments.lookups import Loaded, Lookup
from shipledger.errors import DamagedRecord
from shipledger.found import Found
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.receipt_listing import Backlog
from shipledger.ledger.submission import Alias
from shipledger.store.receipts.pending_contract import ConcernsById, TranslationsById
from shipledger.store.receipts.settled import SettledReceipt


class ClaimedReceipt(Struct, frozen=True):
    """A receipt that a node claimed. ``attempts`` counts failed settlements.

    ``are_names_noted``: its concerns are stored. ``translation``: what it asks for, as understood at acceptance, in JSON; "" if
    an older version accepted it.
    """

    receipt: Receipt
    attempts: int = 0
    are_names_noted: bool = False
    translation: str = ""


class SettlementBatch(Struct, frozen=True):
    """Everything that one settlement transaction writes. ``changed`` are the records of any kind after all entries.

    ``node_id``: the settling node, which may have lost its claims since it loaded the data; "" for none.
    """

    settled_at: datetime
    receipts: tuple[SettledReceipt, ...]
    changed: tuple[Any, ...]
    node_id: str = ""


class IntakeStore(Protocol):
    """Receipts on their way in, and their settlement."""

    async def append_receipts(
        self,
        receipts: Sequence[Receipt],
        *,
        claimed_by: str | None,
        concerns: ConcernsById | None = None,
        translations: TranslationsById | None = None,
    ) -> None:
        """Store receipts in one transaction, claimed by a node or unclaimed, with their concerns.

        Without ``concerns`` their concerns stay unknown. ``translations`` are kept until settlement. Raises InDoubt if
        the database went away during the commit; ``append_missing_receipts`` then resolves it.
        """

    async def append_missing_receipts(
        self,
        receipts: Sequence[Receipt],
        *,
        claimed_by: str | None,
        concerns: ConcernsById | None = None,
        translations: TranslationsById | None = None,
    ) -> None:
        """The same for receipts that may already be stored; those stay. Waits for a commit that is still running."""

    async def claim_receipts(
        self, *, node_id: str, limit: int, organization_ids: Sequence[str] | None = None
    ) -> Found[ClaimedReceipt]:
        """Claim unclaimed pending receipts, oldest first, of some organizations or all. No two nodes get the same one.

        Raises Unavailable if one of the organizations is unreachable.
        """

    async def release_receipts(self, receipts: Sequence[Receipt], *, count_attempt: bool) -> None:
        """Release claimed pending receipts; ``count_attempt`` increments their attempts."""

    async def load(self, lookups: Sequence[Lookup]) -> Loaded:
        """The deployments of lookups. Missing ones are left out."""

    async def read_deployments(self, organization_id: str, ids: Sequence[str]) -> Found[Deployment]:
        """The deployments with some ids. Missing ones are left out."""

    async def find_matching(self, organization_id: str, aliases: Sequence[Alias]) -> list[str]:
        """The ids of the deployments that have every one of ``aliases``, in order; none for no aliases."""

    async def find_known_workspaces(self, organization_ids: Sequence[str]) -> dict[str, frozenset[str]]:
        """For each organization, the ``host/owner`` prefixes (casefolded) of repositories mapped to a service."""

    async def settle(self, batch: SettlementBatch) -> None:
        """Append entries, save projections and settle receipts, all or nothing. Removed records leave all projections.

        A record that asks for a gate opens one, unless there is one; the end of a deployment closes a waiting gate.

        Raises Conflict if a receipt is no longer pending, if a record has a newer version (an entry of that version
        exists), or if an identity or a number was taken in the meantime: load and decide again. Raises Unavailable if the node
        lost its claims. Raises Unstorable if the database cannot store a value.
        """

    async def rehearse(self, batch: SettlementBatch) -> None:
        """Raise what ``settle`` would raise, and keep nothing."""

    async def quarantine_receipt(self, receipt: Receipt, *, failure: str, now: datetime) -> None:
        """Quarantine a pending receipt with the failure's text. Raises Conflict if it is not pending."""

    async def quarantine_damaged(self, damaged: DamagedRecord, *, now: datetime) -> None:
        """The same for an unreadable receipt."""

    async def replay_receipt(self, organization_id: str, receipt_id: str) -> None:
        """Make a quarantined receipt pending and unclaimed again. Raises NotFound, or Conflict if it is not quarantined."""

    async def get_backlog(self) -> Backlog:
        """The backlog over all organizations."""

    async def find_newest_order(self) -> datetime | None:
        """The newest receipt's place in the order; None in an empty store."""
