"""The query string hash: what of a request a Connect token signs. Pure.

It is computed from the request as it came over the wire. Clients differ in what they hash and proxies change what
arrives, so several canonical forms are candidates; all but the last stay within the request that is checked.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from urllib.parse import quote, unquote, unquote_plus

_UNRESERVED = "-._~"


def is_hash_of(claimed: str, method: str, raw_path: str, raw_query: str, *, base_path: str = "") -> bool:
    """Whether ``claimed`` is the hash of the request, compared in constant time.

    ``base_path`` is the path of the public URL under which clients reach this server, without a slash at its end.
    """
    given = claimed.encode("utf-8", "surrogatepass")
    candidates = candidate_hashes(method, raw_path, raw_query, base_path=base_path)
    return any(hmac.compare_digest(given, candidate.encode()) for candidate in candidates)


def candidate_hashes(method: str, raw_path: str, raw_query: str, *, base_path: str = "") -> Iterator[str]:
    """The hashes to compare with, the likeliest first."""
    queries = dict.fromkeys((_canonical_query(raw_query), _canonical_query(raw_query, sorts_encoded=True)))
    for path in dict.fromkeys(_candidate_paths(raw_path, base_path)):
        for query in queries:
            yield _hash(f"{method.upper()}&{_canonical_path(path)}&{query}")


def canonical_request(method: str, raw_path: str, raw_query: str) -> str:
    """The canonical form of a request."""
    return f"{method.upper()}&{_canonical_path(raw_path)}&{_canonical_query(raw_query)}"


def hash_request(method: str, raw_path: str, raw_query: str) -> str:
    """The hash of a request, as one sends it."""
    return _hash(canonical_request(method, raw_path, raw_query))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _candidate_paths(raw_path: str, base_path: str) -> Iterator[str]:
    yield raw_path
    if base_path and raw_path.startswith(f"{base_path}/"):
        yield raw_path.removeprefix(base_path)
    elif base_path:
        yield base_path + raw_path
    yield "/".join(_encode(_decode(segment)) for segment in raw_path.split("/"))
    lowered = raw_path.lower()
    if "%2f" not in lowered and "%25" not in lowered:
        yield _decode(raw_path)


def _canonical_path(path: str) -> str:
    path = path.replace("&", "%26") or "/"
    if not path.startswith("/"):
        path = f"/{path}"
    return path[:-1] if len(path) > 1 and path.endswith("/") else path


def _canonical_query(raw_query: str, *, sorts_encoded: bool = False) -> str:
    values: dict[str, list[str]] = {}
    for pair in raw_query.split("&"):
        key, _, value = pair.partition("=")
        name = _decode_plus(key)
        if pair and name != "jwt":
            values.setdefault(name, []).append(_decode_plus(value))
    names = sorted(values, key=_encode) if sorts_encoded else sorted(values)
    return "&".join(f"{_encode(name)}={','.join(map(_encode, sorted(values[name])))}" for name in names)


def _decode(text: str) -> str:
    """Bytes that are no UTF-8 stay apart from each other, or two requests could share a hash."""
    return unquote(_as_sent(text), errors="surrogateescape")


def _decode_plus(text: str) -> str:
    return unquote_plus(_as_sent(text), errors="surrogateescape")


def _as_sent(text: str) -> str:
    """Raw targets are read byte by byte as Latin-1; what was sent unencoded is UTF-8 all the same."""
    return text if text.isascii() else text.encode("latin-1", "replace").decode("utf-8", "surrogateescape")


def _encode(text: str) -> str:
    return quote(text, safe=_UNRESERVED, errors="surrogateescape")
