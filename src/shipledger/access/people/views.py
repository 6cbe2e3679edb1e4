"""Filters of the list of deployments that people keep under a name."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from urllib.parse import parse_qsl, urlencode

from msgspec import Struct

from shipledger.clock import Clock
from shipledger.errors import Conflict, Invalid, NotFound
from shipledger.ledger.identity import new_id

FILTERS = (
    "text",
    "range",
    "from",
    "to",
    "state",
    "tier",
    "environment",
    "service",
    "repository",
    "team",
    "person",
    "source",
    "flag",
)
"""What narrows the list, in an address of it."""
MOST = 50
NAME_CHARACTERS = 100
QUERY_CHARACTERS = 2_000


class SavedView(Struct, frozen=True):
    """``query``: that of the address ``/deployments``, with nothing in it but filters."""

    view_id: str
    name: str
    query: str
    created_at: datetime


class ViewStore(Protocol):
    """What every store keeps of them; part of ``store.contract.Store``."""

    async def list_views(self, organization_id: str, person_id: str) -> list[SavedView]:
        """What a person has kept in an organization, by name."""

    async def save_view(self, organization_id: str, person_id: str, view: SavedView) -> None:
        """Keep a view. One that has its name already keeps its id and its time, and gets the query."""

    async def delete_view(self, organization_id: str, person_id: str, view_id: str) -> bool:
        """Keep a view no more; False if there is none with this id."""


class SavedViews:
    """Keeps the views of people: each sees their own alone."""

    def __init__(self, store: ViewStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def list_own(self, organization_id: str, person_id: str) -> Sequence[SavedView]:
        """The views of a person in an organization, by name."""
        return await self._store.list_views(organization_id, person_id)

    async def save(self, organization_id: str, person_id: str, name: str, query: str) -> SavedView:
        """Keep a filter under a name, in place of what that named. Raises Invalid, and Conflict if there are very many."""
        called, kept = _read_name(name), read_query(query)
        known = await self._store.list_views(organization_id, person_id)
        if len(known) >= MOST and called not in {one.name for one in known}:
            raise Conflict("too_many_views", f"You have {MOST} saved views, the most there can be. Delete one first.")
        now = self._clock.now()
        made = SavedView(new_id(now, secrets.token_bytes(8)), called, kept, now)
        await self._store.save_view(organization_id, person_id, made)
        return next((one for one in await self._store.list_views(organization_id, person_id) if one.name == called), made)

    async def delete(self, organization_id: str, person_id: str, view_id: str) -> None:
        """Keep a view no more. Raises NotFound."""
        if not await self._store.delete_view(organization_id, person_id, view_id.replace("\0", "")):
            raise NotFound("view", "You have no saved view with this id.")


def read_query(query: str) -> str:
    """The filters in the query of an address, in one order. Raises Invalid where there are none, or too long ones."""
    if len(query) > QUERY_CHARACTERS:
        raise _refuse("query", f"should have at most {QUERY_CHARACTERS} characters")
    try:
        said = dict(parse_qsl(query.removeprefix("?"), max_num_fields=100))
    except ValueError:
        raise _refuse("query", "should be the part behind the question mark of an address") from None
    kept = [(name, clean) for name in FILTERS if (clean := _clean(said.get(name, "")))]
    if not kept:
        raise _refuse("query", f"should have one of the filters {', '.join(FILTERS)}")
    return urlencode(kept)


def _read_name(name: str) -> str:
    called = " ".join(_clean(name).split())
    if not any(one.isprintable() for one in called.replace(" ", "")) or len(called) > NAME_CHARACTERS:
        raise _refuse("name", f"should have 1 to {NAME_CHARACTERS} characters that can be seen")
    return called


def _refuse(member: str, text: str) -> Invalid:
    return Invalid(member, f"{member} {text}.", fields={member: text})


def _clean(text: str) -> str:
    # A lone surrogate or NUL can be in no stored text, and a database refuses it.
    return text.encode("utf-8", "ignore").decode().replace("\0", "").strip()
