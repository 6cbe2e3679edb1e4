"""``/timeline``: each service in each environment over time, with its deployments and the incidents that struck it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.http.viewer import viewer_of
from shipledger.ledger.registers import known
from shipledger.ledger.state import Tier
from shipledger.ledger.titles import title_of
from shipledger.verbs.timeline import Impact, Timeline, TimelineLane, TimelineWish, strikes
from shipledger.web.pages.environments import find_names, list_choices
from shipledger.web.pages.filter_text import clean
from shipledger.web.pages.formats import duration
from shipledger.web.pages.frame import Frame, is_poll, url_with
from shipledger.web.pages.incident_rows import UNTITLED
from shipledger.web.pages.isolation import isolated_in_text
from shipledger.web.pages.moments import to_field
from shipledger.web.pages.ranges import RANGES, read_range
from shipledger.web.pages.timeline_layout import WIDTH, Mark, Window, draw_lanes, draw_span, draw_ticks
from shipledger.web.pages.words import STATES, TIERS

PATH = "/timeline"
LANES_SHOWN = 60
INCIDENTS_DRAWN = 100
CHOICES_SHOWN = 500
DEFAULT_RANGE = "24h"
SHORTEST = timedelta(minutes=1)
_NAMED = 30
_SKIP_DIGITS = 5
_NARROWING = ("service", "team", "environment", "tier")


class Drawn(Struct, frozen=True):
    """A mark with what it is called and where it leads."""

    id: str
    mark: Mark
    name: str
    path: str


class Band(Struct, frozen=True):
    """An incident in the picture. ``lasts``: it is open, or goes beyond the picture."""

    id: str
    title: str
    name: str
    x: float
    width: float
    is_open: bool


class LaneRow(Struct, frozen=True):
    """A line of the picture. ``called``: the service, short enough for the line."""

    lane: TimelineLane
    called: str
    marks: tuple[Drawn, ...]
    bands: tuple[Band, ...]


class Zoom(Struct, frozen=True):
    """A link to another time, and the keys that follow it."""

    id: str
    name: str
    keys: str
    path: str


async def show(frame: Frame, request: Request) -> Response:
    """The picture, with what it can be narrowed by."""
    organization_id = viewer_of(request).organization_id
    now = frame.clock.now()
    wish, name, ignored = read_wish(request.query_params, now)
    timeline = await frame.timeline.read_timeline(organization_id, wish)
    skipped = _read_number(request.query_params.get("skip", ""))
    lanes = timeline.lanes[skipped : skipped + LANES_SHOWN]
    window = Window(wish.since, wish.until, timeline.at)
    drawn = draw_lanes([lane.bars for lane in lanes], window)
    titles = await _find_titles(frame, organization_id, drawn)
    bands = [(one, _to_band(one, window)) for one in timeline.impacts]
    rows = [
        LaneRow(lane, _shorten(lane.service), _name_marks(lane, marks, titles), _bands_of(lane, bands))
        for lane, marks in zip(lanes, drawn, strict=True)
    ]
    step, ticks = draw_ticks(window)
    values = {
        "rows": rows,
        "bands": [band for _, band in bands][-INCIDENTS_DRAWN:],
        "more_incidents": timeline.has_more_incidents or len(bands) > INCIDENTS_DRAWN,
        "width": WIDTH,
        "ticks": ticks,
        "tick_kind": "time" if step < timedelta(hours=6) else "day" if step < timedelta(days=20) else "date",
        "not_drawn": draw_span(wish.since, timeline.drawn_from, window)[1] if timeline.drawn_from else 0,
        "timeline": timeline,
        "more_lanes": max(0, len(timeline.lanes) - skipped - LANES_SHOWN),
        "next_url": url_with(request, skip=str(skipped + LANES_SHOWN), seen=""),
        "first_url": url_with(request, skip="", seen="") if skipped else "",
        "list_url": f"/deployments?{urlencode(_list_query(timeline))}",
        "range_name": name,
        "ranges": [(key, words, _range_path(request, key)) for key, words in RANGES.items()],
        "zooms": _list_zooms(request, wish, now),
    }
    if not is_poll(request):
        names = await find_names(frame.ledger, organization_id)
        values |= {
            "ignored": ignored,
            "wanted": {one: request.query_params.get(one, "") for one in (*_NARROWING, "from", "to")},
            "is_narrowed": any(request.query_params.get(one) for one in _NARROWING),
            "services": await frame.ledger.list_services(organization_id, offset=0, limit=CHOICES_SHOWN),
            "environments": list_choices(await frame.ledger.list_environments(organization_id), names)[:CHOICES_SHOWN],
            "teams": sorted(set((await frame.ledger.list_teams(organization_id)).values()), key=str.casefold)[:CHOICES_SHOWN],
            "tiers": TIERS,
            "fields": (to_field(wish.since), to_field(wish.until)) if not name else ("", ""),
        }
    # What is under way grows, so the picture is another one from minute to minute.
    shown = [[lane.bars for lane in lanes], [band for _, band in bands], now.replace(second=0, microsecond=0) if name else None]
    return await frame.render_live(request, "timeline.html", shown=shown, **values)


def read_wish(parameters: Mapping[str, str], now: datetime) -> tuple[TimelineWish, str, list[str]]:
    """What an address asks for, the name of its range or "", and a sentence for each parameter that cannot be used."""
    time = read_range(parameters, now)
    ignored = list(time.ignored)
    name = time.name or ("" if time.since or time.until else DEFAULT_RANGE)
    since, until = time.since, time.until
    if since is not None and until is not None and since >= until:
        ignored = ["The time must end after it begins; the last 24 hours are shown."]
        name = DEFAULT_RANGE
    if name:
        since, until = read_range({"range": name}, now).since, now
    until = until or (now if since is None or since < now else _shift(since, timedelta(days=1)))
    since = since or _shift(until, timedelta(days=-1))
    if until - since < SHORTEST:
        since = _shift(until, -SHORTEST)
    tier = parameters.get("tier", "")
    if tier and tier not in set(Tier):
        ignored.append(f"There is no tier {tier!r}; the filter is ignored.")
        tier = ""
    said = {one: clean(parameters.get(one, "")) for one in ("service", "team", "environment")}
    return TimelineWish(since=since, until=until, tier=Tier(tier) if tier else None, **said), name, ignored


async def _find_titles(frame: Frame, organization_id: str, drawn: Sequence[Sequence[Mark]]) -> dict[str, str]:
    ids = sorted({mark.first.stretch.deployment_id for marks in drawn for mark in marks if mark.count == 1})
    found = await frame.ledger.read_deployments(organization_id, ids)
    return {one.deployment_id: title_of(one) for one in found}


def _name_marks(lane: TimelineLane, marks: Sequence[Mark], titles: Mapping[str, str]) -> tuple[Drawn, ...]:
    return tuple(_name_mark(lane, one, titles) for one in marks)


def _name_mark(lane: TimelineLane, mark: Mark, titles: Mapping[str, str]) -> Drawn:
    first = mark.first.stretch
    deployment_id = first.deployment_id
    if mark.count == 1:
        words = [f"{isolated_in_text(titles.get(deployment_id, 'Deployment'))}: {STATES[first.state]}"]
        if first.ended_at is not None and first.ended_at >= first.started_at:
            words.append(f"took {duration((first.ended_at - first.started_at).total_seconds())}")
        if mark.is_again:
            words.append("the same commit again")
        return Drawn(deployment_id, mark, ", ".join(words), f"/deployments/{deployment_id}")
    failed = f", {mark.failed} failed" if mark.failed else ""
    again = f" of the same commit again: {STATES[mark.state]}" if mark.is_again and not mark.failed else ""
    name = f"{mark.count:,} deployments{again}{failed}"
    query = {"from": first.started_at.isoformat(), "to": mark.last.stretch.started_at.isoformat(), **_place_query(lane)}
    return Drawn(deployment_id, mark, name, f"/deployments?{urlencode(query)}")


def _place_query(lane: TimelineLane) -> dict[str, str]:
    """What narrows a list to a lane."""
    of_service = {"service": lane.slug or lane.service} if lane.service_id or "/" not in lane.service else {}
    of_repository = {} if of_service else {"repository": lane.service}
    said = {**of_service, **of_repository, "environment": lane.environment}
    return {name: value for name, value in said.items() if value}


def _list_query(timeline: Timeline) -> dict[str, str]:
    wish = timeline.wish
    said = {"service": wish.service, "team": wish.team, "environment": wish.environment, "tier": wish.tier or ""}
    kept = {name: str(value) for name, value in said.items() if value}
    return {"from": wish.since.isoformat(timespec="seconds"), "to": wish.until.isoformat(timespec="seconds"), **kept}


def _to_band(impact: Impact, window: Window) -> Band:
    one = impact.incident
    title = known(one.facts.title) or UNTITLED
    x, width = draw_span(one.started_at, one.ended_at, window)
    state = "open" if one.ended_at is None else f"lasted {duration(max(0.0, (one.ended_at - one.started_at).total_seconds()))}"
    return Band(one.incident_id, title, f"Incident {isolated_in_text(title)}: {state}", x, width, is_open=one.ended_at is None)


def _bands_of(lane: TimelineLane, bands: Sequence[tuple[Impact, Band]]) -> tuple[Band, ...]:
    return tuple(band for impact, band in bands if strikes(impact, lane))


def _list_zooms(request: Request, wish: TimelineWish, now: datetime) -> list[Zoom]:
    span, is_now = wish.until - wish.since, wish.until >= now
    half, quarter = span / 2, span / 4
    closer = (wish.until - half, wish.until) if is_now else (wish.since + quarter, wish.until - quarter)
    if closer[1] - closer[0] < SHORTEST:
        closer = (wish.since, wish.until)
    further = (_shift(wish.since, -span), wish.until) if is_now else (_shift(wish.since, -half), _shift(wish.until, half))
    times = (
        ("earlier", "Earlier", "ArrowLeft", (_shift(wish.since, -half), _shift(wish.until, -half))),
        ("later", "Later", "ArrowRight", (_shift(wish.since, half), _shift(wish.until, half))),
        ("closer", "Zoom in", "+ =", closer),
        ("further", "Zoom out", "-", further),
    )
    return [
        Zoom(
            which,
            words,
            keys,
            url_with(request, range="", **{"from": _to_word(since), "to": _to_word(until)}, skip="", seen=""),
        )
        for which, words, keys, (since, until) in times
    ]


def _range_path(request: Request, key: str) -> str:
    return url_with(request, range=key, **{"from": "", "to": ""}, skip="", seen="")


def _to_word(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _shift(moment: datetime, by: timedelta) -> datetime:
    try:
        return moment + by
    except OverflowError:  # before the first day that there is, or after the last
        return moment


def _shorten(text: str) -> str:
    return text if len(text) <= _NAMED else f"{text[: _NAMED - 1]}…"


def _read_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _SKIP_DIGITS else 0
