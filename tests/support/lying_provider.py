"""An OpenID Connect provider over a real socket that lies as it is told to. With nothing to lie about it tells the truth."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from msgspec import UNSET

CLIENT = "shipledger"
SECRET = "the client's own secret"
CODE = "a-code"


class LyingProvider:
    """What it says can be changed.

    That is members of its ``description``, ``claims`` and ``header`` (UNSET takes one away), its ``keys``, what ``signs``, and
    the ``ways`` in which paths answer: a status, ``hang``, or ``garbage``.
    """

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.key = make_key("first")
        self.asked: list[str] = []
        self.exchanged: list[dict[str, str]] = []
        self.nonce = ""
        self.stop_lying()

    def stop_lying(self) -> None:
        """Tell the truth from now on."""
        self.keys: list[Any] = [self.key]
        self.signs: Any = self.key
        self.description: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.ways: dict[str, int | str] = {}
        self.change_token: Callable[[str], str] = str

    def describe(self) -> dict[str, Any]:
        """Its discovery document."""
        known = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
        }
        return _merge(known, self.description)

    def make_token(self) -> str:
        """The ID token that it gives."""
        now = int(time.time())
        honest = {
            "iss": self.issuer,
            "sub": "person-1",
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": self.nonce,
            "email": "ada@example.com",
            "email_verified": True,
            "name": "Ada",
        }
        header = _merge({"alg": "RS256", "kid": "first"}, self.header)
        return self.change_token(jwt.encode(header, _merge(honest, self.claims), self.signs, algorithms=[header["alg"]]))

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request and hang up."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        path = urlsplit(head.split()[1]).path
        length = next((line[15:] for line in head.lower().split("\r\n") if line.startswith("content-length:")), "0")
        body = (await reader.readexactly(int(length))).decode()
        self.asked.append(path)
        way = self.ways.get(path, 200)
        if way == "hang":
            await reader.read()
        else:
            text = "<html>" if way == "garbage" else json.dumps(self._say(path, body, head))
            status = way if isinstance(way, int) else 200
            writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(text.encode())}\r\n\r\n{text}".encode())
        writer.close()

    def _say(self, path: str, body: str, head: str) -> dict[str, Any]:
        if path == "/keys":
            return {"keys": [one.as_dict(private=False) if isinstance(one, RSAKey) else one for one in self.keys]}
        if path == "/token":
            self.exchanged.append({**dict(parse_qsl(body)), "head": head})
            return {"access_token": "opaque", "token_type": "Bearer", "id_token": self.make_token()}
        return self.userinfo if path == "/userinfo" else self.describe()


@asynccontextmanager
async def lying_provider() -> AsyncIterator[LyingProvider]:
    """A running provider."""
    provider: LyingProvider

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await provider.answer(reader, writer)

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    provider = LyingProvider(server.sockets[0].getsockname()[1])
    async with server:
        yield provider


def symmetric_key(secret: str) -> OctKey:
    """A key that everybody has who has the secret."""
    return OctKey.import_key(secret)


@cache
def make_key(kid: str, number: int = 0) -> RSAKey:
    """A key of this name; another one for each ``number``."""
    return RSAKey.generate_key(2048, {"kid": kid}, private=True)


def _merge(known: dict[str, Any], changed: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**known, **changed}.items() if value is not UNSET}
