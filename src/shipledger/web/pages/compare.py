"""``/compare``: two environments, or two moments of one, side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.errors import NotFound
from shipledger.http.viewer import viewer_of
from shipledger.verbs.comparing import CompareWish, Comparison, Side
from shipledger.verbs.comparison_text import (
    DIFFERENCES,
    REASONS,
    count_differing,
    count_words,
    label_of,
    name_side,
    to_markdown,
)
from shipledger.web.pages.environments import find_names, list_choices
from shipledger.web.pages.filter_text import clean
from shipledger.web.pages.frame import Frame
from shipledger.web.pages.isolation import isolated_in_text
from shipledger.web.pages.moments import read_moment, to_field

PATH = "/compare"
CHOICES_SHOWN = 500
COMMITS_SHOWN = 200
LONGEST = 512
_SIDES = ("left", "right")


class Wish(Struct, frozen=True):
    """What the address asks for; None where it says too little. ``ignored``: a sentence for each parameter that is not used."""

    compared: CompareWish | None
    ignored: tuple[str, ...]


async def show(frame: Frame, request: Request) -> Response:
    """What differs, with a form that chooses the sides."""
    organization_id = viewer_of(request).organization_id
    wish = read_wish(request.query_params)
    ignored, comparison, wanted = list(wish.ignored), None, wish.compared
    if wanted is not None:
        try:
            comparison = await frame.answers.compare(organization_id, wanted)
        except NotFound as error:
            ignored.append(error.message)
    environments, teams, services, names = await asyncio.gather(
        frame.ledger.list_environments(organization_id),
        frame.ledger.list_teams(organization_id),
        frame.ledger.list_services(organization_id, offset=0, limit=CHOICES_SHOWN),
        find_names(frame.ledger, organization_id),
    )
    if comparison is not None and wanted is not None:
        ignored += list_remarks(comparison, wanted)
    known = {one.name for one in list_choices(environments, names) if one.name}
    shown = wanted or CompareWish(Side(""), Side(""))
    return await frame.render(
        request,
        "compare.html",
        ignored=ignored,
        wanted=shown,
        fields={"left": to_field(shown.left.at), "right": to_field(shown.right.at)},
        comparison=comparison,
        markdown="" if comparison is None else to_markdown(comparison, shown),
        heads=[name_side(shown.left), name_side(shown.right)],
        label_of=label_of,
        count_differing=count_differing,
        count_words=count_words,
        reasons=REASONS,
        differences=DIFFERENCES,
        environments=sorted(known, key=str.casefold)[:CHOICES_SHOWN],
        teams=sorted(set(teams.values()), key=str.casefold)[:CHOICES_SHOWN],
        services=[one.name for one in services],
    )


def read_wish(parameters: Mapping[str, str]) -> Wish:
    """What an address asks for. Moments are in UTC without an offset. Without a right side it is the same environment."""
    ignored = []
    said = {side: clean(parameters.get(side, ""), longest=LONGEST) for side in _SIDES}
    moments = {}
    for side in _SIDES:
        text = parameters.get(f"{side}_at", "").strip()
        moments[side] = read_moment(text) if text else None
        if text and moments[side] is None:
            ignored.append(f"{text[:LONGEST]!r} is not a time; what runs now is compared.")
    left = said["left"] or said["right"]
    if not left:
        return Wish(None, tuple(ignored))
    wish = CompareWish(
        Side(left, moments["left"]),
        Side(said["right"] or left, moments["right"]),
        service=clean(parameters.get("service", ""), longest=LONGEST),
        team=clean(parameters.get("team", ""), longest=LONGEST),
        limit=COMMITS_SHOWN,
    )
    return Wish(wish, tuple(ignored))


def list_remarks(comparison: Comparison, wish: CompareWish) -> list[str]:
    """What a reader should know about the two sides."""
    if wish.left == wish.right:
        return ["Both sides are the same. Choose another environment, or another moment."]
    sides = (
        (wish.left, any(one.left is not None for one in comparison.services)),
        (wish.right, any(one.right is not None for one in comparison.services)),
    )
    return [f"Nothing of these services runs in {isolated_in_text(name_side(side))}." for side, runs in sides if not runs]
