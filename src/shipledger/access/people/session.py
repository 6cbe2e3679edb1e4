"""Sessions: a browser in which somebody has signed in."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from msgspec import Struct

IDLE = timedelta(days=7)
"""A session ends when it was not used for so long."""

LONGEST = timedelta(days=30)
"""A session ends so long after its start, however much it is used."""

SEEN_EVERY = timedelta(minutes=1)
"""How often the last use is written. A page that is read writes nothing else."""

_SECRET_BYTES = 32
_COOKIE, _MARK_COOKIE = "shipledger_session_", "shipledger_browser_"
_AGENT_LIMIT = 200


class Session(Struct, frozen=True):
    """A session as it is kept: found by the hash of its secret, which the browser alone has.

    ``organization_id``: whose pages it shows. ``address`` and ``agent`` tell people their sessions apart.
    """

    session_hash: bytes
    person_id: str
    organization_id: str
    created_at: datetime
    seen_at: datetime
    address: str = ""
    agent: str = ""

    def is_over(self, now: datetime) -> bool:
        """Whether it was unused for too long, or is too old."""
        return now >= self.seen_at + IDLE or now >= self.created_at + LONGEST

    @property
    def session_id(self) -> str:
        """A name by which its owner can end it, which opens nothing."""
        return hashlib.sha256(b"name of " + self.session_hash).hexdigest()[:16]


def make_secret() -> str:
    """A new secret of a session, a link or a token: 256 random bits."""
    return base64.urlsafe_b64encode(secrets.token_bytes(_SECRET_BYTES)).rstrip(b"=").decode()


def hash_secret(secret: str) -> bytes:
    """What is kept of a secret. It has so many random bits that a plain hash is enough."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def cookie_name(ledger_id: str, *, is_secure: bool) -> str:
    """The name of the cookie: browsers share cookies between the ports of a host, so each ledger has its own.

    Over TLS it has the prefix ``__Host-``, with which a browser takes it from this host alone (RFC 6265bis).
    """
    return _name_cookie(_COOKIE, ledger_id, is_secure=is_secure)


def mark_cookie_name(ledger_id: str, *, is_secure: bool) -> str:
    """The name of the cookie by which a browser is known in which somebody has signed in before."""
    return _name_cookie(_MARK_COOKIE, ledger_id, is_secure=is_secure)


def _name_cookie(name: str, ledger_id: str, *, is_secure: bool) -> str:
    own = hashlib.sha256(ledger_id.encode()).hexdigest()[:8]
    return f"{'__Host-' if is_secure else ''}{name}{own}"


def form_token(secret: str) -> str:
    """What every form of a session carries, so that no other site can send one. It does not reveal the secret."""
    return base64.urlsafe_b64encode(hmac.digest(secret.encode(), b"form", hashlib.sha256)[:18]).decode()


def is_form_token(secret: str, sent: str) -> bool:
    """Whether a form was made for the session with this secret; in constant time."""
    return hmac.compare_digest(form_token(secret).encode(), sent.encode("utf-8", "surrogatepass"))


def short_agent(text: str) -> str:
    """What a browser says of itself, as it is kept."""
    return "".join(one for one in text if one.isprintable())[:_AGENT_LIMIT]
