"""How much an erasure is about."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import asdict


class ErasureCounts(Struct, frozen=True):
    """How much there is to erase, or was erased.

    ``commits`` counts those that were sent before they are erased, and those that nobody else sent afterwards.
    """

    deployments: int = 0
    deployment_entries: int = 0
    incidents: int = 0
    incident_entries: int = 0
    receipts: int = 0
    packs: int = 0
    commits: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing."""
        return not any(asdict(self).values())

    def plus(self, other: ErasureCounts) -> ErasureCounts:
        """The sum of both."""
        return ErasureCounts(**{name: getattr(self, name) + getattr(other, name) for name in self.__struct_fields__})
