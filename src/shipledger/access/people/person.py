"""A person who signs in."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from shipledger.errors import Invalid

EMAIL_LIMIT = 254
"""RFC 5321, section 4.5.3.1.3: a path has at most 256 characters with its angle brackets."""

NAME_LIMIT = 200

_EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f<>\"(),:;\[\]\\]+@[^@\s\x00-\x1f\x7f<>\"(),:;\[\]\\]+")


class AccountState(StrEnum):
    """Whether somebody can sign in."""

    INVITED = "invited"
    """Nobody has used the account yet: it has no password, and no provider of identities has named its owner."""
    ACTIVE = "active"
    DISABLED = "disabled"


class Person(Struct, frozen=True):
    """Somebody with an account of this installation. What they may do is said by their memberships.

    ``password``: the encoded hash, "" before one is set. ``disabled_at``: since when they cannot sign in. ``changed_at``: of the
    password. ``seen_at``: when a session of theirs was last used, to the minute.
    """

    person_id: str
    email: str
    name: str
    created_at: datetime
    password: str = ""
    changed_at: datetime | None = None
    disabled_at: datetime | None = None
    seen_at: datetime | None = None

    @property
    def state(self) -> AccountState:
        """Whether they can sign in."""
        if self.disabled_at is not None:
            return AccountState.DISABLED
        return AccountState.ACTIVE if self.password or self.seen_at is not None else AccountState.INVITED

    def __repr__(self) -> str:
        """Without the hash and the address: representations end up in logs."""
        return f"Person({self.person_id})"


def read_email(text: str) -> str:
    """An address as it is kept. Raises Invalid for what is no address."""
    address = unicodedata.normalize("NFC", text.strip())
    is_short = len(address) <= EMAIL_LIMIT and len(email_key(address)) <= EMAIL_LIMIT
    if not is_short or _EMAIL.fullmatch(address) is None:
        raise Invalid("email", "Enter an e-mail address, such as ada@example.com.")
    return address


def email_key(address: str) -> str:
    """An address as it compares. RFC 5321 lets a host tell cases apart; none that people use does."""
    return unicodedata.normalize("NFKC", address).casefold()


def read_name(text: str) -> str:
    """A person's name as it is kept: in one line, without characters that turn others around. Raises Invalid."""
    shown = (one if unicodedata.category(one)[0] != "C" else " " if one in "\t\n\r" else "" for one in text)
    name = " ".join("".join(shown).split())
    if not 0 < len(name) <= NAME_LIMIT:
        raise Invalid("name", f"Enter a name of at most {NAME_LIMIT} characters.")
    return name
