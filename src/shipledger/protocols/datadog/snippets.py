"""What to paste for a credential of this API. Pure."""

from __future__ import annotations

from typing import Any

from shipledger.protocols.snippets import SERVICE, Call, Said, call_of


def _describe(said: Said) -> dict[str, Any]:
    seconds = int(said.started_at.timestamp())
    attributes = {
        "service": SERVICE,
        "env": "production",
        "started_at": seconds,
        "finished_at": seconds,
        "git": {"repository_url": f"https://{said.repository}", "commit_sha": said.commit},
    }
    return {"data": {"attributes": attributes}}


list_snippets = call_of(Call("/api/v2/dora/deployment", "api_key", "DD_API_KEY", "DD-API-KEY: ", _describe))
