"""The keys of tokens and kept secrets, from the settings or a file beside the database, and the key of archives, from a file."""

from __future__ import annotations

from pathlib import Path

from shipledger.access.installation_key import find_key, keep_key, read_key
from shipledger.access.tokens import TokenKeys
from shipledger.settings import Settings
from shipledger.store.local_files import file_beside

SUFFIX = ".token-key"
ARCHIVE_SUFFIX = ".archive-key"


def load_token_keys(settings: Settings) -> TokenKeys:
    """The keys; one is made when there is none. Raises Invalid and Unavailable."""
    return find_token_keys(settings) or TokenKeys(
        current=keep_key(file_beside(settings.database_url, SUFFIX)), previous=_read_previous(settings)
    )


def find_token_keys(settings: Settings) -> TokenKeys | None:
    """The keys, or None when there is none yet. Raises Invalid and Unavailable."""
    current = read_key(settings.token_key) if settings.token_key else find_key(file_beside(settings.database_url, SUFFIX))
    return None if current is None else TokenKeys(current=current, previous=_read_previous(settings))


def load_archive_key(settings: Settings) -> bytes:
    """The seed of the key that archives are signed with; it is made once. Raises Unavailable."""
    return keep_key(place_of_archive_key(settings))


def find_archive_key(settings: Settings) -> bytes | None:
    """The same, or None when there is none. Raises Unavailable."""
    return find_key(place_of_archive_key(settings))


def place_of_archive_key(settings: Settings) -> Path:
    """Where the key of archives is."""
    return file_beside(settings.database_url, ARCHIVE_SUFFIX)


def place_of_key(settings: Settings) -> str:
    """Where the token key is, for a person."""
    return "setting token_key" if settings.token_key else f"file {file_beside(settings.database_url, SUFFIX)}"


def sealing_keys_of(keys: TokenKeys) -> tuple[bytes, ...]:
    """The keys that secrets are encrypted with, the current one first."""
    return (keys.current,) if keys.previous is None else (keys.current, keys.previous)


def _read_previous(settings: Settings) -> bytes | None:
    return read_key(settings.token_key_previous) if settings.token_key_previous else None


def load_sealing_keys(settings: Settings) -> tuple[bytes, ...]:
    """The keys that secrets are encrypted with, the current one first. Raises Invalid and Unavailable."""
    return sealing_keys_of(load_token_keys(settings))
