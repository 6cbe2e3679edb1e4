"""Record incidents, read one, and list them."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Protocol

from msgspec import UNSET, UnsetType
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant
from shipledger.catalog.tiers import TierPolicy
from shipledger.clock import to_microseconds
from shipledger.found import Found
from shipledger.incidents.model import Incident
from shipledger.ledger.identity import bare_uuid
from shipledger.ledger.submission import Alias
from shipledger.ledger.verdict import Verdict
from shipledger.protocols.native.call import read_text, reply
from shipledger.protocols.native.cursor import Place
from shipledger.protocols.native.faults import not_found
from shipledger.protocols.native.incident_answers import to_incident
from shipledger.protocols.native.incident_bodies import check_incidents
from shipledger.protocols.native.incident_listing import COLUMNS, PARAMETERS, IncidentListing, read_incident_listing
from shipledger.protocols.native.incident_translate import own_incident_id, to_incident_submissions
from shipledger.protocols.native.pages import Asked, Page, PagedList, choose_type, cut_page
from shipledger.protocols.native.parameters import Parameters
from shipledger.protocols.native.past import AS_OF, KnowledgeOut, read_as_of, to_knowledge
from shipledger.protocols.native.recording import Write, Writer
from shipledger.protocols.native.settled import Answering, answer_settled, to_written
from shipledger.protocols.native.vocabulary import PREFIX, RECORD_INCIDENT, RECORD_INCIDENT_LIST
from shipledger.protocols.native.wire import IncidentOut, IncidentsOut
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.catalog import CatalogVerbs
from shipledger.verbs.credentials import CredentialVerbs
from shipledger.verbs.incidents import IncidentVerbs
from shipledger.verbs.past import PastVerbs
from shipledger.verbs.recording import RecordingVerbs


class Verbs(CallVerbs, CatalogVerbs, CredentialVerbs, IncidentVerbs, PastVerbs, RecordingVerbs, Protocol):
    """What is asked of the ledger here."""


class IncidentOperations:
    """The operations on incidents."""

    def __init__(self, ledger: Verbs, *, public_url: str) -> None:
        self._ledger = ledger
        self._list = PagedList(ledger, "incidents", COLUMNS, public_url=public_url)
        self._writer = Writer(ledger)
        self._answering = Answering(
            path=f"{PREFIX}/incidents",
            list_operation=RECORD_INCIDENT_LIST,
            id_of=lambda verdict: verdict.subject,
            read=self._read_records,
            own_id=own_incident_id,
            to_list=lambda request_id, written: IncidentsOut(request_id=request_id, incidents=written),
        )

    async def record(self, request: Request, grant: Grant) -> Response:
        """201 with what is new, 200 with what was known; 202 when it is durable and its verdict is not known yet."""
        organization_id = grant.organization_id
        text = await read_text(request)
        checked = await self._ledger.compute(organization_id, lambda: check_incidents(text), size=len(text))

        async def find_names(alias: Alias) -> Sequence[Alias] | None:
            recorded = await self._ledger.find_incident(organization_id, alias)
            return None if recorded is None else recorded.identities

        write = Write(
            operation=RECORD_INCIDENT_LIST if checked.is_list else RECORD_INCIDENT,
            body=checked.body,
            parameters=checked.parameters,
            is_list=checked.is_list,
            translate=lambda receipt: to_incident_submissions(receipt, checked.items),
            find_names=find_names,
            answer=lambda settlement: answer_settled(organization_id, settlement, self._answering),
        )
        return await self._writer.record(request, grant, write)

    async def get(self, request: Request, grant: Grant) -> Response:
        """200, or 404."""
        incident_id = bare_uuid(request.path_params["id"]).lower()
        parameters, now = Parameters(request.query_params, (AS_OF,)), self._ledger.now()
        as_of = read_as_of(parameters, now)
        parameters.check()
        knowledge: KnowledgeOut | UnsetType = UNSET
        if as_of is None:
            incident = await self._ledger.find_incident(grant.organization_id, Alias(scope="", key=incident_id))
            policy = await self._ledger.find_tier_policy(grant.organization_id)
        else:
            incident = await self._ledger.find_incident_as_of(grant.organization_id, incident_id, as_of)
            tiers = await self._ledger.find_tiers_as_of(grant.organization_id, as_of)
            policy, knowledge = tiers.policy, to_knowledge(as_of, now, tiers.sources)
        if incident is None:
            raise not_found("incident")
        record = replace(to_incident(incident, policy), knowledge=knowledge)
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, record)

    async def answer_marked(self, organization_id: str, request_id: str, verdict: Verdict) -> IncidentOut | None:
        """The incident that was marked, as the answer to that; None when it is not there."""
        records = await self._read_records(organization_id, [verdict.subject])
        return to_written(next(iter(records.values())), request_id, verdict) if records else None

    async def list_page(self, request: Request, grant: Grant) -> Response:
        """200 with a page, newest start first; another one begins where its cursor says."""
        organization_id = grant.organization_id
        parameters = Parameters(request.query_params, PARAMETERS)
        listing, media_type = read_incident_listing(parameters), choose_type(request, parameters)
        now = self._ledger.now()
        as_of = read_as_of(parameters, now)
        parameters.check()
        if as_of is None:
            policy = await self._ledger.find_tier_policy(organization_id)
            shown, besides = await self._find_page(organization_id, listing, policy), {}
        else:
            tiers = await self._ledger.find_tiers_as_of(organization_id, as_of)
            policy = tiers.policy
            before_id = "" if listing.before is None else listing.before[1]
            past, end = await self._ledger.list_incidents_as_of(
                organization_id, as_of, lambda one: listing.has(one, policy), before_id=before_id, limit=listing.limit
            )
            shown = Page(records=past, end=(0, end) if end else None)
            besides = {"knowledge": to_knowledge(as_of, now, tiers.sources)}

        return await self._list.answer(
            Asked(request, organization_id, parameters, media_type),
            shown,
            lambda one: to_incident(one, policy),
            besides=besides,
        )

    async def _find_page(self, organization_id: str, listing: IncidentListing, policy: TierPolicy) -> Page[Incident]:
        found: list[Incident] = []
        after: Place | None = listing.before
        while len(found) <= listing.limit and (page := await self._scan(organization_id, listing, after)):
            found += [one for one in page if listing.has(one, policy)]
            after = place_of(page[-1])
        return cut_page(Found(found), limit=listing.limit, place_of=place_of)

    async def _scan(self, organization_id: str, listing: IncidentListing, after: Place | None) -> list[Incident]:
        return await self._ledger.scan_incidents(organization_id, listing.started_from, listing.started_until, after)

    async def _read_records(self, organization_id: str, ids: Sequence[str]) -> dict[str, IncidentOut]:
        policy = await self._ledger.find_tier_policy(organization_id)
        found = [await self._ledger.find_incident(organization_id, Alias(scope="", key=one)) for one in ids]
        return {one: to_incident(incident, policy) for one, incident in zip(ids, found, strict=True) if incident is not None}


def place_of(incident: Incident) -> Place:
    """Where an incident stands in a list."""
    return to_microseconds(incident.started_at), incident.incident_id
