"""Why something failed, in plain words. What operating systems and libraries say is for logs, not for readers."""

from __future__ import annotations

import csv
import errno
import os
import re
import socket
import sqlite3
import ssl
import tomllib
import zipfile
from collections.abc import Callable
from typing import Any

import msgspec


class Explained(ValueError):
    """An error whose text is a reason in our words: a clause in lower case, without a full stop."""


_NUMBER = re.compile(r"\[Errno (-?\d+)\]")
_PLACE = re.compile(r"`\$\.?(?P<place>[^`]*)`")
_MISSING = re.compile(r"missing required field `(?P<name>[^`]+)`")
_LINE = re.compile(r"\(at line (\d+), column (\d+)\)")
_OS_WORDS = {
    errno.ENOENT: "there is no such file or folder",
    errno.ENOTDIR: "a part of the path is not a folder",
    errno.EISDIR: "it is a folder",
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.EROFS: "the disk is read-only",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EIO: "the disk does not read or write",
    errno.ENAMETOOLONG: "the name is too long",
    errno.EEXIST: "it exists already",
    errno.ECONNREFUSED: "connection refused; nothing listens there",
    errno.ECONNRESET: "the other side closed the connection",
    errno.EPIPE: "the other side closed the connection",
    errno.EHOSTUNREACH: "the host cannot be reached",
    errno.ENETUNREACH: "the network cannot be reached",
    errno.EADDRINUSE: "another program uses it",
    errno.EADDRNOTAVAIL: "this machine does not have that address",
    errno.ETIMEDOUT: "no answer in time",
}
_SQLITE_CODE_BITS = 0xFF


def number_of(error: OSError) -> int | None:
    """The number of an operating system's error, also where a library wrapped it."""
    found = _NUMBER.search(str(error))
    return error.errno or (int(found[1]) if found else None)


def _of_os(error: OSError) -> str:
    number = number_of(error)
    if isinstance(error, socket.gaierror) or (number is not None and number < 0):
        return "the host name is not known"
    if isinstance(error, TimeoutError):
        return _OS_WORDS[errno.ETIMEDOUT]
    if number is None:
        return "the connection was closed"
    words = _OS_WORDS.get(number) or os.strerror(number)
    return words[:1].lower() + words[1:]


def _of_a_value(told: str) -> str:
    place = found["place"] if (found := _PLACE.search(told)) else ""
    if missing := _MISSING.search(told):
        return f"{place}.{missing['name']} is missing" if place else f"{missing['name']} is missing"
    return f"{place} has another type or range than it must have" if place else "it has another type than it must have"


def _of_sqlite(error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & _SQLITE_CODE_BITS
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT):
        return "the file is damaged"
    return "a table or a column is missing" if code == sqlite3.SQLITE_ERROR else "the database refused it"


def _of_toml(error: tomllib.TOMLDecodeError) -> str:
    found = _LINE.search(str(error))
    return f"line {found[1]}, column {found[2]} is not TOML" if found else "it is not TOML: its end is missing"


_REASONS: tuple[tuple[type[BaseException], Callable[[Any], str]], ...] = (
    (Explained, str),
    (UnicodeError, lambda _: "it contains text that is not UTF-8"),
    (RecursionError, lambda _: "it is nested too deeply"),
    (ssl.SSLCertVerificationError, lambda _: "its certificate is not trusted"),
    (ssl.SSLError, lambda _: "no encrypted connection can be made"),
    (OSError, _of_os),
    (tomllib.TOMLDecodeError, _of_toml),
    (msgspec.ValidationError, lambda error: _of_a_value(str(error))),
    (msgspec.DecodeError, lambda _: "it is not JSON"),
    (zipfile.BadZipFile, lambda _: "it is not a ZIP file"),
    (EOFError, lambda _: "its end is missing"),
    (csv.Error, lambda _: "it is not CSV"),
    (sqlite3.Error, _of_sqlite),
    (KeyError, lambda _: "a part of it is missing"),
)
"""The first that fits counts."""


def reason_of(error: BaseException, *, otherwise: str = "a value is not as it must be") -> str:
    """A clause in lower case, without a full stop. Of an error that wraps one of the operating system, that one's."""
    cause: BaseException | None = error
    while cause is not None:
        for kind, say in _REASONS:
            if isinstance(cause, kind):
                return say(cause)
        cause = cause.__cause__ or cause.__context__
    return otherwise
