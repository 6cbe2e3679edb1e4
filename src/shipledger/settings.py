"""Everything an operator can set, from the environment or a TOML file."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

import msgspec
import platformdirs
from msgspec import Meta, Struct, structs

from shipledger.errors import Invalid
from shipledger.reasons import reason_of
from shipledger.texts import storable

Part = TypeVar("Part", bound=Struct)

PREFIX = "SHIPLEDGER_"

FORMER = frozenset({"pages_organization"})
"""Settings of earlier versions. A file that has them still starts a server, and they mean nothing."""


def default_database_url() -> str:
    """A SQLite file in the user's data directory."""
    return f"sqlite:///{Path(platformdirs.user_data_dir('shipledger')) / 'shipledger.db'}"


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the program itself has; ``join_settings`` adds what protocols have.

    Each is read from ``SHIPLEDGER_<NAME>``, else from the TOML file in ``SHIPLEDGER_CONFIG``, else it has its default.
    """

    database_url: Annotated[
        str,
        Meta(
            description="Database of the ledger: `sqlite:///relative.db`, `sqlite:////absolute.db` or "
            "`postgresql://user:password@host/database`."
        ),
    ] = msgspec.field(default_factory=default_database_url)
    database_pool_size: Annotated[int, Meta(ge=2, le=500, description="PostgreSQL: maximum open connections per node.")] = 10
    database_statement_timeout_seconds: Annotated[
        float, Meta(ge=0, le=3600, description="PostgreSQL: time limit of a statement; 0: no limit.")
    ] = 30.0
    database_connect_timeout_seconds: Annotated[
        float, Meta(gt=0, le=300, description="PostgreSQL: how long to wait for a new or free connection.")
    ] = 10.0
    database_pgbouncer: Annotated[
        bool,
        Meta(
            description="PostgreSQL: whether there is a pooler in transaction mode, such as PgBouncer; then nothing is "
            "kept on a connection. PgBouncer is detected unless its `ignore_startup_parameters` hides it."
        ),
    ] = False
    host: Annotated[str, Meta(description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535, description="Port to listen on; 0: a free one.")] = 8080
    public_url: Annotated[
        str,
        Meta(description="Base URL in outgoing links; empty: scheme and host of the request."),
    ] = ""
    pages: Annotated[
        Literal["on", "off", "loopback", "everyone"],
        Meta(description="Web pages on or off. People sign in to see them. The old values `loopback` and `everyone` mean `on`."),
    ] = "on"
    operator_organization: Annotated[
        str,
        Meta(description="Slug of the organization whose administrators see the status of the installation on `/status`."),
    ] = "default"
    trusted_proxies: Annotated[
        str,
        Meta(
            description="Networks of the proxies in front, such as `127.0.0.1, 10.0.0.0/8`. Their `X-Forwarded-For` and "
            "`X-Forwarded-Proto` are believed, those of others never."
        ),
    ] = ""
    jira_denied_projects: Annotated[
        str,
        Meta(
            description="Words before a hyphen and a number that are not projects, separated by commas: `UTF-8` and `SHA-256` "
            "are not issues. A project with issues in the directory still counts as a project."
        ),
    ] = "UTF, UCS, SHA, AES, RSA, CRC, FIPS, ISO, IEC, IEEE, ANSI, ECMA, RFC, PEP, CVE, CWE, HTTP, TLS, SSL, UTC, GMT, X86, COVID"
    jira_allowed_projects: Annotated[
        str, Meta(description="The only projects whose issue keys are known, separated by commas; empty: all except denied ones.")
    ] = ""
    issue_keys_in: Annotated[
        str,
        Meta(
            description="Where issue keys count besides those that senders name as issues: `title`, `message`, `commit` (the "
            "message of a release's own commit), separated by commas; empty: nowhere."
        ),
    ] = "title, message, commit"
    issue_sync_seconds: Annotated[
        int, Meta(ge=0, description="How often issues are read from connected sites; 0: only by command.")
    ] = 300
    repository_host_aliases: Annotated[
        str,
        Meta(
            description="Other names of hosts of repositories, such as `git.corp=github.corp:8443`, separated by commas. The "
            "addresses of the large forges are known."
        ),
    ] = ""
    organization_hosts: Annotated[
        str,
        Meta(
            description="Host names bound to organizations, such as `ship-a.example.com=team-a`, "
            "separated by commas. Other host names belong to the default organization."
        ),
    ] = ""
    outgoing_networks: Annotated[
        str,
        Meta(
            description="Private networks that the server may call, such as `10.0.0.0/8, 192.168.1.7`. The internet is allowed; "
            "private networks and this machine are not, unless listed here."
        ),
    ] = ""
    outbox: Annotated[
        Literal["on", "off"],
        Meta(
            description="Whether messages to other systems, such as apps, are sent. Off: they are kept, for a server on a copy "
            "of a ledger."
        ),
    ] = "on"
    outbox_retention_days: Annotated[
        int,
        Meta(ge=0, le=36_500, description="How long the log keeps messages that were delivered or given up; 0: forever."),
    ] = 30
    git_folder: Annotated[
        str,
        Meta(description="Folder for commits and trees of uploaded git packs; empty: next to the database."),
    ] = ""
    git_object_limit: Annotated[
        int, Meta(ge=1, le=5_000_000, description="Maximum number of objects in an uploaded git pack.")
    ] = 500_000
    git_time_limit_seconds: Annotated[float, Meta(ge=1, le=3600, description="Time limit for git on one pack.")] = 60.0
    git_waiting_limit_bytes: Annotated[
        int,
        Meta(
            ge=16_777_216,
            description="Maximum size of an organization's git packs waiting to be indexed; beyond it, uploads get a 503.",
        ),
    ] = 268_435_456
    token_key: Annotated[
        str,
        Meta(
            description="Key that signs tokens and encrypts the secrets of apps; at least 32 characters, the same on "
            "all nodes. Empty: a key is generated and kept next to the database, in a file that only its owner can read."
        ),
    ] = ""
    token_key_previous: Annotated[
        str, Meta(description="The previous token key: tokens signed with it work as long as it is set.")
    ] = ""
    sign_on_issuer: Annotated[
        str,
        Meta(
            description="Single sign-on: the issuer of the OpenID Connect provider, such as "
            "`https://id.example.com/realms/acme`. Empty: people sign in with passwords alone."
        ),
    ] = ""
    sign_on_client_id: Annotated[str, Meta(description="Single sign-on: the client id that the provider has given.")] = ""
    sign_on_client_secret: Annotated[
        str, Meta(description="Single sign-on: the secret of the client; empty: a public client, which PKCE protects.")
    ] = ""
    sign_on_name: Annotated[str, Meta(description="Single sign-on: what the button on the sign-in page calls it.")] = (
        "single sign-on"
    )
    sign_on_scopes: Annotated[str, Meta(description="Single sign-on: scopes to ask for besides `openid`.")] = "email profile"
    sign_on_groups_claim: Annotated[str, Meta(description="Single sign-on: the claim with the groups of a person.")] = "groups"
    sign_on_roles: Annotated[
        str,
        Meta(
            description="Single sign-on: the roles of groups, such as `platform=administrator, sre=approver, *=viewer`, where "
            "`*` is everybody. At each sign-in a person gets the highest one; without one they are not let in. Empty: only "
            "people who were invited get in."
        ),
    ] = ""
    sign_on_organization: Annotated[
        str, Meta(description="Single sign-on: slug of the organization in which groups bring roles.")
    ] = "default"
    intake_queue_limit: Annotated[
        int, Meta(ge=1, description="Maximum number of writes waiting for their commit; beyond it, writes get a 503.")
    ] = 5_000
    settlement_queue_limit: Annotated[
        int,
        Meta(ge=1, description="Maximum number of accepted receipts held in memory for settlement; more wait in the database."),
    ] = 10_000
    receipt_retention_days: Annotated[
        int,
        Meta(ge=0, le=36_500, description="How long receipts keep what arrived; 0: forever. Entries are always kept."),
    ] = 400
    refused_request_limit: Annotated[
        int,
        Meta(
            ge=0,
            le=100_000,
            description="How many refused requests are kept for each organization; the oldest go. 0: none are kept.",
        ),
    ] = 1_000
    refused_retention_days: Annotated[
        int, Meta(ge=0, le=36_500, description="How long refused requests are kept; 0: until newer ones take their place.")
    ] = 30
    update_wait_seconds: Annotated[
        float,
        Meta(ge=0, le=15, description="How long an update waits for the create of its deployment before it is rejected."),
    ] = 10.0
    silence_limit_hours: Annotated[
        float,
        Meta(
            ge=0,
            le=87_600,
            description="How long a running deployment may go without a report before pages and Shipledger's own API "
            "show it as unknown; 0: forever.",
        ),
    ] = 24.0
    silence_limits: Annotated[
        str,
        Meta(
            description="Overrides for pipelines, such as `deploy-eu=72, github.com/acme/*=1.5`: a pipeline's name or id, a "
            "repository or a service; first match wins."
        ),
    ] = ""
    gate_timeout_hours: Annotated[
        float,
        Meta(
            ge=0,
            le=87_600,
            description="How long a deployment may wait at its gate before it is prevented without a decision; 0: forever.",
        ),
    ] = 168.0
    connection_limit: Annotated[
        int, Meta(ge=1, description="Maximum number of connections; further ones are closed without an answer.")
    ] = 10_000
    request_timeout_seconds: Annotated[
        float,
        Meta(
            ge=1,
            description="Time limit for a client to send a request's head, and for no progress in sending a body or reading "
            "an answer.",
        ),
    ] = 30.0
    slowest_bytes_per_second: Annotated[
        int,
        Meta(ge=1, description="Minimum rate of sending a body and of reading a large answer; slower connections are closed."),
    ] = 20_000
    bytes_in_flight_limit: Annotated[
        int,
        Meta(
            ge=1_048_576,
            description="Maximum bytes of requests and answers held at once, over all connections; beyond it, requests get "
            "a 503.",
        ),
    ] = 134_217_728
    shutdown_grace_seconds: Annotated[
        float, Meta(gt=0, description="Time that a stopping server has to finish running requests.")
    ] = 10.0
    log_level: Annotated[Literal["debug", "info", "warning", "error"], Meta(description="Minimum severity of log lines.")] = (
        "info"
    )
    log_format: Annotated[
        Literal["auto", "console", "json"], Meta(description="Format of log lines; auto: console on a terminal, else json.")
    ] = "auto"


def parse_hosts(text: str) -> dict[str, str]:
    """The slug of the organization of each bound host name. Raises Invalid."""
    hosts = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        host, equals, slug = (part.strip() for part in pair.partition("="))
        if not host or not equals or not slug:
            raise Invalid("settings", f"organization_hosts contains {pair!r}; write host=slug, separated by commas.")
        hosts[host.lower()] = slug
    return hosts


def join_settings(parts: Iterable[type[Struct]]) -> type[Settings]:
    """``Settings`` with the fields of ``parts``, each of which has a default. Raises TypeError if two have the same."""
    fields: list[tuple[str, Any, Any]] = []
    for part in parts:
        hints = get_type_hints(part, include_extras=True)
        fields += [(field.name, hints[field.name], field.default) for field in structs.fields(part)]
    names = [*Settings.__struct_fields__, *(name for name, _, _ in fields)]
    if len({*names}) < len(names):
        raise TypeError(f"settings are declared twice: {sorted({name for name in names if names.count(name) > 1})}")
    joined = msgspec.defstruct("Settings", fields, bases=(Settings,), frozen=True, kw_only=True, forbid_unknown_fields=True)
    return cast("type[Settings]", joined)


def part_of(settings: Settings, part: type[Part]) -> Part:
    """The values of a part that ``settings`` were joined from; its defaults if they were not."""
    return part(**{name: getattr(settings, name) for name in part.__struct_fields__ if hasattr(settings, name)})


def read_settings(kind: type[Settings], environment: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Settings of a ``kind`` from ``environment`` (default: the process's), its TOML file, and ``overrides`` that are not None.

    Raises Invalid, with the name of the setting, for an invalid value, or an unknown name in the file.
    """
    variables = os.environ if environment is None else environment
    told = _read_file(variables.get(f"{PREFIX}CONFIG"))
    values: dict[str, Any] = {name: value for name, value in told.items() if name not in FORMER}
    for name in kind.__struct_fields__:
        if (text := variables.get(PREFIX + name.upper())) is not None:
            values[name] = _checked(name, text)
    values.update({name: value for name, value in overrides.items() if value is not None})
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid("settings", f"{_describe_misfit(str(error), kind)} See docs/reference/settings.md.") from None


