"""Record deployments, read one, and list them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant
from shipledger.access.people.known_people import KnownPeople
from shipledger.catalog.tiers import resolve
from shipledger.clock import MICROSECOND, to_microseconds
from shipledger.deployments.listing import DeploymentFilter
from shipledger.deployments.lookups import AFTER_ALL_IDS, NEVER_STARTED_US
from shipledger.found import Found
from shipledger.ledger.ahead import FAR_AHEAD
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.environment_names import EnvironmentNames
from shipledger.ledger.identity import bare_uuid
from shipledger.ledger.submission import Alias, Target
from shipledger.ledger.verdict import Verdict
from shipledger.protocols.native import translate
from shipledger.protocols.native.answers import to_deployment
from shipledger.protocols.native.bodies import check_deployments
from shipledger.protocols.native.call import read_text, reply
from shipledger.protocols.native.cursor import Place
from shipledger.protocols.native.faults import not_found
from shipledger.protocols.native.listing import COLUMNS, PARAMETERS, Listing, read_listing
from shipledger.protocols.native.pages import Asked, Page, PagedList, choose_type, cut_page
from shipledger.protocols.native.parameters import Parameters
from shipledger.protocols.native.past import AS_OF, KnowledgeOut, read_as_of, to_knowledge
from shipledger.protocols.native.recording import Write, Writer
from shipledger.protocols.native.settled import Answering, answer_settled, to_written
from shipledger.protocols.native.vocabulary import PREFIX, RECORD, RECORD_LIST
from shipledger.protocols.native.wire import DeploymentOut, DeploymentsOut
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.catalog import CatalogVerbs
from shipledger.verbs.credentials import CredentialVerbs
from shipledger.verbs.deployments import DeploymentVerbs
from shipledger.verbs.past import PastVerbs
from shipledger.verbs.recording import RecordingVerbs
from shipledger.verbs.services import ServiceVerbs


class Verbs(CallVerbs, CatalogVerbs, CredentialVerbs, DeploymentVerbs, PastVerbs, RecordingVerbs, ServiceVerbs, Protocol):
    """What is asked of the ledger here."""


class Shown(Struct, frozen=True):
    """A page, with the services of the repositories of its deployments, the names of environments, and whom senders mean."""

    page: Page[Deployment]
    owners: Mapping[tuple[str, ...], Sequence[str]]
    names: EnvironmentNames
    people: KnownPeople
    knowledge: KnowledgeOut | None = None


class DeploymentOperations:
    """The operations on deployments."""

    def __init__(self, ledger: Verbs, *, public_url: str) -> None:
        self._ledger = ledger
        self._list = PagedList(ledger, "deployments", COLUMNS, public_url=public_url)
        self._writer = Writer(ledger)
        self._answering = Answering(
            path=f"{PREFIX}/deployments",
            list_operation=RECORD_LIST,
            id_of=lambda verdict: verdict.deployment_id or "",
            read=self._read_records,
            own_id=translate.own_id,
            to_list=lambda request_id, written: DeploymentsOut(request_id=request_id, deployments=written),
        )

    async def record(self, request: Request, grant: Grant) -> Response:
        """201 with what is new, 200 with what was known; 202 when it is durable and its verdict is not known yet."""
        organization_id = grant.organization_id
        text = await read_text(request)
        checked = await self._ledger.compute(organization_id, lambda: check_deployments(text), size=len(text))
        # Before it is accepted: what it names is there then, whatever happens after.
        named = [release.repository for one in checked.items for release in one.releases]
        await self._ledger.keep_former_names(organization_id, named, by=grant.actor)

        async def find_names(alias: Alias) -> Sequence[Alias] | None:
            recorded = await self._ledger.find_deployment(organization_id, Target(scope=alias.scope, key=alias.key))
            return None if recorded is None else (*recorded.identities, *recorded.names)

        write = Write(
            operation=RECORD_LIST if checked.is_list else RECORD,
            body=checked.body,
            parameters=checked.parameters,
            is_list=checked.is_list,
            translate=lambda receipt: translate.to_submissions(receipt, checked.items),
            find_names=find_names,
            answer=lambda settlement: answer_settled(organization_id, settlement, self._answering),
        )
        return await self._writer.record(request, grant, write)

    async def get(self, request: Request, grant: Grant) -> Response:
        """200, or 404."""
        deployment_id = bare_uuid(request.path_params["id"]).lower()
        parameters, now = Parameters(request.query_params, (AS_OF,)), self._ledger.now()
        as_of = read_as_of(parameters, now)
        parameters.check()
        if as_of is None:
            deployment = await self._ledger.find_deployment(grant.organization_id, Target(key=deployment_id))
            record = None if deployment is None or deployment.is_removed else await self._to_record(deployment)
        else:
            record = await self._find_as_of(grant.organization_id, deployment_id, as_of, now)
        if record is None:
            raise not_found("deployment")
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, record)

    async def _find_as_of(self, organization_id: str, deployment_id: str, as_of: datetime, now: datetime) -> DeploymentOut | None:
        tiers = await self._ledger.find_tiers_as_of(organization_id, as_of)
        deployment = await self._ledger.find_deployment_as_of(organization_id, deployment_id, as_of, tiers.policy)
        if deployment is None:
            return None
        people = await self._ledger.read_known_people(organization_id)
        if deployment.facts.services:
            return replace(
                to_deployment(deployment, tiers.policy.names, people), knowledge=to_knowledge(as_of, now, tiers.sources)
            )
        past = await self._ledger.read_services_as_of(organization_id, as_of)
        written = to_deployment(deployment, tiers.policy.names, people, past.list_owners(_repositories_of(deployment)))
        return replace(written, knowledge=to_knowledge(as_of, now, tiers.sources, past.sources))

    async def answer_marked(self, organization_id: str, request_id: str, verdict: Verdict) -> DeploymentOut | None:
        """The deployment that was marked, as the answer to that; None when it is not there."""
        return await self.answer_about(organization_id, verdict.deployment_id or "", request_id, verdict)

    async def answer_about(
        self, organization_id: str, deployment_id: str, request_id: str, verdict: Verdict
    ) -> DeploymentOut | None:
        """A deployment as the answer to a write with a verdict; None when it is not there."""
        records = await self._read_records(organization_id, [deployment_id])
        return to_written(records[deployment_id], request_id, verdict) if records else None

    async def describe(self, deployment: Deployment) -> DeploymentOut:
        """A deployment as this API answers, whether it is there or would be."""
        policy = await self._ledger.find_tier_policy(deployment.organization_id)
        return await self._to_record(resolve(deployment, policy))

    async def list_page(self, request: Request, grant: Grant) -> Response:
        """200 with a page, newest start first; another one begins where its cursor says."""
        organization_id = grant.organization_id
        parameters = Parameters(request.query_params, PARAMETERS)
        listing, media_type = read_listing(parameters), choose_type(request, parameters)
        now = self._ledger.now()
        as_of = read_as_of(parameters, now)
        parameters.check()
        if as_of is None:
            shown = await self._list_known(organization_id, listing)
        else:
            shown = await self._list_past(organization_id, listing, as_of, now)

        return await self._list.answer(
            Asked(request, organization_id, parameters, media_type),
            shown.page,
            lambda one: to_deployment(one, shown.names, shown.people, shown.owners.get(_repositories_of(one), ())),
            besides={} if shown.knowledge is None else {"knowledge": shown.knowledge},
        )

    async def _list_known(self, organization_id: str, listing: Listing) -> Shown:
        """A page by what is known today, newest start first."""
        wanted = replace(listing.wanted, limit=listing.wanted.limit + 1, **await self._find_service(organization_id, listing))
        found = await self._find_page(organization_id, wanted)
        page = cut_page(found, limit=listing.wanted.limit, place_of=place_of)
        policy = await self._ledger.find_tier_policy(organization_id)
        people = await self._ledger.read_known_people(organization_id)
        return Shown(page, await self._find_services(organization_id, page.records), policy.names, people)

    async def _list_past(self, organization_id: str, listing: Listing, as_of: datetime, now: datetime) -> Shown:
        """A page by what was known, the deployment recorded last first."""
        tiers = await self._ledger.find_tiers_as_of(organization_id, as_of)
        past = await self._ledger.read_services_as_of(organization_id, as_of)
        wanted = replace(listing.wanted, service_name=listing.service)
        before_id = "" if wanted.before is None else wanted.before[1]
        found, end = await self._ledger.list_deployments_as_of(
            organization_id, as_of, wanted, past, tiers.policy, before_id=before_id
        )
        return Shown(
            Page(records=found, end=(0, end) if end else None),
            {one: past.list_owners(one) for one in map(_repositories_of, found)},
            tiers.policy.names,
            await self._ledger.read_known_people(organization_id),
            to_knowledge(as_of, now, tiers.sources, past.sources),
        )

    async def _find_page(self, organization_id: str, wanted: DeploymentFilter) -> Found[Deployment]:
        """A page, newest start first. What starts in the far future comes last, unless a time is asked for."""
        if wanted.started_from is not None or wanted.started_until is not None:
            return await self._ledger.list_deployments(organization_id, wanted)
        latest = self._ledger.now() + FAR_AHEAD
        end, ahead = (to_microseconds(latest), AFTER_ALL_IDS), replace(wanted, started_from=latest + MICROSECOND)
        if wanted.before is not None and wanted.before > end:
            return await self._ledger.list_deployments(organization_id, ahead)
        begun = await self._ledger.list_deployments(organization_id, replace(wanted, before=min(wanted.before or end, end)))
        if begun.total >= wanted.limit:
            return begun
        rest = replace(ahead, before=None, limit=wanted.limit - begun.total)
        others = await self._ledger.list_deployments(organization_id, rest)
        return Found([*begun, *others], [*begun.damaged, *others.damaged])

    async def _find_service(self, organization_id: str, listing: Listing) -> dict[str, str]:
        """The filter for a service: by its id, and by what was said, as a deployment may name a service that is gone."""
        if not listing.service:
            return {}
        found = await self._ledger.find_service_ids(organization_id, [listing.service])
        return {"service_name": listing.service, "service_id": found.get(listing.service, "")}

    async def _find_services(
        self, organization_id: str, deployments: Sequence[Deployment]
    ) -> dict[tuple[str, ...], Sequence[str]]:
        """The services of those that name none, by their repositories."""
        unnamed = {_repositories_of(one) for one in deployments if not one.facts.services and one.releases}
        return {one: await self._ledger.find_mapped_services(organization_id, one) for one in sorted(unnamed)}

    async def _read_records(self, organization_id: str, ids: Sequence[str]) -> dict[str, DeploymentOut]:
        found = [await self._ledger.find_deployment(organization_id, Target(key=one)) for one in ids]
        recorded = {one: deployment for one, deployment in zip(ids, found, strict=True) if deployment is not None}
        services = await self._find_services(organization_id, list(recorded.values()))
        names = (await self._ledger.find_tier_policy(organization_id)).names
        people = await self._ledger.read_known_people(organization_id)
        return {key: to_deployment(one, names, people, services.get(_repositories_of(one), ())) for key, one in recorded.items()}

    async def _to_record(self, deployment: Deployment) -> DeploymentOut:
        services = await self._find_services(deployment.organization_id, [deployment])
        policy = await self._ledger.find_tier_policy(deployment.organization_id)
        people = await self._ledger.read_known_people(deployment.organization_id)
        return to_deployment(deployment, policy.names, people, services.get(_repositories_of(deployment), ()))


def place_of(deployment: Deployment) -> Place:
    """Where a deployment stands in a list."""
    started_at = deployment.started_at
    return NEVER_STARTED_US if started_at is None else to_microseconds(started_at), deployment.deployment_id


def _repositories_of(deployment: Deployment) -> tuple[str, ...]:
    return tuple(release.repository for release in deployment.releases)
