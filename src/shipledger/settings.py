"""Everything an operator can set, from the environment or a TOML file."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
import platformdirs
from msgspec import Meta, Struct

from shipledger.errors import Invalid

PREFIX = "SHIPLEDGER_"


def default_database_url() -> str:
    """A SQLite file in the user's data directory."""
    return f"sqlite:///{Path(platformdirs.user_data_dir('shipledger')) / 'shipledger.db'}"


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Each is read from ``SHIPLEDGER_<NAME>``, else from the TOML file that ``SHIPLEDGER_CONFIG`` names, else defaults."""

    database_url: Annotated[
        str,
        Meta(
            description="Where the ledger is kept: `sqlite:///relative.db`, `sqlite:////absolute.db` or "
            "`postgresql://user:password@host/database`."
        ),
    ] = msgspec.field(default_factory=default_database_url)
    database_pool_size: Annotated[
        int, Meta(ge=2, le=500, description="PostgreSQL: connections that a node may have open at once.")
    ] = 10
    database_statement_timeout_seconds: Annotated[
        float, Meta(ge=0, le=3600, description="PostgreSQL: how long one statement may take; 0: no limit.")
    ] = 30.0
    database_connect_timeout_seconds: Annotated[
        float, Meta(gt=0, le=300, description="PostgreSQL: how long a new or a free connection is waited for.")
    ] = 10.0
    database_pgbouncer: Annotated[
        bool,
        Meta(
            description="PostgreSQL: whether a pooler in transaction mode stands between, such as PgBouncer; then nothing is "
            "kept on a connection. PgBouncer is noticed by itself unless its `ignore_startup_parameters` hides it."
        ),
    ] = False
    host: Annotated[str, Meta(description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535, description="Port to listen on; 0 takes a free one.")] = 8080
    public_url: Annotated[
        str,
        Meta(description="Base URL in links that are sent out; empty takes scheme and host of the request."),
    ] = ""
    pages: Annotated[
        Literal["on", "off", "loopback", "everyone"],
        Meta(
            description="Whether there are web pages. A browser opens them with the link that `shipledger link` prints. "
            "The old values `loopback` and `everyone` mean `on`."
        ),
    ] = "on"
    pages_organization: Annotated[str, Meta(description="Slug of the organization that the web pages show.")] = "default"
    opsgenie_unknown_workspace: Annotated[
        Literal["record", "refuse"],
        Meta(description="What becomes of an Opsgenie deployment when no repository of its workspace is mapped to a service."),
    ] = "record"
    iftrue_branch_environments: Annotated[
        str,
        Meta(
            description="Which environment a branch means in reports of iftrue, such as `develop=staging, release/*=uat`; the "
            "first that fits counts, and other branches mean production."
        ),
    ] = ""
    iftrue_github_hosts: Annotated[
        str,
        Meta(description="Hosts of GitHub Enterprise, separated by commas: like on github.com, iftrue needs a node id there."),
    ] = ""
    datadog_time_format: Annotated[
        Literal["rfc3339", "int64"],
        Meta(description="How the Datadog API writes times for clients that are not known by their User-Agent."),
    ] = "rfc3339"
    datadog_extended_attributes: Annotated[
        bool, Meta(description="Whether deployments read through the Datadog API show how they went and what remedied them.")
    ] = False
    datadog_missing_environment: Annotated[
        Literal["production", "staging", "testing", "development", "unmapped"],
        Meta(description="The tier of deployments that are sent to the Datadog API without an environment."),
    ] = "production"
    datadog_writes_per_minute: Annotated[
        int, Meta(ge=0, description="Writes that a Datadog API key may make in a calendar minute; 0: no limit.")
    ] = 60_000
    datadog_reads_per_minute: Annotated[
        int, Meta(ge=0, description="Reads that a Datadog application key may make in a calendar minute; 0: no limit.")
    ] = 6_000
    jira_denied_projects: Annotated[
        str,
        Meta(
            description="Words before a hyphen and a number that are no project, separated by commas: `UTF-8` and `SHA-256` "
            "are no issues. A project of which the issue directory has an issue is one all the same."
        ),
    ] = "UTF, UCS, SHA, AES, RSA, CRC, FIPS, ISO, IEC, IEEE, ANSI, ECMA, RFC, PEP, CVE, CWE, HTTP, TLS, SSL, UTC, GMT, X86, COVID"
    jira_allowed_projects: Annotated[
        str, Meta(description="The only projects whose issue keys are known, separated by commas; empty: all but denied ones.")
    ] = ""
    issue_keys_in: Annotated[
        str,
        Meta(
            description="Where keys of issues count besides those that senders name as issues: `title`, `message`, separated by "
            "commas; empty: nowhere."
        ),
    ] = "title, message"
    issue_sync_seconds: Annotated[
        int, Meta(ge=0, description="How often issues are read from the connected sites; 0: only by command.")
    ] = 300
    jira_body_limit_bytes: Annotated[
        int, Meta(ge=1, description="Largest body of a bulk request to the Jira API; a larger one is answered 413.")
    ] = 10_485_760
    organization_hosts: Annotated[
        str,
        Meta(
            description="Host names and the organizations that they are bound to, such as `ship-a.example.com=team-a`, "
            "separated by commas. Others mean the default organization."
        ),
    ] = ""
    outgoing_networks: Annotated[
        str,
        Meta(
            description="Private networks that the server may call, such as `10.0.0.0/8, 192.168.1.7`. The internet is allowed, "
            "private networks and this machine are not, unless they are named here."
        ),
    ] = ""
    git_folder: Annotated[
        str,
        Meta(description="Where commits and trees of uploaded git packs are kept; empty: a folder beside the database."),
    ] = ""
    git_object_limit: Annotated[int, Meta(ge=1, le=5_000_000, description="Objects that an uploaded git pack may have.")] = (
        500_000
    )
    git_time_limit_seconds: Annotated[float, Meta(ge=1, le=3600, description="How long git may work on one pack.")] = 60.0
    git_waiting_limit_bytes: Annotated[
        int,
        Meta(
            ge=16_777_216,
            description="How much of the git packs of one organization may wait to be indexed; more is answered 503.",
        ),
    ] = 268_435_456
    token_key: Annotated[
        str,
        Meta(
            description="Signs the tokens of iftrue and encrypts the secrets of jira-connect, at least 32 characters, equal on "
            "all nodes. Empty: a key is made and kept beside the database, in a file that only its owner may read."
        ),
    ] = ""
    token_key_previous: Annotated[
        str, Meta(description="The token key before the current one: tokens signed with it are still good while it is set.")
    ] = ""
    intake_queue_limit: Annotated[
        int, Meta(ge=1, description="How many writes may wait for their commit before further ones are answered 503.")
    ] = 5_000
    settlement_queue_limit: Annotated[
        int, Meta(ge=1, description="How many accepted receipts are held in memory for settlement; more wait in the database.")
    ] = 10_000
    receipt_retention_days: Annotated[
        int,
        Meta(ge=0, le=36_500, description="How long receipts keep what arrived; 0 keeps it for ever. Entries are kept always."),
    ] = 400
    update_wait_seconds: Annotated[
        float,
        Meta(ge=0, le=15, description="How long an update waits for the create of its deployment before it is rejected."),
    ] = 10.0
    silence_limit_hours: Annotated[
        float,
        Meta(
            ge=0,
            le=87_600,
            description="How long a deployment that has not ended may go without a report before pages and Shipledger's own API "
            "show it as unknown; 0: for ever.",
        ),
    ] = 24.0
    silence_limits: Annotated[
        str,
        Meta(
            description="The same for some pipelines, such as `deploy-eu=72, github.com/acme/*=1.5`: a pipeline's name or id, a "
            "repository or a service; the first that fits counts."
        ),
    ] = ""
    gate_timeout_hours: Annotated[
        float,
        Meta(
            ge=0,
            le=87_600,
            description="How long a deployment may wait at its gate before it is prevented because nobody decided; 0: for ever.",
        ),
    ] = 168.0
    connection_limit: Annotated[
        int, Meta(ge=1, description="How many connections there may be at once; further ones are closed without an answer.")
    ] = 10_000
    request_timeout_seconds: Annotated[
        float,
        Meta(
            ge=1,
            description="How long a client may take for the head of a request, to send nothing of a body, and to take in nothing "
            "of its answer.",
        ),
    ] = 30.0
    slowest_bytes_per_second: Annotated[
        int, Meta(ge=1, description="How slowly a body may come, and a large answer be taken in; what is slower is cut.")
    ] = 20_000
    bytes_in_flight_limit: Annotated[
        int,
        Meta(
            ge=1_048_576,
            description="How many bytes of requests and answers may be held at once, over all connections; what is more is "
            "answered 503.",
        ),
    ] = 134_217_728
    shutdown_grace_seconds: Annotated[
        float, Meta(gt=0, description="How long a stopping server may finish requests that are under way.")
    ] = 10.0
    log_level: Annotated[Literal["debug", "info", "warning", "error"], Meta(description="Least severe log lines written.")] = (
        "info"
    )
    log_format: Annotated[
        Literal["auto", "console", "json"], Meta(description="Log lines for people or programs; auto: console on a terminal.")
    ] = "auto"


def parse_hosts(text: str) -> dict[str, str]:
    """The slug of the organization that each host name is bound to. Raises Invalid."""
    hosts = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        host, equals, slug = (part.strip() for part in pair.partition("="))
        if not host or not equals or not slug:
            raise Invalid("settings", f"organization_hosts has {pair!r}; write host=slug, separated by commas.")
        hosts[host.lower()] = slug
    return hosts


def load_settings(environment: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Settings from ``environment`` (default: the process's), its TOML file, and ``overrides`` that are not None.

    Raises Invalid, with the name of the setting, for a value that does not fit, or a name in the file that does not exist.
    """
    variables = os.environ if environment is None else environment
    values: dict[str, Any] = _read_file(variables.get(f"{PREFIX}CONFIG"))
    for name in Settings.__struct_fields__:
        if (text := variables.get(PREFIX + name.upper())) is not None:
            values[name] = text
    values.update({name: value for name, value in overrides.items() if value is not None})
    try:
        return msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid("settings", f"{_describe_misfit(str(error))} See docs/reference/settings.md.") from None


