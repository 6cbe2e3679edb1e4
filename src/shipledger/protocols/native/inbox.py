"""What is not mapped yet, as a list; and what is to be left out of it."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Protocol

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant, Scope
from shipledger.catalog.ignoring.model import ItemKind
from shipledger.catalog.inbox import NAME_LIMIT, Inbox
from shipledger.errors import Conflict, Invalid, NotFound
from shipledger.found import Found
from shipledger.protocols.contract import Route
from shipledger.protocols.native import listing
from shipledger.protocols.native.bodies import read_all
from shipledger.protocols.native.call import Admission, read_text, reply
from shipledger.protocols.native.cursor import FORMAT, LIMIT, NAME, Place, read_cursor
from shipledger.protocols.native.describing import BODY_ERRORS, choice, one_or_several, operation, paging, text
from shipledger.protocols.native.faults import not_saved
from shipledger.protocols.native.pages import Asked, PagedList, choose_type, cut_page
from shipledger.protocols.native.parameters import FLAG, Parameters
from shipledger.protocols.native.reading import SHOULD_BE_PROVIDED, Reader
from shipledger.protocols.native.vocabulary import PREFIX
from shipledger.protocols.times import format_known_time
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.inbox import InboxVerbs

PATH = f"{PREFIX}/inbox"
KINDS = {one.value: one for one in ItemKind}
PARAMETERS = ("kind", "ignored", NAME, LIMIT, FORMAT)
_MOST = 2**62


class InboxItemOut(Struct, frozen=True, kw_only=True):
    """A name. Of an ignored one the counts are null. ``sample_deployment_id``: of an environment, what went there last."""

    kind: str
    name: str
    is_ignored: bool
    deployments: int | None = None
    last_started_at: str | None = None
    sample_deployment_id: str | None = None


class InboxPageOut(Struct, frozen=True):
    """A page, those with most deployments first. ``open``: how many things are open, of every kind."""

    open: int
    items: tuple[InboxItemOut, ...]
    next_cursor: str | None


class InboxItemIn(Struct, frozen=True):
    """A name, and whether it is to be ignored."""

    kind: ItemKind
    name: str
    is_ignored: bool


class InboxSetOut(Struct, frozen=True):
    """A name as it stands now."""

    kind: str
    name: str
    is_ignored: bool


class InboxItemsSetOut(Struct, frozen=True):
    """The names of a list, in its order."""

    items: tuple[InboxSetOut, ...]


class Verbs(CallVerbs, InboxVerbs, Protocol):
    """What is asked of the ledger here."""


class InboxOperations:
    """The operations on the inbox."""

    def __init__(self, ledger: Verbs, admission: Admission, *, public_url: str) -> None:
        self._ledger = ledger
        self._admission = admission
        self._list = PagedList(ledger, "items", InboxItemOut.__struct_fields__, public_url=public_url)

    def routes(self) -> Sequence[Route]:
        """Its operations."""
        admit = self._admission.endpoint
        return (
            Route("GET", PATH, admit(Scope.READ, self.list_page), base=PREFIX),
            Route("POST", PATH, admit(Scope.CONFIGURATION, self.save), base=PREFIX),
        )

    async def list_page(self, request: Request, grant: Grant) -> Response:
        """200 with a page; another one begins where its cursor says."""
        parameters = Parameters(request.query_params, PARAMETERS)
        kind = parameters.word("kind", KINDS, {})
        is_ignored = parameters.flag("ignored")
        limit = parameters.number(LIMIT, default=listing.DEFAULT_LIMIT, maximum=listing.MAX_LIMIT)
        after, media_type = read_cursor(parameters), choose_type(request, parameters)
        parameters.check()
        inbox = await self._ledger.find_inbox(grant.organization_id)
        wanted = [one for one in list_items(inbox) if one.is_ignored is is_ignored and kind in (None, one.kind)]
        shown = [one for one in sorted(wanted, key=place_of) if after is None or place_of(one) > after]
        return await self._list.answer(
            Asked(request, grant.organization_id, parameters, media_type),
            cut_page(Found(shown[: limit + 1]), limit=limit, place_of=place_of),
            lambda one: one,
            besides={"open": inbox.count},
        )

    async def save(self, request: Request, grant: Grant) -> Response:
        """200 with the names as they stand now; 409 with the items that could not be changed."""
        organization_id = grant.organization_id
        body = await read_text(request)
        items, is_list = await self._ledger.compute(organization_id, lambda: _read_items(body), size=len(body))
        refused: dict[int, str] = {}
        for place, item in enumerate(items):
            change = self._ledger.ignore_name if item.is_ignored else self._ledger.list_name_again
            try:
                await change(organization_id, item.kind, item.name, by=grant.actor)
            except (Conflict, Invalid, NotFound) as error:
                refused[place] = error.message
        if refused:
            raise not_saved(refused, len(items), is_list=is_list)
        written = tuple(InboxSetOut(one.kind, one.name, one.is_ignored) for one in items)
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, InboxItemsSetOut(written) if is_list else written[0])


def list_items(inbox: Inbox) -> list[InboxItemOut]:
    """Everything in an inbox, also what it leaves out."""
    environments = [
        InboxItemOut(
            kind=ItemKind.ENVIRONMENT,
            name=one.name,
            is_ignored=False,
            deployments=one.deployments,
            last_started_at=format_known_time(one.last_started_at),
            sample_deployment_id=one.sample_id,
        )
        for one in inbox.environments
    ]
    repositories = [
        InboxItemOut(
            kind=ItemKind.REPOSITORY,
            name=one.repository,
            is_ignored=False,
            deployments=one.deployment_count,
            last_started_at=format_known_time(one.last_started_at),
        )
        for one in inbox.repositories
    ]
    return [*environments, *repositories, *(InboxItemOut(kind=one.kind, name=one.name, is_ignored=True) for one in inbox.ignored)]


def place_of(one: InboxItemOut) -> Place:
    """Where an item stands in the list."""
    return _MOST - (one.deployments or 0), f"{one.kind}:{one.name}"


def inbox_paths() -> dict[str, Any]:
    """The part of the OpenAPI page."""
    item = {
        "type": "object",
        "required": ["kind", "name", "ignored"],
        "properties": {
            "kind": {"type": "string", "enum": [*KINDS]},
            "name": text(NAME_LIMIT, is_required=True),
            "ignored": {"type": "boolean", "description": "True leaves it out, false lists it again."},
        },
    }
    return {
        PATH: {
            "get": operation(
                "List what is not mapped",
                {
                    200: (
                        "A page, those with most deployments first. `next_cursor` leads to the next one.",
                        InboxPageOut,
                    )
                },
                errors=(422,),
                parameters=(
                    choice("kind", KINDS),
                    choice("ignored", FLAG, "True lists what is ignored instead."),
                    *paging(listing.DEFAULT_LIMIT, listing.MAX_LIMIT),
                ),
                is_table=True,
            ),
            "post": {
                **operation(
                    "Ignore names, or list them again",
                    {200: ("The name as it stands now. For a list: each in its place.", InboxSetOut, InboxItemsSetOut)},
                    errors=(*BODY_ERRORS, 409),
                ),
                "requestBody": one_or_several(item),
            },
        }
    }


def _read_items(sent: str) -> tuple[tuple[InboxItemIn, ...], bool]:
    return read_all(sent, _read)


def _read(body: Reader) -> InboxItemIn:
    kind, _ = body.word("kind", KINDS, {}) or (None, "")
    if kind is None:
        body.fault("kind", SHOULD_BE_PROVIDED)
    ignored = body.boolean("ignored")
    if ignored is None:
        body.fault("ignored", SHOULD_BE_PROVIDED)
    return InboxItemIn(kind or ItemKind.ENVIRONMENT, body.required_text("name", limit=NAME_LIMIT), bool(ignored))
