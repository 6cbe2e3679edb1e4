"""The secret that opens the web pages until there are accounts, whatever the address of the request."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import urlencode

from msgspec import Struct

from shipledger.access.tokens import TokenKeys

OPENING_PATH = "/ledger/open"
PARAMETER = "secret"
_PURPOSE = b"shipledger pages"
_COOKIE = "shipledger_pages_"


class PageSecret(Struct, frozen=True):
    """What a browser presents. The cookie's name is specific to the ledger: browsers share cookies between a host's ports."""

    value: str
    cookie: str

    def __repr__(self) -> str:
        """Without the value: representations end up in logs."""
        return f"PageSecret({self.cookie})"

    @property
    def link_target(self) -> str:
        """The path and query that hand the secret over."""
        return f"{OPENING_PATH}?{urlencode({PARAMETER: self.value})}"


def derive_page_secrets(keys: TokenKeys) -> tuple[PageSecret, ...]:
    """The secrets that open the pages, the current key's first. They are derived from the keys without revealing them."""
    return tuple(_derive(key) for key in (keys.current, keys.previous) if key is not None)


def find_presented(secrets: Iterable[PageSecret], value: str) -> PageSecret | None:
    """The matching secret, or None. All are compared, each in constant time."""
    presented = value.encode("utf-8", "surrogateescape")
    good = [secret for secret in secrets if hmac.compare_digest(secret.value.encode(), presented)]
    return good[0] if good else None


def _derive(key: bytes) -> PageSecret:
    value = base64.urlsafe_b64encode(hmac.digest(key, _PURPOSE, hashlib.sha256)).rstrip(b"=").decode()
    return PageSecret(value=value, cookie=_COOKIE + hashlib.sha256(value.encode()).hexdigest()[:8])
