"""Writes a drawn ledger through a running server, the way of every request: intake, settlement, projections."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from shipledger.access.issuing import issue_credential
from shipledger.aggregates import Recording
from shipledger.catalog.commit import Pack
from shipledger.catalog.repository import repository_key
from shipledger.catalog.service import Service
from shipledger.gating.gate import Gate, GateStatus
from shipledger.incidents.model import ChangeIncident, RecordIncident
from shipledger.ledger.identity import new_id
from shipledger.ledger.receipt import Receipt, Settlement
from shipledger.ledger.submission import RecordDeployment
from tests.support.any_ledger import REPOSITORY, SERVICE, AnyLedger, Sent
from tests.support.gating import decide_gate
from tests.support.in_time import in_time
from tests.support.server import SETTLED_WITHIN_SECONDS, Server
from tests.support.services import TESTER


class Written(Struct, frozen=True):
    """What came of a drawn ledger: ids of everything that was recorded, and how each request was settled."""

    organization_id: str
    services: tuple[Service, ...]
    deployment_ids: tuple[str, ...]
    incident_ids: tuple[str, ...]
    settlements: tuple[Settlement, ...]


async def write_ledger(server: Server, ledger: AnyLedger) -> Written:
    """Write ``ledger`` into the home of ``server``, one request after another."""
    organization_id = await server.organization_id()
    services = [await server.app.directory.create_service(organization_id, draft, by=TESTER) for draft in ledger.services]
    for service in services:
        await server.app.directory.map_repository(organization_id, service.service_id, REPOSITORY, by=TESTER)
    now = server.app.clock.now()
    await server.app.store.save_issues(organization_id, ledger.issues, seen_at=now)
    await _write_commits(server, organization_id, ledger)
    issued = issue_credential(
        organization_id=organization_id, kind="native", name="drawn", now=now, randomness=secrets.token_bytes(8)
    )
    await server.app.store.create_credential(issued.credential)
    ids = {f"{SERVICE}{number}": service.service_id for number, service in enumerate(services)}
    settlements = [await _send(server, organization_id, issued.credential.credential_id, sent, ids) for sent in ledger.sent]
    for gate, reason in zip(await _list_waiting(server, organization_id), ledger.reasons, strict=False):
        await decide_gate(server.app.store, gate, GateStatus.PREVENTED, reason=reason)
    asked = [one for sent in ledger.sent for one in sent.submissions]
    return Written(
        organization_id=organization_id,
        services=tuple(services),
        deployment_ids=tuple({one.deployment_id: None for one in asked if isinstance(one, RecordDeployment)}),
        incident_ids=tuple({one.incident_id: None for one in asked if isinstance(one, RecordIncident)}),
        settlements=tuple(settlements),
    )


async def _list_waiting(server: Server, organization_id: str) -> list[Gate]:
    return await server.app.store.list_gates(organization_id, status=GateStatus.AWAITING, before_number=None, limit=9)


async def _write_commits(server: Server, organization_id: str, ledger: AnyLedger) -> None:
    now, store = server.app.clock.now(), server.app.store
    for commit in ledger.commits:
        pack = Pack(
            organization_id=organization_id,
            pack_id=new_id(now, secrets.token_bytes(8)),
            repository=repository_key(REPOSITORY),
            head=commit.commit_id,
            size_bytes=1,
            accepted_at=now,
        )
        await store.append_pack_if_room(pack, b"1", room_bytes=10**9)
        await store.save_commits(pack, [commit])
        await store.make_known(pack, [commit.commit_id])
        await store.settle_pack(pack, name="pack", now=now)


async def _send(server: Server, organization_id: str, credential_id: str, sent: Sent, ids: Mapping[str, str]) -> Settlement:
    accepted_at = server.app.clock.now()
    receipt = Receipt(
        organization_id=organization_id,
        receipt_id=new_id(accepted_at, secrets.token_bytes(8)),
        credential_id=credential_id,
        protocol=sent.protocol,
        operation=sent.operation,
        parameters=sent.parameters,
        body=sent.body,
        accepted_at=accepted_at,
    )

    async def settled() -> Settlement:
        while True:
            settlement = await server.app.store.find_settlement(organization_id, receipt.receipt_id)
            if settlement is not None and settlement.settled_at is not None:
                return settlement
            await asyncio.sleep(0.001)

    await in_time(server.app.intake.accept(receipt, _with_ids(sent.submissions, ids)), "the commit of a receipt")
    return await in_time(settled(), f"the verdict on {sent.operation}", seconds=SETTLED_WITHIN_SECONDS)


def _with_ids(submissions: Sequence[Recording], ids: Mapping[str, str]) -> list[Recording]:
    """``submissions`` with the ids of services that were drawn as numbers."""
    return [_with_ids_of_one(one, ids) for one in submissions]


def _with_ids_of_one(submission: Recording, ids: Mapping[str, str]) -> Recording:
    def named(names: Any) -> Any:
        return tuple(ids.get(name, name) for name in names) if isinstance(names, tuple) else names

    if isinstance(submission, RecordIncident):
        submission = replace(submission, required_services=named(submission.required_services))
    if isinstance(submission, RecordIncident | ChangeIncident):
        return replace(submission, facts=replace(submission.facts, service_ids=named(submission.facts.service_ids)))
    return submission
