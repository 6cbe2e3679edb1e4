"""Commands that a reader can paste."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path

from msgspec import Struct
from starlette.requests import Request

from shipledger.catalog.organization import DEFAULT_SLUG
from shipledger.settings import Settings, default_database_url
from shipledger.shell_words import command, quoted, quoted_lines

_HOST = re.compile(r"^(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?$")
_SQLITE = "sqlite:///"


class Commands(Struct, frozen=True):
    """Commands for this ledger. ``environment`` precedes each; ``organization`` is a slug, empty for the default one."""

    environment: str = ""
    organization: str = ""

    def create_credential(self) -> str:
        """Create a key for a CI."""
        return self._line("credential create opsgenie --name my-ci")

    def create_client(self) -> str:
        """Create a client that asks for access tokens."""
        return self._line("credential create jira-oauth --name my-ci")

    def import_issues(self) -> str:
        """Add issues to the directory."""
        return self._line("issues import issues.csv")

    def create_service(self, name: str) -> str:
        """Create a service."""
        return self._line("service create", name)

    def map_repository(self, service: str, repository: str) -> str:
        """Map a repository to a service."""
        return self._line("service map-repository", service, repository)

    def set_tier(self, environment: str) -> str:
        """Give an environment a tier."""
        return self._line("environment set", environment, "production")

    def show_receipt(self, receipt_id: str) -> str:
        """Show a receipt."""
        return self._line("receipts show", receipt_id)

    def replay_receipt(self, receipt_id: str) -> str:
        """Decide a quarantined receipt again."""
        return self._line("receipts replay", receipt_id)

    def doctor(self) -> str:
        """Look for what is wrong."""
        return f"{self.environment}shipledger doctor"

    def _line(self, words: str, *values: str) -> str:
        return self.environment + command(words, *values, organization=self.organization)


def commands_for(settings: Settings) -> Commands:
    """The commands for a reader."""
    organization = settings.pages_organization
    return Commands(
        environment=_environment(settings.database_url),
        organization="" if organization == DEFAULT_SLUG else organization,
    )


def base_url(request: Request, settings: Settings) -> str:
    """The address under which the reader reaches this ledger, without a slash at its end."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    host = request.headers.get("host", "")
    if not _HOST.match(host):  # whatever else is in Host must not reach a reader's shell
        host = f"127.0.0.1:{settings.port}"
    return f"{request.url.scheme}://{host}"


def first_deployment_curl(url: str, now: datetime) -> str:
    """A request that records a first deployment; it expects the key in the variable API_KEY."""
    moment = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    members = {
        "state": "successful",
        "message": "Hello, ledger",
        "externalId": "build-1",
        "startedAt": moment,
        "completedAt": moment,
        "environment": {"type": "Production", "id": "production", "displayName": "Production"},
        "releases": [
            {"repository": {"workspace": {"identifier": "my-team"}, "repoSlug": "my-app"}, "commit": {"sha": "0c9135c"}},
        ],
    }
    lines = (f'    "{name}": {json.dumps(value)}' for name, value in members.items())
    text = "{\n" + ",\n".join(lines) + "\n  }"
    return (
        f"curl -X POST {quoted(url + '/v2/deployments')} \\\n"
        '  -H "Authorization: GenieKey $API_KEY" \\\n'
        "  -H 'Content-Type: application/json' \\\n"
        f"  -d {quoted_lines(text)}"
    )


def _environment(database_url: str) -> str:
    if database_url == default_database_url() or not database_url.startswith(_SQLITE):
        return ""
    path = Path(database_url.removeprefix(_SQLITE)).resolve()
    return f"SHIPLEDGER_DATABASE_URL={quoted(_SQLITE + str(path))} "
