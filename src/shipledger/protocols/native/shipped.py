"""Which pull requests went out with a deployment, and which deployments shipped a pull request."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Protocol

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant, Scope
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.identity import bare_uuid
from shipledger.ledger.lanes import took_effect_at
from shipledger.ledger.submission import Alias, Target
from shipledger.protocols.contract import Route
from shipledger.protocols.native.call import Admission, reply
from shipledger.protocols.native.describing import ID, operation
from shipledger.protocols.native.faults import not_found
from shipledger.protocols.native.parameters import Parameters
from shipledger.protocols.native.pull_request_wire import PullRequestOut
from shipledger.protocols.native.pull_requests import PATH, to_pull_request
from shipledger.protocols.native.vocabulary import PREFIX
from shipledger.protocols.times import format_time
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.deployments import DeploymentVerbs
from shipledger.verbs.lane_ranges import LaneRange
from shipledger.verbs.pull_requests import PullRequestVerbs

SHIPPED = f"{PREFIX}/deployments/{{id}}/pull-requests"
SHIPMENTS = f"{PATH}/{{id}}/deployments"


class Verbs(CallVerbs, DeploymentVerbs, PullRequestVerbs, Protocol):
    """What is asked of the ledger here."""


class ShippedRangeOut(Struct, frozen=True):
    """The commits by which pull requests of a repository were found.

    ``reason`` and ``gaps``, a number here, are those of a range. ``deployment_before`` ran before; null where nothing did.
    """

    repository: str
    commit: str
    commit_before: str | None
    deployment_before: str | None
    reason: str
    brought_in_count: int
    gaps: int


class ShippedOut(Struct, frozen=True):
    """The pull requests that went out with a deployment, the one merged last first."""

    pull_requests: tuple[PullRequestOut, ...]
    ranges: tuple[ShippedRangeOut, ...]


class ShipmentOut(Struct, frozen=True):
    """The first deployment that brought a pull request to an environment. ``since``: when it came to run there."""

    id: str
    external_id: str
    environment: str | None
    environment_name: str | None
    tier: str | None
    since: str


class ShipmentsOut(Struct, frozen=True):
    """The deployments that shipped a pull request. ``is_complete``: older ones were looked at, too."""

    deployments: tuple[ShipmentOut, ...]
    is_complete: bool


class ShippedOperations:
    """The operations between both."""

    def __init__(self, ledger: Verbs, admission: Admission) -> None:
        self._ledger = ledger
        self._admission = admission

    def routes(self) -> Sequence[Route]:
        """Its operations."""
        admit = self._admission.endpoint
        return (
            Route("GET", SHIPPED, admit(Scope.READ, self._list_shipped), base=PREFIX),
            Route("GET", SHIPMENTS, admit(Scope.READ, self._list_shipments), base=PREFIX),
        )

    async def _list_shipped(self, request: Request, grant: Grant) -> Response:
        """200, or 404."""
        Parameters(request.query_params, ()).check()
        target = Target(key=bare_uuid(request.path_params["id"]).lower())
        deployment = await self._ledger.find_deployment(grant.organization_id, target)
        if deployment is None or deployment.is_removed:
            raise not_found("deployment")
        shipped = await self._ledger.find_shipped(deployment)
        answer = ShippedOut(tuple(map(to_pull_request, shipped.pull_requests)), tuple(map(_to_range, shipped.ranges)))
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, answer)

    async def _list_shipments(self, request: Request, grant: Grant) -> Response:
        """200, or 404."""
        Parameters(request.query_params, ()).check()
        name = Alias(scope="", key=bare_uuid(request.path_params["id"]).lower())
        pull_request = await self._ledger.find_pull_request(grant.organization_id, name)
        if pull_request is None:
            raise not_found("pull request")
        shipments = await self._ledger.find_shipments(pull_request)
        answer = ShipmentsOut(tuple(map(_to_shipment, shipments.deployments)), shipments.is_complete)
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, answer)


def shipped_paths() -> dict[str, Any]:
    """The part of the OpenAPI page that describes them."""
    return {
        SHIPPED: {
            "get": operation(
                "Pull requests that went out with a deployment",
                {200: ("Those with a commit in the range since what ran before.", ShippedOut)},
                errors=(404, 422),
                parameters=(ID,),
            )
        },
        SHIPMENTS: {
            "get": operation(
                "Deployments that shipped a pull request",
                {200: ("The first in each environment that has its merge commit behind it.", ShipmentsOut)},
                errors=(404, 422),
                parameters=(ID,),
            )
        },
    }


def _to_range(one: LaneRange) -> ShippedRangeOut:
    return ShippedRangeOut(
        repository=one.repository,
        commit=one.commit,
        commit_before=one.commit_before,
        deployment_before=None if one.before is None else one.before.deployment_id,
        reason=one.range.reason,
        brought_in_count=len(one.range.brought_in),
        gaps=len(one.range.gaps),
    )


def _to_shipment(one: Deployment) -> ShipmentOut:
    environment = one.environment
    return ShipmentOut(
        id=one.deployment_id,
        external_id=one.external_id,
        environment=(environment.id or None) if environment else None,
        environment_name=(environment.name or None) if environment else None,
        tier=environment.tier if environment else None,
        since=format_time(took_effect_at(one)),
    )
