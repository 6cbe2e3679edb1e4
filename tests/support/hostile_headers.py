"""Headers that no client means: what cannot be parsed, and what is too much of anything."""

from __future__ import annotations

import base64
import json
from typing import TypeAlias

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

Headers: TypeAlias = list[tuple[str, str]]

NAMES = (
    "Host",
    "Origin",
    "Referer",
    "Cookie",
    "Authorization",
    "DD-API-KEY",
    "DD-APPLICATION-KEY",
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Content-Type",
    "Content-Encoding",
    "User-Agent",
    "Forwarded",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Forwarded-Port",
    "X-Real-IP",
    "Via",
    "Sec-Fetch-Site",
    "If-None-Match",
    "If-Modified-Since",
    "If-Range",
    "Range",
    "HX-Request",
    "HX-Current-URL",
    "Upgrade",
    "X-Request-Id",
    "X-HTTP-Method-Override",
    "From",
    "Date",
)
VALUES = (
    "",
    "[",
    "http://[",
    "http://[::1",
    "http://[zz]",
    "http://a:99999999",
    "http://a:b",
    "//",
    "[::1]:x",
    "localhost:8080/path?x#y",
    "user:pw@localhost",
    "null",
    "%",
    "%zz%00%ff",
    "\x80\xff\xad",
    "\xc3\xa9",
    'a"b',
    '"',
    ";;;=",
    'a=;b;c="',
    ",,,",
    "*;q=nan, gzip;q=1e999, br;q=-1, x;q=",
    "multipart/form-data",
    'multipart/form-data; boundary="',
    "multipart/form-data; boundary*=utf-9''%ff",
    "multipart/form-data; boundary*0*=x''a; boundary*x=b",
    "application/json; charset=nonsense",
    'application/json; charset="',
    "application/x-www-form-urlencoded; charset=idna",
    "Bearer ",
    "Bearer a.b.c",
    "Basic !!!",
    "Basic /w==",
    "Basic gIA6gIA=",
    "JWT ...",
    "GenieKey \xe9",
    "bytes=9-1",
    "bytes=-",
    f"bytes={'9' * 5000}-",
    'W/"',
    "Thu, 99 Foo 99999 99:99:99 +9999",
    'for="[::1;proto=https;host="[',
    "::1%eth0, 999.999.999.999",
    f"datadog-api-client-python/{'9' * 5000}.1",
    "9" * 5000,
    "-1",
    "NaN",
    "\xb2",
    "xn--",
    f"{'a' * 300}.com",
    "x" * 9000,
    "gzip, gzip, gzip",
    "true",
)
LENGTHS = ("x", "-1", "+2", "0x2", "2, 3", "9" * 5000, "\xb2", "2.0", "")
"""Of a body: none of them can be one."""


_PARTS: tuple[object, ...] = (
    {},
    [],
    5,
    None,
    "x",
    {"alg": "none"},
    {"alg": "HS256"},
    {"alg": ["HS256"]},
    {"alg": "HS256", "crit": ["x"]},
    {"alg": "HS256", "kid": {}},
    {"iss": 5},
    {"iss": {}},
    {"iss": "\ud800"},
    {"iss": "x", "exp": "x"},
    {"iss": "x", "iat": 1e300},
)


def hostile_headers() -> SearchStrategy[Headers]:
    """A few headers; one name may come several times."""
    values = st.sampled_from(VALUES) | _tokens() | st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF), max_size=20)
    values = values.filter(lambda value: "\x7f" not in value)
    return st.lists(st.tuples(st.sampled_from(NAMES), values), min_size=1, max_size=5)


def _tokens() -> SearchStrategy[str]:
    """Tokens whose parts are JSON of every kind."""
    parts = st.sampled_from(_PARTS)
    return st.tuples(st.sampled_from(["JWT", "Bearer"]), parts, parts).map(
        lambda made: f"{made[0]} {_encode(made[1])}.{_encode(made[2])}.AA"
    )


def _encode(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
