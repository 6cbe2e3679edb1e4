"""Calls to an app that tell it what becomes of its installation, signed with the organization's own key."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Literal, TypeAlias

import jwt
import msgspec
from msgspec import Struct

from shipledger.access.sealing import Seal
from shipledger.access.signing_app import AppLinks
from shipledger.access.signing_key import SigningKey
from shipledger.clock import Clock
from shipledger.errors import Conflict
from shipledger.outgoing.calls import Caller
from shipledger.protocols.jira.qsh import hash_request

Event: TypeAlias = Literal["installed", "uninstalled", "enabled", "disabled"]

ALGORITHM = "RS256"
TOKEN_SECONDS = 180
PRODUCT = "jira"
DESCRIPTION = "Shipledger"
SERVER_VERSION = "1001"
"""What of the vendor's own versions apps read: that they are there."""
PLUGINS_VERSION = "1.0.0"


class LifecycleOut(Struct, frozen=True, rename="camel", omit_defaults=True):
    """The body of a lifecycle call. ``shared_secret`` is sent with ``installed`` alone."""

    key: str
    client_key: str
    server_version: str
    plugins_version: str
    base_url: str
    display_url: str
    product_type: str
    description: str
    event_type: str
    shared_secret: str = ""

    def __repr__(self) -> str:
        """Without the secret: representations end up in logs."""
        return f"LifecycleOut({self.event_type}, {self.key})"


class Lifecycle:
    """Tells apps, in the name of one organization. ``public_url`` is where they reach this server."""

    def __init__(self, caller: Caller, *, key: SigningKey, seal: Seal, clock: Clock, public_url: str) -> None:
        self._caller = caller
        self._key = key
        self._seal = seal
        self._clock = clock
        self._public_url = public_url.rstrip("/")

    async def tell(self, event: Event, app_key: str, links: AppLinks, *, secret: str = "") -> bool:
        """Whether the app was told; it is not when it wants no such call.

        Raises Conflict when it answers anything but 2xx, and as ``Caller.call`` does.
        """
        path: str = getattr(links, event)
        if not path:
            return False
        token = sign_call(self._key, self._seal, "POST", path, base_url=links.base_url, now=self._clock.now())
        body = LifecycleOut(
            key=app_key,
            client_key=self._key.organization_id,
            server_version=SERVER_VERSION,
            plugins_version=PLUGINS_VERSION,
            base_url=self._public_url,
            display_url=self._public_url,
            product_type=PRODUCT,
            description=DESCRIPTION,
            event_type=event,
            shared_secret=secret,
        )
        headers = {"Authorization": f"JWT {token}", "Content-Type": "application/json"}
        answer = await self._caller.call("POST", f"{links.base_url}{path}", headers=headers, body=msgspec.json.encode(body))
        if not answer.is_success:
            raise Conflict("app_refused", f"The app answered {_name(answer.status)} to the event {event}.")
        return True


def sign_call(key: SigningKey, seal: Seal, method: str, path: str, *, base_url: str, now: datetime) -> str:
    """The token for a call to ``path`` below an app's ``base_url``. Raises Unavailable when the key cannot be read."""
    at = int(now.timestamp())
    raw_path, _, raw_query = path.partition("?")
    claims = {
        "iss": key.organization_id,
        "aud": base_url,
        "iat": at,
        "exp": at + TOKEN_SECONDS,
        "qsh": hash_request(method, raw_path, raw_query),
    }
    return jwt.encode(claims, seal.read(key.sealed_private_key), algorithm=ALGORITHM, headers={"kid": key.name})


def _name(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
