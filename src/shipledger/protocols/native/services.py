"""Services of the catalog: add or change them, read one, and list them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Protocol

from msgspec import UNSET, UnsetType
from msgspec.structs import asdict, replace
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant
from shipledger.catalog.past import PastServices
from shipledger.catalog.service import Service, ServiceDraft
from shipledger.catalog.services.model import ServiceRecord
from shipledger.catalog.services.related_names import find_related_names
from shipledger.catalog.services.relation import Related, RelationKind, ServiceRelation, relate
from shipledger.catalog.services.words import describe
from shipledger.errors import Conflict, Invalid, NotFound
from shipledger.found import Found
from shipledger.ledger.actor import Actor
from shipledger.ledger.identity import bare_uuid
from shipledger.protocols.native.call import read_text, reply
from shipledger.protocols.native.catalog_bodies import ServiceIn, read_merge, read_services
from shipledger.protocols.native.cursor import FORMAT, LIMIT, NAME, Place, read_cursor
from shipledger.protocols.native.faults import not_found, not_saved
from shipledger.protocols.native.history import HistoryOut, to_change
from shipledger.protocols.native.listing import DEFAULT_LIMIT, MAX_LIMIT
from shipledger.protocols.native.pages import Asked, Page, PagedList, choose_type, cut_page
from shipledger.protocols.native.parameters import Parameters
from shipledger.protocols.native.past import AS_OF, KnowledgeOut, read_as_of, to_knowledge
from shipledger.protocols.native.vocabulary import PREFIX
from shipledger.protocols.native.wire import ServiceOut, ServicesOut
from shipledger.protocols.times import format_time
from shipledger.protocols.wire_json import find_unstorable
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.past import PastVerbs
from shipledger.verbs.services import ServiceVerbs

TEAM = "team"
PARAMETERS = (TEAM, AS_OF, NAME, LIMIT, FORMAT)
COLUMNS = tuple(name for name in ServiceOut.__struct_fields__ if name != "knowledge")


class Verbs(CallVerbs, PastVerbs, ServiceVerbs, Protocol):
    """What is asked of the ledger here."""


class ServiceOperations:
    """The operations on services."""

    def __init__(self, ledger: Verbs, *, public_url: str) -> None:
        self._ledger = ledger
        self._list = PagedList(ledger, "services", COLUMNS, public_url=public_url)

    async def save(self, request: Request, grant: Grant) -> Response:
        """201 when a service is new, else 200; 409 with the items that could not be saved."""
        organization_id = grant.organization_id
        text = await read_text(request)
        items, is_list = await self._ledger.compute(organization_id, lambda: read_services(text), size=len(text))
        saved: list[tuple[Service, bool]] = []
        refused: dict[int, str] = {}
        for place, item in enumerate(items):
            try:
                saved.append(await self._save(organization_id, item, grant.actor))
            except (Conflict, Invalid, NotFound) as error:
                refused[place] = error.message
        for place, (item, (service, _)) in enumerate(zip(items, saved, strict=False) if not refused else ()):
            try:
                await self._relate(organization_id, service, item, grant.actor)
            except (Invalid, NotFound) as error:
                refused[place] = error.message
        if refused:
            raise not_saved(refused, len(items), is_list=is_list)
        written = await self._describe(organization_id, [service for service, _ in saved])
        status = HTTPStatus.CREATED if any(is_new for _, is_new in saved) else HTTPStatus.OK
        request_id = self._ledger.new_request_id()
        if is_list:
            return reply(request_id, status, ServicesOut(services=tuple(written)))
        return reply(request_id, status, written[0], {"Location": f"{PREFIX}/services/{written[0].id}"})

    async def get(self, request: Request, grant: Grant) -> Response:
        """200, or 404. A service is found by its id, its slug or any of its names, by ``as_of`` of those that it had then."""
        name = bare_uuid(request.path_params["id"])
        parameters, now = Parameters(request.query_params, (AS_OF,)), self._ledger.now()
        as_of = read_as_of(parameters, now)
        parameters.check()
        if as_of is None:
            service = await find_called(self._ledger, grant.organization_id, name)
            (written,) = [None] if service is None else await self._describe(grant.organization_id, [service])
        else:
            past = await self._ledger.read_services_as_of(grant.organization_id, as_of)
            known = past.find(name)
            written = None if known is None else _to_past(known, past, to_knowledge(as_of, now, past.sources))
        if written is None:
            raise not_found("service")
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, written)

    async def merge(self, request: Request, grant: Grant) -> Response:
        """200 with the service that both are now; 404 if either is unknown, 409 if they cannot be merged."""
        organization_id = grant.organization_id
        text = await read_text(request)
        wanted = await self._ledger.compute(organization_id, lambda: read_merge(text), size=len(text))
        found = [
            await find_called(self._ledger, organization_id, bare_uuid(name)) for name in (request.path_params["id"], wanted)
        ]
        if found[0] is None or found[1] is None:
            raise not_found("service")
        try:
            both = await self._ledger.merge_service(organization_id, found[0].service_id, found[1].service_id, by=grant.actor)
        except (Invalid, NotFound) as error:
            raise not_saved({0: error.message}, 1, is_list=False) from None
        (written,) = await self._describe(organization_id, [both])
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, written)

    async def list_history(self, request: Request, grant: Grant) -> Response:
        """200 with all changes of a service, also of one that was deleted, by its id; or 404."""
        name = bare_uuid(request.path_params["id"])
        service = await find_called(self._ledger, grant.organization_id, name)
        service_id = name if service is None else service.service_id
        found = [] if find_unstorable(name) else await self._ledger.list_service_changes(grant.organization_id, service_id)
        if not found:
            raise not_found("service")
        called = await find_related_names(self._ledger, grant.organization_id, [one.submission for one in found])
        changes = tuple(to_change(one, describe(one.submission, called)) for one in found)
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, HistoryOut(history=changes))

    async def list_page(self, request: Request, grant: Grant) -> Response:
        """200 with a page by name; another one begins where its cursor says."""
        organization_id = grant.organization_id
        parameters = Parameters(request.query_params, PARAMETERS)
        limit = parameters.number(LIMIT, default=DEFAULT_LIMIT, maximum=MAX_LIMIT)
        after, media_type = read_cursor(parameters), choose_type(request, parameters)
        team = parameters.text(TEAM)
        now = self._ledger.now()
        as_of = read_as_of(parameters, now)
        parameters.check()
        after_name = "" if after is None else after[1]
        besides: dict[str, KnowledgeOut] = {}
        if as_of is None:
            found = await self._ledger.list_services_after(organization_id, after_name, limit=limit + 1, team=team)
            page = cut_page(found, limit=limit, place_of=place_of)
            rows, end = await self._describe(organization_id, page.records), page.end
        else:
            past = await self._ledger.read_services_as_of(organization_id, as_of)
            owned = (one for one in past.services if not team or one.draft.team_id.casefold() == team.casefold())
            known = [one for one in owned if one.draft.name.casefold() > after_name]
            shown = cut_page(Found(known[: limit + 1]), limit=limit, place_of=place_of)
            rows, end = [_to_past(one, past) for one in shown.records], shown.end
            besides = {"knowledge": to_knowledge(as_of, now, past.sources)}

        return await self._list.answer(
            Asked(request, organization_id, parameters, media_type),
            Page(rows, end),
            lambda row: row,
            besides=besides,
        )

    async def _save(self, organization_id: str, item: ServiceIn, by: Actor) -> tuple[Service, bool]:
        """The service with the name of ``item``, which it is given when it is new; and whether it is."""
        known = await find_called(self._ledger, organization_id, item.name)
        is_new = known is None
        if known is None:
            try:
                known = await self._ledger.create_service(organization_id, ServiceDraft(name=item.name, **item.changes), by=by)
            except Conflict:  # somebody else was faster
                is_new, known = False, await find_called(self._ledger, organization_id, item.name)
                if known is None:
                    raise
        if not is_new and item.changes:
            known = await self._ledger.update_service(organization_id, known.service_id, item.changes, by=by) or known
        for name in item.names:
            await self._ledger.add_service_name(organization_id, known.service_id, name, by=by)
        for repository in item.repositories:
            await self._ledger.map_repository(organization_id, known.service_id, repository, by=by)
        return known, is_new

    async def _relate(self, organization_id: str, service: Service, item: ServiceIn, by: Actor) -> None:
        """Relate a service to others, after all of a list are there. Raises NotFound, and Invalid for itself."""
        for kind, names in ((RelationKind.DEPENDS_ON, item.depends_on), (RelationKind.CONTAINS, item.contains)):
            for name in names:
                other = await find_called(self._ledger, organization_id, name)
                if other is None:
                    raise NotFound("service", f"There is no service {name!r}, which {kind} names.")
                await self._ledger.relate_service(organization_id, service.service_id, kind, other.service_id, by=by)

    async def _describe(self, organization_id: str, services: Sequence[Service]) -> list[ServiceOut]:
        """The services as they are answered, with their further names and repositories."""
        names: dict[str, list[str]] = {}
        relations: Sequence[ServiceRelation] = ()
        repositories: dict[str, list[str]] = {}
        if services:
            for name in await self._ledger.list_service_names(organization_id):
                names.setdefault(name.service_id, []).append(name.name)
            relations = await self._ledger.list_service_relations(organization_id)
            for mapping in await self._ledger.list_mappings(organization_id):
                repositories.setdefault(mapping.service_id, []).append(mapping.repository)
        return [
            _to_service(
                one,
                names.get(one.service_id, ()),
                repositories.get(one.service_id, ()),
                relate(one.service_id, relations),
            )
            for one in services
        ]


async def find_called(ledger: ServiceVerbs, organization_id: str, name: str) -> Service | None:
    """The service with this id, slug or name, or None."""
    if find_unstorable(name) is not None:
        return None
    service_id = (await ledger.find_service_ids(organization_id, [name])).get(name)
    return None if service_id is None else await ledger.find_service(organization_id, service_id)


def _to_service(one: Service | ServiceRecord, names: Iterable[str], repositories: Iterable[str], related: Related) -> ServiceOut:
    return ServiceOut(
        id=one.service_id,
        slug=one.slug,
        name=one.draft.name,
        description=one.draft.description or None,
        team=one.draft.team_id or None,
        tags=one.draft.tags,
        names=tuple(sorted(names)),
        repositories=tuple(sorted(repositories)),
        created_at=format_time(one.created_at),
        **asdict(related),
    )


def _to_past(one: ServiceRecord, past: PastServices, knowledge: KnowledgeOut | UnsetType = UNSET) -> ServiceOut:
    related = relate(one.service_id, past.relations)
    written = _to_service(one, one.names, past.repositories[one.service_id].values(), related)
    return replace(written, knowledge=knowledge)


def place_of(service: Service | ServiceRecord) -> Place:
    """Where a service stands in a list."""
    return 0, service.draft.name.casefold()
