"""Which deployments stand at the head of the lane of a service, by the places that rows give. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct

from shipledger.ledger.deployment import Deployment
from shipledger.ledger.environment_names import EnvironmentNames
from shipledger.ledger.lanes import LaneHead
from shipledger.store.lanes.rows import RowPlace

StandingRow: TypeAlias = tuple[str, str, tuple[list[RowPlace], list[RowPlace], list[RowPlace]]]
"""The key of a lane and of its environment, and the places of what ran, what is under way and what ended otherwise."""
SHOWN = 2
"""What runs, and what ran before it."""


class Heads(Struct):
    """The places of what ran last, newest first, and of what else happened."""

    ran: list[RowPlace]
    later: list[RowPlace]

    def add(self, ran: Iterable[RowPlace], later: Iterable[RowPlace]) -> None:
        """Count what stands in a further lane of the same service and environment; a deployment may stand in several."""
        self.ran = sorted({*self.ran, *ran}, reverse=True)[:SHOWN]
        self.later = sorted({*self.later, *later}, reverse=True)[:1]

    def list_ids(self, *, has_later: bool) -> Iterator[str]:
        """The ids of the deployments to read. What is older than what runs is not wanted."""
        if not has_later or (self.ran and self.later and self.later[0] < self.ran[0]):
            self.later = []
        yield from (place[-1] for place in (*self.ran, *self.later))

    def to_standing(
        self, service_id: str, environment_key: str, of_id: Mapping[str, Deployment], names: EnvironmentNames
    ) -> LaneHead:
        """What stands there. ``of_id``: the deployments that could be read."""
        ran, later = self._find(self.ran, of_id), self._find(self.later, of_id)
        named = (ran or later)[0].environment if ran or later else None
        return LaneHead(
            service_id,
            environment_key,
            names.call(named.name) if named else "",
            runs=ran[0] if ran else None,
            before=ran[1] if len(ran) > 1 else None,
            later=later[0] if later else None,
        )

    def _find(self, places: Sequence[RowPlace], of_id: Mapping[str, Deployment]) -> list[Deployment]:
        found = (of_id.get(place[-1]) for place in places)
        return [one for one in found if one is not None and one.is_listed]


def gather_heads(
    found: Iterable[StandingRow], services: Mapping[str, Sequence[str]], names: EnvironmentNames
) -> dict[tuple[str, str], Heads]:
    """The heads of the lanes of services, by those and the keys of environments. ``services``: those of keys of lanes."""
    heads: dict[tuple[str, str], Heads] = {}
    for key, environment, (ran, under_way, other) in found:
        for service_id in services[key]:
            own = heads.setdefault((service_id, names.key_of(environment)), Heads([], []))
            own.add(ran, (*under_way, *other))
    return heads
