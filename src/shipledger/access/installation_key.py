"""The token key of an installation, which signs its tokens."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from shipledger.durable_names import sync_folder
from shipledger.errors import Invalid, Unavailable
from shipledger.reasons import reason_of

KEY_BYTES = 32
_HEXADECIMAL = "hex:"


def read_key(text: str) -> bytes:
    """The key in a setting: at least 32 bytes of text, or ``hex:`` and the contents of a key file. Raises Invalid."""
    digits = text.strip().removeprefix(_HEXADECIMAL)
    try:
        key = text.encode() if digits == text.strip() else bytes.fromhex(digits)
    except ValueError:
        key = b""
    if len(key) < KEY_BYTES:
        raise Invalid(
            "token_key", f"A token key must have at least {KEY_BYTES} characters; `openssl rand -hex 32` generates one."
        )
    return key


def keep_key(path: Path) -> bytes:
    """The key in a file readable only by its owner; created from 32 random bytes, with its folder, if missing.

    The file is created atomically, so a command and a server that start at once agree on one key. Raises
    Unavailable.
    """
    if (kept := find_key(path)) is not None:
        return kept
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(draft, secrets.token_bytes(KEY_BYTES))
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
        sync_folder(path.parent)  # what is encrypted with the key must not outlive it
        return _read(path)
    except OSError as error:
        raise _unusable(path, error) from None
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()


def find_key(path: Path) -> bytes | None:
    """The key in a file, or None when there is no file. Raises Unavailable."""
    try:
        return _read(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unusable(path, error) from None


def _read(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii"))
    except ValueError:
        key = b""
    if len(key) < KEY_BYTES:
        raise Unavailable("token_key", f"The key in {path.name} is damaged; restore it from a backup.")
    return key


def _write(path: Path, key: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())


def _unusable(path: Path, error: OSError) -> Unavailable:
    return Unavailable("token_key", f"The key file {path} cannot be used: {reason_of(error)}. Set token_key instead.")
