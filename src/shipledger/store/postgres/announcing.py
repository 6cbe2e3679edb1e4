"""Announcements by LISTEN and NOTIFY.

They are sent in transactions of their own, after what they tell of: a NOTIFY inside a transaction makes all commits wait
for each other.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import msgspec

from shipledger.errors import Unavailable
from shipledger.store.credentials.clients import SqlClients
from shipledger.store.erasure.verbs import SqlErasure
from shipledger.store.nodes.announcement import Announcement
from shipledger.store.postgres.connection import connected
from shipledger.store.postgres.session import PostgresSession

CHANNEL = "shipledger"
_IDS_AT_ONCE = 150
"""A payload has fewer than 8,000 bytes."""

_decode = msgspec.json.Decoder(Announcement).decode


class PostgresAnnouncing(PostgresSession, SqlClients, SqlErasure):
    """Tells other nodes, and hears them. Through PgBouncer nobody can listen; looking into the store has to do."""

    async def announce(self, announcement: Announcement) -> None:
        with contextlib.suppress(Unavailable):
            for first in range(0, max(len(announcement.settled), 1), _IDS_AT_ONCE):
                piece = msgspec.structs.replace(announcement, settled=announcement.settled[first : first + _IDS_AT_ONCE])
                await self._execute("announce", channel=CHANNEL, payload=msgspec.json.encode(piece).decode())

    async def listen(self) -> AsyncIterator[Announcement]:
        if self._options.has_pgbouncer:
            await asyncio.Event().wait()
        heard: asyncio.Queue[str | None] = asyncio.Queue()
        async with connected(self._url, self._options) as connection:
            connection.add_termination_listener(lambda _: heard.put_nowait(None))
            await connection.add_listener(CHANNEL, lambda *said: heard.put_nowait(str(said[-1])))
            yield Announcement(are_credentials_changed=True)  # whatever was said before is unknown
            while (payload := await heard.get()) is not None:
                with contextlib.suppress(msgspec.MsgspecError):
                    yield _decode(payload)
        raise Unavailable("database_lost", "Lost the connection for announcements.")

    async def revoke_credential(self, organization_id: str, credential_id: str, *, now: datetime) -> bool:
        """See CredentialStore. All nodes hear of it."""
        is_revoked = await super().revoke_credential(organization_id, credential_id, now=now)
        await self.announce(Announcement(are_credentials_changed=True))
        return is_revoked

    async def delete_credential(self, organization_id: str, credential_id: str, **details: Any) -> bool:
        """See ErasureStore. All nodes hear of it."""
        is_deleted = await super().delete_credential(organization_id, credential_id, **details)
        await self.announce(Announcement(are_credentials_changed=True))
        return is_deleted
