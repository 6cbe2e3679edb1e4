"""The operations on deployments."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Protocol

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from shipledger.catalog.tiers import TierPolicy
from shipledger.clock import EPOCH
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.identity import derive_id
from shipledger.ledger.receipt import Receipt, Settlement
from shipledger.ledger.registers import known
from shipledger.ledger.state import Tier
from shipledger.ledger.submission import Environment, Submission, Target
from shipledger.protocols.datadog import translate
from shipledger.protocols.datadog.answers import Surroundings, Teams, has_form, id_of, services_of, to_deployment
from shipledger.protocols.datadog.bodies import (
    BadRequestError,
    clean_body,
    read_attributes,
    read_create_deployment,
    read_list,
    read_patch,
    read_patch_by_version,
)
from shipledger.protocols.datadog.call import Call, Options, reply
from shipledger.protocols.datadog.faults import not_found
from shipledger.protocols.datadog.incoming import read_json
from shipledger.protocols.datadog.lists import PAGE, SIZE_OF_RECORD, list_deployments, walk
from shipledger.protocols.datadog.reading import Problem
from shipledger.protocols.datadog.vocabulary import (
    CREATE_DEPLOYMENT,
    DELETE_DEPLOYMENT,
    DEPLOYMENT_TYPE,
    DEPLOYMENTS_LIST_TYPE,
    PATCH_DEPLOYMENT,
    PROTOCOL,
)
from shipledger.protocols.datadog.wire import DataOut, ObjectOut, PatchByVersionIn, PatchIn
from shipledger.protocols.wire_json import encode_json
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.catalog import CatalogVerbs
from shipledger.verbs.deployments import DeploymentScan, DeploymentVerbs
from shipledger.verbs.recording import RecordingVerbs, check_stored

SETTLEMENT_SECONDS = 10.0
ID_LIMIT_BYTES = 512
MORE_HEADER = "Shipledger-More"
ITSELF = 'attribute "remediation" must name another deployment than the one that it remedies'


class Verbs(CallVerbs, CatalogVerbs, DeploymentVerbs, RecordingVerbs, Protocol):
    """What is asked of the ledger here."""


class DeploymentOperations:
    """Create, get, list, patch and delete."""

    def __init__(self, ledger: Verbs, options: Options) -> None:
        self._ledger = ledger
        self._options = options

    async def create(self, request: Request, call: Call) -> Response:
        """200 when it is there; 202 when it is durable and settling is slow. The id is decided before."""
        body = await read_json(request, call)
        create = read_attributes(body, read_create_deployment)
        kept = clean_body(request.state.body, create.git, request.state.parameters)
        receipt = self._ledger.new_receipt(call.grant, PROTOCOL, CREATE_DEPLOYMENT, kept.parameters, kept.body)
        given_id = translate.own_id(receipt, create)

        async def answer(settlement: Settlement) -> Response:
            deployment_id = settlement.verdicts[0].deployment_id
            if deployment_id is None:
                return _created(HTTPStatus.ACCEPTED, given_id)
            if create.id is not None or deployment_id == derive_id(receipt.receipt_id, 0, "deployment"):
                return _created(HTTPStatus.OK, given_id)
            known_one = await self._ledger.find_told_deployment(receipt.organization_id, Target(key=deployment_id))
            return _created(HTTPStatus.OK, given_id if known_one is None else id_of(known_one))

        submission = translate.record(receipt, create, self._options.missing_environment)
        return await self._record(receipt, submission, _created(HTTPStatus.ACCEPTED, given_id), answer)

    async def get(self, request: Request, call: Call) -> Response:
        """200, or 404."""
        deployment = await self._find(call, request.path_params["deployment_id"])
        if not has_form(deployment, call.form):
            raise not_found("this deployment has not ended, and your version of the client cannot read one that has no end")
        around = await self._look_around([deployment], await self._list_teams(call))
        return reply(HTTPStatus.OK, DataOut(to_deployment(deployment, call.form, around)))

    async def list(self, request: Request, call: Call) -> Response:
        """200; a header tells when there is more than the limit let through."""
        wanted = read_list(await read_json(request, call), DEPLOYMENTS_LIST_TYPE)
        teams = await self._list_teams(call)
        found = await list_deployments(self._ledger, call.grant.organization_id, wanted, teams, call.form)
        headers = {MORE_HEADER: "true"} if found.is_more else None
        around = await self._look_around(found.deployments, teams)
        return await self._ledger.compute(
            call.grant.organization_id,
            lambda: reply(HTTPStatus.OK, DataOut([to_deployment(one, call.form, around) for one in found.deployments]), headers),
            size=len(found.deployments) * SIZE_OF_RECORD,
        )

    async def patch(self, request: Request, call: Call) -> Response:
        """202, also when settling is slow; 404 when there is no such deployment."""
        given_id = request.path_params["deployment_id"]
        body = await read_json(request, call)
        patch = read_patch(body, given_id)
        deployment = await self._find(call, given_id)
        await self._check_remediation(deployment, patch)
        return await self._patch(request, call, {"id": given_id, "deployment_id": deployment.deployment_id})

    async def patch_by_version(self, request: Request, call: Call) -> Response:
        """202; of several that match the most recently finished one is changed."""
        body = await read_json(request, call)
        wanted = read_patch_by_version(body)
        deployment = await self._find_version(call.grant.organization_id, wanted)
        if deployment is None:
            raise not_found("no deployment has this service, environment and version")
        await self._check_remediation(deployment, wanted.patch)
        return await self._patch(request, call, {"deployment_id": deployment.deployment_id})

    async def delete(self, request: Request, call: Call) -> Response:
        """202 and no body, whether there is such a deployment or not."""
        given_id = check_deletable(request.path_params["deployment_id"])
        receipt = self._ledger.new_receipt(call.grant, PROTOCOL, DELETE_DEPLOYMENT, {"id": given_id}, "")
        return await self._record(receipt, translate.remove(given_id), reply(HTTPStatus.ACCEPTED, None))

    async def _patch(self, request: Request, call: Call, named: dict[str, str]) -> Response:
        parameters, text = named | request.state.parameters, encode_json(request.state.body).decode()
        receipt = self._ledger.new_receipt(call.grant, PROTOCOL, PATCH_DEPLOYMENT, parameters, text)
        submission = translate.amend(receipt, translate.read_stored_patch(receipt))
        return await self._record(receipt, submission, reply(HTTPStatus.ACCEPTED, DataOut(None)))

    async def _record(
        self,
        receipt: Receipt,
        submission: Submission,
        accepted: Response,
        settled: Callable[[Settlement], Awaitable[Response]] | None = None,
    ) -> Response:
        """The answer, once what was asked for can be read, or settling takes too long. Raises Unstorable."""

        async def answer(settlement: Settlement) -> Response:
            check_stored(settlement)
            return accepted if settled is None else await settled(settlement)

        return await self._ledger.record(receipt, (submission,), accepted, settled=answer, wait_seconds=SETTLEMENT_SECONDS)

    async def _check_remediation(self, deployment: Deployment, patch: PatchIn) -> None:
        """Nothing remedies itself, by whichever of its names. Raises BadRequestError."""
        remediation, organization_id = patch.remediation, deployment.organization_id
        if remediation is None:
            return
        if remediation.version is not None:
            is_itself = (known(deployment.facts.version) or "").casefold() == remediation.version.casefold()
        else:
            named = await self._ledger.find_told_deployment(organization_id, translate.to_target(remediation.id or ""))
            is_itself = deployment.deployment_id in (remediation.id, named.deployment_id if named else None)
        if is_itself:
            raise BadRequestError(Problem(ITSELF, "/data/attributes/remediation"))

    async def _find(self, call: Call, given_id: str) -> Deployment:
        """The deployment with an id of this API, else of the ledger. Raises Fault."""
        organization_id = call.grant.organization_id
        found = await self._ledger.find_told_deployment(organization_id, translate.to_target(given_id))
        found = found or await self._ledger.find_told_deployment(organization_id, Target(key=given_id))
        if found is None:
            raise not_found("no deployment has this id")
        return found

    async def _find_version(self, organization_id: str, wanted: PatchByVersionIn) -> Deployment | None:
        """The most recently finished deployment of a version."""
        newest: Deployment | None = None
        policy = await self._ledger.find_tier_policy(organization_id)
        scan = DeploymentScan(services=(wanted.service.casefold(),), limit=PAGE)
        async for page in walk(self._ledger, organization_id, scan):
            newest = await self._ledger.compute(
                organization_id, partial(_find_newest, page, wanted, newest, policy), size=len(page) * SIZE_OF_RECORD
            )
        return newest

    async def _list_teams(self, call: Call) -> Teams:
        return await self._ledger.list_teams(call.grant.organization_id)

    async def _look_around(self, deployments: Sequence[Deployment], teams: Teams) -> Surroundings:
        around = Surroundings(teams=teams)
        if self._options.is_extended:
            remedies = await self._ledger.find_remedies(deployments)
            around = replace(around, remedies=remedies, remedied=await self._ledger.find_remedied(deployments))
        return around


def check_deletable(given_id: str) -> str:
    """``given_id`` when it can be one. Raises BadRequestError."""
    if len(given_id.encode("utf-8", "replace")) > ID_LIMIT_BYTES or "\ufffd" in given_id:
        raise BadRequestError(Problem(f"an id has at most {ID_LIMIT_BYTES} bytes of UTF-8"))
    return given_id


def _created(status: int, given_id: str) -> Response:
    return reply(status, DataOut(ObjectOut(id=given_id, type=DEPLOYMENT_TYPE)))


def _find_newest(
    page: Sequence[Deployment], wanted: PatchByVersionIn, newest: Deployment | None, policy: TierPolicy
) -> Deployment | None:
    """The most recently finished of those of ``page`` that have a version, and of ``newest``; the first of several."""
    for deployment in page:
        is_newer = newest is None or _ended_at(deployment) > _ended_at(newest)
        if is_newer and _is_version(deployment, wanted, policy):
            newest = deployment
    return newest


def _is_version(deployment: Deployment, wanted: PatchByVersionIn, policy: TierPolicy) -> bool:
    environment = deployment.environment
    return (
        wanted.service.casefold() in {service.casefold() for service in services_of(deployment)}
        and environment is not None
        and _is_environment(environment, wanted.env, policy)
        and (known(deployment.facts.version) or "").casefold() == wanted.version.casefold()
    )


def _is_environment(environment: Environment, wanted: str, policy: TierPolicy) -> bool:
    """Whether an environment is meant by its name; where its sender named none, by its tier or by an environment of that tier."""
    if environment.id:
        return policy.names.key_of(environment.name) == policy.names.key_of(wanted)
    if environment.tier is Tier.UNMAPPED:
        return wanted.casefold() == Tier.UNMAPPED
    return wanted.casefold() == environment.tier or environment.tier is policy.tier_of(wanted, wanted, Tier.UNMAPPED)


def _ended_at(deployment: Deployment) -> datetime:
    return EPOCH if deployment.ended_at is None else deployment.happened_at
