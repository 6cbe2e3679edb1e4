"""Canonical names of repositories: ``host/owner/name``, whichever protocol spoke of it."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from shipledger.errors import Invalid

DEFAULT_HOST = "bitbucket.org"
_DEFAULT_PORTS = frozenset({22, 80, 443, 9418})
_SCP_FORM = re.compile(r"^(?:[^@/\s]+@)?(?P<host>[^:/\s]+):(?P<path>(?!\d+/|//).+)$")
_UUID = re.compile(r"^\{?([0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12})\}?$")


def canonical_repository(text: str) -> str:
    """The canonical name of a clone URL, a web URL, ``host/owner/name`` or ``workspace/slug`` (then on bitbucket.org).

    Credentials, scheme, default port, query, fragment and ``.git`` are dropped; the host becomes lower case, the path
    keeps its case. Raises Invalid when no host and path can be read.
    """
    cleaned = text.strip().removeprefix("<").removesuffix(">").strip()
    host, path = _split(cleaned)
    path = unquote(path.split("?")[0].split("#")[0]).strip("/").removesuffix(".git").strip("/")
    parts = [strip_braces(part) for part in path.split("/") if part]
    if not host or not parts:
        raise Invalid("repository", f"{text!r} names no repository; give a clone URL or host/owner/name.")
    return "/".join([host, *parts])


def repository_key(canonical_name: str) -> str:
    """The form in which canonical names are compared: without case."""
    return canonical_name.casefold()


def strip_braces(text: str) -> str:
    """A UUID without braces and in lower case; any other text unchanged."""
    match = _UUID.match(text)
    return match.group(1).lower() if match else text


def _split(text: str) -> tuple[str, str]:
    if "://" in text:
        return _split_url(text)
    scp = _SCP_FORM.match(text)
    if scp and "/" not in scp["host"]:
        return scp["host"].lower(), scp["path"]
    first, _, rest = text.rpartition("@")[2].partition("/")
    if rest and ("." in first or ":" in first or first == "localhost"):
        return first.lower(), rest
    return (DEFAULT_HOST, text) if rest else ("", "")


def _split_url(text: str) -> tuple[str, str]:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "", ""
    return (f"{host}:{port}" if host and port and port not in _DEFAULT_PORTS else host), parts.path