_KINDS = {"int": "a whole number", "float": "a number", "bool": "true or false", "str": "a text"}
_COMPARISONS = {"<=": "at most", ">=": "at least", "<": "less than", ">": "greater than"}
_MISFIT = (
    r"(?:Expected `(?P<kind>\w+)(?: \| null)?`(?: (?P<comparison>[<>]=?) (?P<bound>\S+)|, got .*)?|.*) - at `\$\.(?P<name>\w+)`"
)
"""How msgspec says what is wrong with a member."""


def _describe_misfit(told: str) -> str:
    """What is wrong with a setting, as a sentence for people."""
    found = re.fullmatch(_MISFIT, told)
    if found is None:
        return f"A setting cannot be used: {told}."
    if found["comparison"]:
        return f"The setting {found['name']} must be {_COMPARISONS[found['comparison']]} {found['bound']}."
    if found["kind"] in _KINDS:
        return f"The setting {found['name']} must be {_KINDS[found['kind']]}."
    values = _list_values(found["name"])
    return (
        f"The setting {found['name']} must be {', '.join(values)}." if values else f"The setting {found['name']} cannot be used."
    )


def _list_values(name: str) -> list[str]:
    """The words that a setting may have, where it is one of a few."""
    hint = get_type_hints(Settings)[name]
    *first, last = [repr(word) for word in get_args(hint)] if get_origin(hint) is Literal else [""]
    return [*first[:-1], f"{first[-1]} or {last}"] if first else []


def _read_file(path: str | None) -> dict[str, Any]:
    if not path:
        return {}
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Invalid("settings", f"The settings file {path} cannot be read: {error}") from None
