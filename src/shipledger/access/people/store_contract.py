"""People in the store. No secret comes here, only hashes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from shipledger.access.people.link import Link
from shipledger.access.people.membership.model import Member
from shipledger.access.people.person import Person
from shipledger.access.people.session import Session


class PeopleStore(Protocol):
    """Accounts of this installation. What people may do in an organization has entries, and stands elsewhere."""

    async def create_person(self, person: Person) -> None:
        """Add a person. Raises Conflict if the address is taken, whatever its case."""

    async def create_first_person(self, person: Person) -> bool:
        """Add the first person of all; False if there is one."""

    async def find_lone_first(self) -> str | None:
        """The id of the first person of all, while nobody has ever belonged to an organization; else None."""

    async def find_person(self, person_id: str) -> Person | None:
        """The person with this id, or None."""

    async def find_person_by_email(self, email: str) -> Person | None:
        """The person with this address, whatever its case, or None."""

    async def find_person_by_identity(self, issuer: str, subject: str) -> Person | None:
        """The person who is ``subject`` at a provider of identities, or None."""

    async def add_identity(self, issuer: str, subject: str, person_id: str, *, now: datetime) -> bool:
        """Note that a person is ``subject`` at a provider; False if somebody is that already."""

    async def list_persons(self) -> Sequence[Person]:
        """Everybody, by address."""

    async def list_disabled(self, person_ids: Sequence[str]) -> list[str]:
        """Those of some persons who cannot sign in."""

    async def has_persons(self) -> bool:
        """Whether there is anybody."""

    async def save_password(self, person_id: str, encoded: str, *, now: datetime, but: bytes = b"") -> None:
        """Give a person a password, and end all sessions of that person, but for one."""

    async def refresh_password(self, person_id: str, encoded: str) -> None:
        """Keep the same password with another hash."""

    async def save_person(self, person: Person) -> None:
        """Change the name and the address of a person, and whether they are disabled. Raises Conflict as ``create_person``.

        Whoever is disabled has no session any more. Raises Conflict as well for the last administrator of an organization.
        """

    async def find_member(self, organization_id: str, person_id: str) -> Member | None:
        """What a person is in an organization, or None."""

    async def list_members(self, organization_id: str) -> Sequence[Member]:
        """The memberships of an organization, by id."""

    async def belongs_elsewhere(self, organization_id: str, person_id: str) -> bool:
        """Whether a person belongs to another organization than this one. It asks all of them."""

    async def create_session(self, session: Session) -> None:
        """Add a session, whose person is seen by that."""

    async def find_session(self, session_hash: bytes) -> tuple[Session, Person] | None:
        """The session with this hash and its person, or None."""

    async def list_sessions(self, person_id: str) -> Sequence[Session]:
        """All sessions of a person, the last used first."""

    async def note_session_seen(self, session_hash: bytes, *, now: datetime, address: str) -> None:
        """A session was used, and its person seen."""

    async def move_session(self, session_hash: bytes, organization_id: str) -> None:
        """A session shows the pages of another organization from now on."""

    async def end_session(self, session_hash: bytes) -> bool:
        """Whether there was such a session, which is gone now."""

    async def end_sessions(self, person_id: str, *, but: bytes = b"") -> int:
        """How many sessions of a person ended: all of them, or all but one."""

    async def count_sessions(self, *, seen_from: datetime, created_from: datetime) -> int:
        """How many sessions were used and begun since then."""

    async def forget_old_sessions(self, *, seen_before: datetime, created_before: datetime) -> int:
        """How many sessions that are over were forgotten, and links with them."""

    async def create_link(self, link: Link) -> None:
        """Add a link. Earlier links of the same person no longer open."""

    async def forget_links(self, person_id: str) -> None:
        """Open links of a person no longer open."""

    async def find_link(self, link_hash: bytes) -> Link | None:
        """The link with this hash, or None."""

    async def use_link(self, link: Link, encoded: str, *, now: datetime) -> bool:
        """Give the person of an open link a password, end their sessions and tokens, and use the link up; False if it is used."""
