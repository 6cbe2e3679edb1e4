"""One call to another system, with bounds on its time and on the size of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from shipledger.outgoing.answer import Answer
from shipledger.outgoing.networks import Networks, Resolve

if TYPE_CHECKING:
    from shipledger.outgoing.client import Client

CALL_SECONDS = 15.0
ANSWER_LIMIT_BYTES = 4 * 1024 * 1024


class Caller:
    """Calls other systems, within the networks where it may. Redirects are answers: whoever sent one was not asked to."""

    def __init__(self, networks: Networks, *, resolve: Resolve | None = None) -> None:
        self._networks = networks
        self._resolve = resolve
        self._opened: Client | None = None

    async def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        limit_bytes: int = ANSWER_LIMIT_BYTES,
        within_seconds: float = CALL_SECONDS,
    ) -> Answer:
        """The answer, whatever its status.

        Raises Invalid for a URL that cannot be called or leads where the server may not call, and Unavailable when there is
        no answer in time or it is larger than ``limit_bytes``. Messages name the host and never the rest of the URL.
        """
        return await self._client.send(
            method, url, headers=headers, body=body, limit_bytes=limit_bytes, within_seconds=within_seconds
        )

    async def tell(
        self, url: str, *, headers: Mapping[str, str], body: bytes, limit_bytes: int, within_seconds: float = CALL_SECONDS
    ) -> Answer:
        """Post something, and return how it was taken: the status, and the body up to ``limit_bytes``.

        Once the status is there, it counts, whether the body is endless, slow, or breaks off. Raises as ``call`` does.
        """
        return await self._client.tell(url, headers=headers, body=body, limit_bytes=limit_bytes, within_seconds=within_seconds)

    async def close(self) -> None:
        """Close what is open."""
        if self._opened is not None:
            await self._opened.close()

    @property
    def _client(self) -> Client:
        """Made for the first call: it takes long to read, and many a server never calls anybody."""
        if self._opened is None:
            from shipledger.outgoing.client import Client  # noqa: PLC0415 - read with the first call, not at start-up

            self._opened = Client(self._networks, look_up=self._resolve)
        return self._opened
