"""How the installation is."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant, Scope
from shipledger.protocols.contract import Route
from shipledger.protocols.native.call import Admission, reply
from shipledger.protocols.native.describing import operation
from shipledger.protocols.native.faults import Fault
from shipledger.protocols.native.parameters import Parameters
from shipledger.protocols.native.status_wire import DutyOut, NodeOut, PaceOut, StatusOut, StoreOut, WaitingOut
from shipledger.protocols.native.vocabulary import PREFIX
from shipledger.protocols.times import format_known_time, format_time
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.status import DutyState, ProcessState, Status, StatusVerbs

PATH = f"{PREFIX}/status"
FOREIGN = (
    "The status tells of all organizations. Use a credential of the organization that the setting operator_organization names."
)


class Verbs(CallVerbs, StatusVerbs, Protocol):
    """What is asked of the ledger here."""


class StatusOperations:
    """The operation on the status of the installation."""

    def __init__(self, ledger: Verbs, admission: Admission) -> None:
        self._ledger = ledger
        self._admission = admission

    def routes(self) -> Sequence[Route]:
        """Its operation."""
        return (Route("GET", PATH, self._admission.endpoint(Scope.READ, self.get), base=PREFIX),)

    async def get(self, request: Request, grant: Grant) -> Response:
        """200 with the status, or 404 for a credential of another organization than that of the operators."""
        Parameters(request.query_params, ()).check()
        if not await self._ledger.is_operated_by(grant.organization_id):
            raise Fault(HTTPStatus.NOT_FOUND, FOREIGN)
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, _to_status(await self._ledger.read_status()))


def status_paths() -> dict[str, Any]:
    """Its part of the OpenAPI page."""
    summary = "How the installation is: its nodes, database, background work and what waits"
    return {PATH: {"get": operation(summary, {200: ("The status now.", StatusOut)}, errors=(404, 422))}}


def _to_status(found: Status) -> StatusOut:
    process, store, outbox = found.process, found.store, found.outbox
    return StatusOut(
        at=format_time(found.at),
        version=found.version,
        node_id=None if process is None else process.node_id,
        started_at=None if process is None else format_time(process.started_at),
        up_seconds=None if process is None else round(process.up_seconds, 1),
        pace=None if process is None else _to_pace(process),
        store=StoreOut(
            engine=store.engine,
            version=store.version,
            revision=store.revision,
            size_bytes=store.size_bytes,
            free_bytes=store.free_bytes,
            disk_bytes=store.disk_bytes,
            backed_up_at=format_known_time(store.backed_up_at),
        ),
        nodes=tuple(
            NodeOut(
                id=one.node_id,
                is_alive=one.is_alive,
                is_this=one.is_this,
                has_older_rules=one.has_older_rules,
                seen_at=format_time(one.seen_at),
            )
            for one in found.nodes
        ),
        duties=tuple(map(_to_duty, found.duties)),
        waiting=WaitingOut(
            receipts=found.backlog.pending,
            oldest_receipt_at=format_known_time(found.backlog.oldest_accepted_at),
            quarantined=found.backlog.quarantined,
            messages=outbox.pending,
            oldest_message_at=format_known_time(outbox.oldest_at),
            messages_given_up=outbox.given_up,
            open_circuits=outbox.open_targets,
            packs=found.packs.pending,
            packs_refused=found.packs.refused,
        ),
        organizations=found.organizations,
        sealed_at=format_known_time(found.sealed_at),
        clock=found.clock or None,
        even_since=format_known_time(found.even_since),
        under_way=found.under_way,
        unfinished=found.unfinished,
    )


def _to_pace(process: ProcessState) -> PaceOut:
    pace = process.pace
    return PaceOut(
        seconds=round(pace.seconds, 1),
        requests_per_second=round(pace.requests_per_second, 3),
        receipts_per_second=round(pace.receipts_per_second, 3),
        receipts_per_commit=round(pace.batch_size, 2) if pace.commits else None,
        commit_milliseconds=round(pace.commit_seconds * 1_000, 3) if pace.commits else None,
    )


def _to_duty(one: DutyState) -> DutyOut:
    return DutyOut(
        name=one.name,
        node_id=one.node_id or None,
        is_running=one.is_running,
        began_at=format_known_time(one.began_at),
        took_milliseconds=None if one.took_seconds is None else round(one.took_seconds * 1_000, 1),
        fault=one.fault or None,
    )
