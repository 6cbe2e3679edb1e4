"""Commands that a reader can paste."""

from __future__ import annotations

import json
import re
from datetime import datetime
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace
from starlette.requests import Request

from shipledger.catalog.organization import DEFAULT_SLUG
from shipledger.database_url import is_postgres, parse_sqlite_path, sqlite_url
from shipledger.invocation import PROGRAM, find_program
from shipledger.settings import Settings, default_database_url
from shipledger.shell_words import command, quoted, quoted_lines

_HOST = re.compile(r"^(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?$")
_SECRETS = re.compile("password|passfile|key", re.IGNORECASE)
"""Parameters of an address that a page must not show."""


class Commands(Struct, frozen=True):
    """Commands for this ledger, as they work in a shell on its machine.

    ``program`` is how the shell finds it. ``database`` is a URL, empty where the settings have to say it; ``organization`` is a
    slug, empty for the default one.
    """

    program: str = PROGRAM
    database: str = ""
    organization: str = ""

    def of(self, organization: str) -> Commands:
        """The same for a reader of the organization with a slug."""
        return replace(self, organization="" if organization == DEFAULT_SLUG else organization)

    def search(self, words: str) -> str:
        """Search for anything."""
        return self._line("search", words)

    def create_credential(self) -> str:
        """Create a key for a CI."""
        return self._line("credential create opsgenie --name my-ci")

    def delete_credential(self, credential_id: str) -> str:
        """Delete a credential and what it sent."""
        return self._line("credential delete", credential_id)

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

    def relate_service(self, service: str, other: str) -> str:
        """Record that a service depends on another one."""
        return self._line("service relate", service, "depends-on", other)

    def alias_environment(self) -> str:
        """Say that an environment has another name."""
        return self._line("environment alias prod production")

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
        return command("doctor", options=self._options(), program=self.program)

    def create_monitoring(self, kind: str) -> str:
        """Create a key for what reports failures."""
        return self._line(f"credential create {kind} --name Monitoring")

    def add_rule(self) -> str:
        """Give environments a tier by their names."""
        return self._line("environment rules add", "eu-prod-*", "production")

    def add_webhook(self) -> str:
        """Tell an address of gates."""
        return self._line("outbox target add --topic gate.asked --topic gate.decided", "https://bot.example.com/hooks/shipledger")

    def set_value(self, key: str, value: str, kind: str, name: str) -> str:
        """Set a setting of the organization, or of what has a name."""
        scope = [(f"--{kind}", name)] if name else []
        return command(
            "setting set", key, value, organization=self.organization, options=[*scope, *self._options()], program=self.program
        )

    def connect_issues(self) -> str:
        """Read issues from the site of a tracker."""
        return self._line("issues connect", "https://your-site.example.com")

    def create_user(self) -> str:
        """Invite somebody."""
        return self._line("user create ada@example.com --role editor --name Ada")

    def enable_user(self, email: str) -> str:
        """Let somebody in again."""
        return command("user enable", email, options=self._options(), program=self.program)

    def list_inbox(self) -> str:
        """List what is not mapped yet."""
        return self._line("inbox list")

    def push_commits(self) -> str:
        """Send the commits of a checkout with their parents. It asks a server, so it names no database."""
        return "shipledger commits push"

    def compare(self, left: str, right: str) -> str:
        """Compare what runs in two environments."""
        return self._line("compare", left, right)

    def list_changes(self, deployment_id: str) -> str:
        """List all commits that a deployment brought in and took out."""
        return self._line("deployments changes --limit 1000", deployment_id)

    def list_senders(self) -> str:
        """Count the refused requests of senders whose key is not known."""
        return self._line("receipts senders")

    def audit(self) -> str:
        """Who did what, as a table for other programs."""
        return self._line("audit --csv")

    def mark_cause(self, url: str, incident_id: str, deployment_id: str) -> str:
        """Say what caused an incident; that no deployment did, for "". It asks a server, so it names no database."""
        cause = ("--caused-by", deployment_id) if deployment_id else ("--not-caused-by-deployment",)
        return " ".join([quoted(self.program), "mark incident", *map(quoted, ("--url", url, *cause, incident_id))])

    def list_packs(self) -> str:
        """List the git packs that a page does not show."""
        return self._line("packs --limit 1000")

    def _options(self) -> list[tuple[str, str]]:
        return [("--database", self.database)] if self.database else []

    def _line(self, words: str, *values: str) -> str:
        return command(words, *values, organization=self.organization, options=self._options(), program=self.program)


def commands_for(settings: Settings) -> Commands:
    """The commands for a reader of the default organization."""
    return Commands(program=find_program(), database=_database(settings.database_url))


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


def _database(database_url: str) -> str:
    """The address of the database, whatever the folder of the shell is; "" for the default one, and for one with a password."""
    if database_url == default_database_url():
        return ""
    if not is_postgres(database_url):
        return sqlite_url(parse_sqlite_path(database_url))
    parts = urlsplit(database_url)
    return "" if parts.password or _SECRETS.search(parts.query) else database_url
