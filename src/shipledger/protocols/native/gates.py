"""Gates: ask whether a deployment may go on, see how its gate stands, and decide."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Protocol

from msgspec import UNSET
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant
from shipledger.gating.gate import Gate, GateChange, GateStatus, read_gate_key
from shipledger.ledger.identity import bare_uuid
from shipledger.ledger.receipt import Settlement
from shipledger.ledger.submission import Alias, Target
from shipledger.ledger.verdict import VerdictKind
from shipledger.protocols.links import base_url_of
from shipledger.protocols.native import translate
from shipledger.protocols.native.answers import to_deployment, to_verdict
from shipledger.protocols.native.call import read_text, refuse, reply
from shipledger.protocols.native.cursor import FORMAT, LIMIT, NAME, Place, read_cursor
from shipledger.protocols.native.faults import already_decided, not_found, nothing_to_decide, rejected
from shipledger.protocols.native.gate_bodies import check_gate, read_decision
from shipledger.protocols.native.listing import DEFAULT_LIMIT, MAX_LIMIT
from shipledger.protocols.native.pages import Asked, PagedList, choose_type, cut_page
from shipledger.protocols.native.parameters import Parameters
from shipledger.protocols.native.recording import Write, Writer
from shipledger.protocols.native.vocabulary import ASK_GATE, DECIDE_GATE, GATE_STATUSES, GATED_PARAMETER, PREFIX
from shipledger.protocols.native.wire import ActorOut, GateChangeOut, GateOut, GateRowOut
from shipledger.protocols.times import format_time
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.catalog import CatalogVerbs
from shipledger.verbs.credentials import CredentialVerbs
from shipledger.verbs.deployments import DeploymentVerbs
from shipledger.verbs.gates import GateVerbs
from shipledger.verbs.recording import RecordingVerbs

PARAMETERS = ("status", NAME, LIMIT, FORMAT)
COLUMNS = GateRowOut.__struct_fields__
ASK_AGAIN_SECONDS = 10
PAGE_PATH = "/gates/"


class Verbs(CallVerbs, CatalogVerbs, CredentialVerbs, DeploymentVerbs, GateVerbs, RecordingVerbs, Protocol):
    """What is asked of the ledger here."""


class GateOperations:
    """The operations on gates."""

    def __init__(self, ledger: Verbs, *, public_url: str) -> None:
        self._ledger = ledger
        self._list = PagedList(ledger, "gates", COLUMNS, public_url=public_url)
        self._public_url = public_url
        self._writer = Writer(ledger)

    async def ask(self, request: Request, grant: Grant) -> Response:
        """201 with a new gate, 200 with the one that the deployment has; 202 when it is durable and not opened yet."""
        organization_id = grant.organization_id
        text = await read_text(request)
        checked = await self._ledger.compute(organization_id, lambda: check_gate(text), size=len(text))
        named = [release.repository for one in checked.items for release in one.releases]
        await self._ledger.keep_former_names(organization_id, named, by=grant.actor)

        async def find_names(alias: Alias) -> Sequence[Alias] | None:
            recorded = await self._ledger.find_deployment(organization_id, Target(scope=alias.scope, key=alias.key))
            return None if recorded is None else (*recorded.identities, *recorded.names)

        write = Write(
            operation=ASK_GATE,
            body=checked.body,
            parameters=checked.parameters,
            is_list=False,
            translate=lambda receipt: translate.to_gate_requests(receipt, checked.items),
            find_names=find_names,
            answer=lambda settlement: self._answer_settled(request, organization_id, settlement),
        )
        return await self._writer.record(request, grant, write)

    async def get(self, request: Request, grant: Grant) -> Response:
        """200, or 404. A gate is found by its key, or by the id of its deployment."""
        gate = await self._find(request, grant)
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, await self._describe(request, gate))

    async def decide(self, request: Request, grant: Grant) -> Response:
        """200 with the gate, also when it was decided so before; 409 when it was decided otherwise, or closed.

        202 when the decision is durable, and settling is slow.
        """
        organization_id = grant.organization_id
        text = await read_text(request)
        status, reason = read_decision(text)
        gate = await self._find(request, grant)

        async def find_names(alias: Alias) -> Sequence[Alias] | None:
            found = await self._ledger.find_gate_named(organization_id, alias)
            return None if found is None else found.names

        async def answer(settlement: Settlement) -> Response:
            (verdict,) = settlement.verdicts
            decided = await self._find(request, grant)
            if verdict.kind is VerdictKind.REJECTED:
                return refuse(settlement.receipt_id, already_decided(decided))
            return reply(settlement.receipt_id, HTTPStatus.OK, await self._describe(request, decided))

        write = Write(
            operation=DECIDE_GATE,
            body=text,
            parameters={GATED_PARAMETER: gate.deployment_id},
            is_list=False,
            translate=lambda receipt: translate.to_decisions(receipt, status, reason),
            find_names=find_names,
            answer=answer,
            about=gate.deployment_id,
        )
        return await self._writer.record(request, grant, write)

    async def list_page(self, request: Request, grant: Grant) -> Response:
        """200 with a page, the newest first; another one begins where its cursor says."""
        organization_id = grant.organization_id
        parameters = Parameters(request.query_params, PARAMETERS)
        status = parameters.word("status", GATE_STATUSES, {})
        limit = parameters.number(LIMIT, default=DEFAULT_LIMIT, maximum=MAX_LIMIT)
        before, media_type = read_cursor(parameters), choose_type(request, parameters)
        parameters.check()
        before_number = None if before is None else max(0, min(before[0], 2**31 - 1))
        found = await self._ledger.list_gates(organization_id, status=status, before_number=before_number, limit=limit + 1)
        page = cut_page(found, limit=limit, place_of=place_of)

        return await self._list.answer(
            Asked(request, organization_id, parameters, media_type),
            page,
            _to_row,
        )

    async def _answer_settled(self, request: Request, organization_id: str, settlement: Settlement) -> Response | None:
        (verdict,) = settlement.verdicts
        if verdict.kind is VerdictKind.REJECTED:
            return refuse(settlement.receipt_id, rejected(verdict))
        gate = await self._ledger.find_gate(organization_id, verdict.deployment_id or "")
        if gate is None:
            return refuse(settlement.receipt_id, nothing_to_decide())
        written = replace(await self._describe(request, gate), request_id=settlement.receipt_id, verdict=to_verdict(verdict))
        status = HTTPStatus.CREATED if gate.asked_at == settlement.settled_at else HTTPStatus.OK
        return reply(settlement.receipt_id, status, written, {"Location": f"{PREFIX}/gates/{gate.key}"})

    async def _find(self, request: Request, grant: Grant) -> Gate:
        name = request.path_params["id"]
        number = read_gate_key(name)
        if number is None:
            gate = await self._ledger.find_gate(grant.organization_id, bare_uuid(name).lower())
        else:
            gate = await self._ledger.find_gate_by_number(grant.organization_id, number)
        if gate is None:
            raise not_found("gate")
        return gate

    async def _describe(self, request: Request, gate: Gate) -> GateOut:
        deployment = await self._ledger.find_deployment(gate.organization_id, Target(key=gate.deployment_id))
        policy = await self._ledger.find_tier_policy(gate.organization_id)
        people = await self._ledger.read_known_people(gate.organization_id)
        is_waiting = gate.status is GateStatus.AWAITING
        return GateOut(
            key=gate.key,
            status=gate.status,
            reason=gate.reason or None,
            asked_at=format_time(gate.asked_at),
            changed_at=format_time(gate.changed_at),
            retry_after_seconds=ASK_AGAIN_SECONDS if is_waiting else None,
            deployment=None if deployment is None or deployment.is_removed else to_deployment(deployment, policy.names, people),
            history=await self._tell_history(gate),
            link=f"{base_url_of(request, self._public_url)}{PAGE_PATH}{gate.key}",
            request_id=UNSET,
            verdict=UNSET,
        )

    async def _tell_history(self, gate: Gate) -> tuple[GateChangeOut, ...]:
        names = await self._ledger.name_credentials(gate.organization_id, gate.credential_ids)
        return tuple(
            GateChangeOut(
                status=one.status,
                at=format_time(one.at),
                actor=None if one.actor is None else ActorOut(one.actor.kind, one.actor.id, names.get(one.actor.id)),
                reason=one.reason or None,
            )
            for one in gate.changes
        )


def place_of(gate: Gate) -> Place:
    """Where a gate stands in a list."""
    return gate.number, gate.key


def _to_row(gate: Gate) -> GateRowOut:
    return GateRowOut(
        key=gate.key,
        status=gate.status,
        deployment_id=gate.deployment_id,
        environment=gate.subject.environment_id or None,
        reason=gate.reason or None,
        asked_at=format_time(gate.asked_at),
        changed_at=format_time(gate.changed_at),
        asked_by=_write_actor(gate.changes[:1]),
        decided_by=_write_actor(gate.changes[1:]),
    )


def _write_actor(changes: Sequence[GateChange]) -> str | None:
    return str(changes[-1].actor) if changes and changes[-1].actor is not None else None
