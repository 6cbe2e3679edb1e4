"""Whether a database still holds the ledger that was opened, and the key of it is still there, while a node runs."""

from __future__ import annotations

import asyncio

import structlog

from shipledger.access.tokens import TokenKeys
from shipledger.errors import ShipledgerError, Unavailable
from shipledger.settings import Settings
from shipledger.store.contract import Store
from shipledger.store.installation.contract import REPLACED
from shipledger.store.key_agreement import check_of, describe_fault
from shipledger.store.key_file import find_token_keys

LOOK_SECONDS = 1.0

log = structlog.get_logger(__name__)


class IdentityWatch:
    """Looks every second. While another ledger is there, the store answers nothing: nothing may be written into that."""

    def __init__(self, store: Store, settings: Settings, keys: TokenKeys) -> None:
        self._store = store
        self._settings = settings
        self._keys = keys
        self._key_fault: str | None = None
        self._identity_fault: Unavailable | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._run(), name="identity-watch")

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def ping(self) -> None:
        """Prove that a write could succeed, in the ledger that was opened. Raises Unavailable."""
        if self._identity_fault is not None:
            raise self._identity_fault
        await self._store.ping()

    def describe_key(self) -> str | None:
        """What is wrong with the key where it is kept, while this node goes on with the one that it has read."""
        return self._key_fault

    async def _run(self) -> None:
        while True:
            await self._look_at_ledger()
            fault = await asyncio.to_thread(self._look_at_key)
            if fault and fault != self._key_fault:
                log.error("The token key is gone; the next start will fail.", what=fault)
            self._key_fault = fault
            await asyncio.sleep(LOOK_SECONDS)

    async def _look_at_ledger(self) -> None:
        try:
            await self._store.check_identity()
        except Unavailable as error:
            if error.code == REPLACED:  # that it cannot be asked now, others find out
                self._identity_fault = error
        else:
            self._identity_fault = None

    def _look_at_key(self) -> str | None:
        try:
            return describe_fault(check_of(self._keys.current), find_token_keys(self._settings), self._settings)
        except ShipledgerError as error:
            return error.message
