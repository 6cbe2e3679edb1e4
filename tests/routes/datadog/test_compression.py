"""Answers are compressed when the client allows it."""

from __future__ import annotations

import json
import zlib

import pytest

from tests.support.datadog import DORA, create_body, list_body

BITS = {"gzip": 31, "deflate": 15}


async def ask(client, accepted):
    """The raw body of a list, and how it is said to be encoded."""
    async with client.stream(
        "POST", f"{DORA}/deployments", json=list_body(limit=100), headers={"Accept-Encoding": accepted}
    ) as answer:
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert int(answer.headers["Content-Length"]) == len(raw)
    return raw, answer.headers


@pytest.mark.parametrize(
    "accepted, coding",
    [
        ("gzip", "gzip"),
        ("br, gzip, deflate", "gzip"),
        ("gzip;q=0.5, deflate", "deflate"),
        ("deflate, zstd", "deflate"),
        ("*", "gzip"),
        ("zstd, gzip;q=0.1", "gzip"),
        ("br", None),
        ("gzip;q=0, identity", None),
        ("gzip;q=much", None),
        ("", None),
    ],
)
async def test_a_long_answer_is_compressed_as_the_client_allows(datadog, accepted, coding):
    for number in range(10):
        await datadog.post(f"{DORA}/deployment", json=create_body(service=f"service-{number}"))
    raw, headers = await ask(datadog, accepted)
    assert headers.get("Content-Encoding") == coding
    assert headers["Vary"] == "Accept-Encoding"
    plain = zlib.decompress(raw, BITS[coding]) if coding else raw
    assert len(json.loads(plain)["data"]) == 10
    assert coding is None or len(raw) < len(plain)


async def test_a_short_answer_is_not_compressed(datadog):
    raw, headers = await ask(datadog, "gzip")
    assert "Content-Encoding" not in headers
    assert json.loads(raw) == {"data": []}
