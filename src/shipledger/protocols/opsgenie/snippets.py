"""What to paste for a credential of this API. Pure."""

from __future__ import annotations

from typing import Any

from shipledger.protocols.snippets import MOMENT, SERVICE, Call, Said, call_of


def _describe(said: Said) -> dict[str, Any]:
    moment = f"{said.started_at:{MOMENT}}"
    return {
        "state": said.state,
        "message": SERVICE,
        "externalId": said.run,
        "startedAt": moment,
        "completedAt": moment,
        "environment": {"type": "Production", "id": "production", "displayName": "Production"},
        "releases": [
            {
                "repository": {"workspace": {"identifier": said.workspace}, "repoSlug": said.slug},
                "commit": {"sha": said.commit},
            }
        ],
    }


list_snippets = call_of(
    Call("/v2/deployments", "api_key", "OPSGENIE_API_KEY", "Authorization: GenieKey ", _describe), in_every_ci=True
)
