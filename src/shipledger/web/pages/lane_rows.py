"""A lane as one line of a table. Pure."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from shipledger.access.people.known_people import KnownPeople, Who
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.lanes import Lane, place_in_lane, took_effect_at
from shipledger.ledger.lines import tier_of
from shipledger.ledger.state import State, Tier
from shipledger.ledger.titles import title_of


class LaneCell(Struct, frozen=True):
    """A deployment in a lane. ``at``: when it ended, or began if it has not."""

    id: str
    title: str
    state: State
    at: datetime
    commit: str
    who: Who | None


class LaneRow(Struct, frozen=True):
    """One environment of a service. ``since_then``: what happened after ``runs`` and did not come to run."""

    environment: str
    tier: Tier
    runs: LaneCell | None
    before: LaneCell | None
    since_then: tuple[LaneCell, ...]


def to_lane_row(lane: Lane, people: KnownPeople) -> LaneRow:
    """The line for ``lane``. ``people``: whom senders mean."""
    runs = lane.runs
    later = [
        one
        for one in (lane.under_way, lane.other)
        if one is not None and (runs is None or place_in_lane(one) > place_in_lane(runs))
    ]
    return LaneRow(
        environment=lane.environment,
        tier=Tier.UNMAPPED if lane.newest is None else tier_of(lane.newest),
        runs=_to_cell(runs, people) if runs else None,
        before=_to_cell(lane.before, people) if lane.before else None,
        since_then=tuple(_to_cell(one, people) for one in later),
    )


def _to_cell(deployment: Deployment, people: KnownPeople) -> LaneCell:
    releases = deployment.releases
    return LaneCell(
        id=deployment.deployment_id,
        title=title_of(deployment),
        state=deployment.shown_state,
        at=took_effect_at(deployment),
        commit=releases[0].commit[:12] if releases else "",
        who=people.find(deployment),
    )
