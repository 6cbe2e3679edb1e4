"""Record a deployment, read one, and the verdict of a request."""

from __future__ import annotations

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.identity import bare_uuid
from shipledger.ledger.receipt import Receipt, ReceiptState, Settlement
from shipledger.ledger.submission import Target
from shipledger.ledger.verdict import Verdict, VerdictKind
from shipledger.protocols.contract import LedgerVerbs, check_stored
from shipledger.protocols.native import translate
from shipledger.protocols.native.answers import to_deployment, to_request, to_written
from shipledger.protocols.native.bodies import check_deployment
from shipledger.protocols.native.call import read_text, refuse, reply
from shipledger.protocols.native.faults import not_found, rejected
from shipledger.protocols.native.vocabulary import PREFIX, PROTOCOL, RECORD
from shipledger.protocols.native.wire import DeploymentOut, RequestOut
from shipledger.protocols.times import format_time

SETTLEMENT_SECONDS = 10.0


class Operations:
    """The operations."""

    def __init__(self, ledger: LedgerVerbs) -> None:
        self._ledger = ledger

    async def record(self, request: Request, grant: Grant) -> Response:
        """201 with a new deployment, 200 with one that was known; 202 when it is durable and its verdict is not known yet."""
        organization_id = grant.organization_id
        text = await read_text(request)
        checked = await self._ledger.compute(organization_id, lambda: check_deployment(text), size=len(text))
        deployment = checked.deployment
        # Before it is accepted: what it names is there then, whatever happens after.
        await self._ledger.keep_former_names(organization_id, [release.repository for release in deployment.releases])
        receipt = self._ledger.new_receipt(grant, PROTOCOL, RECORD, checked.parameters, checked.body)
        accepted = _accepted(receipt)

        async def answer(settlement: Settlement) -> Response:
            check_stored(settlement)
            return await self._answer_settled(receipt, settlement.verdicts[0]) or accepted

        submissions = (translate.to_submission(receipt, deployment),)
        return await self._ledger.record(receipt, submissions, accepted, settled=answer, wait_seconds=SETTLEMENT_SECONDS)

    async def _answer_settled(self, receipt: Receipt, verdict: Verdict) -> Response | None:
        """The record with its verdict; None when there is no record."""
        if verdict.kind is VerdictKind.REJECTED:
            return refuse(receipt.receipt_id, rejected(verdict))
        recorded = await self._ledger.find_deployment(receipt.organization_id, Target(key=verdict.deployment_id or ""))
        if recorded is None:
            return None
        record = await self._to_record(recorded)
        is_new = record.id == translate.own_id(receipt)
        return reply(
            receipt.receipt_id,
            HTTPStatus.CREATED if is_new else HTTPStatus.OK,
            to_written(record, receipt.receipt_id, verdict),
            {"Location": f"{PREFIX}/deployments/{record.id}"},
        )

    async def get(self, request: Request, grant: Grant) -> Response:
        """200, or 404."""
        deployment_id = bare_uuid(request.path_params["id"]).lower()
        deployment = await self._ledger.find_deployment(grant.organization_id, Target(key=deployment_id))
        if deployment is None or deployment.is_removed:
            raise not_found("deployment")
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, await self._to_record(deployment))

    async def get_request(self, request: Request, grant: Grant) -> Response:
        """200 with what became of a request, also while that is not known; 404 when there is none."""
        receipt_id = bare_uuid(request.path_params["id"]).lower()
        settlement = await self._ledger.find_settlement(grant.organization_id, receipt_id)
        if settlement is None:
            raise not_found("request")
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, to_request(settlement))

    async def _to_record(self, deployment: Deployment) -> DeploymentOut:
        if deployment.facts.services or not deployment.releases:
            return to_deployment(deployment)
        repositories = [release.repository for release in deployment.releases]
        return to_deployment(deployment, await self._ledger.find_mapped_services(deployment.organization_id, repositories))


def _accepted(receipt: Receipt) -> Response:
    """The receipt is durable; what becomes of it is found at the address in ``Location``."""
    told = RequestOut(
        request_id=receipt.receipt_id,
        state=ReceiptState.PENDING,
        accepted_at=format_time(receipt.accepted_at),
        settled_at=None,
        verdicts=(),
    )
    location = {"Location": f"{PREFIX}/requests/{receipt.receipt_id}"}
    return reply(receipt.receipt_id, HTTPStatus.ACCEPTED, told, location)
