"""The token key of a ledger is one and the same for all who open it: a digest of it is kept in the database.

Whoever used another key would write secrets that nobody else can read, and sign tokens and links that are good nowhere else.
"""

from __future__ import annotations

import hashlib
import hmac

from shipledger.access.tokens import TokenKeys
from shipledger.errors import Conflict
from shipledger.settings import Settings
from shipledger.store.installation.contract import InstallationStore
from shipledger.store.key_file import (
    find_archive_key,
    find_token_keys,
    load_archive_key,
    load_token_keys,
    place_of_archive_key,
    place_of_key,
)

_PURPOSE = b"shipledger key check"
_DIGITS = 32
_SEPARATOR = ","
LOST = (
    "If it is lost, `shipledger key adopt` uses the existing key or a new one. Tokens and links made with the lost "
    "key then stop working, and secrets encrypted with it must be entered again."
)

ARCHIVE_KEY_LOST = (
    "Put it there from a backup or from the machine that exported before. If it is lost: `shipledger key adopt --archive`. "
    "Archives are then signed by another public key."
)


async def agree_on_keys(store: InstallationStore, settings: Settings) -> TokenKeys:
    """The keys of the ledger. The first one who asks makes a key, if there is none, and has it noted.

    A ledger passes to another key when the one before it is given as the previous key. Raises Conflict when the key is missing
    or is another one, Invalid, and Unavailable.
    """
    noted = (await store.find_installation()).key_check
    if not noted:
        keys = load_token_keys(settings)
        await store.save_key_check(_describe(keys), expected="")
    else:
        found = find_token_keys(settings)
        if (fault := describe_fault(noted, found, settings)) is not None or found is None:
            raise Conflict("token_key", fault or "")
        keys = found
        is_newest = check_of(keys.current) == noted.split(_SEPARATOR)[0]
        if noted != _describe(keys) and (is_newest or keys.previous is not None):
            await store.save_key_check(_describe(keys), expected=noted)
    if (fault := describe_fault((await store.find_installation()).key_check, keys, settings)) is not None:
        raise Conflict("token_key", fault)
    return keys


async def adopt_key(store: InstallationStore, settings: Settings) -> None:
    """Go on with the key that there is, or a new one, whatever was used before. Raises Invalid, Conflict and Unavailable."""
    noted, own = (await store.find_installation()).key_check, _describe(load_token_keys(settings))
    await store.save_key_check(own, expected=noted)
    if (await store.find_installation()).key_check != own:
        raise Conflict("token_key", "Another key was adopted at the same time. Look which one is right, and adopt that.")


async def agree_on_archive_key(store: InstallationStore, settings: Settings) -> bytes:
    """The key that archives of the ledger are signed with, noted in it like the token key, and made where none was ever used.

    Raises Conflict when the key is missing or is another one, and Unavailable.
    """
    noted = (await store.find_installation()).archive_key_check
    if not noted:
        await store.save_archive_key_check(check_of(load_archive_key(settings)), expected="")
        noted = (await store.find_installation()).archive_key_check
    key, place = find_archive_key(settings), place_of_archive_key(settings)
    if key is None:
        raise Conflict("archive_key", f"The archive key of this ledger is missing: there is no file {place}. {ARCHIVE_KEY_LOST}")
    if check_of(key) != noted:
        raise Conflict("archive_key", f"The archive key in the file {place} is not that of this ledger. {ARCHIVE_KEY_LOST}")
    return key


async def adopt_archive_key(store: InstallationStore, settings: Settings) -> None:
    """Sign archives with the key that there is, or a new one, from now on. Raises Unavailable."""
    noted = (await store.find_installation()).archive_key_check
    await store.save_archive_key_check(check_of(load_archive_key(settings)), expected=noted)


def describe_fault(noted: str, keys: TokenKeys | None, settings: Settings) -> str | None:
    """Why ``keys`` cannot be used with a ledger that has ``noted`` one, or None."""
    if not noted:
        return None
    place = place_of_key(settings)
    if keys is None:
        return f"The token key of this ledger is missing: there is no {place}. Restore it from a backup. {LOST}"
    own = {check_of(key) for key in (keys.current, keys.previous) if key is not None}
    if own.isdisjoint(noted.split(_SEPARATOR)):
        return f"The token key in {place} belongs to another ledger. Put the right key there. {LOST}"
    return None


def check_of(key: bytes) -> str:
    """A digest that tells keys apart and nothing of them."""
    return hmac.digest(key, _PURPOSE, hashlib.sha256).hex()[:_DIGITS]


def _describe(keys: TokenKeys) -> str:
    return _SEPARATOR.join(check_of(key) for key in (keys.current, keys.previous) if key is not None)
