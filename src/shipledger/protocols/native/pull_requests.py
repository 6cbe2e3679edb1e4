"""Record pull requests, read one, and list them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Protocol

from msgspec import UNSET, Struct
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant, Scope
from shipledger.catalog.clone_url import read_clone_url
from shipledger.catalog.repository import repository_key
from shipledger.clock import to_microseconds
from shipledger.found import Found
from shipledger.ledger.identity import bare_uuid
from shipledger.ledger.registers import known
from shipledger.ledger.submission import Alias
from shipledger.protocols.contract import Route
from shipledger.protocols.native.bodies import SHOULD_NAME_A_REPOSITORY
from shipledger.protocols.native.call import Admission, read_text, reply
from shipledger.protocols.native.cursor import FORMAT, LIMIT, NAME, Place, read_cursor
from shipledger.protocols.native.faults import not_found
from shipledger.protocols.native.listing import DEFAULT_LIMIT, LEAST_OF_A_COMMIT, MAX_LIMIT, MOST_OF_A_COMMIT, read_window
from shipledger.protocols.native.pages import Asked, Page, PagedList, choose_type, cut_page
from shipledger.protocols.native.parameters import Parameters
from shipledger.protocols.native.past import AS_OF, KnowledgeOut, read_as_of, to_knowledge
from shipledger.protocols.native.pull_request_bodies import check_pull_requests
from shipledger.protocols.native.pull_request_translate import own_pull_request_id, to_pull_requests
from shipledger.protocols.native.pull_request_wire import PullRequestOut, PullRequestsOut
from shipledger.protocols.native.recording import Write, Writer
from shipledger.protocols.native.settled import Answering, answer_settled
from shipledger.protocols.native.vocabulary import (
    PREFIX,
    PULL_REQUEST_STATES,
    RECORD_PULL_REQUEST,
    RECORD_PULL_REQUEST_LIST,
)
from shipledger.protocols.times import format_known_time, format_time
from shipledger.pull_requests.model import PullRequest, PullRequestState, number_alias
from shipledger.texts import indexable, without_case
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.past import PastVerbs
from shipledger.verbs.pull_requests import PullRequestVerbs
from shipledger.verbs.recording import RecordingVerbs
from shipledger.verbs.repositories import RepositoryVerbs

PATH = f"{PREFIX}/pull-requests"
FEW = 1_000
"""So many are sorted at once."""
PARAMETERS = ("from", "to", "repository", "number", "author", "state", "commit", AS_OF, NAME, LIMIT, FORMAT)
COLUMNS = tuple(name for name in PullRequestOut.__struct_fields__ if name not in {"request_id", "verdict", "knowledge"})


class Verbs(CallVerbs, PastVerbs, PullRequestVerbs, RecordingVerbs, RepositoryVerbs, Protocol):
    """What is asked of the ledger here."""


class PullRequestListing(Struct, frozen=True):
    """The page that is wanted; "" and None do not restrict. ``names``: the keys of all names of ``repository``."""

    opened_from: datetime | None
    opened_until: datetime | None
    repository: str
    number: str
    author: str
    state: PullRequestState | None
    commit: str
    before: Place | None
    limit: int
    names: frozenset[str] = frozenset()

    def has(self, one: PullRequest) -> bool:
        """Whether the list shows a pull request. A commit is given by the beginning of its id."""
        return (
            (self.opened_from is None or one.placed_at >= self.opened_from)
            and (self.opened_until is None or one.placed_at <= self.opened_until)
            and (not self.repository or indexable(repository_key(one.repository)) in self.names)
            and (not self.number or one.number == self.number)
            and (not self.author or (known(one.facts.author) or "").casefold() == self.author.casefold())
            and (self.state is None or one.state is self.state)
            and (not self.commit or any(without_case(own).startswith(without_case(self.commit)) for own in one.commit_ids))
        )


class PullRequestOperations:
    """The operations on pull requests."""

    def __init__(self, ledger: Verbs, admission: Admission, *, public_url: str) -> None:
        self._ledger = ledger
        self._admission = admission
        self._list = PagedList(ledger, "pull_requests", COLUMNS, public_url=public_url)
        self._writer = Writer(ledger)
        self._answering = Answering(
            path=PATH,
            list_operation=RECORD_PULL_REQUEST_LIST,
            id_of=lambda verdict: verdict.subject,
            read=self._read_records,
            own_id=own_pull_request_id,
            to_list=lambda request_id, written: PullRequestsOut(request_id=request_id, pull_requests=written),
        )

    def routes(self) -> Sequence[Route]:
        """Its operations."""
        admit = self._admission.endpoint
        return (
            Route("POST", PATH, admit(Scope.WRITE, self.record), base=PREFIX),
            Route("GET", PATH, admit(Scope.READ, self.list_page), base=PREFIX),
            Route("GET", f"{PATH}/{{id}}", admit(Scope.READ, self.get), base=PREFIX),
        )

    async def record(self, request: Request, grant: Grant) -> Response:
        """201 with what is new, 200 with what was known; 202 when it is durable and its verdict is not known yet."""
        organization_id = grant.organization_id
        text = await read_text(request)
        checked = await self._ledger.compute(organization_id, lambda: check_pull_requests(text), size=len(text))

        async def find_names(alias: Alias) -> Sequence[Alias] | None:
            recorded = await self._ledger.find_pull_request(organization_id, alias)
            return None if recorded is None else recorded.names

        write = Write(
            operation=RECORD_PULL_REQUEST_LIST if checked.is_list else RECORD_PULL_REQUEST,
            body=checked.body,
            parameters=checked.parameters,
            is_list=checked.is_list,
            translate=lambda receipt: to_pull_requests(receipt, checked.items),
            find_names=find_names,
            answer=lambda settlement: answer_settled(organization_id, settlement, self._answering),
        )
        return await self._writer.record(request, grant, write)

    async def get(self, request: Request, grant: Grant) -> Response:
        """200, or 404."""
        pull_request_id = bare_uuid(request.path_params["id"]).lower()
        parameters, now = Parameters(request.query_params, (AS_OF,)), self._ledger.now()
        as_of = read_as_of(parameters, now)
        parameters.check()
        if as_of is None:
            found = await self._ledger.find_pull_request(grant.organization_id, Alias(scope="", key=pull_request_id))
        else:
            found = await self._ledger.find_pull_request_as_of(grant.organization_id, pull_request_id, as_of)
        if found is None:
            raise not_found("pull request")
        knowledge = UNSET if as_of is None else to_knowledge(as_of, now)
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, replace(to_pull_request(found), knowledge=knowledge))

    async def list_page(self, request: Request, grant: Grant) -> Response:
        """200 with a page, the one opened last first; another one begins where its cursor says."""
        organization_id = grant.organization_id
        parameters = Parameters(request.query_params, PARAMETERS)
        listing, media_type = read_pull_request_listing(parameters), choose_type(request, parameters)
        now = self._ledger.now()
        as_of = read_as_of(parameters, now)
        parameters.check()
        besides: dict[str, KnowledgeOut] = {}
        if as_of is None:
            names = await self._ledger.find_repository_keys(organization_id, listing.repository)
            shown = await self._find_page(organization_id, replace(listing, names=names))
        else:
            known = await self._ledger.read_services_as_of(organization_id, as_of)
            wanted = replace(listing, names=known.names_of(listing.repository))
            before_id = "" if listing.before is None else listing.before[1]
            past, end = await self._ledger.list_pull_requests_as_of(
                organization_id, as_of, wanted.has, before_id=before_id, limit=listing.limit
            )
            shown = Page(records=past, end=(0, end) if end else None)
            besides = {"knowledge": to_knowledge(as_of, now)}
        return await self._list.answer(
            Asked(request, organization_id, parameters, media_type),
            shown,
            to_pull_request,
            besides=besides,
        )

    async def _find_page(self, organization_id: str, listing: PullRequestListing) -> Page[PullRequest]:
        few = await self._find_few(organization_id, listing)
        if few is not None:
            fitting = sorted((one for one in few if listing.has(one)), key=place_of, reverse=True)
            behind = [one for one in fitting if listing.before is None or place_of(one) < listing.before]
            return cut_page(Found(behind), limit=listing.limit, place_of=place_of)
        found: list[PullRequest] = []
        after = listing.before
        while len(found) <= listing.limit and (page := await self._scan(organization_id, listing, after)):
            found += [one for one in page if listing.has(one)]
            after = place_of(page[-1])
        return cut_page(Found(found), limit=listing.limit, place_of=place_of)

    async def _find_few(self, organization_id: str, listing: PullRequestListing) -> Sequence[PullRequest] | None:
        """All that may be shown, found by an index; None where nothing that is asked for has one, or too many are found."""
        if listing.repository and listing.number:
            numbered = {number_alias(name, listing.number): None for name in (listing.repository, *sorted(listing.names))}
            every = [await self._ledger.find_pull_request(organization_id, alias) for alias in numbered]
            return [one for one in every if one is not None]
        if not listing.commit:
            return None
        found = await self._ledger.list_pull_requests_of_commit(organization_id, listing.commit, limit=FEW + 1)
        return found if found.total <= FEW else None

    async def _scan(self, organization_id: str, listing: PullRequestListing, after: Place | None) -> Found[PullRequest]:
        return await self._ledger.scan_pull_requests(organization_id, listing.opened_from, listing.opened_until, after)

    async def _read_records(self, organization_id: str, ids: Sequence[str]) -> dict[str, PullRequestOut]:
        found = [await self._ledger.find_pull_request(organization_id, Alias(scope="", key=one)) for one in ids]
        return {one: to_pull_request(recorded) for one, recorded in zip(ids, found, strict=True) if recorded is not None}


def read_pull_request_listing(parameters: Parameters) -> PullRequestListing:
    """The page that is wanted. What is wrong is noted in ``parameters``."""
    opened_from, opened_until = read_window(parameters)
    sent = parameters.text("repository")
    repository = read_clone_url(sent) if sent else ""
    if repository is None:
        parameters.faults.setdefault("repository", SHOULD_NAME_A_REPOSITORY)
    return PullRequestListing(
        opened_from=opened_from,
        opened_until=opened_until,
        repository=repository or "",
        number=parameters.text("number"),
        author=parameters.text("author"),
        state=parameters.word("state", PULL_REQUEST_STATES, {}),
        commit=parameters.text("commit", least=LEAST_OF_A_COMMIT, limit=MOST_OF_A_COMMIT),
        before=read_cursor(parameters),
        limit=parameters.number(LIMIT, default=DEFAULT_LIMIT, maximum=MAX_LIMIT),
    )


def to_pull_request(one: PullRequest) -> PullRequestOut:
    """The record of a pull request."""
    facts = one.facts
    return PullRequestOut(
        id=one.pull_request_id,
        repository=one.repository,
        number=one.number,
        state=one.state,
        title=known(facts.title),
        description=known(facts.description),
        author=known(facts.author),
        url=known(facts.url),
        branch=known(facts.branch),
        target_branch=known(facts.target_branch),
        labels=known(facts.labels) or (),
        opened_at=format_known_time(known(facts.opened_at)),
        reviewed_at=format_known_time(known(facts.reviewed_at)),
        approved_at=format_known_time(known(facts.approved_at)),
        merged_at=format_known_time(known(facts.merged_at)),
        closed_at=format_known_time(known(facts.closed_at)),
        head_commit=known(facts.head_commit),
        merge_commit=known(facts.merge_commit),
        commits=known(facts.commits) or (),
        is_squash=known(facts.is_squash),
        source=one.source,
        recorded_at=format_time(one.recorded_at),
        updated_at=format_time(one.updated_at),
    )


def place_of(one: PullRequest) -> Place:
    """Where a pull request stands in a list."""
    return to_microseconds(one.placed_at), one.pull_request_id
