"""What is read of one incident in pages: its notes, its log, and the alerts about it, of which there are none here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import quote

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Scope
from shipledger.incidents.model import Incident
from shipledger.ledger.submission import Alias
from shipledger.protocols.contract import Route
from shipledger.protocols.links import base_url_of
from shipledger.protocols.opsgenie.call import Admission, Call
from shipledger.protocols.opsgenie.faults import not_found
from shipledger.protocols.opsgenie.incident_answers import to_note
from shipledger.protocols.opsgenie.incident_log import to_log
from shipledger.protocols.opsgenie.incident_parameters import RecordList, read_incident, read_record_list
from shipledger.protocols.opsgenie.incident_translate import to_incident_target
from shipledger.protocols.opsgenie.incident_wire import LogOut, LogPageOut, NoteOut, NotePageOut
from shipledger.protocols.opsgenie.incident_words import INCIDENT_UNKNOWN
from shipledger.protocols.opsgenie.links import page_links, paging_headers
from shipledger.protocols.opsgenie.parameters import query_of
from shipledger.protocols.opsgenie.wire import DataOut, PagingOut
from shipledger.verbs.incidents import IncidentVerbs

PATH = "/v1/incidents"
ALERT_LISTS = ("responder-alert-ids", "associated-alert-ids")
SIZE_TO_TELL = 200
"""What it takes of an entry to tell it, in characters that are looked at."""

T = TypeVar("T", NoteOut, LogOut)


class IncidentRecords:
    """Lists about one incident. Links begin with ``public_url``, or as the request did when it is empty."""

    def __init__(self, ledger: IncidentVerbs, *, public_url: str) -> None:
        self._ledger = ledger
        self._public_url = public_url

    def routes(self, admission: Admission) -> Sequence[Route]:
        """Its operations."""
        one = f"{PATH}/{{id}}"
        return (
            Route("GET", f"{one}/notes", admission.endpoint(Scope.READ, self._list_notes)),
            Route("GET", f"{one}/logs", admission.endpoint(Scope.READ, self._list_log)),
            *(Route("GET", f"{one}/{last}", admission.endpoint(Scope.READ, self._list_alerts)) for last in ALERT_LISTS),
        )

    async def _list_notes(self, request: Request, call: Call) -> Response:
        wanted = read_record_list(query_of(request))
        incident = await find_incident(self._ledger, request, call)
        notes = [to_note(note, place) for place, note in enumerate(incident.told_notes)]
        return self._answer_page(request, call, wanted, notes, NotePageOut)

    async def _list_log(self, request: Request, call: Call) -> Response:
        wanted = read_record_list(query_of(request))
        incident = await find_incident(self._ledger, request, call)
        entries = await self._ledger.list_incident_entries(call.grant.organization_id, incident.incident_id)
        log = await call.compute(lambda: to_log(entries), size=len(entries) * SIZE_TO_TELL)
        return self._answer_page(request, call, wanted, log, LogPageOut)

    async def _list_alerts(self, request: Request, call: Call) -> Response:
        """The ledger has no alerts, so an incident has none."""
        read_record_list(query_of(request))
        await find_incident(self._ledger, request, call)
        return call.answer(HTTPStatus.OK, DataOut([]))

    def _answer_page(
        self,
        request: Request,
        call: Call,
        wanted: RecordList,
        records: Sequence[T],
        page_of: Callable[[list[T], PagingOut], Struct],
    ) -> Response:
        """``records``, oldest first, as far as they are wanted."""
        page, order = wanted.page, wanted.order
        last = request.scope["path"].rstrip("/").rpartition("/")[2]
        path = f"{base_url_of(request, self._public_url)}{PATH}/{quote(request.path_params['id'], safe='')}/{last}"
        kind = quote(query_of(request).get("identifierType", "id"))

        def link(offset: int) -> str:
            return f"{path}?limit={page.limit}&order={order}&offset={offset}&identifierType={kind}"

        paging = page_links(page, len(records), link)
        ordered = records if order == "asc" else records[::-1]
        return call.answer(HTTPStatus.OK, page_of(list(ordered[page.offset : wanted.end]), paging), paging_headers(paging))


async def find_incident(ledger: IncidentVerbs, request: Request, call: Call) -> Incident:
    """The incident that the path of a request names. Raises Fault, 404."""
    target_of = read_incident(request.path_params, query_of(request))
    target = to_incident_target(target_of["identifier"], target_of["identifierType"])
    incident = await ledger.find_incident(call.grant.organization_id, Alias(scope=target.scope or "", key=target.key))
    if incident is None:
        raise not_found(INCIDENT_UNKNOWN)
    return incident
