"""Who gets messages."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from shipledger.clock import JUMP
from shipledger.errors import Invalid
from shipledger.forwarding.breaker import Breaker

WEBHOOK = "webhook"
"""The kind of a target that is an address. All other kinds are those of the credentials of apps, and named by protocols."""

NAME_LIMIT = 100
ADDRESS_LIMIT = 2_000

OVERLAP = timedelta(hours=24)
"""How long messages are signed with a replaced secret, too."""


class Target(Struct, frozen=True):
    """A receiver of an organization.

    ``credential_id``: the app that it is, whose address and secret count; "" for a webhook, which has its own, and hears of
    its ``topics``. ``sealed_secret`` is encrypted.
    """

    organization_id: str
    target_id: str
    kind: str
    name: str
    created_at: datetime
    credential_id: str = ""
    address: str = ""
    topics: tuple[str, ...] = ()
    sealed_secret: bytes | None = None
    previous_sealed_secret: bytes | None = None
    previous_until: datetime | None = None
    breaker: Breaker = Breaker()

    def list_sealed_secrets(self, now: datetime) -> list[bytes]:
        """What messages are signed with at ``now``, the current secret first."""
        # A later time was stored while the clock was ahead.
        is_overlapping = self.previous_until is not None and now < self.previous_until <= now + OVERLAP + JUMP
        secrets = [self.sealed_secret, self.previous_sealed_secret if is_overlapping else None]
        return [secret for secret in secrets if secret is not None]


class TargetRecord(Struct, frozen=True):
    """A target with how many of its messages are pending and given up. ``oldest_at``: since when the first one is pending."""

    target: Target
    pending: int
    given_up: int
    oldest_at: datetime | None = None


def check_target_name(text: str) -> str:
    """A valid name. Raises Invalid."""
    name = " ".join(text.split())
    if not name or len(name) > NAME_LIMIT:
        raise Invalid("target_name", f"The name of a target must have 1 to {NAME_LIMIT} characters.")
    return name
