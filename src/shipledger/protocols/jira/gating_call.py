"""The call that tells an app how a gate of its deployment stands."""

from __future__ import annotations

import jwt
import msgspec

from shipledger.access.sealing import Seal
from shipledger.access.signing_app import SigningApp
from shipledger.clock import Clock
from shipledger.forwarding.call import OutgoingCall
from shipledger.forwarding.message import Message
from shipledger.gating.notice import read_notice
from shipledger.protocols.jira.connect_token import ALGORITHM
from shipledger.protocols.jira.gating import to_told_status
from shipledger.protocols.jira.lifecycle import TOKEN_SECONDS
from shipledger.protocols.jira.qsh import hash_request


class GatingCalls:
    """Writes calls to the callback of an app's descriptor. ``public_url`` is where gates have their page."""

    def __init__(self, *, seal: Seal, clock: Clock, public_url: str) -> None:
        self._seal = seal
        self._clock = clock
        self._public_url = public_url.rstrip("/")

    def write(self, app: SigningApp, message: Message, organization: str) -> OutgoingCall | None:
        """The call with the status at the time of the change; None when the app wants none. Raises Unavailable."""
        if app.links is None or not app.links.gating_callback:
            return None
        path = app.links.gating_callback
        notice = read_notice(message.body)
        token = self._sign(app, path)
        headers = {
            "Authorization": f"JWT {token}",
            "Content-Type": "application/json",
            "X-Atlassian-Webhook-Identifier": f"{notice.deployment_id}-{message.place}",
        }
        if message.attempts:
            headers["X-Atlassian-Webhook-Retry"] = str(message.attempts)
        body = msgspec.json.encode(to_told_status(notice, base_url=self._public_url, organization=organization))
        return OutgoingCall(url=f"{app.links.base_url}{path}", headers=headers, body=body, proofs=(token,))

    def _sign(self, app: SigningApp, path: str) -> str:
        at = int(self._clock.now().timestamp())
        raw_path, _, raw_query = path.partition("?")
        claims = {
            "iss": app.organization_id,
            "iat": at,
            "exp": at + TOKEN_SECONDS,
            "qsh": hash_request("POST", raw_path, raw_query),
        }
        return jwt.encode(claims, self._seal.read(app.sealed_secret), algorithm=ALGORITHM)
