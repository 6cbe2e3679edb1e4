"""Canonical names from clone URLs as ``git remote`` prints them, including ones with CI credentials. Pure."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlsplit

from shipledger.catalog.forges import FORGES, name_at_forge
from shipledger.ledger.identity import bare_uuid

LOCAL_HOST = "local"
"""The host of a local repository. Its path is not recorded."""

_SCHEMES = frozenset({"https", "http", "ssh", "git", "git+ssh", "git+https", "git+http"})
_OVER_SSH = frozenset({"ssh", "git+ssh"})
"""Schemes whose port is the SSH server's and does not identify the forge."""
_DEFAULT_PORTS = frozenset({22, 80, 443, 9418})
_PORT = re.compile(r"[0-9]{1,5}")
_HOST = re.compile(r"[\w-]+(\.[\w-]+)*\.?|\[[0-9a-f:.]+\]")
_DIRECTORY = re.compile(r"/|\./|\.\./|~|[A-Za-z]:[\\/]")
_MISPLACED = re.compile(r"[^/]@|[\x00-\x1f\x7f\ud800-\udfff]")
_CODECOMMIT = re.compile(r"codecommit::([a-z0-9-]+)://([^/@]+@)?([\w.-]+)")
"""AWS's helper for git: region, profile, repository (https://docs.aws.amazon.com/codecommit/latest/userguide/setting-up-git-remote-codecommit.html)."""
_HELPER = re.compile(r"[A-Za-z0-9+.-]+::")
"""An optional remote helper before the URL (gitremote-helpers)."""
_AUTHORITY = re.compile(r"^([A-Za-z+]+://)?[^/?#]*")


def read_clone_url(text: str) -> str | None:
    """The canonical name (``host/owner/name``) of a clone URL, or None if it is not one.

    Drops scheme, user, password, default port, SSH port, query, fragment and one ``.git``, and converts the host to lower
    case. There is no port between a user or known forge and a path: in ``git@github.com:4096/pets.git`` 4096 is the owner.
    A path with ``@`` is refused: it is the rest of a password that was not percent-encoded.
    """
    cleaned = text.strip().removeprefix("<").removesuffix(">").strip()
    if (found := _CODECOMMIT.fullmatch(cleaned)) is not None:
        domain = "amazonaws.com.cn" if found[1].startswith("cn-") else "amazonaws.com"
        return f"git-codecommit.{found[1]}.{domain}/v1/repos/{found[3]}"
    if _HELPER.match(cleaned) or _MISPLACED.search(_AUTHORITY.sub("", cleaned, count=1)):
        return None
    if cleaned.startswith("file://") or _DIRECTORY.match(cleaned):
        return _name_directory(cleaned)
    host, path = _split(cleaned)
    path = unquote(re.split(r"[?#]", path, maxsplit=1)[0], errors="replace").rstrip("/").removesuffix(".git").strip("/")
    parts = [bare_uuid(part) for part in path.split("/") if part]
    if not host or not parts or _MISPLACED.search(path):
        return None
    return name_at_forge(host, parts)


def describe_unreadable(place: str) -> str:
    """The sentence for an invalid repository. It does not quote it, because it may contain a password."""
    return f"{place} has no host and path of a repository, so its commit was left out."


def to_clone_url(name: str) -> str:
    """A URL with only the canonical name, which parses back to it."""
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
    _, at, place = first.rpartition("@")
    host, colon, start = place.partition(":")
    is_scp = bool(at) or host.lower() in FORGES
    if colon and (is_scp or not (_PORT.fullmatch(start) and slash)):
        return _check_host(host), f"{start}{slash}{rest}"
    is_host = "." in host or host == "localhost" or colon
    return (_check_host(host, int(start) if colon else None), rest) if is_host else ("", "")


def _split_url(text: str) -> tuple[str, str]:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "", ""
    if parts.scheme.lower() in _OVER_SSH:
        port = None
    return _check_host(f"[{host}]" if ":" in host else host, port), parts.path


def _check_host(host: str, port: int | None = None) -> str:
    if not _HOST.fullmatch(host):
        return ""
    return host.lower() if port is None or port in _DEFAULT_PORTS else f"{host.lower()}:{port}"
