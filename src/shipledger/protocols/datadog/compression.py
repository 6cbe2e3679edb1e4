"""Answers are compressed when that pays and the client allows it."""

from __future__ import annotations

import asyncio
import zlib

from starlette.responses import Response

WORTH_BYTES = 1_024
_LEVEL = 5
_WINDOW_BITS = {"gzip": 31, "deflate": 15}
"""What the standard library writes, the better one first. Clients that prefer ``br`` or ``zstd`` allow gzip too."""


async def compress(response: Response, accepted: str) -> None:
    """Compress the body of ``response`` as the header Accept-Encoding allows, if at all."""
    if len(response.body) < WORTH_BYTES:
        return
    response.headers["Vary"] = "Accept-Encoding"
    coding = choose_coding(accepted)
    if coding is None:
        return
    response.body = await asyncio.to_thread(_compress, bytes(response.body), coding)
    response.headers["Content-Encoding"] = coding
    response.headers["Content-Length"] = str(len(response.body))


def choose_coding(accepted: str) -> str | None:
    """What a client allows of what we write, by its own preference; None when it allows nothing of it."""
    allowed = dict(map(_read_coding, accepted.lower().split(",")))
    rank = {coding: allowed.get(coding, allowed.get("*", 0.0)) for coding in _WINDOW_BITS}
    best = max(rank, key=lambda coding: rank[coding])
    return best if rank[best] > 0 else None


def _read_coding(part: str) -> tuple[str, float]:
    """A coding and its weight, such as ``gzip;q=0.5``. What cannot be read is not allowed."""
    coding, _, parameter = part.partition(";")
    name, _, weight = parameter.strip().partition("=")
    try:
        return coding.strip(), float(weight) if name.strip() == "q" else 1.0
    except ValueError:
        return coding.strip(), 0.0


def _compress(body: bytes, coding: str) -> bytes:
    compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW_BITS[coding])
    return compressor.compress(body) + compressor.flush()
