"""Uploads of git packs, as ``datadog-ci git-metadata upload`` makes them."""

from __future__ import annotations

import json
from typing import Any

import httpx2

SEARCH = "/api/v2/git/repository/search_commits"
PACKFILE = "/api/v2/git/repository/packfile"
URL = "https://git.example.com/team/checkout.git"


def search(*commits: str, url: str = URL) -> dict[str, Any]:
    """The question which commits are known."""
    return {"meta": {"repository_url": url}, "data": [{"id": commit, "type": "commit"} for commit in commits]}


def pushed(head: str, url: str = URL) -> tuple[None, str, str]:
    """The part that says for which commit a pack was made."""
    return (None, json.dumps({"data": {"id": head, "type": "commit"}, "meta": {"repository_url": url}}), "application/json")


def packfile(content: bytes, head: str = "a" * 40) -> tuple[str, bytes, str]:
    """The part with a pack."""
    return (f"{head}.pack", content, "application/octet-stream")


async def upload_pack(client: httpx2.AsyncClient, content: bytes, head: str, url: str = URL) -> httpx2.Response:
    """The answer to a pack."""
    return await client.post(PACKFILE, files={"pushedSha": pushed(head, url), "packfile": packfile(content, head)})


async def known(client: httpx2.AsyncClient, *commits: str, url: str = URL) -> list[str]:
    """Those of ``commits`` that are known."""
    answer = await client.post(SEARCH, json=search(*commits, url=url))
    assert answer.status_code == 200, answer.text
    return [str(item["id"]) for item in answer.json()["data"]]
