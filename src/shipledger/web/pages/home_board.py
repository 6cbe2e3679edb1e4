"""Home as lines: one for each thing, which leads to where it is acted upon. Pure."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from msgspec import Struct

from shipledger.access.people.known_people import KnownPeople
from shipledger.catalog.tiers import TierPolicy
from shipledger.gating.gate import Gate
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.state import State
from shipledger.ledger.titles import title_of
from shipledger.verbs.home import Count, Home
from shipledger.web.pages.incident_rows import IncidentRow
from shipledger.web.pages.incident_rows import to_row as to_incident_row
from shipledger.web.pages.rows import DeploymentRow, to_rows

_LAST_DAY = "/deployments?range=24h"


class Figure(Struct, frozen=True):
    """A number, and the list that it counts. ``is_bad``: people want it to be 0."""

    name: str
    count: Count
    path: str
    is_bad: bool = False


class WaitingGate(Struct, frozen=True):
    """A gate that waits for a decision."""

    key: str
    title: str
    asked_at: datetime


class SilentSource(Struct, frozen=True):
    """A source that has sent nothing for a week."""

    id: str
    name: str
    seen_at: datetime | None


class Board(Struct, frozen=True):
    """What Home shows. ``since``: when its reader last looked; None where nobody knows that, or never."""

    since: datetime | None
    figures: tuple[Figure, ...]
    running: tuple[DeploymentRow, ...]
    failing: tuple[DeploymentRow, ...]
    is_more_failing: bool
    stuck: tuple[DeploymentRow, ...]
    stuck_count: Count
    incidents: tuple[IncidentRow, ...]
    gates: tuple[WaitingGate, ...]
    gate_count: Count
    uncaused: tuple[IncidentRow, ...]
    uncaused_count: Count
    unmapped: int
    silent: tuple[SilentSource, ...]
    needs: int


def to_board(home: Home, policy: TierPolicy, people: KnownPeople) -> Board:
    """The lines of ``home``, with the names and tiers that ``policy`` gives. ``people``: whom senders mean."""
    names = policy.names
    since = home.since if home.has_looked else None
    changed = ("Changed since you last looked", list_path(since=since)) if since else ("Changed in 24 hours", _LAST_DAY)
    return Board(
        since=since,
        figures=(
            Figure("Changed in the last hour", home.last_hour, "/deployments?range=1h"),
            Figure(changed[0], home.changed, changed[1]),
            Figure("Running now", home.running, list_path(state=State.IN_PROGRESS)),
            Figure("Failed in 24 hours", home.failed, f"{_LAST_DAY}&state=failed", is_bad=True),
            Figure("Open incidents", home.open_incidents, "/incidents", is_bad=True),
        ),
        running=tuple(to_rows(home.running_now, names, people)),
        failing=tuple(to_rows(home.failing_now, names, people)),
        is_more_failing=home.failing.is_more,
        stuck=tuple(to_rows(home.stuck_now, names, people)),
        stuck_count=home.stuck,
        incidents=tuple(to_incident_row(one, policy) for one in home.incidents),
        gates=tuple(_to_gate(gate, about) for gate, about in home.gates),
        gate_count=home.approvals,
        uncaused=tuple(to_incident_row(one, policy) for one in home.uncaused_incidents),
        uncaused_count=home.uncaused,
        unmapped=home.unmapped,
        silent=tuple(SilentSource(one.credential.credential_id, one.credential.name, one.seen_at) for one in home.silent_sources),
        needs=home.needs,
    )


def list_path(*, state: State | None = None, since: datetime | None = None) -> str:
    """The list of the deployments of a state that started since a moment, on the minute so that the page stands still."""
    asked = {"state": state or "", "from": "" if since is None else since.strftime("%Y-%m-%dT%H:%MZ")}
    return f"/deployments?{urlencode({name: value for name, value in asked.items() if value})}"


def _to_gate(gate: Gate, about: Deployment | None) -> WaitingGate:
    return WaitingGate(gate.key, gate.key if about is None else title_of(about), gate.asked_at)
