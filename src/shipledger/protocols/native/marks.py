"""Mark deployments and incidents."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import Any, Protocol

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant, Scope
from shipledger.aggregates import Recording
from shipledger.ledger.identity import bare_uuid
from shipledger.ledger.receipt import Receipt, Settlement
from shipledger.ledger.submission import Alias, Target
from shipledger.ledger.verdict import Reason, Verdict, VerdictKind
from shipledger.protocols.contract import Route
from shipledger.protocols.native.call import Admission, read_text, refuse, reply
from shipledger.protocols.native.deployments import DeploymentOperations
from shipledger.protocols.native.faults import not_found, rejected
from shipledger.protocols.native.incidents import IncidentOperations
from shipledger.protocols.native.mark_bodies import CheckedMarks, check_deployment_marks, check_incident_marks
from shipledger.protocols.native.mark_translate import ID_PARAMETER, to_incident_mark, to_mark
from shipledger.protocols.native.recording import Write, Writer
from shipledger.protocols.native.vocabulary import MARK, MARK_INCIDENT, PREFIX
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.deployments import DeploymentVerbs
from shipledger.verbs.incidents import IncidentVerbs
from shipledger.verbs.recording import RecordingVerbs

_UNKNOWN = (Reason.UNKNOWN_DEPLOYMENT, Reason.UNKNOWN_INCIDENT)


class Verbs(CallVerbs, DeploymentVerbs, IncidentVerbs, RecordingVerbs, Protocol):
    """What is asked of the ledger here."""


class _Marked(Struct, frozen=True):
    """One kind of record that is marked: how its marks are read and translated, and how it is found and shown."""

    what: str
    operation: str
    check: Callable[[str], CheckedMarks]
    translate: Callable[[Receipt, Any], Sequence[Recording]]
    find_names: Callable[[str, Alias], Awaitable[Sequence[Alias] | None]]
    answer: Callable[[str, str, Verdict], Awaitable[Struct | None]]


class MarkOperations:
    """The operations on marks."""

    def __init__(
        self, ledger: Verbs, admission: Admission, deployments: DeploymentOperations, incidents: IncidentOperations
    ) -> None:
        self._ledger = ledger
        self._admission = admission
        self._deployments = deployments
        self._incidents = incidents
        self._writer = Writer(ledger)

    def routes(self) -> Sequence[Route]:
        """Its operations."""
        admit = self._admission.endpoint
        return (
            Route("POST", f"{PREFIX}/deployments/{{id}}/marks", admit(Scope.WRITE, self.mark_deployment), base=PREFIX),
            Route("POST", f"{PREFIX}/incidents/{{id}}/marks", admit(Scope.WRITE, self.mark_incident), base=PREFIX),
        )

    async def mark_deployment(self, request: Request, grant: Grant) -> Response:
        """200 with the deployment; 404, 409 for what contradicts or names nothing, 202 when its verdict is not known yet."""
        marked = _Marked(
            what="deployment",
            operation=MARK,
            check=check_deployment_marks,
            translate=to_mark,
            find_names=self._find_deployment_names,
            answer=self._deployments.answer_marked,
        )
        return await self._mark(request, grant, marked)

    async def mark_incident(self, request: Request, grant: Grant) -> Response:
        """The same for an incident."""
        marked = _Marked(
            what="incident",
            operation=MARK_INCIDENT,
            check=check_incident_marks,
            translate=to_incident_mark,
            find_names=self._find_incident_names,
            answer=self._incidents.answer_marked,
        )
        return await self._mark(request, grant, marked)

    async def _mark(self, request: Request, grant: Grant, marked: _Marked) -> Response:
        organization_id = grant.organization_id
        text = await read_text(request)
        checked = await self._ledger.compute(organization_id, lambda: marked.check(text), size=len(text))
        record_id = bare_uuid(request.path_params["id"]).lower()
        # A mark that comes before its record waits for it. Where the record is not on its way, nothing is worth waiting for.
        may_come = await self._ledger.is_record_pending(organization_id, record_id)
        if not may_come and await marked.find_names(organization_id, Alias(scope="", key=record_id)) is None:
            raise not_found(marked.what)

        async def answer(settlement: Settlement) -> Response | None:
            (verdict,) = settlement.verdicts
            if verdict.kind is VerdictKind.REJECTED:
                fault = not_found(marked.what) if verdict.reason in _UNKNOWN else rejected(verdict)
                return refuse(settlement.receipt_id, fault)
            written = await marked.answer(organization_id, settlement.receipt_id, verdict)
            return None if written is None else reply(settlement.receipt_id, HTTPStatus.OK, written)

        write = Write(
            operation=marked.operation,
            body=checked.body,
            parameters={**checked.parameters, ID_PARAMETER: record_id},
            is_list=False,
            translate=lambda receipt: marked.translate(receipt, checked.said),
            find_names=lambda alias: marked.find_names(organization_id, alias),
            answer=answer,
            about=record_id,
        )
        return await self._writer.record(request, grant, write)

    async def _find_deployment_names(self, organization_id: str, alias: Alias) -> Sequence[Alias] | None:
        found = await self._ledger.find_deployment(organization_id, Target(scope=alias.scope or None, key=alias.key))
        return None if found is None or found.is_removed else (*found.identities, *found.names)

    async def _find_incident_names(self, organization_id: str, alias: Alias) -> Sequence[Alias] | None:
        found = await self._ledger.find_incident(organization_id, alias)
        return None if found is None or found.is_removed else found.identities
