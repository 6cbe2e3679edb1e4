"""Environments as deployments have them, with their tiers and their names; and what is set of both by hand."""

from __future__ import annotations

from http import HTTPStatus
from typing import Protocol

from msgspec import UNSET, UnsetType
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant
from shipledger.catalog.environments import EnvironmentChange, Preview, find_known, list_unseen
from shipledger.catalog.tier_contract import TierPlace
from shipledger.catalog.tiering.words import describe_all
from shipledger.catalog.tiers import TierPolicy
from shipledger.errors import Conflict, Invalid, NotFound
from shipledger.found import Found
from shipledger.ledger.state import Tier
from shipledger.protocols.native.call import read_text, reply
from shipledger.protocols.native.catalog_bodies import read_environments
from shipledger.protocols.native.cursor import FORMAT, LIMIT, NAME, Place, read_cursor
from shipledger.protocols.native.environment_wire import (
    EnvironmentOut,
    EnvironmentPreviewOut,
    EnvironmentSetOut,
    EnvironmentsSetOut,
    KnownEnvironmentOut,
    NameMoveOut,
)
from shipledger.protocols.native.faults import busy, not_found
from shipledger.protocols.native.history import HistoryOut, to_change
from shipledger.protocols.native.listing import DEFAULT_LIMIT, MAX_LIMIT
from shipledger.protocols.native.pages import Asked, PagedList, choose_type, cut_page
from shipledger.protocols.native.parameters import DRY_RUN, Parameters
from shipledger.protocols.native.past import AS_OF, KnowledgeOut, read_as_of, to_knowledge
from shipledger.protocols.native.vocabulary import TIERS
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.catalog import CatalogVerbs
from shipledger.verbs.past import PastVerbs

PARAMETERS = ("tier", AS_OF, NAME, LIMIT, FORMAT)
COLUMNS = EnvironmentOut.__struct_fields__


class Verbs(CallVerbs, CatalogVerbs, PastVerbs, Protocol):
    """What is asked of the ledger here."""


