"""What a credential may do."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from shipledger.ledger.actor import Actor, actor_behind


class Scope(StrEnum):
    """A right of a credential. A protocol may have further ones of its own."""

    READ = "read"
    WRITE = "write"
    DELETE = "delete"
    CONFIGURATION = "configuration"


NATIVE = "native"
"""The kind of credential for our own API. Its tokens are good for other APIs that take bearer tokens, too."""


PERSONAL = "personal"
"""The kind of a person's own tokens, which are good for our own API alone."""


class Grant(Struct, frozen=True):
    """The rights of one authenticated credential, bound to one organization.

    ``kind`` is one that a protocol declares. ``scopes`` are our rights and those that a protocol has of its own.
    ``breaks_ties_by_arrival``: if two updates have the same number, the later one wins (protocols with numbers).
    ``time_form``: time format of answers, if the protocol has several, ``rfc3339`` or ``int64``; empty: not set.
    """

    credential_id: str
    organization_id: str
    kind: str
    name: str
    scopes: frozenset[str]
    requests_per_minute: int = 0
    requests_per_second: int = 0
    breaks_ties_by_arrival: bool = False
    time_form: str = ""

    @property
    def actor(self) -> Actor:
        """Who is named in what it changes."""
        return actor_behind(self.credential_id)
