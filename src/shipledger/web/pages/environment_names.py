"""``/environments``: every environment with its names; and the forms that change those, each with a preview."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.catalog.environments import EnvironmentChange, Preview
from shipledger.catalog.retiering import tier_by
from shipledger.catalog.tier_contract import TierPlace
from shipledger.catalog.tiering.model import KIND, SUBJECT
from shipledger.catalog.tiering.words import describe_all
from shipledger.catalog.tiers import TierPolicy
from shipledger.errors import Invalid, NotFound
from shipledger.http.viewer import viewer_of
from shipledger.ledger.environment_names import name_key
from shipledger.ledger.lines import TIERS_BY_REACH
from shipledger.ledger.state import Tier
from shipledger.web.pages.done import done_path
from shipledger.web.pages.frame import Frame, see_other
from shipledger.web.pages.freshness import find_work_under_way
from shipledger.web.pages.record_history import list_history

ENVIRONMENTS_SHOWN = 300
_REVISION_DIGITS = 9
ACTIONS = {"alias": "aliased", "unalias": "split", "rename": "renamed"}
"""What a form may ask, and what is said once it is done."""

Fields: TypeAlias = Mapping[str, str]
"""Of a form, or of a query."""


class EnvironmentRow(Struct, frozen=True):
    """An environment. ``other_names`` as they compare; ``tiers`` of its deployments, none where it has none yet."""

    name: str
    other_names: tuple[str, ...]
    tiers: tuple[Tier, ...]


async def show(frame: Frame, request: Request) -> Response:
    """The environments, and what a change would move if the query names one."""
    organization_id, query = viewer_of(request).organization_id, request.query_params
    text = query.get("text", "").strip()
    policy, places, under_way, entries = await asyncio.gather(
        frame.ledger.find_tier_policy(organization_id),
        frame.ledger.list_tier_places(organization_id),
        find_work_under_way(frame.ledger, organization_id),
        frame.ledger.list_entries_of(KIND, organization_id, SUBJECT),
    )
    said = {id(entry.submission): words for entry, words in zip(entries, describe_all(entries), strict=True)}
    preview, fault = await _preview(frame, organization_id, query)

    async def describe(submissions: Sequence[Any]) -> list[tuple[str, ...]]:
        return [said[id(one)] for one in submissions]

    history, earlier = await list_history(frame.ledger, entries, organization_id, describe)
    rows = [one for one in list_rows(policy, places) if _has(one, text)]
    return await frame.render(
        request,
        "environments.html",
        rows=rows[:ENVIRONMENTS_SHOWN],
        hidden=max(0, len(rows) - ENVIRONMENTS_SHOWN),
        is_empty=not places and not policy.aliases,
        text=text,
        known=[one.name for one in rows[:ENVIRONMENTS_SHOWN]],
        asked={name: query.get(name, "") for name in ("action", "name", "environment")},
        preview=preview,
        fault=fault,
        under_way=under_way,
        history=history,
        earlier=earlier,
    )


async def change(frame: Frame, request: Request) -> Response:
    """Take the form and lead back to the list. Raises Invalid, NotFound, and Conflict if others were faster."""
    form, viewer = await frame.read_own_form(request), viewer_of(request)
    expects = form.get("expects", "")
    if not (expects.isascii() and expects.isdecimal() and len(expects) <= _REVISION_DIGITS):
        raise Invalid("form", "The form lacks what its preview was made of; open the preview again.")
    changes = [_read_change(form)]
    await frame.environments.change_and_apply(viewer.organization_id, changes, by=viewer.actor, expects=int(expects))
    return see_other(done_path("/environments", ACTIONS[form["action"]]))


def list_rows(policy: TierPolicy, places: Sequence[TierPlace]) -> list[EnvironmentRow]:
    """Every environment, those with several names first."""
    names = policy.names
    called = {own: names.call(own) for own in names.groups}
    tiers: dict[str, set[Tier]] = {own: set() for own in names.groups}
    for place in places:
        own = names.key_of(place.name)
        called.setdefault(own, place.name)
        tiers.setdefault(own, set()).add(tier_by(policy, place))
    rows = [
        EnvironmentRow(
            called[own],
            tuple(one for one in names.groups.get(own, ()) if one != own),
            tuple(sorted(of_it, key=TIERS_BY_REACH.index)),
        )
        for own, of_it in tiers.items()
    ]
    return sorted(rows, key=lambda row: (not row.other_names, name_key(row.name)))


async def _preview(frame: Frame, organization_id: str, query: Fields) -> tuple[Preview | None, str]:
    """What the change that the query names would move, or why it cannot be."""
    if not query.get("action"):
        return None, ""
    try:
        return await frame.environments.preview(organization_id, [_read_change(query)]), ""
    except (Invalid, NotFound) as error:
        return None, error.message


def _read_change(fields: Fields) -> EnvironmentChange:
    action, name, environment = (fields.get(one, "").replace("\0", "") for one in ("action", "name", "environment"))
    if action not in ACTIONS:
        raise Invalid("form", "Choose what to change.")
    if action == "rename":
        return EnvironmentChange(environment, name=name)
    return EnvironmentChange(name, alias_of=environment if action == "alias" else None)


def _has(row: EnvironmentRow, text: str) -> bool:
    return not text or any(text.casefold() in one.casefold() for one in (row.name, *row.other_names))
