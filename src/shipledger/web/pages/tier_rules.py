"""``/settings/tiers``: the rules for tiers, and the forms that change them, each with a preview of what moves."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from http import HTTPStatus
from typing import TypeAlias

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.catalog import retiering
from shipledger.catalog.tier_contract import TierPlace
from shipledger.catalog.tier_rules import RulePreview, TierChange
from shipledger.catalog.tiers import TierPolicy, TierRule
from shipledger.errors import Conflict, Invalid, NotFound, ShipledgerError
from shipledger.http.viewer import viewer_of
from shipledger.ledger.state import Tier
from shipledger.web.pages.done import done_path
from shipledger.web.pages.frame import Frame, see_other, status_of
from shipledger.web.pages.freshness import find_work_under_way

PATH = "/settings/tiers"
MOVES_SHOWN = 100
NAMES_SHOWN = 4
FIELDS = ("action", "pattern", "tier", "position", "environment")
_DIGITS = 9

Fields: TypeAlias = Mapping[str, str]
"""Of a form, or of a query."""


class RuleRow(Struct, frozen=True):
    """A rule, and the names of environments that have their tier from it."""

    position: int
    rule: TierRule
    names: tuple[str, ...]


async def show(frame: Frame, request: Request) -> Response:
    """The rules, and what a change would move if the query names one."""
    fields = {name: request.query_params.get(name, "").replace("\0", "").strip() for name in FIELDS}
    if not fields["action"]:
        return await _render(frame, request, fields)
    try:
        preview = await frame.tier_rules.preview(viewer_of(request).organization_id, _read_change(fields))
    except (Invalid, NotFound) as fault:
        return await _render(frame, request, fields, fault=fault)
    return await _render(frame, request, fields, preview=preview)


async def change(frame: Frame, request: Request) -> Response:
    """Take the form of a preview and lead back to the rules; or the page again with what is wrong."""
    form, viewer = await frame.read_own_form(request), viewer_of(request)
    fields = {name: form.get(name, "") for name in FIELDS}
    try:
        expects = _read_number("form", form.get("expects", ""), "The form lacks what its preview was made of; preview it again.")
        await frame.tier_rules.change_and_apply(viewer.organization_id, _read_change(fields), by=viewer.actor, expects=expects)
    except (Conflict, Invalid, NotFound) as fault:
        return await _render(frame, request, fields, fault=fault)
    return see_other(done_path(PATH, "tiers"))


async def _render(
    frame: Frame, request: Request, fields: Fields, *, preview: RulePreview | None = None, fault: ShipledgerError | None = None
) -> Response:
    organization_id = viewer_of(request).organization_id
    policy, places, under_way = await asyncio.gather(
        frame.ledger.find_tier_policy(organization_id),
        frame.ledger.list_tier_places(organization_id),
        find_work_under_way(frame.ledger, organization_id),
    )
    status = HTTPStatus.OK
    if fault is not None:
        status = status_of(fault)
    moves = preview.moves if preview else ()
    return await frame.render(
        request,
        "tier_rules.html",
        status=status,
        rules=list_rules(policy, places),
        unmapped=sorted({one.name for one in places if retiering.tier_by(policy, one) is Tier.UNMAPPED and one.name}),
        pins=sorted(policy.pins.items()),
        tiers=list(Tier),
        asked=fields,
        preview=preview,
        moves=moves[:MOVES_SHOWN],
        hidden=max(0, len(moves) - MOVES_SHOWN),
        fault=fault,
        under_way=under_way,
        names_shown=NAMES_SHOWN,
    )


def list_rules(policy: TierPolicy, places: Sequence[TierPlace]) -> list[RuleRow]:
    """The rules in the order in which they are tried."""
    names: dict[TierRule, set[str]] = {}
    for place in places:
        rule = policy.find_rule(place.name)
        if rule is not None and place.said is Tier.UNMAPPED and policy.find_pin(place.environment_id, place.name) is None:
            names.setdefault(rule, set()).add(place.name)
    return [RuleRow(at, rule, tuple(sorted(names.pop(rule, ())))) for at, rule in enumerate(policy.rules, start=1)]


def _read_change(fields: Fields) -> TierChange:
    action = fields["action"]
    if action == "reset":
        return retiering.reset_rules
    if action == "remove":
        return partial(retiering.remove_rule, position=_read_position(fields))
    if action == "unset":
        return partial(retiering.unpin, environment=fields["environment"])
    if action not in {"add", "set"}:
        raise Invalid("form", "Choose what to change.")
    if fields["tier"] not in set(Tier):
        raise Invalid("tier", f"Choose a tier: {', '.join(Tier)}.")
    if action == "set":
        return partial(retiering.pin, environment=fields["environment"], tier=Tier(fields["tier"]))
    position = _read_position(fields) if fields["position"] else 1
    return partial(retiering.add_rule, pattern=fields["pattern"], tier=Tier(fields["tier"]), position=position)


def _read_position(fields: Fields) -> int:
    return _read_number("position", fields["position"], "Write a position as a number, such as 1.")


def _read_number(code: str, text: str, wish: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS):
        raise Invalid(code, wish)
    return int(text)
