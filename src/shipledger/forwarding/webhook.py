"""Webhooks as Standard Webhooks has them (https://www.standardwebhooks.com): what is sent to a target that is an address."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from standardwebhooks import Webhook

from shipledger.forwarding.call import OutgoingCall
from shipledger.forwarding.message import Message

PREFIX = "whsec_"
SECRET_BYTES = 32


class WebhookSecrets(Struct, frozen=True):
    """What is kept encrypted of a webhook: its address, of which the path may be a secret, too, and what signs its messages."""

    url: str
    secret: str

    def __repr__(self) -> str:
        """Without the secrets: representations end up in logs."""
        return "WebhookSecrets()"


_decode = msgspec.json.Decoder(WebhookSecrets).decode


def make_secret(randomness: bytes) -> str:
    """A secret in the form that the libraries of receivers take."""
    return PREFIX + base64.b64encode(randomness).decode()


def write_secrets(secrets: WebhookSecrets) -> str:
    """The text to encrypt."""
    return msgspec.json.encode(secrets).decode()


def read_secrets(text: str) -> WebhookSecrets:
    """What ``write_secrets`` wrote."""
    return _decode(text)


def write_call(message: Message, data: dict[str, Any], secrets: Sequence[WebhookSecrets], *, now: datetime) -> OutgoingCall:
    """The call with a message, signed by each of ``secrets``, the current one first.

    The body is the same for all attempts; the signature covers the id, the time of the attempt and the body.
    """
    body = msgspec.json.encode({"type": message.topic, "timestamp": message.written_at, "data": data})
    signatures = [Webhook(one.secret).sign(message.message_id, now, body.decode()) for one in secrets]
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message.message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
    return OutgoingCall(url=secrets[0].url, headers=headers, body=body)
