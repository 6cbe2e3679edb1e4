"""Repositories that deployments name, with their former names; and renaming one."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Protocol

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant, Scope
from shipledger.catalog.clone_url import read_clone_url
from shipledger.catalog.repository import RepositoryRecord, repository_key
from shipledger.errors import Conflict, Invalid, NotFound
from shipledger.found import Found
from shipledger.protocols.contract import Route
from shipledger.protocols.native import listing
from shipledger.protocols.native.bodies import LINK_LIMIT, SHOULD_NAME_A_REPOSITORY, read_all
from shipledger.protocols.native.call import Admission, read_text, reply
from shipledger.protocols.native.cursor import FORMAT, LIMIT, NAME, Place, read_cursor
from shipledger.protocols.native.describing import BODY_ERRORS, REPOSITORY, one_or_several, operation, paging
from shipledger.protocols.native.faults import not_saved
from shipledger.protocols.native.pages import Asked, PagedList, choose_type, cut_page
from shipledger.protocols.native.parameters import Parameters
from shipledger.protocols.native.reading import Reader
from shipledger.protocols.native.vocabulary import PREFIX
from shipledger.protocols.times import format_known_time
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.repositories import RepositoryVerbs

PATH = f"{PREFIX}/repositories"
PARAMETERS = (NAME, LIMIT, FORMAT)
NAMES_LIMIT = 50


class RepositoryOut(Struct, frozen=True, kw_only=True):
    """A repository. ``services`` are the ids of those that it belongs to; counts are those of all its names."""

    repository: str
    former_names: tuple[str, ...]
    services: tuple[str, ...]
    deployments: int
    last_started_at: str | None


class RepositoryPageOut(Struct, frozen=True):
    """A page of repositories. ``next_cursor`` is null on the last one."""

    repositories: tuple[RepositoryOut, ...]
    next_cursor: str | None


class RepositoriesOut(Struct, frozen=True):
    """The repositories of a list, in its order."""

    repositories: tuple[RepositoryOut, ...]


class RepositoryIn(Struct, frozen=True):
    """The present name of a repository, what it was called before, and what is another one after all."""

    repository: str
    former_names: tuple[str, ...]
    separate: tuple[str, ...]


COLUMNS = RepositoryOut.__struct_fields__


class Verbs(CallVerbs, RepositoryVerbs, Protocol):
    """What is asked of the ledger here."""


class RepositoryOperations:
    """The operations on repositories."""

    def __init__(self, ledger: Verbs, admission: Admission, *, public_url: str) -> None:
        self._ledger = ledger
        self._admission = admission
        self._list = PagedList(ledger, "repositories", COLUMNS, public_url=public_url)

    def routes(self) -> Sequence[Route]:
        """Its operations."""
        admit = self._admission.endpoint
        return (
            Route("POST", PATH, admit(Scope.CONFIGURATION, self.save), base=PREFIX),
            Route("GET", PATH, admit(Scope.READ, self.list_page), base=PREFIX),
        )

    async def save(self, request: Request, grant: Grant) -> Response:
        """200 with the repositories as they are called now; 409 with the items that could not be saved."""
        organization_id = grant.organization_id
        text = await read_text(request)
        items, is_list = await self._ledger.compute(organization_id, lambda: _read_items(text), size=len(text))
        refused: dict[int, str] = {}
        for place, item in enumerate(items):
            try:
                for name in item.former_names:
                    await self._ledger.rename_repository(organization_id, name, item.repository, by=grant.actor)
                for name in item.separate:
                    await self._ledger.separate_repository(organization_id, name, item.repository, by=grant.actor)
            except (Conflict, Invalid, NotFound) as error:
                refused[place] = error.message
        if refused:
            raise not_saved(refused, len(items), is_list=is_list)
        known = {repository_key(one.repository): one for one in await self._ledger.list_repositories(organization_id)}
        written = tuple(_to_repository(known.get(repository_key(one.repository)) or _unknown(one)) for one in items)
        body = RepositoriesOut(written) if is_list else written[0]
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, body)

    async def list_page(self, request: Request, grant: Grant) -> Response:
        """200 with a page by name; another one begins where its cursor says."""
        parameters = Parameters(request.query_params, PARAMETERS)
        limit = parameters.number(LIMIT, default=listing.DEFAULT_LIMIT, maximum=listing.MAX_LIMIT)
        after, media_type = read_cursor(parameters), choose_type(request, parameters)
        parameters.check()
        known = sorted(await self._ledger.list_repositories(grant.organization_id), key=place_of)
        shown = [one for one in known if after is None or place_of(one) > after]
        return await self._list.answer(
            Asked(request, grant.organization_id, parameters, media_type),
            cut_page(Found(shown[: limit + 1]), limit=limit, place_of=place_of),
            _to_repository,
        )


def place_of(one: RepositoryRecord) -> Place:
    """Where a repository stands in a list."""
    return 0, repository_key(one.repository)


def repository_paths() -> dict[str, Any]:
    """The part of the OpenAPI page."""
    pages = paging(listing.DEFAULT_LIMIT, listing.MAX_LIMIT)
    page = "A page, by name. `next_cursor` and `Link` lead to the next one."
    names = {"type": "array", "maxItems": NAMES_LIMIT, "items": REPOSITORY}
    item = {
        "type": "object",
        "required": ["repository"],
        "properties": {
            "repository": REPOSITORY,
            "former_names": {**names, "description": "What it was called before: these become one repository with it."},
            "separate": {**names, "description": "Former names that are another repository after all."},
        },
    }
    return {
        PATH: {
            "get": operation(
                "List repositories", {200: (page, RepositoryPageOut)}, errors=(422,), parameters=pages, is_table=True
            ),
            "post": {
                **operation(
                    "Rename repositories",
                    {200: ("The repository after this change. For a list: each in its place.", RepositoryOut, RepositoriesOut)},
                    errors=(*BODY_ERRORS, 409),
                ),
                "requestBody": one_or_several(item),
            },
        }
    }


def _read_items(text: str) -> tuple[tuple[RepositoryIn, ...], bool]:
    return read_all(text, _read)


def _read(body: Reader) -> RepositoryIn:
    sent = body.required_text("repository", limit=LINK_LIMIT)
    name = read_clone_url(sent)
    if name is None and body.is_sound("repository"):
        body.fault("repository", SHOULD_NAME_A_REPOSITORY)
    return RepositoryIn(name or sent, _read_names(body, "former_names"), _read_names(body, "separate"))


def _read_names(body: Reader, member: str) -> tuple[str, ...]:
    sent = body.texts(member, limit=NAMES_LIMIT, item_limit=LINK_LIMIT)
    names = [read_clone_url(one) if len(one) <= LINK_LIMIT else None for one in sent]
    if None in names and body.is_sound(member):
        body.fault(member, f"each {SHOULD_NAME_A_REPOSITORY}")
    return tuple(one for one in names if one is not None)


def _to_repository(one: RepositoryRecord) -> RepositoryOut:
    return RepositoryOut(
        repository=one.repository,
        former_names=one.former_names,
        services=one.service_ids,
        deployments=one.deployment_count,
        last_started_at=format_known_time(one.last_started_at),
    )


def _unknown(item: RepositoryIn) -> RepositoryRecord:
    return RepositoryRecord(repository=item.repository, deployment_count=0, last_started_at=None, service_ids=())
