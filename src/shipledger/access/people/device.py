"""The mark of a browser in which somebody has signed in. It opens nothing; whoever guesses at an account does not have it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from shipledger.access.tokens import TokenKeys

_RANDOM_BYTES = 12
_SEPARATOR = "."


def make_mark(keys: TokenKeys, account: str) -> str:
    """A new mark for a browser in which ``account`` has signed in."""
    device = base64.urlsafe_b64encode(secrets.token_bytes(_RANDOM_BYTES)).decode()
    return f"{device}{_SEPARATOR}{_sign(keys.current, account, device)}"


def device_in(mark: str, keys: TokenKeys, account: str) -> str:
    """The name of the browser that has this mark; "" if it is none of ``account``. In constant time."""
    device, _, signature = mark.partition(_SEPARATOR)
    presented = signature.encode("utf-8", "surrogatepass")
    signed = [_sign(key, account, device).encode() for key in (keys.current, keys.previous) if key is not None]
    return device if any(hmac.compare_digest(presented, one) for one in signed) else ""


def _sign(ledger_key: bytes, account: str, device: str) -> str:
    told = f"{device}{_SEPARATOR}{account}".encode("utf-8", "surrogatepass")
    key = hmac.digest(ledger_key, b"mark of a browser", hashlib.sha256)
    return base64.urlsafe_b64encode(hmac.digest(key, told, hashlib.sha256)[:18]).decode()
