"""Tells an app how a gate of its deployment stands."""

from __future__ import annotations

import jwt
import msgspec

from shipledger.access.sealing import Seal
from shipledger.access.signing_app import SigningApp
from shipledger.clock import Clock
from shipledger.gating.delivery import Delivery
from shipledger.outgoing.answer import Answer
from shipledger.outgoing.calls import Caller
from shipledger.protocols.jira.connect_token import ALGORITHM
from shipledger.protocols.jira.gating import to_gating_status
from shipledger.protocols.jira.lifecycle import TOKEN_SECONDS
from shipledger.protocols.jira.paths import DeploymentKey
from shipledger.protocols.jira.qsh import hash_request

WITHIN_SECONDS = 10.0


class GatingPush:
    """Posts the gating status to the callback of an app's descriptor. ``public_url`` is where gates have their page."""

    def __init__(self, caller: Caller, *, seal: Seal, clock: Clock, public_url: str) -> None:
        self._caller = caller
        self._seal = seal
        self._clock = clock
        self._public_url = public_url.rstrip("/")

    async def tell(self, app: SigningApp, delivery: Delivery) -> Answer | None:
        """What the app said; None when it wants no such call. Raises as ``Caller.call`` does."""
        if app.links is None or not app.links.gating_callback:
            return None
        path = app.links.gating_callback
        subject = delivery.gate.subject
        key = DeploymentKey(subject.pipeline_id, subject.environment_id, subject.sequence or 0)
        headers = {
            "Authorization": f"JWT {self._sign(app, path)}",
            "Content-Type": "application/json",
            "X-Atlassian-Webhook-Identifier": delivery.name,
        }
        if delivery.attempts:
            headers["X-Atlassian-Webhook-Retry"] = str(delivery.attempts)
        body = msgspec.json.encode(to_gating_status(key, delivery.gate, base_url=self._public_url))
        url = f"{app.links.base_url}{path}"
        return await self._caller.call("POST", url, headers=headers, body=body, within_seconds=WITHIN_SECONDS)

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
