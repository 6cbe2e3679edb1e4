"""``/deployments``: every deployment, newest start first, with filters in the URL."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.people.known_people import KnownPeople
from shipledger.catalog.host_aliases import read_host_aliases
from shipledger.clock import to_microseconds
from shipledger.deployments.listing import DeploymentFilter
from shipledger.deployments.lookups import NEVER_STARTED_US
from shipledger.http.viewer import viewer_of
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.state import State, Tier
from shipledger.verbs.newest import BEFORE_ALL, list_begun
from shipledger.web.pages.deployment_services import find_services
from shipledger.web.pages.deployment_views import keep_filters, list_own
from shipledger.web.pages.environments import find_names, list_choices
from shipledger.web.pages.filter_text import clean
from shipledger.web.pages.frame import Frame, is_poll, url_with
from shipledger.web.pages.ranges import RANGES, TimeRange, read_range
from shipledger.web.pages.rows import to_rows
from shipledger.web.pages.words import STATES, TIERS

PAGE_SIZES = (25, 50, 100, 200)
DEFAULT_PAGE_SIZE = 50
CHOICES_SHOWN = 500
FLAGS = {"fix": "Fix", "hotfix": "Hotfix", "forced": "Forced"}
_POSITION_DIGITS = len(str(-NEVER_STARTED_US))
_FURTHER = ("tier", "team", "person", "repository", "source", "flag", "from", "to")
"""What is shown on demand."""
_NARROWING = ("text", "range", "state", "environment", "service", *_FURTHER)


class Wish(Struct, frozen=True):
    """What the URL asks for. ``ignored`` has a sentence for each parameter that cannot be used."""

    wanted: DeploymentFilter
    time: TimeRange
    service: str
    is_narrowed: bool
    is_further: bool
    ignored: tuple[str, ...]


async def show(frame: Frame, request: Request) -> Response:
    """The table, with what it can be narrowed by."""
    organization_id = viewer_of(request).organization_id
    wish = _read(request.query_params, frame.clock.now())
    ignored = list(wish.ignored)
    wanted = wish.wanted
    if wish.service:
        service = await frame.ledger.find_service(organization_id, wish.service)
        wanted = replace(wanted, service_id=service.service_id if service else wish.service)
        if service is None:
            ignored.append(f"There is no service {wish.service!r}.")
    hosts = read_host_aliases(frame.settings.repository_host_aliases)
    asked = replace(wanted, repository=hosts.rename(wanted.repository), limit=wanted.limit + 1)
    found, has_ahead = await list_begun(frame.ledger, organization_id, asked, frame.clock.now())
    shown = found[: wanted.limit]
    names = await find_names(frame.ledger, organization_id)
    people = await frame.ledger.read_known_people(organization_id)
    rows = to_rows(shown, names, people, await find_services(frame.ledger, organization_id, shown))
    values = {
        "rows": rows,
        "older_url": url_with(request, before=_position(shown[-1]), seen="") if found.total > wanted.limit and shown else "",
        "ahead_url": url_with(request, before=write_position(*BEFORE_ALL), seen="") if has_ahead else "",
        "newest_url": url_with(request, before="", seen="") if wanted.before else "",
        "wanted": wanted,
        "service": wish.service,
        "time": wish.time,
        "is_narrowed": wish.is_narrowed,
        "wanted_person": next((one.name for one in people.people if one.person_id == wanted.person), wanted.person),
    }
    if not is_poll(request):
        environments, repositories, services, mappings = await asyncio.gather(
            frame.ledger.list_environments(organization_id),
            frame.ledger.list_repositories_in_use(organization_id, limit=CHOICES_SHOWN),
            frame.ledger.list_services(organization_id, offset=0, limit=CHOICES_SHOWN),
            frame.ledger.list_mappings(organization_id),
        )
        values |= {
            "views": await list_own(frame, request),
            "filters": keep_filters(request.query_params),
            "ignored": ignored,
            "environments": list_choices(environments, names)[:CHOICES_SHOWN],
            "repositories": repositories,
            "services": services,
            "has_mappings": bool(mappings),
            "states": STATES,
            "tiers": TIERS,
            "flags": FLAGS,
            "ranges": RANGES,
            "is_further": wish.is_further,
            "page_sizes": PAGE_SIZES,
            "sources": sorted({row.source for row in rows}),
            "people": _list_choices(people),
            "teams": sorted(set((await frame.ledger.list_teams(organization_id)).values()), key=str.casefold)[:CHOICES_SHOWN],
        }
    return await frame.render_live(request, "deployments.html", shown=[rows, values["older_url"], has_ahead], **values)


def _read(parameters: Mapping[str, str], now: datetime) -> Wish:
    time = read_range(parameters, now)
    ignored = list(time.ignored)
    state, tier = parameters.get("state", ""), parameters.get("tier", "")
    if state and state not in set(State):
        ignored.append(f"There is no state {state!r}; the filter is ignored.")
        state = ""
    if tier and tier not in set(Tier):
        ignored.append(f"There is no tier {tier!r}; the filter is ignored.")
        tier = ""
    flag = parameters.get("flag", "")
    if flag and flag not in FLAGS:
        ignored.append(f"There is no flag {flag!r}; the filter is ignored.")
        flag = ""
    before = read_position(parameters.get("before", ""))
    if parameters.get("before") and before is None:
        ignored.append("The page address is invalid; this is the first page.")
    return Wish(
        wanted=DeploymentFilter(
            text=clean(parameters.get("text", "")),
            state=state,
            tier=tier,
            environment=clean(parameters.get("environment", "")),
            repository=clean(parameters.get("repository", "")),
            source=clean(parameters.get("source", "")),
            person=clean(parameters.get("person", "")),
            team=clean(parameters.get("team", "")),
            flag=flag,
            started_from=time.since,
            started_until=time.until,
            before=before,
            limit=_read_size(parameters.get("limit", "")),
        ),
        time=time,
        service=clean(parameters.get("service", "")),
        is_narrowed=any(parameters.get(name) for name in _NARROWING),
        is_further=any(parameters.get(name) for name in _FURTHER),
        ignored=tuple(ignored),
    )


def _list_choices(people: KnownPeople) -> list[str]:
    """The names of those who belong to the organization: addresses are for administrators."""
    return sorted({one.name for one in people.people if one.is_member}, key=str.casefold)[:CHOICES_SHOWN]


def _read_size(text: str) -> int:
    return int(text) if text in {str(size) for size in PAGE_SIZES} else DEFAULT_PAGE_SIZE


def _position(deployment: Deployment) -> str:
    started_us = NEVER_STARTED_US if deployment.started_at is None else to_microseconds(deployment.started_at)
    return write_position(started_us, deployment.deployment_id)


def write_position(started_us: int, deployment_id: str) -> str:
    """A place in a list, for an address."""
    return f"{started_us}.{deployment_id}"


def read_position(text: str) -> tuple[int, str] | None:
    """The start in microseconds and the id; None for what is no place."""
    start, _, deployment_id = text.partition(".")
    digits = start.removeprefix("-")
    if not deployment_id or not (digits.isascii() and digits.isdigit()) or len(digits) > _POSITION_DIGITS:
        return None
    return (int(start), deployment_id) if abs(int(start)) <= -NEVER_STARTED_US else None
