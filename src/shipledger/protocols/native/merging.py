"""Merge deployments of which several senders tell, and split them again."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant, Scope
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.fold import forget_witness
from shipledger.ledger.merging import find_obstacle, find_split_obstacle
from shipledger.ledger.receipt import Settlement
from shipledger.ledger.submission import Alias, Target
from shipledger.ledger.verdict import Reason, Verdict, VerdictKind
from shipledger.ledger.witnesses import combine
from shipledger.protocols.contract import Route
from shipledger.protocols.native.call import Admission, read_text, refuse, reply
from shipledger.protocols.native.deployments import DeploymentOperations
from shipledger.protocols.native.faults import not_found, rejected
from shipledger.protocols.native.merging_bodies import ID_PARAMETER, Asked, check_merging, to_id, to_merging
from shipledger.protocols.native.parameters import DRY_RUN, Parameters
from shipledger.protocols.native.recording import Write, Writer
from shipledger.protocols.native.vocabulary import MERGE, PREFIX, SPLIT
from shipledger.protocols.native.wire import DeploymentOut
from shipledger.protocols.wire_json import encode_json
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.deployments import DeploymentVerbs
from shipledger.verbs.recording import RecordingVerbs


class Verbs(CallVerbs, DeploymentVerbs, RecordingVerbs, Protocol):
    """What is asked of the ledger here."""


class PreviewOut(Struct, frozen=True):
    """What a merge or a split would make, as `deployments`; nothing was changed. `leaves_lists`: what no list would have then."""

    deployments: tuple[DeploymentOut, ...]
    leaves_lists: tuple[str, ...]


class MergingOperations:
    """The operations on deployments of which several records tell."""

    def __init__(self, ledger: Verbs, admission: Admission, deployments: DeploymentOperations) -> None:
        self._ledger = ledger
        self._admission = admission
        self._deployments = deployments
        self._writer = Writer(ledger)

    def routes(self) -> Sequence[Route]:
        """Its operations."""
        admit = self._admission.endpoint
        return (
            Route("POST", f"{PREFIX}/deployments/{{id}}/merge", admit(Scope.WRITE, self.merge), base=PREFIX),
            Route("POST", f"{PREFIX}/deployments/{{id}}/split", admit(Scope.WRITE, self.split), base=PREFIX),
        )

    async def merge(self, request: Request, grant: Grant) -> Response:
        """200 with the deployment that both are now; 404, 409 for what cannot be, 202 when its verdict is not known yet."""
        organization_id = grant.organization_id
        is_dry_run, asked = await self._read(request, organization_id, has_host=True)
        record = await self._find(organization_id, _id_in(request))
        host = await self._find(organization_id, asked.into)
        if record is None:
            raise not_found("deployment")
        if is_dry_run:
            _check(find_obstacle(record, host, asked.into))
            parts = [] if host is None else [one for one in host.told[1:] if one.deployment_id != record.deployment_id]
            return await self._preview([] if host is None else [combine(host.alone, [*parts, record])], record.deployment_id)
        return await self._record(request, grant, MERGE, asked, shown=asked.into)

    async def split(self, request: Request, grant: Grant) -> Response:
        """200 with the record that is a deployment of its own again; else it answers as a merge does."""
        organization_id = grant.organization_id
        is_dry_run, asked = await self._read(request, organization_id, has_host=False)
        record = await self._find(organization_id, _id_in(request))
        if record is None:
            raise not_found("deployment")
        if is_dry_run:
            _check(find_split_obstacle(record))
            host = await self._find(organization_id, record.merged_into)
            alone = replace(record, merged_into="")
            left = [] if host is None else [forget_witness(host, record.deployment_id)]
            return await self._preview([alone, *left])
        return await self._record(request, grant, SPLIT, asked, shown=record.deployment_id)

    async def _read(self, request: Request, organization_id: str, *, has_host: bool) -> tuple[bool, Asked]:
        parameters = Parameters(request.query_params, (DRY_RUN,))
        is_dry_run = parameters.flag(DRY_RUN)
        parameters.check()
        text = await read_text(request)
        asked = await self._ledger.compute(organization_id, lambda: check_merging(text, has_host=has_host), size=len(text))
        return is_dry_run, asked

    async def _find(self, organization_id: str, deployment_id: str) -> Deployment | None:
        found = await self._ledger.find_deployment(organization_id, Target(key=deployment_id)) if deployment_id else None
        return None if found is None or found.is_removed else found

    async def _preview(self, shown: Sequence[Deployment], *hidden: str) -> Response:
        described = [await self._deployments.describe(one) for one in shown]
        preview = PreviewOut(deployments=tuple(described), leaves_lists=hidden)
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, preview)

    async def _record(self, request: Request, grant: Grant, operation: str, asked: Asked, *, shown: str) -> Response:
        organization_id, record_id = grant.organization_id, _id_in(request)

        async def answer(settlement: Settlement) -> Response | None:
            (verdict,) = settlement.verdicts
            if verdict.kind is VerdictKind.REJECTED:
                is_unknown = verdict.reason is Reason.UNKNOWN_DEPLOYMENT
                return refuse(settlement.receipt_id, not_found("deployment") if is_unknown else rejected(verdict))
            written = await self._deployments.answer_about(organization_id, shown, settlement.receipt_id, verdict)
            return None if written is None else reply(settlement.receipt_id, HTTPStatus.OK, written)

        async def find_names(_: Alias) -> None:
            """What a key of a request was used for is not kept: a merge that is there is merged once anyway."""

        write = Write(
            operation=operation,
            body=encode_json(asked).decode(),
            parameters={ID_PARAMETER: record_id},
            is_list=False,
            translate=to_merging,
            find_names=find_names,
            answer=answer,
            about=record_id,
        )
        return await self._writer.record(request, grant, write)


def _check(obstacle: Verdict | None) -> None:
    if obstacle is not None:
        raise rejected(obstacle)


def _id_in(request: Request) -> str:
    return to_id(request.path_params["id"])
