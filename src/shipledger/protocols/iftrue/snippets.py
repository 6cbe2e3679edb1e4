"""What to paste for a credential of this API. Pure."""

from __future__ import annotations

from typing import Any

from shipledger.protocols.snippets import SERVICE, Call, Said, call_of


def _describe(said: Said) -> dict[str, Any]:
    return {
        "title": SERVICE,
        "branch": "main",
        "commit_id": said.commit,
        "member_id": "you",
        "pull_request_number": 1,
        "repository_url": f"https://bitbucket.org/{said.workspace}/{said.slug}",
    }


list_snippets = call_of(Call("/v1/organization/deployment", "token", "IFTRUE_TOKEN", "Authorization: Bearer ", _describe))
