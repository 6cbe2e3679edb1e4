"""What senders call a person: the login at a forge, an id of another tool, a further address. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from shipledger.errors import Invalid

LOGIN_LIMIT = 254
"""As many characters as an address may have."""

LOGINS_LIMIT = 50
"""Of one person: a list of deployments looks each of them up."""


def read_login(text: str) -> str:
    """A login as it is kept. Raises Invalid for what is empty or too long, and for characters that nobody sees."""
    login = unicodedata.normalize("NFC", text.strip())
    is_seen = all(unicodedata.category(one)[0] != "C" for one in login)
    if not is_seen or not 0 < len(login) <= LOGIN_LIMIT:
        raise Invalid("login", f"A login has 1 to {LOGIN_LIMIT} characters that can be seen.")
    return login


def login_key(login: str) -> str:
    """A login as it compares: as senders' words do."""
    return login.casefold()


def change_logins(current: Iterable[str], adds: Iterable[str], drops: Iterable[str]) -> tuple[str, ...]:
    """The logins after a change, each once as it was said first, in that order."""
    dropped = set(map(login_key, drops))
    kept: dict[str, str] = {}
    for one in (*current, *adds):
        if login_key(one) not in dropped:
            kept.setdefault(login_key(one), one)
    return tuple(kept.values())
