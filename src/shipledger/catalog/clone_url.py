"""Canonical names from what ``git remote`` prints: any clone URL, also one that carries the credentials of a CI. Pure."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlsplit

from shipledger.ledger.identity import bare_uuid

LOCAL_HOST = "local"
"""Stands for the host of a repository that is a directory. Which directory is nobody's business."""

_SCHEMES = frozenset({"https", "http", "ssh", "git", "git+ssh", "git+https", "git+http"})
_DEFAULT_PORTS = frozenset({22, 80, 443, 9418})
_PORT = re.compile(r"[0-9]{1,5}")
_HOST = re.compile(r"[\w-]+(\.[\w-]+)*\.?|\[[0-9a-f:.]+\]")
_DIRECTORY = re.compile(r"/|\./|\.\./|~|[A-Za-z]:[\\/]")
_MISPLACED = re.compile(r"[^/]@|[\x00-\x1f\x7f\ud800-\udfff]")
_AUTHORITY = re.compile(r"^([A-Za-z+]+://)?[^/?#]*")
_AZURE_SSH = re.compile(r"ssh\.dev\.azure\.com/v3/([^/]+)/([^/]+)/([^/]+)")


def read_clone_url(text: str) -> str | None:
    """The canonical name (``host/owner/name``) of a clone URL, or None when it names no repository.

    Scheme, user, password, default port, query, fragment and one ``.git`` are dropped, and the host becomes lower case.
    A path with ``@`` inside is refused: it is the rest of a password that was not percent-encoded.
    """
    cleaned = text.strip().removeprefix("<").removesuffix(">").strip()
    if _MISPLACED.search(_AUTHORITY.sub("", cleaned, count=1)):
        return None
    if cleaned.startswith("file://") or _DIRECTORY.match(cleaned):
        return _name_directory(cleaned)
    host, path = _split(cleaned)
    path = unquote(re.split(r"[?#]", path, maxsplit=1)[0], errors="replace").rstrip("/").removesuffix(".git").strip("/")
    parts = [bare_uuid(part) for part in path.split("/") if part]
    if not host or not parts or _MISPLACED.search(path):
        return None
    name = "/".join([host, *parts])
    azure = _AZURE_SSH.fullmatch(name)
    return f"dev.azure.com/{azure[1]}/{azure[2]}/_git/{azure[3]}" if azure else name


def to_clone_url(name: str) -> str:
    """A URL that says nothing but the canonical name, and is read as it again."""
    host, _, path = name.partition("/")
    return f"https://{host}/{quote(path)}.git"


def _name_directory(text: str) -> str | None:
    path = re.split(r"[?#]", text.removeprefix("file://"), maxsplit=1)[0].replace("\\", "/").rstrip("/").removesuffix(".git")
    name = unquote(path, errors="replace").rstrip("/").rpartition("/")[2]
    return None if not name or _MISPLACED.search(name) or name in {".", "..", "~"} else f"{LOCAL_HOST}/{name}"


def _split(text: str) -> tuple[str, str]:
    scheme, mark, rest = text.partition("://")
    if mark:
        return _split_url(text) if scheme.lower() in _SCHEMES else ("", "")
    first, slash, rest = text.partition("/")
    first = first.rpartition("@")[2]
    host, colon, start = first.partition(":")
    if colon and not (_PORT.fullmatch(start) and slash):
        return _check_host(host), f"{start}{slash}{rest}"
    is_host = "." in host or host == "localhost" or colon
    return (_check_host(host, int(start) if colon else None), rest) if is_host else ("", "")


def _split_url(text: str) -> tuple[str, str]:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "", ""
    return _check_host(f"[{host}]" if ":" in host else host, port), parts.path


def _check_host(host: str, port: int | None = None) -> str:
    if not _HOST.fullmatch(host):
        return ""
    return host.lower() if port is None or port in _DEFAULT_PORTS else f"{host.lower()}:{port}"
