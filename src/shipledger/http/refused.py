"""What is kept of a request that was refused: what was answered and to whom, without what may be a secret."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from ipaddress import IPv6Address, IPv6Network, ip_address
from urllib.parse import parse_qsl, unquote

from msgspec import Struct
from starlette.requests import Request

from shipledger.access.refused import ADDRESSES_LIMIT, CODE_LIMIT, PATH_LIMIT, SENTENCE_LIMIT, RefusedRequest
from shipledger.observability.logs import REDACTED, redact_text

_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_SECRET_HEADERS = ("authorization", "cookie", "dd-api-key", "dd-application-key", "x-api-key", "proxy-authorization")
_WITH_SCHEME = ("authorization", "proxy-authorization")
"""Headers that begin with the name of a scheme, which is no secret."""
_SECRET_PARAMETER = re.compile(r"key|token|jwt|secret|password|auth|signature", re.IGNORECASE)
_SHORTEST_SECRET = 4
_PLAIN_SEGMENT = re.compile(r"[a-z][a-zA-Z._-]{0,39}|v?[0-9]{1,2}(\.[0-9]{1,2})?")
"""What a segment of a path looks like that names an operation. An id, or a secret in a wrong place, has other characters."""
_SEGMENTS = 8
_BYTES_LIMIT = 2**62
_READ_CHARACTERS = 4_000
"""Of a sentence, before what may be a secret is taken out: the rest is far behind what is kept."""
_PREFIX = 64
"""Bits of an IPv6 address that somebody has been given, who may use any of the rest."""


class Refusal(Struct, frozen=True):
    """What an error answer says, in the words of its protocol. ``code``: "" where the protocol has none."""

    code: str = ""
    sentence: str = ""


def is_refused(status: int, method: str, pattern: str) -> bool:
    """Whether an answer refuses a request. That there is no such record, to somebody who looks for one, is an answer."""
    is_answer = status == HTTPStatus.NOT_FOUND and pattern and method in _READS
    return status >= HTTPStatus.BAD_REQUEST and not is_answer


def describe_refused(
    request: Request,
    refusal: Refusal,
    *,
    refused_id: str,
    at: datetime,
    protocol: str,
    pattern: str,
    status: int,
    address: str,
) -> RefusedRequest:
    """What is kept of a request; of nobody yet. ``pattern``: of the operation, "" if there is none."""
    path = pattern or clean_path(request.scope["path"])
    sentence = refusal.sentence[:_READ_CHARACTERS]
    if not pattern:
        raw = request.scope.get("raw_path") or b""
        for sent in (request.scope["path"], raw.decode("latin-1").partition("?")[0]):
            sentence = sentence.replace(sent, path) if len(sent) > 1 else sentence
    return RefusedRequest(
        organization_id="",
        refused_id=refused_id,
        refused_at=at,
        protocol=protocol,
        method=request.method[:PATH_LIMIT],
        path=path[:PATH_LIMIT],
        status=status,
        code=refusal.code[:CODE_LIMIT],
        sentence=without_secrets(sentence, request)[:SENTENCE_LIMIT],
        address=address,
        size_bytes=_size_of(request),
    )


def clean_path(path: str) -> str:
    """An unknown path as a pattern: a segment that may be an id or a secret becomes ``{…}``."""
    segments = unquote(path).strip("/").split("/")
    clean = [one if _PLAIN_SEGMENT.fullmatch(one) else "{…}" for one in segments[:_SEGMENTS]]
    return "/" + "/".join([*clean, *(["…"] if len(segments) > _SEGMENTS else [])])


def without_secrets(text: str, request: Request) -> str:
    """``text`` without what the request has presented as a secret, or what looks like one."""
    for secret in sorted(_list_presented(request), key=len, reverse=True):
        text = text.replace(secret, REDACTED)
    return redact_text(text)


@lru_cache(maxsize=ADDRESSES_LIMIT)
def group_address(address: str) -> str:
    """The address by which a sender is told from others: the network of one of IPv6."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:PATH_LIMIT]
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped) if found.ipv4_mapped else str(IPv6Network((found, _PREFIX), strict=False))


def _list_presented(request: Request) -> set[str]:
    found: set[str] = set()
    for name in _SECRET_HEADERS:
        for value in request.headers.getlist(name):
            scheme, *words = re.split(r"[\s;,=]+", value)
            found |= {value, *words} if words and name in _WITH_SCHEME else {value, scheme, *words}
    query = request.scope["query_string"].decode("utf-8", "replace")
    found |= {value for name, value in parse_qsl(query, errors="replace") if _SECRET_PARAMETER.search(name)}
    return {one for one in found if len(one) >= _SHORTEST_SECRET}


def _size_of(request: Request) -> int | None:
    text = request.headers.get("content-length", "")
    return min(int(text), _BYTES_LIMIT) if text.isascii() and text.isdigit() and len(text) < len(str(_BYTES_LIMIT)) else None
