"""Signing in and out, and the links that open an account."""

from __future__ import annotations

import contextlib
import hmac
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from shipledger.access.people.link import Link
from shipledger.access.people.passwords import Passwords
from shipledger.access.people.person import EMAIL_LIMIT, Person, email_key, read_email, read_name
from shipledger.access.people.session import SEEN_EVERY, Session, hash_secret, make_secret, short_agent
from shipledger.access.people.sign_in_limits import Guess, SignInLimits
from shipledger.access.people.store_contract import PeopleStore
from shipledger.clock import Clock
from shipledger.errors import Conflict, Denied, NotFound, Unavailable

WRONG = "The address or the password is wrong."
LINK_OVER = "This link was used already, or is too old. Ask for another one."


class Visit(Struct, frozen=True):
    """A request from a browser: who is signed in there, and the secret with which it says so."""

    session: Session
    person: Person
    secret: str

    def __repr__(self) -> str:
        """Without the secret."""
        return f"Visit({self.person!r})"


class TooManyTries(Denied):
    """Whoever tries to sign in has to wait for ``seconds``."""

    def __init__(self, seconds: float) -> None:
        whole = max(1, round(seconds))
        super().__init__("sign_in_limited", f"Too many wrong passwords. Try again in {whole} seconds.")
        self.retry_after_seconds = whole


class SignInResult(StrEnum):
    """What became of a try to sign in."""

    SIGNED_IN = "signed_in"
    REFUSED = "refused"
    LIMITED = "limited"


class DoorObserver(Protocol):
    """Observer of who comes in."""

    def observe_sign_in(self, result: SignInResult) -> None:
        """Somebody tried to sign in."""


