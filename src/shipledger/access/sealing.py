"""Encryption of secrets that must be read back, such as apps' signing secrets."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from shipledger.errors import Unavailable

_PURPOSE = b"shipledger sealed secrets"


class Seal:
    """Encrypts with the first of the installation's keys, and decrypts with any of them.

    ``load_keys`` is called on first use: most installations have no such secrets.
    """

    def __init__(self, load_keys: Callable[[], Sequence[bytes]]) -> None:
        self._load_keys = load_keys
        self._fernet: MultiFernet | None = None

    def seal(self, secret: str) -> bytes:
        """The encrypted secret. Raises Unavailable if there is no key and none can be created."""
        return self._box().encrypt(secret.encode())

    def read(self, sealed: bytes) -> str:
        """The decrypted secret. Raises Unavailable if no key of this installation fits."""
        try:
            return self._box().decrypt(sealed).decode()
        except InvalidToken:
            raise Unavailable(
                "sealing_key", "A secret was encrypted with another key; restore the token key from a backup."
            ) from None

    def _box(self) -> MultiFernet:
        if self._fernet is None:
            self._fernet = MultiFernet([Fernet(_derive(key)) for key in self._load_keys()])
        return self._fernet


def _derive(key: bytes) -> bytes:
    """A key for this purpose only, because the installation's key also signs."""
    return base64.urlsafe_b64encode(hmac.digest(key, _PURPOSE, hashlib.sha256))
