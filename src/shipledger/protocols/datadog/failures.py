"""The operations on failures."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from http import HTTPStatus
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response

from shipledger.incidents.model import Incident
from shipledger.ledger.receipt import Settlement
from shipledger.ledger.registers import known
from shipledger.ledger.submission import Alias
from shipledger.protocols.datadog.bodies import clean_body, read_attributes, read_create_failure, read_list
from shipledger.protocols.datadog.call import Call, reply
from shipledger.protocols.datadog.deployments import MORE_HEADER, SETTLEMENT_SECONDS, check_deletable
from shipledger.protocols.datadog.failure_answers import IncidentRecord, failure_id_of, to_failure
from shipledger.protocols.datadog.failure_translation import (
    own_failure_id,
    record_failure,
    remove_failure,
    to_failure_alias,
)
from shipledger.protocols.datadog.faults import not_found
from shipledger.protocols.datadog.incoming import read_json
from shipledger.protocols.datadog.lists import PRUNE_AT, SIZE_OF_RECORD, keep_matching, read_query, sort_records
from shipledger.protocols.datadog.vocabulary import (
    CREATE_FAILURE,
    DELETE_FAILURE,
    FAILURE_TYPE,
    FAILURES_LIST_TYPE,
    PROTOCOL,
)
from shipledger.protocols.datadog.wire import DataOut, ListIn, ObjectOut
from shipledger.protocols.effort import Effort
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.catalog import CatalogVerbs
from shipledger.verbs.deployments import DeploymentVerbs
from shipledger.verbs.incidents import IncidentVerbs
from shipledger.verbs.recording import RecordingVerbs, check_stored


class Verbs(CallVerbs, CatalogVerbs, DeploymentVerbs, IncidentVerbs, RecordingVerbs, Protocol):
    """What is asked of the ledger here."""


class FailureOperations:
    """Create, get, list and delete."""

    def __init__(self, ledger: Verbs) -> None:
        self._ledger = ledger

    async def create(self, request: Request, call: Call) -> Response:
        """200 when it is there; 202 when it is durable and settling is slow. The id is decided before."""
        body = await read_json(request, call)
        create = read_attributes(body, read_create_failure)
        kept = clean_body(request.state.body, create.git, request.state.parameters)
        receipt = self._ledger.new_receipt(call.grant, PROTOCOL, CREATE_FAILURE, kept.parameters, kept.body)
        given_id = own_failure_id(receipt, create)

        async def answer(settlement: Settlement) -> Response:
            check_stored(settlement)
            incident = await self._ledger.find_incident(receipt.organization_id, to_failure_alias(given_id))
            is_named = create.id is not None or incident is None
            return _created(HTTPStatus.OK, given_id if is_named or incident is None else failure_id_of(incident))

        accepted = _created(HTTPStatus.ACCEPTED, given_id)
        submissions = (record_failure(receipt, create),)
        return await self._ledger.record(receipt, submissions, accepted, settled=answer, wait_seconds=SETTLEMENT_SECONDS)

    async def get(self, request: Request, call: Call) -> Response:
        """200, or 404."""
        given_id, organization_id = request.path_params["failure_id"], call.grant.organization_id
        incident = await self._ledger.find_incident(organization_id, to_failure_alias(given_id))
        incident = incident or await self._ledger.find_incident(organization_id, Alias(scope="", key=given_id))
        if incident is None:
            raise not_found("no failure has this id")
        return reply(HTTPStatus.OK, DataOut(to_failure(incident, call.form)))

    async def list(self, request: Request, call: Call) -> Response:
        """200; a header tells when there is more than the limit let through."""
        wanted = read_list(await read_json(request, call), FAILURES_LIST_TYPE)
        query = read_query(wanted.query, self._ledger.at_its_host)
        key, is_descending = wanted.sort.removeprefix("-"), wanted.sort.startswith("-")
        found: list[Incident] = []
        effort = Effort()
        policy = await self._ledger.find_tier_policy(call.grant.organization_id)

        def sort() -> list[Incident]:
            return sort_records(found, lambda one: _sort_value(one, key), failure_id_of, is_descending=is_descending)

        async for page in self._walk(call.grant.organization_id, wanted):
            records = [(one, IncidentRecord(one, policy.names)) for one in page]
            found += await keep_matching(self._ledger, call.grant.organization_id, query, records, effort)
            if len(found) >= PRUNE_AT:
                found = sort()[: wanted.limit + 1]
        found = sort()
        headers = {MORE_HEADER: "true"} if len(found) > wanted.limit else None
        shown = found[: wanted.limit]
        return await self._ledger.compute(
            call.grant.organization_id,
            lambda: reply(HTTPStatus.OK, DataOut([to_failure(one, call.form) for one in shown]), headers),
            size=len(shown) * SIZE_OF_RECORD,
        )

    async def delete(self, request: Request, call: Call) -> Response:
        """202 and no body, whether there is such a failure or not."""
        given_id = check_deletable(request.path_params["failure_id"])
        receipt = self._ledger.new_receipt(call.grant, PROTOCOL, DELETE_FAILURE, {"id": given_id}, "")
        accepted = reply(HTTPStatus.ACCEPTED, None)

        async def answer(settlement: Settlement) -> Response:
            check_stored(settlement)
            return accepted

        submissions = (remove_failure(given_id),)
        return await self._ledger.record(receipt, submissions, accepted, settled=answer, wait_seconds=SETTLEMENT_SECONDS)

    async def _walk(self, organization_id: str, wanted: ListIn) -> AsyncIterator[Sequence[Incident]]:
        after: Incident | None = None
        while page := await self._ledger.scan_incidents(organization_id, wanted.started_from, wanted.started_until, after):
            yield page
            after = page[-1]


def _created(status: int, given_id: str) -> Response:
    return reply(status, DataOut(ObjectOut(id=given_id, type=FAILURE_TYPE)))


def _sort_value(incident: Incident, key: str) -> Any:
    if key == "started_at":
        return incident.started_at
    if key == "finished_at":
        return incident.ended_at
    environment = known(incident.facts.environment)
    services = known(incident.facts.services) or ("",)
    text = {
        "service": services[0],
        "env": environment.name if environment else None,
        "version": known(incident.facts.version),
    }[key]
    return text.casefold() if text else None
