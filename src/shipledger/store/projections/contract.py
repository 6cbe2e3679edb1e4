"""What is derived from entries, as a part of ``store.contract.Store``."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from shipledger.ledger.deployment import Deployment
from shipledger.store.projecting import Subscriber


class ProjectionStore(Protocol):
    """Projections, and those who hear of changes."""

    def subscribe(self, subscriber: Subscriber) -> None:
        """Tell ``subscriber``, too, of each change that this store makes from now on; see ``projecting``."""

    async def clear_projections(self) -> None:
        """Empty the tables that a rebuild fills."""

    async def note_import(self) -> None:
        """Record that the ledger was brought to this database, for ``tell_import``."""

    async def tell_import(self) -> None:
        """Tell those who derive something from entries that the ledger was brought here, if nobody has told them yet."""

    async def save_projections(self, deployments: Sequence[Deployment]) -> None:
        """Write the projections of deployments, replacing what is there."""

    async def digest_projections(self) -> Mapping[str, str]:
        """For each projection table, a hexadecimal SHA-256 over its rows in key order, equal for equal content."""

    async def hash_rows(self, table: str) -> set[int]:
        """A number for each row of a projection table, equal for equal rows in any store."""

    async def name_rows(self, table: str, hashes: Collection[int]) -> list[tuple[str, str]]:
        """The organizations and ids of the records of which the rows with these numbers are made, each once."""
