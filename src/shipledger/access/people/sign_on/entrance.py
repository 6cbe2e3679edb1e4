"""The way in by a provider: who goes there and comes back, and who is let in."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from shipledger.access.people.members import Members
from shipledger.access.people.sign_on.configured import read_sign_on
from shipledger.access.people.sign_on.door import FindsOrganizations, SignOnDoor
from shipledger.access.people.sign_on.provider import Provider
from shipledger.access.people.store_contract import PeopleStore
from shipledger.access.sealing import Seal
from shipledger.clock import Clock
from shipledger.outgoing.calls import Caller
from shipledger.settings import Settings

if TYPE_CHECKING:
    from shipledger.access.people.sign_on.relying_party import RelyingParty


class EntranceStore(PeopleStore, FindsOrganizations, Protocol):
    """What of a store the way in needs."""


class Entrance(Struct, frozen=True):
    """A provider that is set up."""

    party: RelyingParty
    door: SignOnDoor

    @property
    def name(self) -> str:
        """How the button calls the provider."""
        return self.party.sign_on.name


def build_entrance(
    settings: Settings, store: EntranceStore, members: Members, *, caller: Caller, seal: Seal, clock: Clock
) -> Entrance | None:
    """The way in, or None if no provider is set. It asks nobody: the provider may be down. Raises Invalid for wrong settings."""
    sign_on = read_sign_on(settings)
    if sign_on is None:
        return None
    # Authlib takes a tenth of a second to read, and most installations have no provider.
    from shipledger.access.people.sign_on.relying_party import RelyingParty  # noqa: PLC0415

    provider = Provider(sign_on.issuer, caller, time.monotonic)
    return Entrance(
        party=RelyingParty(sign_on, provider, caller, seal, clock),
        door=SignOnDoor(sign_on, store, members, store, clock),
    )