class EnvironmentOperations:
    """The operations on environments."""

    def __init__(self, ledger: Verbs, *, public_url: str) -> None:
        self._ledger = ledger
        self._list = PagedList(ledger, "environments", COLUMNS, public_url=public_url)

    async def save(self, request: Request, grant: Grant) -> Response:
        """200 when all deployments have the tiers, 202 when some still get them in the background; 409 when it cannot be."""
        organization_id = grant.organization_id
        parameters = Parameters(request.query_params, (DRY_RUN,))
        is_dry_run = parameters.flag(DRY_RUN)
        parameters.check()
        text = await read_text(request)
        items, is_list = await self._ledger.compute(organization_id, lambda: read_environments(text), size=len(text))
        preview: EnvironmentPreviewOut | UnsetType = UNSET
        is_done = True
        try:
            if is_dry_run:
                preview = _to_preview(await self._ledger.preview_environments(organization_id, items))
            else:
                is_done = await self._ledger.change_environments(organization_id, items, by=grant.actor)
        except Invalid as error:
            raise Invalid("environment", error.message, fields={"environment": error.message}) from None
        except (Conflict, NotFound) as error:
            raise busy(error.message) from None
        written = tuple(map(_to_set, items))
        status = HTTPStatus.OK if is_done else HTTPStatus.ACCEPTED
        body = EnvironmentsSetOut(written, preview) if is_list else replace(written[0], preview=preview)
        return reply(self._ledger.new_request_id(), status, body)

    async def get(self, request: Request, grant: Grant) -> Response:
        """200 with an environment by any of its names, or 404."""
        organization_id, name = grant.organization_id, request.path_params["name"]
        parameters, now = Parameters(request.query_params, (AS_OF,)), self._ledger.now()
        as_of = read_as_of(parameters, now)
        parameters.check()
        knowledge: KnowledgeOut | UnsetType = UNSET
        if as_of is None:
            known = await self._ledger.find_environment(organization_id, name)
        else:
            tiers = await self._ledger.find_tiers_as_of(organization_id, as_of)
            known = find_known(tiers.policy, await self._ledger.list_environments_as_of(organization_id, as_of), name)
            knowledge = to_knowledge(as_of, now, tiers.sources)
        if known is None:
            raise not_found("environment")
        places = {(place.name, place.environment_id): place for place in sorted(known.places, key=_order)}
        written = KnownEnvironmentOut(
            name=known.name,
            aliases=known.keys[1:],
            environments=tuple(_to_environment(places[one], known.policy) for one in sorted(places)),
            knowledge=knowledge,
        )
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, written)

    async def list_history(self, request: Request, grant: Grant) -> Response:
        """200 with all changes of rules for tiers, of tiers that were set by hand, and of names."""
        Parameters(request.query_params, ()).check()
        entries = await self._ledger.list_tier_changes(grant.organization_id)
        changes = tuple(map(to_change, entries, describe_all(entries)))
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, HistoryOut(history=changes))

    async def list_page(self, request: Request, grant: Grant) -> Response:
        """200 with a page by name; another one begins where its cursor says."""
        organization_id = grant.organization_id
        parameters = Parameters(request.query_params, PARAMETERS)
        tier = parameters.word("tier", TIERS, {})
        limit = parameters.number(LIMIT, default=DEFAULT_LIMIT, maximum=MAX_LIMIT)
        after, media_type = read_cursor(parameters), choose_type(request, parameters)
        now = self._ledger.now()
        as_of = read_as_of(parameters, now)
        parameters.check()
        besides: dict[str, KnowledgeOut] = {}
        if as_of is None:
            policy = await self._ledger.find_tier_policy(organization_id)
            places = await self._ledger.list_environments(organization_id)
        else:
            tiers = await self._ledger.find_tiers_as_of(organization_id, as_of)
            places, policy = await self._ledger.list_environments_as_of(organization_id, as_of), tiers.policy
            besides = {"knowledge": to_knowledge(as_of, now, tiers.sources)}
        places = [*places, *list_unseen(policy, places)]
        known = {(place.name, place.environment_id): place for place in sorted(places, key=_order)}
        shown = [
            place
            for place in sorted(known.values(), key=place_of)
            if (tier is None or _tier_of(place, policy) is tier) and (after is None or place_of(place) > after)
        ]
        page = cut_page(Found(shown[: limit + 1]), limit=limit, place_of=place_of)
        return await self._list.answer(
            Asked(request, organization_id, parameters, media_type),
            page,
            lambda place: _to_environment(place, policy),
            besides=besides,
        )


def place_of(place: TierPlace) -> Place:
    """Where an environment stands in a list."""
    return 0, f"{place.name}\n{place.environment_id}"


def _order(place: TierPlace) -> tuple[str, str, str]:
    """Which of two senders' words for one environment counts: the same whatever rows there are."""
    return place.environment_id, place.name, place.said


def _tier_of(place: TierPlace, policy: TierPolicy) -> Tier:
    return policy.tier_of(place.environment_id, place.name, place.said)


def _to_environment(place: TierPlace, policy: TierPolicy) -> EnvironmentOut:
    return EnvironmentOut(
        id=place.environment_id,
        name=place.name,
        tier=_tier_of(place, policy),
        is_set_by_hand=policy.find_pin(place.environment_id, place.name) is not None,
        canonical_environment=policy.names.call(place.name),
    )


def _to_set(change: EnvironmentChange) -> EnvironmentSetOut:
    return EnvironmentSetOut(
        environment=change.environment,
        tier=UNSET if change.tier is None else change.tier,
        alias_of=change.alias_of,
        name=UNSET if change.name is None else change.name,
    )


def _to_preview(preview: Preview) -> EnvironmentPreviewOut:
    names = tuple(NameMoveOut(one.name, one.was, one.becomes, one.deployments) for one in preview.names)
    return EnvironmentPreviewOut(names, preview.deployments, preview.lanes, preview.services, preview.retiered)
