"""Sources: the credentials of an organization, what they are used for, and who may issue and end them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from msgspec import Struct

from shipledger.access.credential import Credential
from shipledger.access.issuing import Limits
from shipledger.access.use import UseSoFar
from shipledger.ledger.actor import Actor

SILENT_AFTER = timedelta(days=7)
"""A source that has sent nothing for so long, and did before, is called silent."""


class Source(Struct, frozen=True):
    """A credential with what is known of its use. ``seen_at`` None: nobody has ever used it."""

    credential: Credential
    use: UseSoFar | None = None
    seen_at: datetime | None = None

    def is_silent(self, now: datetime) -> bool:
        """Whether something was sent with it, and for a week nothing more."""
        return self.credential.is_live(now) and self.seen_at is not None and now - self.seen_at > SILENT_AFTER


class CredentialWish(Struct, frozen=True):
    """What a credential is to be. ``options`` are those that its kind has besides; those that are absent have their defaults.

    ``scopes`` empty: all that its kind has. ``successor_of``: the id of the one that it is to replace.
    """

    kind: str
    name: str
    scopes: frozenset[str] = frozenset()
    limits: Limits = Limits()
    options: Mapping[str, Any] = {}
    successor_of: str = ""


class MadeCredential(Struct, frozen=True):
    """A new credential. ``shown``: what is shown of it once, by the names that its protocol uses; ``id`` is its id.

    ``namesakes`` are live ones of the same kind and name.
    """

    kind: str
    shown: Mapping[str, str]
    namesakes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Without the secrets."""
        return f"MadeCredential({self.shown['id']})"


class KindOffer(Struct, frozen=True):
    """A kind of credential that can be created, with what people call it and the rights that it can have."""

    name: str
    title: str
    scopes: frozenset[str]


class Snippet(Struct, frozen=True):
    """Something to paste. ``hint``: where, and what it expects."""

    title: str
    hint: str
    text: str


class SourceBrowsing(Protocol):
    """Looks at sources."""

    async def list_sources(self, organization_id: str) -> Sequence[Source]:
        """The credentials of an organization, newest first, without people's own tokens."""


class SourceVerbs(SourceBrowsing, Protocol):
    """Looks at sources, and changes them. ``by``: who does so, as entries name them."""

    async def find_source(self, organization_id: str, credential_id: str) -> Source | None:
        """A source, or None."""

    def list_offers(self) -> Sequence[KindOffer]:
        """The kinds of credentials that can be created."""

    def title_of(self, kind: str) -> str:
        """What people call a kind of credential: its name if this version does not know it."""

    def list_snippets(self, kind: str, url: str, shown: Mapping[str, str], now: datetime) -> Sequence[Snippet]:
        """What to paste for a credential at the server at ``url``. What is not in ``shown`` has placeholders."""

    async def create(self, organization_id: str, wish: CredentialWish, *, by: Actor) -> MadeCredential:
        """A new credential, stored. Raises Invalid, and what storing raises."""

    async def rotate(self, organization_id: str, credential_id: str, *, by: Actor) -> MadeCredential:
        """One with another secret and else the same. The old one works until it is revoked. Raises NotFound and Conflict."""

    async def revoke(self, organization_id: str, credential_id: str, *, by: Actor) -> Credential:
        """End a credential, and those that go with it. Raises NotFound if there is no live one."""
