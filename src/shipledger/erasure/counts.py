"""How much an erasure is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import asdict


class ErasureCounts(Struct, frozen=True):
    """How much there is to erase, or was erased.

    ``commits`` counts those that were sent before they are erased, and those that nobody else sent afterwards. ``others`` has
    the records of other kinds, and their entries, by ``{kind}s`` and ``{kind}_entries``.
    """

    deployments: int = 0
    deployment_entries: int = 0
    incidents: int = 0
    incident_entries: int = 0
    receipts: int = 0
    packs: int = 0
    commits: int = 0
    others: dict[str, int] = {}

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> ErasureCounts:
        """Those with their names; what has no member is among the others."""
        members = {name: count for name, count in counts.items() if name in cls.__struct_fields__}
        return cls(**members, others={name: count for name, count in counts.items() if name not in members and count})

    @property
    def by_name(self) -> dict[str, int]:
        """All of them by name."""
        members = asdict(self)
        others: dict[str, int] = members.pop("others")
        return {**members, **others}

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing."""
        return not any(self.by_name.values())

    def plus(self, other: ErasureCounts) -> ErasureCounts:
        """The sum of both."""
        return self.of(Counter(self.by_name) + Counter(other.by_name))
