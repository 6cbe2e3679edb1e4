"""What a project deployed over time, as a picture: a row for each issue, a mark for each deployment. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from shipledger.ledger.deployment import Deployment
from shipledger.ledger.environment_names import EnvironmentNames
from shipledger.ledger.state import State, Tier
from shipledger.ledger.titles import title_of

RANGES = (7, 30, 90, 365)
DEFAULT_DAYS = 30
ISSUES_DRAWN = 40
WIDTH = 960
LABEL_WIDTH = 130
ROW_HEIGHT = 34
HEAD_HEIGHT = 24
SLOT_WIDTH = 18
TICKS = 6

LETTERS: dict[Tier, str] = {
    Tier.PRODUCTION: "P",
    Tier.STAGING: "S",
    Tier.TESTING: "T",
    Tier.DEVELOPMENT: "D",
    Tier.UNMAPPED: "?",
}


class Mark(Struct, frozen=True):
    """The newest deployment of an issue in one slot of time. ``more`` counts the others that the slot holds."""

    id: str
    title: str
    environment: str
    state: State
    tier: Tier
    at: datetime
    x: int
    more: int

    @property
    def letter(self) -> str:
        """The first letter of its tier."""
        return LETTERS[self.tier]


class Row(Struct, frozen=True):
    """An issue with its marks, the oldest first."""

    key: str
    y: int
    marks: tuple[Mark, ...]


class Tick(Struct, frozen=True):
    """A day on the axis."""

    at: datetime
    x: int


class Timeline(Struct, frozen=True):
    """The picture. ``left_out`` counts issues with deployments for which there is no row."""

    days: int
    rows: tuple[Row, ...]
    ticks: tuple[Tick, ...]
    left_out: int

    @property
    def height(self) -> int:
        """Of the picture."""
        return HEAD_HEIGHT + ROW_HEIGHT * len(self.rows) + 4


def read_days(text: str) -> int:
    """The range of time that was asked for, in days; the default one for anything else."""
    return next((days for days in RANGES if text == str(days)), DEFAULT_DAYS)


def draw_timeline(
    histories: Mapping[str, Sequence[Deployment]], names: EnvironmentNames, *, now: datetime, days: int
) -> Timeline:
    """The picture of each issue's deployments in the ``days`` before ``now``. The issue that was deployed last stands first.

    ``names``: those of environments.
    """
    since = now - timedelta(days=days)
    recent = {key: [one for one in history if since <= _moment(one) <= now] for key, history in histories.items()}
    keys = sorted((key for key in recent if recent[key]), key=lambda key: max(map(_moment, recent[key])), reverse=True)
    rows = tuple(
        Row(key=key, y=HEAD_HEIGHT + place * ROW_HEIGHT, marks=_draw_marks(recent[key], names, since, now))
        for place, key in enumerate(keys[:ISSUES_DRAWN])
    )
    span = now - since
    ticks = tuple(
        Tick(at=since + span * part / TICKS, x=LABEL_WIDTH + (WIDTH - LABEL_WIDTH - SLOT_WIDTH) * part // TICKS)
        for part in range(TICKS)
    )
    return Timeline(days=days, rows=rows, ticks=ticks, left_out=max(0, len(keys) - ISSUES_DRAWN))


def _draw_marks(deployments: Iterable[Deployment], names: EnvironmentNames, since: datetime, now: datetime) -> tuple[Mark, ...]:
    slots: dict[int, list[Deployment]] = {}
    last = (WIDTH - LABEL_WIDTH) // SLOT_WIDTH - 1
    for one in sorted(deployments, key=_moment):
        slots.setdefault(int((_moment(one) - since) / (now - since) * last), []).append(one)
    return tuple(_to_mark(found[-1], names, LABEL_WIDTH + slot * SLOT_WIDTH, len(found) - 1) for slot, found in slots.items())


def _to_mark(deployment: Deployment, names: EnvironmentNames, x: int, more: int) -> Mark:
    environment = deployment.environment
    return Mark(
        id=deployment.deployment_id,
        title=title_of(deployment),
        environment=names.call(environment.name) if environment else "",
        state=deployment.shown_state,
        tier=environment.tier if environment else Tier.UNMAPPED,
        at=_moment(deployment),
        x=x,
        more=more,
    )


def _moment(deployment: Deployment) -> datetime:
    return deployment.report.reported_at or deployment.updated_at
