"""Commands that a reader can paste. Every value is quoted for a POSIX shell."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from shlex import quote as quote_plain

from msgspec import Struct
from starlette.requests import Request

from shipledger.catalog.organization import DEFAULT_SLUG
from shipledger.observability.terminal import STEERING
from shipledger.settings import Settings, default_database_url

_HOST = re.compile(r"^(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?$")
_SQLITE = "sqlite:///"


class Commands(Struct, frozen=True):
    """The command line as it works for this ledger. ``environment`` goes in front, ``organization`` behind."""

    environment: str = ""
    organization: str = ""

    def create_credential(self) -> str:
        """Create a key for a CI."""
        return self._line("credential create opsgenie --name my-ci")

    def create_client(self) -> str:
        """Create a client that asks for access tokens."""
        return self._line("credential create jira-oauth --name my-ci")

    def create_service(self, name: str) -> str:
        """Create a service."""
        return self._line(f"service create {quote(name)}")

    def map_repository(self, service: str, repository: str) -> str:
        """Map a repository to a service."""
        return self._line(f"service map-repository {quote(service)} {quote(repository)}")

    def set_tier(self, environment: str) -> str:
        """Give an environment a tier."""
        return self._line(f"environment set {quote(environment)} production")

    def show_receipt(self, receipt_id: str) -> str:
        """Show a receipt."""
        return self._line(f"receipts show {quote(receipt_id)}")

    def replay_receipt(self, receipt_id: str) -> str:
        """Decide a quarantined receipt again."""
        return self._line(f"receipts replay {quote(receipt_id)}")

    def doctor(self) -> str:
        """Look for what is wrong."""
        return f"{self.environment}shipledger doctor"

    def _line(self, command: str) -> str:
        return f"{self.environment}shipledger {command}{self.organization}"


def quote(value: str) -> str:
    """``value`` as one word for a shell, in which nothing is hidden: what a terminal would obey or turn around is escaped.

    A shell that only knows the POSIX of before 2024 does not read such an escape; it then says so in what it calls.
    """
    if STEERING.search(value) is None:
        return quote_plain(value)
    plain = value.replace("\\", "\\\\").replace("'", "\\'")
    shown = STEERING.sub(lambda found: "".join(f"\\{byte:03o}" for byte in found.group().encode(errors="replace")), plain)
    return f"$'{shown}'"


def commands_for(settings: Settings) -> Commands:
    """The commands for a reader."""
    organization = settings.pages_organization
    return Commands(
        environment=_environment(settings.database_url),
        organization="" if organization == DEFAULT_SLUG else f" --organization {quote(organization)}",
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
        f"curl -X POST {quote_plain(url + '/v2/deployments')} \\\n"
        '  -H "Authorization: GenieKey $API_KEY" \\\n'
        "  -H 'Content-Type: application/json' \\\n"
        f"  -d {quote_plain(text)}"
    )


def _environment(database_url: str) -> str:
    if database_url == default_database_url() or not database_url.startswith(_SQLITE):
        return ""
    path = Path(database_url.removeprefix(_SQLITE)).resolve()
    return f"SHIPLEDGER_DATABASE_URL={quote_plain(_SQLITE + str(path))} "
