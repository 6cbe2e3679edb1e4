"""The calls to targets that are addresses."""

from __future__ import annotations

from typing import Any

from shipledger.access.sealing import Seal
from shipledger.clock import Clock
from shipledger.forwarding.call import OutgoingCall
from shipledger.forwarding.message import Message
from shipledger.forwarding.target import Target
from shipledger.forwarding.webhook import read_secrets, write_call
from shipledger.gating.notice import describe_notice, read_notice


class WebhookCalls:
    """Writes and signs calls. ``public_url`` is where pages are, for links."""

    def __init__(self, *, seal: Seal, clock: Clock, public_url: str) -> None:
        self._seal = seal
        self._clock = clock
        self._public_url = public_url.rstrip("/")

    def write(self, target: Target, message: Message, organization: str) -> OutgoingCall:
        """The call with a message. Raises Unavailable when the secrets of the target cannot be decrypted."""
        now = self._clock.now()
        secrets = [read_secrets(self._seal.read(sealed)) for sealed in target.list_sealed_secrets(now)]
        return write_call(message, self._describe(message, organization), secrets, now=now)

    def _describe(self, message: Message, organization: str) -> dict[str, Any]:
        return describe_notice(read_notice(message.body), public_url=self._public_url, organization=organization)
