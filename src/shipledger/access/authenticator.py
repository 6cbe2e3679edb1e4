"""From a secret to its grant."""

from __future__ import annotations

import asyncio
import hmac
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from shipledger.access.credential import Credential, hash_secret
from shipledger.access.grant import Grant
from shipledger.access.trace import note_sender

REMEMBERED_SECONDS = 2.0
REMEMBERED_KEYS = 10_000


class CredentialLookup(Protocol):
    """The part of the store that authentication needs."""

    async def find_credential_by_hash(self, secret_hash: bytes) -> Credential | None:
        """The credential, revoked or not, with this hash; None when there is none."""


class _Remembered(Struct, frozen=True):
    grant: Grant | None
    is_live: bool
    until: float

    def tell(self) -> Grant | None:
        """The grant, unless it is good for nothing any more; whose it is, or was, is noted."""
        if self.grant is not None:
            note_sender(self.grant)
        return self.grant if self.is_live else None


class Authenticator:
    """Finds grants and caches them, including misses, for ``remembered_seconds``.

    That is also how long a revoked credential may still work, counted from before the look-up. At most
    ``remembered_keys`` are cached, so a flood of invalid keys costs look-ups but no memory. Only hashes are kept.
    """

    def __init__(
        self,
        credentials: CredentialLookup,
        monotonic: Callable[[], float],
        *,
        remembered_seconds: float = REMEMBERED_SECONDS,
        remembered_keys: int = REMEMBERED_KEYS,
    ) -> None:
        self._credentials = credentials
        self._monotonic = monotonic
        self._remembered_seconds = remembered_seconds
        self._remembered_keys = remembered_keys
        self._remembered: OrderedDict[bytes, _Remembered] = OrderedDict()
        self._lookups: dict[bytes, asyncio.Task[_Remembered]] = {}

    async def authenticate(self, secret: str) -> Grant | None:
        """The grant of the live credential that has this secret, or None. Raises Unavailable with its store."""
        secret_hash = hash_secret(secret)
        remembered = self._remembered.get(secret_hash)
        if remembered is not None and self._monotonic() < remembered.until:
            self._remembered.move_to_end(secret_hash)
            return remembered.tell()
        return (await asyncio.shield(self._join_lookup(secret_hash))).tell()

    def forget(self) -> None:
        """Clear the cache: a credential changed."""
        self._remembered.clear()

    def _join_lookup(self, secret_hash: bytes) -> asyncio.Task[_Remembered]:
        """One look-up serves all concurrent callers with the key; it survives a caller that disconnects."""
        lookup = self._lookups.get(secret_hash)
        if lookup is None:
            lookup = asyncio.create_task(self._look_up(secret_hash))
            self._lookups[secret_hash] = lookup
            lookup.add_done_callback(lambda done: self._end_lookup(secret_hash, done))
        return lookup

    def _end_lookup(self, secret_hash: bytes, lookup: asyncio.Task[_Remembered]) -> None:
        del self._lookups[secret_hash]
        if not lookup.cancelled():
            lookup.exception()  # retrieved, or asyncio reports it as lost when all callers have disconnected

    async def _look_up(self, secret_hash: bytes) -> _Remembered:
        until = self._monotonic() + self._remembered_seconds
        credential = await self._credentials.find_credential_by_hash(secret_hash)
        if credential is None or not hmac.compare_digest(credential.secret_hash, secret_hash):
            found = _Remembered(grant=None, is_live=False, until=until)
        else:
            found = _Remembered(grant=credential.to_grant(), is_live=credential.revoked_at is None, until=until)
        self._remember(secret_hash, found)
        return found

    def _remember(self, secret_hash: bytes, remembered: _Remembered) -> None:
        self._remembered[secret_hash] = remembered
        self._remembered.move_to_end(secret_hash)
        while len(self._remembered) > self._remembered_keys:
            self._remembered.popitem(last=False)
