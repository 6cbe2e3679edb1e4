"""The CI job that runs this program, read from its environment variables. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from msgspec import Struct

from shipledger.cli.ci_systems import CI_SYSTEMS, CiSystem, Templates

_VARIABLE = re.compile(r"\{(\w+)\}")


class CiRun(Struct, frozen=True):
    """What the CI system reports about the run; fields it does not set are empty.

    ``server`` is the host and path of the CI server, where run numbers are unique per server only. ``attempt`` and ``job``
    are the system's own. ``is_attempt_told``: ``run_id`` or ``attempt`` changes whenever anything is re-run.
    """

    system: str = ""
    server: str = ""
    run_id: str = ""
    attempt: str = ""
    is_attempt_told: bool = False
    job: str = ""
    repository: str = ""
    commit: str = ""
    version: str = ""
    url: str = ""
    actor: str = ""
    environment: str = ""
    tier: str = ""
    job_started_at: str = ""


def read_ci_run(environment: Mapping[str, str]) -> CiRun:
    """The CI run of this process; empty outside CI."""
    for system in CI_SYSTEMS:
        if _is_running(system, environment):
            return _read(system, environment)
    return CiRun()


def _read(system: CiSystem, environment: Mapping[str, str]) -> CiRun:
    attempt = _fill(system.attempt, environment)
    return CiRun(
        system=system.name,
        server=_to_server(_fill(system.server, environment)),
        run_id=_fill(system.run_id, environment),
        attempt=attempt,
        is_attempt_told=system.tells_attempts and bool(attempt or not system.attempt),
        job=_fill(system.job, environment),
        repository=_fill(system.repository, environment),
        commit=_fill(system.commit, environment),
        version=_fill(system.version, environment),
        url=_fill(system.url, environment).replace(" ", "%20"),
        actor=_fill(system.actor, environment),
        environment=_fill(system.environment, environment),
        tier=_fill(system.tier, environment),
        job_started_at=_fill(system.job_started_at, environment),
    )


def _is_running(system: CiSystem, environment: Mapping[str, str]) -> bool:
    found = environment.get(system.variable, "")
    return found == system.value if system.value else found.lower() not in {"", "false", "0"}


def _fill(templates: Templates, environment: Mapping[str, str]) -> str:
    """The first template whose variables are all set and whose `` if NAME=VALUE`` suffix, if any, holds."""
    for template in templates:
        condition, _, rest = template.rpartition(" if ")
        text, needed = (condition, rest.partition("=")) if condition else (template, None)
        if needed is not None and environment.get(needed[0]) != needed[2]:
            continue
        if all(environment.get(name) for name in _VARIABLE.findall(text)):
            return _VARIABLE.sub(lambda found: environment[found.group(1)], text)
    return ""


def _to_server(address: str) -> str:
    """The host and path of a URL; any other text unchanged."""
    if "://" not in address:
        return address.strip("/")
    parts = urlsplit(address)
    return f"{parts.netloc.rpartition('@')[2]}{parts.path}".rstrip("/")