class Doorkeeper:
    """Lets people in. Every request looks its session up, so that one which ended is over at once, on every node."""

    def __init__(
        self,
        store: PeopleStore,
        clock: Clock,
        passwords: Passwords,
        limits: SignInLimits,
        *,
        first_secrets: Sequence[str] = (),
        observer: DoorObserver | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._passwords = passwords
        self._limits = limits
        self._first_secrets = first_secrets
        self._observer = observer

    async def sign_in(self, email: str, password: str, *, address: str, agent: str, device: str = "") -> Visit:
        """A new session. Raises Denied for a wrong address or password, TooManyTries, and Unavailable.

        An address that nobody has takes as long as a wrong password, and is refused in the same words. ``device``: of a browser
        in which this account has signed in before.
        """
        typed = email.strip()[: EMAIL_LIMIT + 1]
        guess = Guess(email_key(typed), address, device)
        self._require_turn(guess)  # before the store is asked: what a flood costs is what refusing costs
        person = await self._store.find_person_by_email(typed)
        encoded = "" if person is None else person.password
        is_right = await self._check(guess, encoded, password)
        if person is None or not is_right or person.disabled_at is not None:
            self._tell(SignInResult.REFUSED)
            raise Denied("sign_in", WRONG)
        if self._passwords.needs_rehash(person.password):
            await self._store.refresh_password(person.person_id, await self._passwords.hash_again(password))
        return await self.open_session(person, address=address, agent=agent, organization_id="")

    async def open_session(self, person: Person, *, address: str, agent: str, organization_id: str) -> Visit:
        """A new session of somebody who has proved who they are. Its secret is new: none that was there before is kept."""
        secret, now = make_secret(), self._clock.now()
        session = Session(
            session_hash=hash_secret(secret),
            person_id=person.person_id,
            organization_id=organization_id,
            created_at=now,
            seen_at=now,
            address=address,
            agent=short_agent(agent),
        )
        await self._store.create_session(session)
        self._tell(SignInResult.SIGNED_IN)
        return Visit(session=session, person=person, secret=secret)

    async def find_visit(self, secret: str, *, address: str) -> Visit | None:
        """Whoever is signed in with ``secret``, or None. Raises Unavailable."""
        key, now = hash_secret(secret), self._clock.now()
        found = await self._store.find_session(key)
        if found is None or found[1].disabled_at is not None or found[0].is_over(now):
            return None
        session, person = found
        if now - session.seen_at >= SEEN_EVERY:
            with contextlib.suppress(Unavailable):  # who reads can do so while the disk is full
                await self._store.note_session_seen(key, now=now, address=address)
            session = replace(session, seen_at=now, address=address)
        return Visit(session=session, person=person, secret=secret)

    async def sign_out(self, visit: Visit) -> None:
        """End the session."""
        await self._store.end_session(visit.session.session_hash)

    async def show_organization(self, visit: Visit, organization_id: str) -> None:
        """Let the session show the pages of another organization from now on."""
        await self._store.move_session(visit.session.session_hash, organization_id)

    async def list_sessions(self, visit: Visit) -> Sequence[Session]:
        """All sessions of the same person, the last used first."""
        return await self._store.list_sessions(visit.person.person_id)

    async def end_session(self, visit: Visit, session_id: str) -> bool:
        """End another session of the same person; whether there was one."""
        for session in await self._store.list_sessions(visit.person.person_id):
            if session.session_id == session_id:
                return await self._store.end_session(session.session_hash)
        return False

    async def make_link(self, organization_id: str, person_id: str) -> str:
        """The secret of a new link that sets the password of a person. Earlier ones no longer open."""
        secret = make_secret()
        await self._store.create_link(Link(hash_secret(secret), organization_id, person_id, made_at=self._clock.now()))
        return secret

    async def forget_links(self, person_id: str) -> None:
        """Open links of a person no longer open."""
        await self._store.forget_links(person_id)

    async def find_link(self, secret: str) -> Link:
        """An open link that sets a password. Raises NotFound."""
        link = await self._store.find_link(hash_secret(secret))
        if link is None or not link.is_open(self._clock.now()):
            raise NotFound("link", LINK_OVER)
        return link

    async def has_nobody(self) -> bool:
        """Whether there is no account yet."""
        return not await self._store.has_persons()

    async def is_first(self, secret: str) -> bool:
        """Whether this is the secret of the link that creates the first account, and there is none yet."""
        presented = secret.encode("utf-8", "surrogatepass")
        right = [one for one in self._first_secrets if hmac.compare_digest(presented, one.encode())]
        return bool(right) and not await self._store.has_persons()

    async def create_first(self, secret: str, person_id: str, *, email: str, name: str, password: str) -> Person:
        """The first person of all. Raises Invalid for what they typed, NotFound if the link is over or somebody was faster."""
        if not await self.is_first(secret):
            raise NotFound("link", LINK_OVER)
        now = self._clock.now()
        draft = Person(person_id=person_id, email=read_email(email), name=read_name(name), created_at=now, changed_at=now)
        person = replace(draft, password=await self._passwords.hash(password))
        if not await self._store.create_first_person(person):
            raise NotFound("link", LINK_OVER)
        return person

    async def choose_password(self, secret: str, password: str) -> Person:
        """Give the person of a link a password, which ends their sessions. Raises Invalid, and NotFound if the link is over."""
        link = await self.find_link(secret)
        encoded = await self._passwords.hash(password)
        if not await self._store.use_link(link, encoded, now=self._clock.now()):
            raise NotFound("link", LINK_OVER)
        person = await self._store.find_person(link.person_id)
        if person is None or person.disabled_at is not None:
            raise NotFound("link", LINK_OVER)
        return person

    async def change_password(self, visit: Visit, old: str, new: str) -> None:
        """Give whoever is signed in another password; their other sessions end. Raises Denied and Invalid."""
        guess = Guess(email_key(visit.person.email), visit.session.address, device=visit.session.session_id)
        if not await self._check(guess, visit.person.password, old):
            raise Denied("sign_in", "The present password is wrong.")
        encoded = await self._passwords.hash(new)
        await self._store.save_password(visit.person.person_id, encoded, now=self._clock.now(), but=visit.session.session_hash)

    async def invite(self, person_id: str, email: str, name: str = "") -> tuple[Person, bool]:
        """The person with this address, who is added if new; and whether they are. Raises Invalid."""
        address = read_email(email)
        known = await self._store.find_person_by_email(address)
        if known is not None:
            return known, False
        person = Person(person_id=person_id, email=address, name=read_name(name or address), created_at=self._clock.now())
        try:
            await self._store.create_person(person)
        except Conflict:  # somebody else was faster
            known = await self._store.find_person_by_email(address)
            if known is None:
                raise
            return known, False
        return person, True

    async def disable(self, person: Person, *, since: datetime | None) -> None:
        """Keep a person out from ``since`` on, or let them in again for None."""
        await self._store.save_person(replace(person, disabled_at=since))

    def _tell(self, result: SignInResult) -> None:
        if self._observer is not None:
            self._observer.observe_sign_in(result)

    async def _check(self, guess: Guess, encoded: str, password: str) -> bool:
        """Whether a password is right. The try counts before it is hashed, so that many at once are not free.

        Raises TooManyTries, and Unavailable if too many wait.
        """
        self._require_turn(guess)
        self._limits.note_failure(guess)
        try:
            is_right = await self._passwords.verify(encoded, password, is_known=bool(guess.device))
        except Unavailable:
            self._limits.take_back(guess)
            raise
        if is_right:
            self._limits.note_success(guess)
        return is_right

    def _require_turn(self, guess: Guess) -> None:
        """Return if somebody may try now. Raises TooManyTries, and Unavailable if too many wait."""
        pause = self._limits.pause_seconds(guess)
        if pause > 0:
            self._tell(SignInResult.LIMITED)
            raise TooManyTries(pause)
        self._passwords.require_room(is_known=bool(guess.device))
