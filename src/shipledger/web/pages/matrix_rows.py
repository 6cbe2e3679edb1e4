"""The matrix as a table: a row for each service, a column for each environment. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from shipledger.access.people.known_people import KnownPeople
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.environment_names import EnvironmentNames
from shipledger.ledger.lines import TIERS_BY_REACH, environment_key, tier_of
from shipledger.ledger.registers import known
from shipledger.ledger.state import State, Tier
from shipledger.texts import indexable
from shipledger.verbs.grid import Grid
from shipledger.web.pages.behind_words import NEEDS_COMMITS, behind_words
from shipledger.web.pages.formats import short_commit

COLUMNS_SHOWN = 24
"""Environments in one table. Senders may make one for each run."""
_ORDER = {tier: place for place, tier in enumerate((*reversed(TIERS_BY_REACH[:-1]), TIERS_BY_REACH[-1]))}
"""From development to production, and then what no rule knows."""

Place = tuple[str, str]
"""A service by its id, and what tells an environment apart."""


class Column(Struct, frozen=True):
    """An environment, as the organization calls it. ``key`` tells it apart; "" is that of deployments without one."""

    key: str
    name: str
    tier: Tier


class Later(Struct, frozen=True):
    """What happened after that and did not come to run."""

    id: str
    state: State


class Cell(Struct, frozen=True):
    """What runs of a service in an environment. ``text``: its version, else its commit. ``id`` is "" where nothing runs.

    ``now``: what runs there today, where that is something else: "" if it is the same. ``behind``: how far it is behind the
    environment before it, and ``why`` that is not known, in words; "" where there is nothing to say.
    ``compared_with``: that environment.
    """

    key: str
    text: str = ""
    id: str = ""
    commit: str = ""
    since: datetime | None = None
    who: str = ""
    later: Later | None = None
    now: str = ""
    behind: str = ""
    why: str = ""
    compared_with: str = ""


class Line(Struct, frozen=True):
    """A service, with a cell for each column: None where nothing ever went."""

    name: str
    slug: str
    team: str
    cells: tuple[Cell | None, ...]


class Table(Struct, frozen=True):
    """All of it. ``left_out``: how many more environments there are. ``lacks_commits``: places whose commits nobody has sent."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    left_out: int
    lacks_commits: int


def make_table(grid: Grid, present: Grid | None, people: KnownPeople) -> Table:
    """The table of ``grid``. ``present``: what runs now, to compare."""
    cells = {(one.service_id, one.environment_key): one for one in grid.cells}
    today = {} if present is None else _place_today(present, grid)
    later = grid.newer if present is None else {}
    shown = {place: one.runs for place, one in cells.items()}
    columns = _list_columns({**later, **today, **shown}, grid.names)
    lines = []
    for service in grid.services:
        line: list[Cell | None] = []
        for column in columns[:COLUMNS_SHOWN]:
            place = (service.service_id, column.key)
            runs = shown.get(place)
            compared = grid.behind.get(place) if place in cells else None
            behind, why = behind_words(compared)
            line.append(
                None
                if runs is None and place not in later and place not in today
                else Cell(
                    key=column.key,
                    text="" if runs is None else _text_of(runs, grid.commit_of(runs, service.service_id)),
                    id="" if runs is None else runs.deployment_id,
                    commit="" if runs is None else grid.commit_of(runs, service.service_id) or "",
                    since=cells[place].since if place in cells else None,
                    who="" if runs is None else _name_who(runs, people),
                    later=_to_later(later.get(place)),
                    now="" if present is None else _differ(present, service.service_id, runs, today.get(place)),
                    behind=behind,
                    why=why,
                    compared_with="" if compared is None else compared.environment,
                )
            )
        team = service.draft.team_id
        lines.append(Line(service.draft.name, service.slug, team, tuple(line)))
    return Table(
        tuple(columns[:COLUMNS_SHOWN]),
        tuple(lines),
        left_out=max(0, len(columns) - COLUMNS_SHOWN),
        lacks_commits=sum(place in cells and one.reason in NEEDS_COMMITS for place, one in grid.behind.items()),
    )


def _place_today(present: Grid, then: Grid) -> dict[Place, Deployment]:
    """What runs now, where the environments of then are shown: names that were environments of their own may be one today."""
    former: dict[Place, list[str]] = {}
    for one in then.cells:
        key = indexable(present.names.key_of(environment_key(one.runs)))
        former.setdefault((one.service_id, key), []).append(one.environment_key)
    return {
        (one.service_id, key): one.runs
        for one in present.cells
        for key in former.get((one.service_id, one.environment_key), [one.environment_key])
    }


def _list_columns(shown: Mapping[Place, Deployment], names: EnvironmentNames) -> list[Column]:
    """The environments in which there is something. Those of most services come first in their tier."""
    found: dict[str, Deployment] = {}
    counts: dict[str, int] = {}
    for (_, key), one in shown.items():
        found[key] = one
        counts[key] = counts.get(key, 0) + 1
    kept = sorted(found, key=lambda key: (-counts[key], key))
    columns = [_to_column(key, found[key], names) for key in kept[:COLUMNS_SHOWN]]
    ordered = sorted(columns, key=lambda one: (_ORDER[one.tier], -counts[one.key], one.name.casefold(), one.key))
    return [*ordered, *(_to_column(key, found[key], names) for key in kept[COLUMNS_SHOWN:])]


def _to_column(key: str, one: Deployment, names: EnvironmentNames) -> Column:
    return Column(key, names.call(one.environment.name) if one.environment else "", tier_of(one))


def _text_of(one: Deployment, commit: str | None) -> str:
    return known(one.facts.version) or short_commit(commit or "") or "deployed"


def _name_who(one: Deployment, people: KnownPeople) -> str:
    who = people.find(one)
    return "" if who is None else who.name


def _to_later(one: Deployment | None) -> Later | None:
    return None if one is None else Later(one.deployment_id, one.shown_state)


def _differ(present: Grid, service_id: str, then: Deployment | None, now: Deployment | None) -> str:
    if now is None:
        return "" if then is None else "nothing"
    if then is not None and then.deployment_id == now.deployment_id:
        return ""
    return _text_of(now, present.commit_of(now, service_id))
