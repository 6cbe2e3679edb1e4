"""Requests that were refused, as they are kept: what was answered to whom, never what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from shipledger.found import Found

SENTENCE_LIMIT = 500
PATH_LIMIT = 200
CODE_LIMIT = 60
ADDRESSES_LIMIT = 1_000
"""Addresses of unknown senders that are told apart; those that were seen longest ago are counted together."""
OTHERS = ""
"""The address under which they are counted."""


class RefusedRequest(Struct, frozen=True):
    """A request that was not accepted. ``refused_id`` is the id that was answered, if one was.

    ``path``: the pattern of the operation, or what is left of an unknown path without what may be a secret. ``code`` and
    ``sentence`` are those of the answer, in the sender's protocol. ``address``: of the client.
    ``size_bytes``: of the body, as announced; None if it was not.
    """

    organization_id: str
    refused_id: str
    refused_at: datetime
    protocol: str
    method: str
    path: str
    status: int
    code: str = ""
    sentence: str = ""
    credential_id: str = ""
    address: str = ""
    size_bytes: int | None = None


class RefusedRecord(Struct, frozen=True):
    """A refused request with the name of its credential, "" for one that was deleted."""

    refused: RefusedRequest
    credential_name: str


class RefusedFilter(Struct, frozen=True):
    """Refused requests to list, newest first. ``before_id`` continues after one. Bounds of time are inclusive.

    ``status``: 0 for any; ``protocol`` and ``credential_id``: "" for any.
    """

    status: int = 0
    protocol: str = ""
    credential_id: str = ""
    refused_from: datetime | None = None
    refused_until: datetime | None = None
    before_id: str = ""
    limit: int = 50


class UnknownSender(Struct, frozen=True):
    """Refused requests of nobody who is known, from one ``address``; OTHERS for those that are not told apart.

    The rest is that of the last one.
    """

    address: str
    requests: int
    first_at: datetime
    last_at: datetime
    protocol: str
    method: str
    path: str
    status: int
    sentence: str


class RefusedStore(Protocol):
    """Refused requests in the store. They are no receipts: they may be lost, and the oldest go."""

    async def save_refused(self, organization_id: str, refused: Sequence[RefusedRequest], *, keep: int) -> None:
        """Add refused requests of an organization, and forget all but the newest ``keep``."""

    async def find_refused(self, organization_id: str, refused_id: str) -> RefusedRecord | None:
        """The refused request with this id, or None."""

    async def list_refused(self, organization_id: str, wanted: RefusedFilter) -> Found[RefusedRecord]:
        """A page of refused requests, newest first."""

    async def count_old_refused(self, organization_id: str, *, until: datetime, limit: int) -> int:
        """How many refused requests of an organization are from before ``until``; at most ``limit``."""

    async def forget_refused(self, organization_id: str, *, until: datetime) -> int:
        """Forget those of that time and before; how many."""

    async def forget_refused_of(self, organization_id: str, credential_id: str) -> int:
        """Forget those that a credential, or any for "", sent; how many. Nothing of them is left in a file."""

    async def save_unknown_senders(self, senders: Sequence[UnknownSender], *, keep: int = ADDRESSES_LIMIT) -> None:
        """Add to what was counted for each address. All but the ``keep`` addresses that were seen last become OTHERS."""

    async def list_unknown_senders(self) -> Found[UnknownSender]:
        """What was counted for each address, the last seen first, OTHERS at the end."""

    async def forget_unknown_senders(self, *, until: datetime) -> int:
        """Forget the addresses that were not seen since; how many."""
