"""Who did what, when: the entries of all kinds of records, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant, Scope
from shipledger.errors import Invalid
from shipledger.ledger.actor import ActorKind
from shipledger.ledger.auditing import AuditFilter, AuditPlace
from shipledger.protocols.contract import Route
from shipledger.protocols.native import listing
from shipledger.protocols.native.call import Admission
from shipledger.protocols.native.cursor import FORMAT, LIMIT, NAME, read_cursor
from shipledger.protocols.native.describing import choice, operation, paging, query, window
from shipledger.protocols.native.pages import Asked, Page, PagedList, choose_type
from shipledger.protocols.native.parameters import Parameters
from shipledger.protocols.native.vocabulary import PREFIX
from shipledger.protocols.times import format_time
from shipledger.verbs.audit import AuditVerbs
from shipledger.verbs.auditing import KINDS, ActLine, read_actor, read_place, write_place
from shipledger.verbs.calls import CallVerbs

PATH = f"{PREFIX}/audit"
REPORTS = "reports"
INCLUDE = {"include": True, "omit": False}
PARAMETERS = ("from", "to", "kind", "actor", REPORTS, NAME, LIMIT, FORMAT)


class Verbs(CallVerbs, AuditVerbs, Protocol):
    """What is asked of the ledger here."""


class ActOut(Struct, frozen=True, kw_only=True):
    """An entry. ``actor``: the kind of who caused it, a colon, and its id or name; ``who``: what people call that.

    ``kind`` and ``subject_id`` are of the record, ``subject`` is what people call it, ``version`` counts its entries.
    ``changes`` are short sentences. ``request_id``: what asked for it.
    """

    at: str
    actor: str
    who: str
    kind: str
    subject_id: str
    subject: str
    changes: tuple[str, ...]
    request_id: str
    version: int


class ActPageOut(Struct, frozen=True):
    """Entries, newest first."""

    audit: tuple[ActOut, ...]
    next_cursor: str | None


class AuditOperations:
    """The audit."""

    def __init__(self, ledger: Verbs, admission: Admission, *, public_url: str) -> None:
        self._ledger = ledger
        self._admission = admission
        self._list = PagedList(ledger, "audit", ActOut.__struct_fields__, public_url=public_url)

    def routes(self) -> Sequence[Route]:
        """Its operation."""
        return (Route("GET", PATH, self._admission.endpoint(Scope.READ, self.list_page), base=PREFIX),)

    async def list_page(self, request: Request, grant: Grant) -> Response:
        """200 with a page; another one begins where its cursor says."""
        parameters = Parameters(request.query_params, PARAMETERS)
        since, until = listing.read_window(parameters)
        kind = parameters.word("kind", {one: one for one in KINDS}, {})
        wanted = AuditFilter(
            limit=parameters.number(LIMIT, default=listing.DEFAULT_LIMIT, maximum=listing.MAX_LIMIT),
            kinds=(kind,) if kind else (),
            actor=_read_actor(parameters),
            since=since,
            until=until,
            before=_read_place(parameters),
            has_reports=bool(parameters.word(REPORTS, INCLUDE, {})),
        )
        media_type = choose_type(request, parameters)
        parameters.check()
        page = await self._ledger.read_acts(grant.organization_id, wanted)
        return await self._list.answer(
            Asked(request, grant.organization_id, parameters, media_type),
            Page(records=page.lines, end=None if page.end is None else write_place(page.end)),
            to_act,
        )


def audit_paths() -> dict[str, Any]:
    """The part of the OpenAPI page."""
    filters = (
        *window("at"),
        choice("kind", KINDS, "Of this kind of record."),
        query("actor", f"One of {', '.join(ActorKind)}, or an `actor` as it is listed."),
        choice(REPORTS, INCLUDE, "Whether to list what senders report all day, too. Default: `omit`."),
    )
    pages = paging(listing.DEFAULT_LIMIT, listing.MAX_LIMIT)
    page = "A page, newest first. `next_cursor` and `Link` lead to the next one."
    return {
        PATH: {
            "get": operation(
                "Who did what", {200: (page, ActPageOut)}, errors=(422,), parameters=(*filters, *pages), is_table=True
            )
        }
    }


def to_act(line: ActLine) -> ActOut:
    """An entry as this API tells of it."""
    return ActOut(
        at=format_time(line.at),
        actor="" if line.actor is None else str(line.actor),
        who=line.who,
        kind=line.kind,
        subject_id=line.subject_id,
        subject=line.subject,
        changes=line.changes,
        request_id=line.receipt_id,
        version=line.version,
    )


def _read_actor(parameters: Parameters) -> str:
    try:
        return read_actor(parameters.text("actor"))
    except Invalid as error:
        parameters.faults.setdefault("actor", f"is no actor: {error.message}")
        return ""


def _read_place(parameters: Parameters) -> AuditPlace | None:
    place = read_cursor(parameters)
    if place is None or NAME in parameters.faults:
        return None
    read = read_place(*place)
    if read is None:
        parameters.faults[NAME] = "should be a next_cursor of this list"
    return read
