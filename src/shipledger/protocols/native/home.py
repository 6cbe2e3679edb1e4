"""What somebody wants to know first: what changed, what is wrong, and what waits for them."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Protocol

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant, Scope
from shipledger.access.people.known_people import KnownPeople
from shipledger.catalog.tiers import TierPolicy
from shipledger.incidents.model import Incident
from shipledger.ledger.actor import ActorKind
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.registers import known
from shipledger.ledger.titles import title_of
from shipledger.protocols.contract import Route
from shipledger.protocols.native.answers import to_person
from shipledger.protocols.native.call import Admission, reply
from shipledger.protocols.native.describing import operation
from shipledger.protocols.native.parameters import Parameters
from shipledger.protocols.native.vocabulary import PREFIX
from shipledger.protocols.native.wire import DeployerOut
from shipledger.protocols.times import format_known_time, format_time
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.catalog import CatalogVerbs
from shipledger.verbs.home import Count, Home, HomeVerbs

PATH = f"{PREFIX}/home"


class Verbs(CallVerbs, CatalogVerbs, HomeVerbs, Protocol):
    """What is asked of the ledger here."""


class BriefDeploymentOut(Struct, frozen=True, kw_only=True):
    """A deployment on one line. ``service``: as its sender calls it. ``GET /ledger/v1/deployments/{id}`` has the rest."""

    id: str
    title: str
    state: str
    service: str | None
    environment: str | None
    tier: str | None
    started_at: str | None
    person: DeployerOut | None


class BriefIncidentOut(Struct, frozen=True, kw_only=True):
    """An incident on one line."""

    id: str
    title: str | None
    severity: str | None
    services: tuple[str, ...]
    started_at: str
    resolved_at: str | None


class ApprovalOut(Struct, frozen=True, kw_only=True):
    """A gate that waits for a decision. ``id`` is what ``POST /ledger/v1/gates/{id}/decisions`` takes."""

    id: str
    asked_at: str
    deployment: BriefDeploymentOut | None


class SilentSourceOut(Struct, frozen=True, kw_only=True):
    """A source that has sent nothing for a week, and did before."""

    id: str
    name: str
    kind: str
    silent_since: str | None


class CountOut(Struct, frozen=True):
    """``is_more``: counting stopped there."""

    count: int
    is_more: bool


class DeploymentsOut(Struct, frozen=True):
    """How many, and the newest of them."""

    count: int
    is_more: bool
    deployments: tuple[BriefDeploymentOut, ...]


class IncidentsOut(Struct, frozen=True):
    """How many, and the newest of them."""

    count: int
    is_more: bool
    incidents: tuple[BriefIncidentOut, ...]


class ApprovalsOut(Struct, frozen=True):
    """How many, and those that wait longest."""

    count: int
    is_more: bool
    gates: tuple[ApprovalOut, ...]


class NeedsOut(Struct, frozen=True, kw_only=True):
    """What waits for somebody. ``unmapped``: names in the inbox. ``without_cause``: incidents of the last 30 days."""

    approvals: ApprovalsOut
    stuck: DeploymentsOut
    without_cause: IncidentsOut
    unmapped: int
    silent_sources: tuple[SilentSourceOut, ...]


class HomeOut(Struct, frozen=True, kw_only=True):
    """Everything. Deployments count by their start.

    ``since``: when the person of a personal token last looked at Home before this visit; for others a day ago. ``failed``: in the
    last day; ``failing``: of those, what is the last that ended in its lane, counted up to 6. ``stuck`` in ``needs_you``: under
    way for longer than a quarter of ``silence_limit_hours``.
    """

    at: str
    since: str
    changed_since: CountOut
    changed_in_last_hour: DeploymentsOut
    running: DeploymentsOut
    failed: DeploymentsOut
    failing: DeploymentsOut
    open_incidents: IncidentsOut
    needs_you: NeedsOut


class HomeOperations:
    """The operation on Home."""

    def __init__(self, ledger: Verbs, admission: Admission) -> None:
        self._ledger = ledger
        self._admission = admission

    def routes(self) -> Sequence[Route]:
        """Its operation."""
        return (Route("GET", PATH, self._admission.endpoint(Scope.READ, self.get), base=PREFIX),)

    async def get(self, request: Request, grant: Grant) -> Response:
        """200 with what there is now. It does not count as a look."""
        Parameters(request.query_params, ()).check()
        person_id = grant.actor.id if grant.actor.kind is ActorKind.PERSON else ""
        home = await self._ledger.read_home(grant.organization_id, person_id)
        policy = await self._ledger.find_tier_policy(grant.organization_id)
        people = await self._ledger.read_known_people(grant.organization_id)
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, to_home(home, policy, people))


def home_paths() -> dict[str, Any]:
    """Its part of the OpenAPI page."""
    answers = {200: ("What changed, what is wrong, and what waits for somebody. Counts stop at 1,000.", HomeOut)}
    return {PATH: {"get": operation("What changed, what is wrong, what needs somebody", answers, errors=(422,))}}


def to_home(home: Home, policy: TierPolicy, people: KnownPeople) -> HomeOut:
    """What ``home`` says. ``people``: whom senders mean."""

    def brief(one: Deployment) -> BriefDeploymentOut:
        environment, facts = one.environment, one.facts
        return BriefDeploymentOut(
            id=one.deployment_id,
            title=title_of(one),
            state=one.shown_state.value,
            service=next(iter(known(facts.services) or ()), None),
            environment=(policy.names.call(environment.name) or None) if environment else None,
            tier=environment.tier.value if environment else None,
            started_at=format_known_time(one.started_at),
            person=to_person(people.find(one)),
        )

    def list_briefly(count: Count, listed: Sequence[Deployment]) -> DeploymentsOut:
        return DeploymentsOut(count.number, count.is_more, tuple(map(brief, listed)))

    gates = tuple(
        ApprovalOut(id=one.key, asked_at=format_time(one.asked_at), deployment=None if about is None else brief(about))
        for one, about in home.gates
    )
    silent = tuple(
        SilentSourceOut(
            id=one.credential.credential_id,
            name=one.credential.name,
            kind=one.credential.kind,
            silent_since=format_known_time(one.seen_at),
        )
        for one in home.silent_sources
    )
    return HomeOut(
        at=format_time(home.at),
        since=format_time(home.since),
        changed_since=CountOut(home.changed.number, home.changed.is_more),
        changed_in_last_hour=list_briefly(home.last_hour, home.latest),
        running=list_briefly(home.running, home.running_now),
        failed=list_briefly(home.failed, home.failed_lately),
        failing=list_briefly(home.failing, home.failing_now),
        open_incidents=_list_incidents(home.open_incidents, home.incidents),
        needs_you=NeedsOut(
            approvals=ApprovalsOut(home.approvals.number, home.approvals.is_more, gates),
            stuck=list_briefly(home.stuck, home.stuck_now),
            without_cause=_list_incidents(home.uncaused, home.uncaused_incidents),
            unmapped=home.unmapped,
            silent_sources=silent,
        ),
    )


def _list_incidents(count: Count, incidents: Sequence[Incident]) -> IncidentsOut:
    return IncidentsOut(count.number, count.is_more, tuple(map(_to_incident, incidents)))


def _to_incident(one: Incident) -> BriefIncidentOut:
    return BriefIncidentOut(
        id=one.incident_id,
        title=known(one.facts.title),
        severity=known(one.facts.severity),
        services=known(one.facts.services) or (),
        started_at=format_time(one.started_at),
        resolved_at=format_known_time(one.ended_at),
    )
