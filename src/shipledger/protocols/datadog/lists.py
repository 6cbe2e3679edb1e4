"""Lists of deployments: walk the ledger in order of start, keep what matches."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Protocol, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from shipledger.ledger.deployment import Deployment
from shipledger.ledger.registers import known
from shipledger.protocols.datadog.answers import DeploymentRecord, Teams, has_form, id_of, services_of
from shipledger.protocols.datadog.bodies import BadRequestError
from shipledger.protocols.datadog.matching import Searchable, find_services, matches, normalise, weigh
from shipledger.protocols.datadog.query import Query, QueryError, parse_query
from shipledger.protocols.datadog.reading import Problem
from shipledger.protocols.datadog.times import TimeForm
from shipledger.protocols.datadog.wire import ListIn
from shipledger.protocols.effort import Effort, TooMuchEffortError
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.catalog import CatalogVerbs
from shipledger.verbs.deployments import DeploymentScan, DeploymentVerbs

T = TypeVar("T")

PAGE = 500
GROWTH = 4
"""The first page is as long as the list where that may be all that is needed, and each further one so much longer."""
PRUNE_AT = 2_000
"""More than any list gives: what sorts behind the limit is dropped on the way, however much matches."""

SIZE_OF_RECORD = 200
"""What it is to look at a record once, in characters."""

POINTER = "/data/attributes/query"
TOO_MUCH_EFFORT = (
    'attribute "query" would look at more than one request may; narrow it by "from", "to" or a service, or use fewer wildcards'
)


class Verbs(CallVerbs, CatalogVerbs, DeploymentVerbs, Protocol):
    """What is asked of the ledger here."""


class Found(Struct, frozen=True):
    """What a list found, at most as many as were asked for, and whether there is more."""

    deployments: list[Deployment]
    is_more: bool


def read_query(text: str, rename: Callable[[str], str]) -> Query:
    """The query of a list. ``rename`` gives the one host that a repository has here. Raises BadRequestError."""
    try:
        return normalise(parse_query(text), rename)
    except QueryError as error:
        raise BadRequestError(Problem(f'attribute "query" cannot be read: {error}', POINTER)) from None


async def keep_matching(
    ledger: Verbs, organization_id: str, query: Query, records: Sequence[tuple[T, Searchable]], effort: Effort
) -> list[T]:
    """Those of ``records``, each with what a query looks at in it, that match. Raises BadRequestError."""

    def keep() -> list[T]:
        return [one for one, searchable in records if matches(query, searchable, effort)]

    try:
        return await ledger.compute(organization_id, keep, size=len(records) * SIZE_OF_RECORD * weigh(query))
    except TooMuchEffortError:
        raise BadRequestError(Problem(TOO_MUCH_EFFORT, POINTER)) from None


async def list_deployments(ledger: Verbs, organization_id: str, wanted: ListIn, teams: Teams, form: TimeForm) -> Found:
    """The deployments of every protocol that match and that ``form`` can tell, in a total order. Raises BadRequestError."""
    query = read_query(wanted.query, ledger.at_its_host)
    is_descending = wanted.sort.startswith("-")
    key = wanted.sort.removeprefix("-")
    scan = DeploymentScan(
        services=tuple(sorted(find_services(query) or ())),
        started_from=wanted.started_from,
        started_until=wanted.started_until,
        is_ascending=not is_descending and key == "started_at",
        limit=min(wanted.limit + 1, PAGE) if key == "started_at" else PAGE,
    )
    found: list[Deployment] = []
    effort = Effort()
    policy = await ledger.find_tier_policy(organization_id)

    def value_of(deployment: Deployment) -> Any:
        return _sort_value(deployment, key)

    async for page in walk(ledger, organization_id, scan):
        records = [(one, DeploymentRecord(one, teams, policy.names)) for one in page if has_form(one, form)]
        found += await keep_matching(ledger, organization_id, query, records, effort)
        if key == "started_at" and len(found) > wanted.limit:
            break
        if len(found) >= PRUNE_AT:
            found = sort_records(found, value_of, id_of, is_descending=is_descending)[: wanted.limit + 1]
    if key != "started_at":
        found = sort_records(found, value_of, id_of, is_descending=is_descending)
    return Found(deployments=found[: wanted.limit], is_more=len(found) > wanted.limit)


async def walk(ledger: Verbs, organization_id: str, scan: DeploymentScan) -> AsyncIterator[list[Deployment]]:
    """The pages of a scan, in its order, however many there are."""
    after: Deployment | None = None
    while True:
        page = await ledger.scan_deployments(organization_id, scan, after)
        yield page
        if page.total < scan.limit or not page:
            return
        after, scan = page[-1], replace(scan, limit=min(scan.limit * GROWTH, PAGE))


def sort_records(
    found: list[T], value_of: Callable[[T], Any], id_of_record: Callable[[T], str], *, is_descending: bool
) -> list[T]:
    """In order of a value; those without it last, ties by id."""
    by_id = sorted(found, key=id_of_record)
    have = [one for one in by_id if value_of(one) is not None]
    lack = [one for one in by_id if value_of(one) is None]
    return sorted(have, key=value_of, reverse=is_descending) + lack


def _sort_value(deployment: Deployment, key: str) -> Any:
    if key == "finished_at":
        return deployment.ended_at
    environment = deployment.environment
    text = {
        "service": services_of(deployment)[0],
        "env": environment.name if environment and environment.id else None,
        "version": known(deployment.facts.version),
    }[key]
    return text.casefold() if text else None
