"""How to report a deployment of an issue, as commands to paste."""

from __future__ import annotations

import json
from datetime import datetime

from shipledger.shell_words import quoted, quoted_lines


def token_curl(url: str) -> str:
    """A request for an access token; it expects a client's id and secret in variables."""
    return (
        f"curl -X POST {quoted(url + '/oauth/token')} \\\n"
        '  -d grant_type=client_credentials -d client_id="$CLIENT_ID" -d client_secret="$CLIENT_SECRET"'
    )


def deployment_curl(url: str, key: str, now: datetime) -> str:
    """A request that records a deployment of the issue ``key``; it expects an access token in the variable TOKEN."""
    number = int(now.timestamp())
    members = {
        "deploymentSequenceNumber": number,
        "updateSequenceNumber": 1,
        "associations": [{"associationType": "issueKeys", "values": [key]}],
        "displayName": "My first release",
        "url": "https://ci.example.com/my-app/1",
        "description": "",
        "lastUpdated": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "state": "successful",
        "pipeline": {"id": "my-app", "displayName": "My app", "url": "https://ci.example.com/my-app"},
        "environment": {"id": "production", "displayName": "Production", "type": "production"},
    }
    lines = (f'    "{name}": {json.dumps(value)}' for name, value in members.items())
    text = '{"deployments": [{\n' + ",\n".join(lines) + "\n  }]}"
    return (
        f"curl -X POST {quoted(url + '/rest/deployments/0.1/bulk')} \\\n"
        '  -H "Authorization: Bearer $TOKEN" \\\n'
        "  -H 'Content-Type: application/json' \\\n"
        f"  -d {quoted_lines(text)}"
    )
