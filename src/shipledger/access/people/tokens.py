"""Personal tokens: what a person's scripts present at our own API. They act for the person, with some of the person's rights."""

from __future__ import annotations

import asyncio
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from shipledger.access.credential import Credential, hash_secret, new_secret
from shipledger.access.grant import PERSONAL, Grant
from shipledger.access.issuance.model import ReportRevoked
from shipledger.access.issuing import IssuedCredential, Limits, issue_credential, report_issued
from shipledger.access.people.membership.model import Member
from shipledger.access.people.person import Person
from shipledger.access.people.roles import Right, rights_of
from shipledger.access.trace import note_sender
from shipledger.access.use import UseSoFar
from shipledger.clock import Clock
from shipledger.errors import Conflict, Invalid, NotFound
from shipledger.ledger.actor import Actor, owner_of, personal_id
from shipledger.ledger.asking import Asks

PREFIX = "shipledger_pat_"
"""By which scanners of secrets find a token in a text: 43 letters, digits, ``-`` and ``_`` follow, and 8 that check them."""

LONGEST = timedelta(days=366)
MOST_LIVE = 50
_SECRET_LENGTH = 43
_CHECK_LENGTH = 8
_REMEMBERED_SECONDS = 2.0
_REMEMBERED = 10_000


class PersonalTokenStore(Protocol):
    """The part of the store that tokens need."""

    async def create_credential(self, credential: Credential, *others: Credential) -> None:
        """Add a credential."""

    async def find_credential_by_hash(self, secret_hash: bytes) -> Credential | None:
        """The credential, revoked or not, with this hash; None when there is none."""

    async def list_personal_tokens(self, person_id: str) -> Sequence[Credential]:
        """All tokens of a person, newest first."""

    async def revoke_credential(self, organization_id: str, credential_id: str, *, now: datetime) -> bool:
        """Revoke a live credential; False if there is none with this id."""

    async def find_person(self, person_id: str) -> Person | None:
        """The person with this id, or None."""

    async def find_member(self, organization_id: str, person_id: str) -> Member | None:
        """What a person is in an organization, or None."""

    async def list_uses(self, organization_id: str, *, now: datetime) -> Sequence[UseSoFar]:
        """What is known of the use of credentials."""


class TokenObserver(Protocol):
    """Observer of the use of tokens."""

    def observe_token(self, *, is_good: bool) -> None:
        """A token was presented."""


class TokenWish(Struct, frozen=True):
    """What a token is to be."""

    name: str
    scopes: frozenset[str]
    expires_at: datetime
    limits: Limits = Limits()


class OwnToken(Struct, frozen=True):
    """A token as its owner sees it. ``use`` None: it was never used."""

    credential: Credential
    use: UseSoFar | None = None