def _checked(name: str, text: str) -> str:
    """The text of a variable. Raises Invalid for bytes that are no text, and for NUL, which no path or address can hold."""
    if storable(text) != text:
        raise Invalid("settings", f"The setting {name} contains characters that are not text. See docs/reference/settings.md.")
    return text


_KINDS = {"int": "a whole number", "float": "a number", "bool": "true or false", "str": "a text"}
_COMPARISONS = {"<=": "at most", ">=": "at least", "<": "less than", ">": "greater than"}
_MISFIT = (
    r"(?:Expected `(?P<kind>\w+)(?: \| null)?`(?: (?P<comparison>[<>]=?) (?P<bound>\S+)|, got .*)?|.*) - at `\$\.(?P<name>\w+)`"
)
"""The form of msgspec's error messages."""


def _describe_misfit(told: str, kind: type[Settings]) -> str:
    """The error in a setting, as a readable sentence."""
    found = re.fullmatch(_MISFIT, told)
    if found is None:
        return "A setting is invalid."
    if found["comparison"]:
        return f"The setting {found['name']} must be {_COMPARISONS[found['comparison']]} {found['bound']}."
    if found["kind"] in _KINDS:
        return f"The setting {found['name']} must be {_KINDS[found['kind']]}."
    values = _list_values(kind, found["name"])
    return f"The setting {found['name']} must be {', '.join(values)}." if values else f"The setting {found['name']} is invalid."


def _list_values(kind: type[Settings], name: str) -> list[str]:
    """The allowed words of a setting, if it is a choice."""
    hint = get_type_hints(kind)[name]
    *first, last = [repr(word) for word in get_args(hint)] if get_origin(hint) is Literal else [""]
    return [*first[:-1], f"{first[-1]} or {last}"] if first else []


def _read_file(path: str | None) -> dict[str, Any]:
    if not path:
        return {}
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise Invalid("settings", f"The settings file {path} cannot be read: {reason_of(error)}.") from None
