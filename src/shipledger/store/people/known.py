"""Whom senders mean."""

from __future__ import annotations

from functools import cached_property
from itertools import groupby
from operator import itemgetter
from time import monotonic
from typing import NamedTuple

from shipledger.access.people.known_people import KnownPeople, KnownPerson
from shipledger.access.people.membership.aggregate import MEMBERS
from shipledger.access.people.membership.fold import fold_history
from shipledger.access.people.membership.model import KIND, Member
from shipledger.store import rows
from shipledger.store.codecs import codec_of
from shipledger.store.row_reading import Row, read_each, reads
from shipledger.store.session import Session, Steps, call
from shipledger.store.templates import named

REMEMBERED_SECONDS = 2.0
"""Names and addresses of accounts may be as old; memberships and logins are as they are now."""

_REMEMBERED = 100


class _Remembered(NamedTuple):
    """The people of an organization, by the place of their newest entry."""

    people: KnownPeople
    position: int | None
    until: float


class SqlKnownPeople(Session):
    """Whom senders mean: every page and list asks it, and an organization may have thousands of people."""

    @cached_property
    def _remembered(self) -> dict[str, _Remembered]:
        return {}

    async def read_known_people(self, organization_id: str) -> KnownPeople:
        position = await self._fetch(named("find_last_{kind}_position", KIND), organization_id=organization_id)
        held = self._remembered.get(organization_id)
        if held is not None and held.position == position and monotonic() < held.until:
            return held.people
        people = await self._read_steps(_read_known_people(organization_id))
        self._remembered.pop(organization_id, None)
        while len(self._remembered) >= _REMEMBERED:
            del self._remembered[next(iter(self._remembered))]
        self._remembered[organization_id] = _Remembered(people, position, monotonic() + REMEMBERED_SECONDS)
        return people


def _read_known_people(organization_id: str) -> Steps[KnownPeople]:
    """Who belongs to an organization, and who has left it and still has an account. Damaged memberships are left out."""
    present = read_each(_to_known, (yield call("list_known_members", organization_id=organization_id)))
    entries = yield call("list_left_member_entries", organization_id=organization_id)
    left = [member for member in (_fold_left(list(own)) for _, own in groupby(entries, key=itemgetter(1))) if member is not None]
    if not left:
        return KnownPeople(organization_id, present)
    called = yield call("list_called", ids=rows.to_json(sorted({one.person_id for one in left})))
    names = {person_id: (name, email) for person_id, email, name in called}
    former = [
        KnownPerson(one.person_id, *names[one.person_id], logins=one.logins, is_member=False)
        for one in left
        if one.person_id in names
    ]
    return KnownPeople(organization_id, [*former, *present])


def _fold_left(entries: list[Row]) -> Member | None:
    history = read_each(codec_of(MEMBERS).to_entry, entries)
    return None if history.damaged else fold_history(history)


@reads("member", "tt?ttt", 0, 1)
def _to_known(row: Row) -> KnownPerson:
    organization_id, member_id, document, person_id, email, name = row
    member: Member = codec_of(MEMBERS).decode(document, (organization_id, member_id))
    return KnownPerson(person_id, name, email, logins=member.logins)
