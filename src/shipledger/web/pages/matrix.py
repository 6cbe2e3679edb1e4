"""``/matrix``: what runs of each service in each environment, now, at a moment, or by what was known at another one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from shipledger.errors import Invalid
from shipledger.http.viewer import viewer_of
from shipledger.ledger.state import Tier
from shipledger.verbs.grid import GridWish, read_grid
from shipledger.web.pages.environments import find_names, list_choices
from shipledger.web.pages.filter_text import clean
from shipledger.web.pages.frame import Frame, url_with
from shipledger.web.pages.freshness import find_work_under_way
from shipledger.web.pages.matrix_rows import Table, make_table
from shipledger.web.pages.moments import read_moment, to_field
from shipledger.web.pages.words import TIERS

PATH = "/matrix"
SERVICES_SHOWN = 500
CHOICES_SHOWN = 500
COMPARED_AT_ONCE = 100
"""With so many services a page says at once how far environments are behind. With more it comes after the rest."""
BEHIND = "behind"
"""The parameter that asks for it; its only value is the word itself."""
_NARROWING = ("text", "service", "team", "tag", "environment", "tier", "at", "as_of")


class Wish(Struct, frozen=True):
    """What the address asks for. ``ignored`` has a sentence for each parameter that cannot be used."""

    grid: GridWish
    ignored: tuple[str, ...]


async def show(frame: Frame, request: Request) -> Response:
    """The table, with what it can be narrowed by."""
    organization_id = viewer_of(request).organization_id
    wish = read_wish(request.query_params, frame.clock.now())
    ignored = list(wish.ignored)
    is_small = await frame.ledger.count_services(organization_id) <= COMPARED_AT_ONCE
    has_behind = is_small or request.query_params.get(BEHIND) == BEHIND
    wish = Wish(replace(wish.grid, has_behind=has_behind), wish.ignored)
    try:
        table, next_after = await _read(frame, organization_id, wish.grid)
    except Invalid as error:
        ignored += (error.fields or {"": error.message}).values()
        wish = Wish(replace(wish.grid, as_of=None), ())
        table, next_after = await _read(frame, organization_id, wish.grid)
    names = await find_names(frame.ledger, organization_id)
    known = await frame.ledger.list_environments(organization_id)
    teams = sorted(set((await frame.ledger.list_teams(organization_id)).values()), key=str.casefold)
    return await frame.render(
        request,
        "matrix.html",
        table=table,
        wanted=wish.grid,
        ignored=ignored,
        fields={"at": to_field(wish.grid.at), "as_of": to_field(wish.grid.as_of)},
        behind_url="" if has_behind else url_with(request, **{BEHIND: BEHIND}),
        next_url=url_with(request, after=next_after) if next_after else "",
        first_url=url_with(request, after="") if wish.grid.after else "",
        is_narrowed=any(request.query_params.get(name, "").strip() for name in _NARROWING),
        teams=teams[:CHOICES_SHOWN],
        environments=sorted({one.name for one in list_choices(known, names) if one.name}, key=str.casefold)[:CHOICES_SHOWN],
        tiers=TIERS,
        under_way=await find_work_under_way(frame.ledger, organization_id),
    )


async def _read(frame: Frame, organization_id: str, wish: GridWish) -> tuple[Table, str]:
    """The table, and the name after which the next page begins; "" if there is none."""
    grid = await read_grid(frame.answers, organization_id, wish)
    is_past = wish.at is not None or wish.as_of is not None
    today = replace(wish, at=None, as_of=None, has_behind=False)
    present = await read_grid(frame.answers, organization_id, today) if is_past else None
    people = await frame.ledger.read_known_people(organization_id)
    after = "" if grid.is_last or not grid.services else grid.services[-1].draft.name.casefold()
    return make_table(grid, present, people), after


def read_wish(parameters: Mapping[str, str], now: datetime) -> Wish:
    """What an address asks for. Moments are in UTC without an offset."""
    ignored = []
    moments: dict[str, datetime | None] = {}
    for name in ("at", "as_of"):
        text = parameters.get(name, "").strip()
        moments[name] = read_moment(text) if text else None
        if text and moments[name] is None:
            ignored.append(f"{text!r} is not a time; what runs now is shown.")
    as_of = moments["as_of"]
    if as_of is not None and as_of > now:
        ignored.append("What the ledger will know is not known yet; what it knows now is shown.")
        moments["as_of"] = None
    tier = parameters.get("tier", "")
    if tier and tier not in set(Tier):
        ignored.append(f"There is no tier {tier!r}; the filter is ignored.")
        tier = ""
    grid = GridWish(
        at=moments["at"],
        as_of=moments["as_of"],
        service=clean(parameters.get("service", "")),
        text=clean(parameters.get("text", "")),
        team=clean(parameters.get("team", "")),
        tag=clean(parameters.get("tag", "")),
        environment=clean(parameters.get("environment", "")),
        tier=Tier(tier) if tier else None,
        after=clean(parameters.get("after", "")),
        limit=SERVICES_SHOWN,
    )
    return Wish(grid, tuple(ignored))
