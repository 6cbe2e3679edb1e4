"""People of a store, and sessions in which they are signed in."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence

from shipledger.access.people.doorkeeper import Doorkeeper, Visit
from shipledger.access.people.members import Members
from shipledger.access.people.passwords import Passwords
from shipledger.access.people.person import Person
from shipledger.access.people.roles import Role
from shipledger.access.people.sign_in_limits import SignInLimits
from shipledger.access.people.tokens import PersonalTokens
from shipledger.access.sealing import Seal
from shipledger.access.tokens import TokenKeys
from shipledger.clock import Clock
from shipledger.ingestion.at_once import AskingStore
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.protocols.credential_desk import CredentialDesk, ServingDesk
from shipledger.settings import Settings
from shipledger.store.contract import Store

TESTER = Actor(ActorKind.COMMAND, "test")


def doorkeeper_of(store: Store, clock: Clock | None = None, *, first_secrets: Sequence[str] = ()) -> Doorkeeper:
    """Who lets people in, over a store without a server."""
    passwords, limits = Passwords(), SignInLimits(time.monotonic)
    return Doorkeeper(store, clock or Clock(), passwords, limits, first_secrets=first_secrets)


def members_of(store: Store, clock: Clock | None = None) -> Members:
    """Who belongs to organizations, over a store without a server."""
    clock = clock or Clock()
    return Members(store, doorkeeper_of(store, clock), AskingStore(store, clock), clock)


def tokens_of(store: Store, clock: Clock | None = None) -> PersonalTokens:
    """The tokens of people, over a store without a server."""
    clock = clock or Clock()
    return PersonalTokens(store, clock, AskingStore(store, clock), time.monotonic)


def sources_of(store: Store, clock: Clock | None = None) -> CredentialDesk:
    """Where credentials are issued, over a store without a server."""
    clock, keys = clock or Clock(), TokenKeys(current=b"c" * 32)
    desk = ServingDesk(Settings(), store, Seal(lambda: [keys.current]), keys)
    return CredentialDesk(store, clock, AskingStore(store, clock), desk, new_randomness=lambda: secrets.token_bytes(8))


async def add_person(
    store: Store,
    organization_id: str,
    role: Role | None = Role.ADMINISTRATOR,
    *,
    email: str = "",
    name: str = "",
    teams: Mapping[str, Role] | None = None,
    clock: Clock | None = None,
) -> Person:
    """A new person of an organization, without a password: to hash one takes as long as a whole test."""
    address = email or f"{secrets.token_hex(4)}@example.com"
    members = members_of(store, clock)
    invited = await members.invite(organization_id, address, role=role, team_roles=teams, name=name, by=TESTER)
    return invited.person


async def sign_in(store: Store, person: Person, organization_id: str = "", *, clock: Clock | None = None) -> Visit:
    """A session of a person who has proved who they are."""
    doorkeeper = doorkeeper_of(store, clock)
    return await doorkeeper.open_session(person, address="127.0.0.1", agent="test", organization_id=organization_id)
