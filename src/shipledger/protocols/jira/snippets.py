"""What to paste for the credentials of this API. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from shipledger.protocols.snippets import NO_SECRET
from shipledger.shell_words import quoted, quoted_lines
from shipledger.verbs.sources import Snippet


def list_for_client(url: str, shown: Mapping[str, str], _now: datetime) -> list[Snippet]:
    """The calls of a client with an id and a secret."""
    client, secret = shown.get("client_id", "YOUR-CLIENT-ID"), shown.get("client_secret", NO_SECRET)
    cloud = shown.get("cloud_id", "YOUR-CLOUD-ID")
    wish = {"audience": "api.atlassian.com", "grant_type": "client_credentials", "client_id": client, "client_secret": secret}
    deployment = {
        "deploymentSequenceNumber": 1,
        "updateSequenceNumber": 1,
        "associations": [{"associationType": "issueIdOrKeys", "values": ["EXAMPLE-1"]}],
        "displayName": "First deployment",
        "url": "https://ci.example.com/1",
        "description": "Hello, ledger",
        "lastUpdated": "2026-01-01T00:00:00Z",
        "state": "successful",
        "pipeline": {"id": "first", "displayName": "First", "url": "https://ci.example.com"},
        "environment": {"id": "production", "displayName": "Production", "type": "production"},
    }
    text = (
        f"ACCESS_TOKEN=$(curl -sS --fail-with-body {quoted(f'{url}/oauth/token')} -H 'Content-Type: application/json' \\\n"
        f'  -d {quoted(json.dumps(wish))} | sed \'s/.*"access_token":"\\([^"]*\\)".*/\\1/\')\n'
        f"curl -sS --fail-with-body {quoted(f'{url}/jira/deployments/0.1/cloud/{cloud}/bulk')} \\\n"
        "  -H \"Authorization: Bearer $ACCESS_TOKEN\" -H 'Content-Type: application/json' \\\n"
        f"  -d {quoted_lines(json.dumps({'deployments': [deployment]}, indent=2))}"
    )
    return [Snippet("Try it with curl", "Exchanges the secret for a token of 15 minutes, and records one deployment.", text)]


def list_for_jenkins(url: str, shown: Mapping[str, str], _now: datetime) -> list[Snippet]:
    """What the plugin asks for."""
    path = shown.get("webhook_url", "/jenkins/webtrigger?jenkins_server_uuid=YOUR-SERVER")
    address = path if path.startswith("http") else f"{url}{path}"
    text = f"Webhook URL: {address}\nSecret: {shown.get('secret', NO_SECRET)}"
    return [Snippet("Jenkins", "In the plugin Atlassian Jira Software Cloud, under Manage Jenkins, as a new site.", text)]


def list_for_app(url: str, shown: Mapping[str, str], _now: datetime) -> list[Snippet]:
    """What a Connect app signs with."""
    told = {name: shown.get(name, f"YOUR-{name.upper()}") for name in ("app_key", "client_key", "shared_secret")}
    text = "\n".join(f"{name}: {value}" for name, value in told.items())
    return [Snippet("Connect app", f"What the app signs its requests to {url} with.", text)]
