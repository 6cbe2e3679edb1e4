"""``/sources``: what sends, with which credential, and how that goes; and the forms that issue, replace and end one."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.issuance.model import KIND
from shipledger.access.issuance.words import describe
from shipledger.access.people.roles import Right
from shipledger.errors import Conflict, Invalid, NotFound
from shipledger.http.viewer import viewer_of
from shipledger.verbs.sources import CredentialWish, MadeCredential, Source
from shipledger.web.pages.commands import base_url
from shipledger.web.pages.done import done_path
from shipledger.web.pages.frame import Frame, is_unchanged, see_other, unchanged
from shipledger.web.pages.record_history import read_history

PATH = "/sources"
ONE = f"{PATH}/{{source}}"
ROTATE, REVOKE = f"{ONE}/rotate", f"{ONE}/revoke"
_RIGHT = "may-"


class SourceRow(Struct, frozen=True):
    """A source in the list. ``state``: a word for the chip."""

    source: Source
    kind: str
    state: str


async def show(frame: Frame, request: Request) -> Response:
    """The list, and the form for a new one."""
    return await _render_list(frame, request, {})


async def create(frame: Frame, request: Request) -> Response:
    """Issue the credential that the form asks for, and show it once; or the form again with what is wrong.

    The answer is a page and no way to one: an address must not hold a secret.
    """
    form, viewer = await frame.read_own_form(request), viewer_of(request)
    try:
        made = await frame.sources.create(viewer.organization_id, _read_wish(form), by=viewer.actor)
    except Invalid as error:
        return await _render_list(frame, request, form, fault=error)
    return await _render_made(frame, request, made)


async def show_one(frame: Frame, request: Request) -> Response:
    """A source: what is known of it, what to paste, and what happened to it. Its script asks for the live part alone."""
    source = await _get(frame, request, request.path_params["source"])
    shown = [source.credential.revoked_at, source.use, source.seen_at]
    if is_unchanged(request, shown):
        return unchanged()
    return await frame.render_live(request, "source.html", shown=shown, **await _describe(frame, request, source, {}))


async def rotate(frame: Frame, request: Request) -> Response:
    """Issue a successor, and show it once."""
    await frame.read_own_form(request)
    viewer = viewer_of(request)
    made = await frame.sources.rotate(viewer.organization_id, request.path_params["source"], by=viewer.actor)
    return await _render_made(frame, request, made)


async def revoke(frame: Frame, request: Request) -> Response:
    """End a credential."""
    form, viewer = await frame.read_own_form(request), viewer_of(request)
    source = await _get(frame, request, request.path_params["source"])
    if form.get("sure") != "yes":
        raise Conflict("sure", "Say that whoever sends with this credential may be refused from now on.")
    await frame.sources.revoke(viewer.organization_id, source.credential.credential_id, by=viewer.actor)
    return see_other(done_path(PATH, "source-revoked"))


def _read_wish(form: Mapping[str, str]) -> CredentialWish:
    scopes = frozenset(right.value for right in Right if form.get(f"{_RIGHT}{right}"))
    if not scopes:
        raise Invalid("scopes", "Choose what the credential may do.")
    return CredentialWish(kind=form.get("kind", ""), name=form.get("name", ""), scopes=scopes)


async def _render_list(frame: Frame, request: Request, form: Mapping[str, str], *, fault: Invalid | None = None) -> Response:
    found = await frame.sources.list_sources(viewer_of(request).organization_id)
    now = frame.clock.now()
    rows = [SourceRow(one, frame.sources.title_of(one.credential.kind), _state_of(one, now)) for one in found]
    offers = frame.sources.list_offers()
    chosen = {right for right in Right if form.get(f"{_RIGHT}{right}")} if form else {Right.READ, Right.WRITE}
    return await frame.render(
        request,
        "sources.html",
        status=HTTPStatus.OK if fault is None else HTTPStatus.UNPROCESSABLE_ENTITY,
        rows=sorted(rows, key=lambda row: row.state == "revoked"),
        kinds={one.name: one.title for one in offers},
        rights=[
            {"field": f"{_RIGHT}{right}", "right": right.value, "is_chosen": right in chosen}
            for right in Right
            if any(right in one.scopes for one in offers)
        ],
        form=form,
        fault=fault,
    )


async def _render_made(frame: Frame, request: Request, made: MadeCredential) -> Response:
    source = await _get(frame, request, made.shown["id"])
    values = await _describe(frame, request, source, made.shown)
    return await frame.render(request, "source.html", live_url=f"{PATH}/{quote(made.shown['id'])}", **values)


async def _describe(frame: Frame, request: Request, source: Source, shown: Mapping[str, str]) -> dict[str, Any]:
    credential, now = source.credential, frame.clock.now()
    viewer = viewer_of(request)
    history, earlier = await read_history(frame.ledger, KIND, viewer.organization_id, credential.credential_id, _describe_all)
    return {
        "source": source,
        "kind": frame.sources.title_of(credential.kind),
        "state": _state_of(source, now),
        "is_live_source": credential.is_live(now),
        "secrets": {name: value for name, value in shown.items() if name != "id"},
        "snippets": frame.sources.list_snippets(credential.kind, base_url(request, frame.settings), shown, now),
        "history": history,
        "earlier": earlier,
    }


async def _get(frame: Frame, request: Request, credential_id: str) -> Source:
    found = await frame.sources.find_source(viewer_of(request).organization_id, credential_id)
    if found is None:
        raise NotFound("source", "There is no such source.")
    return found


def _state_of(source: Source, now: Any) -> str:
    if not source.credential.is_live(now):
        return "revoked"
    if source.seen_at is None:
        return "waiting"
    return "silent" if source.is_silent(now) else "heard"


async def _describe_all(said: Any) -> list[tuple[str, ...]]:
    return [describe(one) for one in said]
