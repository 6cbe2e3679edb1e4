"""Persons, their sessions and their links."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shipledger.access.people.link import Link
from shipledger.access.people.membership.aggregate import MEMBERS
from shipledger.access.people.membership.model import Member
from shipledger.access.people.person import Person, email_key
from shipledger.access.people.session import Session as SignedIn
from shipledger.catalog.organization import Organization
from shipledger.clock import from_microseconds, to_microseconds
from shipledger.errors import Conflict
from shipledger.store import rows
from shipledger.store.codecs import codec_of
from shipledger.store.credentials.verbs import ids_of
from shipledger.store.people.administrators import keep_administrators
from shipledger.store.row_reading import Row, read_each, reads
from shipledger.store.session import Session, Steps, call


class SqlPeople(Session):
    """Who signs in. See PeopleStore."""

    async def create_person(self, person: Person) -> None:
        await self._execute("create_person", **_from_person(person))

    async def create_first_person(self, person: Person) -> bool:
        first = {name: value for name, value in _from_person(person).items() if name != "disabled_us"}
        try:
            return bool(await self._execute("create_first_person", **first) == 1)
        except Conflict:  # somebody else was faster
            return False

    async def find_lone_first(self) -> str | None:
        def find() -> Steps[str | None]:
            first: str | None = yield call("find_first_person")
            if first is None or (yield call("has_member_entries")) or (yield call("has_member_tombstones")):
                return None
            return first

        return await self._read_steps(find())

    async def find_person(self, person_id: str) -> Person | None:
        row = await self._fetch("find_person", person_id=rows.storable(person_id))
        return None if row is None else _to_person(row)

    async def find_person_by_email(self, email: str) -> Person | None:
        row = await self._fetch("find_person_by_email", email_key=rows.storable(email_key(email)))
        return None if row is None else _to_person(row)

    async def find_person_by_identity(self, issuer: str, subject: str) -> Person | None:
        row = await self._fetch("find_person_by_identity", issuer=rows.storable(issuer), subject=rows.storable(subject))
        return None if row is None else _to_person(row)

    async def add_identity(self, issuer: str, subject: str, person_id: str, *, now: datetime) -> bool:
        told = {"issuer": rows.storable(issuer), "subject": rows.storable(subject), "person_id": person_id}
        return bool(await self._execute("add_identity", **told, now_us=to_microseconds(now)) == 1)

    async def list_persons(self) -> Sequence[Person]:
        return read_each(_to_person, await self._fetch("list_persons"))

    async def list_disabled(self, person_ids: Sequence[str]) -> list[str]:
        return [row[0] for row in await self._fetch("list_disabled", ids=rows.to_json(person_ids))]

    async def has_persons(self) -> bool:
        return await self._fetch("has_persons") is not None

    async def save_password(self, person_id: str, encoded: str, *, now: datetime, but: bytes = b"") -> None:
        await self._write_steps(_give_password(person_id, encoded, now, but))

    async def refresh_password(self, person_id: str, encoded: str) -> None:
        await self._execute("refresh_password", person_id=person_id, password=encoded)

    async def save_person(self, person: Person) -> None:
        told = _from_person(person)
        kept = {name: told[name] for name in ("person_id", "email", "email_key", "name", "disabled_us")}

        def save() -> Steps[None]:
            if person.disabled_at is not None:
                yield from keep_administrators(person.person_id)
            yield call("save_person", **kept)
            if person.disabled_at is not None:
                yield call("end_sessions", person_id=person.person_id, but=b"")

        await self._write_steps(save())

    async def find_member(self, organization_id: str, person_id: str) -> Member | None:
        owned = {"organization_id": organization_id, "person_id": rows.storable(person_id)}
        row = await self._fetch("find_member_of", **owned)
        return None if row is None else codec_of(MEMBERS).decode(row[0], (organization_id, person_id))

    async def find_membership(self, organization_id: str, person_id: str) -> tuple[Organization, Member] | None:
        owned = {"organization_id": organization_id, "person_id": rows.storable(person_id)}
        row = await self._fetch("find_membership", **owned)
        return None if row is None else _to_membership(row)

    async def list_members(self, organization_id: str) -> Sequence[Member]:
        found = await self._fetch("list_members", organization_id=organization_id)
        return [codec_of(MEMBERS).decode(document, (organization_id, member_id)) for member_id, document in found]

    async def list_memberships(self, person_id: str) -> Sequence[tuple[Organization, Member]]:
        found = await self._fetch("list_memberships", person_id=rows.storable(person_id))
        return read_each(_to_membership, found)

    async def belongs_elsewhere(self, organization_id: str, person_id: str) -> bool:
        found = await self._fetch("find_other_membership", organization_id=organization_id, person_id=rows.storable(person_id))
        return found is not None

    async def create_session(self, session: SignedIn) -> None:
        def create() -> Steps[None]:
            yield call(
                "create_session",
                session_hash=session.session_hash,
                person_id=session.person_id,
                organization_id=session.organization_id,
                created_us=to_microseconds(session.created_at),
                seen_us=to_microseconds(session.seen_at),
                address=session.address,
                agent=rows.storable(session.agent),
            )
            yield call("note_person_seen", person_id=session.person_id, now_us=to_microseconds(session.seen_at))

        await self._write_steps(create())

    async def find_session(self, session_hash: bytes) -> tuple[SignedIn, Person] | None:
        row = await self._fetch("find_session", session_hash=session_hash)
        return None if row is None else (_to_session(row[:7]), _to_person((row[1], *row[7:])))

    async def list_sessions(self, person_id: str) -> Sequence[SignedIn]:
        return read_each(_to_session, await self._fetch("list_sessions", person_id=rows.storable(person_id)))

    async def note_session_seen(self, session_hash: bytes, *, now: datetime, address: str) -> None:
        now_us = to_microseconds(now)

        def note() -> Steps[None]:
            yield call("note_session_seen", session_hash=session_hash, now_us=now_us, address=address)
            yield call("note_owner_seen", session_hash=session_hash, now_us=now_us)

        await self._write_steps(note())

    async def move_session(self, session_hash: bytes, organization_id: str) -> None:
        await self._execute("move_session", session_hash=session_hash, organization_id=organization_id)

    async def end_session(self, session_hash: bytes) -> bool:
        return bool(await self._execute("end_session", session_hash=session_hash) == 1)

    async def end_sessions(self, person_id: str, *, but: bytes = b"") -> int:
        count: int = await self._execute("end_sessions", person_id=rows.storable(person_id), but=but)
        return count

    async def count_sessions(self, *, seen_from: datetime, created_from: datetime) -> int:
        since = {"seen_us": to_microseconds(seen_from), "created_us": to_microseconds(created_from)}
        count: int = await self._fetch("count_sessions", **since)
        return count

    async def forget_old_sessions(self, *, seen_before: datetime, created_before: datetime) -> int:
        before = {"seen_us": to_microseconds(seen_before), "created_us": to_microseconds(created_before)}

        def forget() -> Steps[int]:
            count: int = yield call("forget_old_sessions", **before)
            yield call("forget_old_links", made_us=before["created_us"])
            return count

        return await self._write_steps(forget())

    async def create_link(self, link: Link) -> None:
        def create() -> Steps[None]:
            yield call("replace_links", person_id=link.person_id)
            yield call(
                "create_link",
                link_hash=link.link_hash,
                organization_id=link.organization_id,
                person_id=link.person_id,
                made_us=to_microseconds(link.made_at),
            )

        await self._write_steps(create())

    async def forget_links(self, person_id: str) -> None:
        await self._execute("replace_links", person_id=rows.storable(person_id))

    async def find_link(self, link_hash: bytes) -> Link | None:
        row = await self._fetch("find_link", link_hash=link_hash)
        return None if row is None else _to_link(row)

    async def use_link(self, link: Link, encoded: str, *, now: datetime) -> bool:
        def use() -> Steps[bool]:
            if (yield call("use_link", link_hash=link.link_hash, now_us=to_microseconds(now))) != 1:
                return False
            yield from _give_password(link.person_id, encoded, now)
            yield call("revoke_personal_tokens", **ids_of(link.person_id), now_us=to_microseconds(now))
            return True

        return await self._write_steps(use())


def _give_password(person_id: str, encoded: str, now: datetime, but: bytes = b"") -> Steps[None]:
    yield call("save_password", person_id=person_id, password=encoded, now_us=to_microseconds(now))
    yield call("end_sessions", person_id=person_id, but=but)


def _from_person(person: Person) -> dict[str, Any]:
    return {
        "person_id": person.person_id,
        "email": rows.storable(person.email),
        "email_key": rows.storable(email_key(person.email)),
        "name": rows.storable(person.name),
        "created_us": to_microseconds(person.created_at),
        "password": person.password,
        "changed_us": None if person.changed_at is None else to_microseconds(person.changed_at),
        "disabled_us": None if person.disabled_at is None else to_microseconds(person.disabled_at),
    }


@reads("person", "tttitIII", 0)
def _to_person(row: Row) -> Person:
    person_id, email, name, created_us, password, changed_us, disabled_us, seen_us = row
    return Person(
        person_id=person_id,
        email=email,
        name=name,
        created_at=from_microseconds(created_us),
        password=password,
        changed_at=None if changed_us is None else from_microseconds(changed_us),
        disabled_at=None if disabled_us is None else from_microseconds(disabled_us),
        seen_at=None if seen_us is None else from_microseconds(seen_us),
    )


@reads("person_session", "bttiitt", 1)
def _to_session(row: Row) -> SignedIn:
    session_hash, person_id, organization_id, created_us, seen_us, address, agent = row
    return SignedIn(
        session_hash=session_hash,
        person_id=person_id,
        organization_id=organization_id,
        created_at=from_microseconds(created_us),
        seen_at=from_microseconds(seen_us),
        address=address,
        agent=agent,
    )


@reads("member", "ttti??", 0, 4)
def _to_membership(row: Row) -> tuple[Organization, Member]:
    *organization, member_id, document = row
    owner = rows.to_organization(tuple(organization))
    return owner, codec_of(MEMBERS).decode(document, (owner.organization_id, member_id))


@reads("person_link", "bttiI", 2)
def _to_link(row: Row) -> Link:
    link_hash, organization_id, person_id, made_us, used_us = row
    return Link(
        link_hash=link_hash,
        organization_id=organization_id,
        person_id=person_id,
        made_at=from_microseconds(made_us),
        used_at=None if used_us is None else from_microseconds(used_us),
    )
