"""The key pair with which an organization signs its calls. The private key is stored encrypted, the public one is published."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from msgspec import Struct

from shipledger.access.sealing import Seal
from shipledger.ledger.identity import new_id

EXPONENT = 65_537
KEY_BITS = 2_048


class SigningKey(Struct, frozen=True):
    """A stored pair of RSA keys. ``public_key`` is PEM (SubjectPublicKeyInfo), the sealed one PKCS 8 in PEM."""

    organization_id: str
    key_id: str
    sealed_private_key: bytes
    public_key: str
    created_at: datetime

    @property
    def name(self) -> str:
        """The key id in signatures. It contains the organization, so that one table per organization is enough."""
        return f"{self.organization_id}.{self.key_id}"


class SigningKeyStore(Protocol):
    """The part of the store that signing needs."""

    async def save_signing_key(self, key: SigningKey) -> None:
        """Add a key."""

    async def find_signing_key(self, organization_id: str, key_id: str) -> SigningKey | None:
        """The key with this id, or None."""

    async def find_newest_signing_key(self, organization_id: str) -> SigningKey | None:
        """The key made last, or None."""


def make_signing_key(organization_id: str, seal: Seal, *, now: datetime, randomness: bytes) -> SigningKey:
    """A new key pair. Raises Unavailable if it cannot be sealed."""
    private = rsa.generate_private_key(public_exponent=EXPONENT, key_size=KEY_BITS)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    public = private.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return SigningKey(
        organization_id=organization_id,
        key_id=new_id(now, randomness),
        sealed_private_key=seal.seal(pem),
        public_key=public.decode(),
        created_at=now,
    )


def split_key_name(name: str) -> tuple[str, str]:
    """The organization and the id in a key's name; empty strings, which match nothing, if invalid."""
    organization_id, _, key_id = name.partition(".")
    return organization_id, key_id