class PersonalTokens:
    """Issues, lists, revokes and resolves personal tokens.

    Every request looks up the token, its person and the person's role, so that whatever ends is over at once, on every node.
    Only what is no token is remembered for a moment: guesses cost a look-up each, and bounded memory.
    """

    def __init__(
        self,
        store: PersonalTokenStore,
        clock: Clock,
        asks: Asks,
        monotonic: Callable[[], float],
        *,
        observer: TokenObserver | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._asks = asks
        self._observer = observer
        self._monotonic = monotonic
        self._misses: OrderedDict[bytes, float] = OrderedDict()

    async def issue(
        self, organization_id: str, person_id: str, wish: TokenWish, *, randomness: bytes, by: Actor
    ) -> IssuedCredential:
        """A new token of a person, stored, with the entry that ``by`` issued it.

        Raises Invalid, NotFound for who does not belong to the organization, and Conflict for too many.
        """
        member = await self._store.find_member(organization_id, person_id)
        if member is None:
            raise NotFound("member", "This person does not belong to the organization.")
        now = self._clock.now()
        if not wish.scopes:
            raise Invalid("scopes", "Choose what the token may do.")
        check_scopes(wish.scopes, _rights_of(member))
        if not now < wish.expires_at <= now + LONGEST:
            raise Invalid("expires", "A token expires between now and a year from now.")
        if sum(one.is_live(now) for one in await self._store.list_personal_tokens(person_id)) >= MOST_LIVE:
            raise Conflict("tokens", f"A person has at most {MOST_LIVE} tokens. Revoke one first.")
        issued = issue_credential(
            organization_id=organization_id,
            kind=PERSONAL,
            name=" ".join(wish.name.split()),
            now=now,
            randomness=randomness,
            scopes=wish.scopes,
            limits=wish.limits,
        )
        secret = make_token()
        credential = replace(
            issued.credential,
            credential_id=personal_id(person_id, issued.credential.credential_id),
            secret_hash=hash_secret(secret),
            expires_at=wish.expires_at,
        )
        await self._store.create_credential(credential)
        await self._asks.ask(organization_id, [report_issued(credential)], operation="issue token", actor=by)
        return IssuedCredential(credential, secret)

    async def list_own(self, person_id: str) -> list[OwnToken]:
        """All tokens of a person, newest first, revoked and expired ones too."""
        found = await self._store.list_personal_tokens(person_id)
        now = self._clock.now()
        owners = sorted({one.organization_id for one in found})
        uses = [use for uses in [await self._store.list_uses(owner, now=now) for owner in owners] for use in uses]
        by_id = {use.credential_id: use for use in uses}
        return [OwnToken(one, by_id.get(one.credential_id)) for one in found]

    async def revoke(self, person_id: str, token_id: str, *, by: Actor) -> Credential:
        """Revoke a token of a person. Raises NotFound if it is not a live one of theirs."""
        for one in await self._store.list_personal_tokens(person_id):
            if one.credential_id == token_id and await self._store.revoke_credential(
                one.organization_id, token_id, now=self._clock.now()
            ):
                report = ReportRevoked(token_id, PERSONAL, one.name)
                await self._asks.ask(one.organization_id, [report], operation="revoke token", actor=by)
                return one
        raise NotFound("token", "There is no such token, or it is revoked already.")

    async def authenticate(self, token: str) -> Grant | None:
        """What a token may do now: what it was made for, as far as its person may do it. None if it is not good."""
        grant = await self._authenticate(token)
        if self._observer is not None:
            self._observer.observe_token(is_good=grant is not None)
        return grant

    async def _authenticate(self, token: str) -> Grant | None:
        if not is_well_formed(token):
            return None
        token_hash, now = hash_secret(token), self._monotonic()
        if self._misses.get(token_hash, now) > now:
            return None
        credential = await self._store.find_credential_by_hash(token_hash)
        if credential is not None:
            grant = credential.to_grant()
            note_sender(grant)
            return await self._narrow(grant, credential)
        self._misses[token_hash] = now + _REMEMBERED_SECONDS
        while len(self._misses) > _REMEMBERED:
            self._misses.popitem(last=False)
        return None

    async def _narrow(self, grant: Grant, credential: Credential) -> Grant | None:
        """``grant`` with the rights that its person has now. None if the credential is not good."""
        if credential.kind != PERSONAL or credential.expires_at is None or not credential.is_live(self._clock.now()):
            return None
        person_id = owner_of(credential.credential_id)
        person, member = await asyncio.gather(
            self._store.find_person(person_id), self._store.find_member(credential.organization_id, person_id)
        )
        if person is None or person.disabled_at is not None or member is None:
            return None
        return replace(grant, scopes=credential.scopes & _rights_of(member))


def make_token() -> str:
    """A new token: 256 random bits, which can be told from other secrets, and from what was cut off or mistyped."""
    secret = new_secret()
    return f"{PREFIX}{secret}{_check_of(secret)}"


def is_personal(secret: str) -> bool:
    """Whether this says that it is a personal token."""
    return secret.startswith(PREFIX)


def is_well_formed(token: str) -> bool:
    """Whether this can be a token at all: nothing else is looked up."""
    secret, check = token[len(PREFIX) : -_CHECK_LENGTH], token[-_CHECK_LENGTH:]
    return is_personal(token) and len(secret) == _SECRET_LENGTH and check == _check_of(secret)


def check_scopes(scopes: Iterable[str], rights: frozenset[str]) -> None:
    """Return if a person with ``rights`` can give all ``scopes`` away. Raises Invalid."""
    unknown = sorted(set(scopes) - set(Right))
    if unknown:
        raise Invalid("scopes", f"{unknown[0]!r} is not a right. Choose from {', '.join(Right)}.")
    beyond = [right for right in Right if right in scopes and right not in rights]
    if beyond:
        raise Invalid("scopes", f"A token has no right that its person does not have: {', '.join(beyond)}.")


def _rights_of(member: Member) -> frozenset[str]:
    return frozenset(right.value for right in rights_of(member.role, member.team_roles))


def _check_of(secret: str) -> str:
    return f"{zlib.crc32(secret.encode('utf-8', 'surrogatepass')):08x}"
