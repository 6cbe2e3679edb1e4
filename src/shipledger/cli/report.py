"""A deployment as ``shipledger record`` sends it, made of options and of what the CI system says. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct

from shipledger.catalog.repository import DEFAULT_HOST, canonical_repository
from shipledger.cli.ci_systems import CiRun
from shipledger.errors import Invalid


class ReportedState(StrEnum):
    """How far the deployment has come."""

    INITIAL = "initial"
    STARTED = "started"
    SUCCESSFUL = "successful"
    FAILED = "failed"


class EnvironmentType(StrEnum):
    """What the environment is for."""

    TEST = "test"
    STAGING = "staging"
    PRODUCTION = "production"


FINAL_STATES = frozenset({ReportedState.SUCCESSFUL, ReportedState.FAILED})

ENVIRONMENT_TYPES: dict[str, EnvironmentType] = {
    "prod": EnvironmentType.PRODUCTION,
    "production": EnvironmentType.PRODUCTION,
    "live": EnvironmentType.PRODUCTION,
    "stage": EnvironmentType.STAGING,
    "staging": EnvironmentType.STAGING,
    "preprod": EnvironmentType.STAGING,
    "pre-production": EnvironmentType.STAGING,
    "uat": EnvironmentType.STAGING,
    "test": EnvironmentType.TEST,
    "testing": EnvironmentType.TEST,
    "qa": EnvironmentType.TEST,
    "dev": EnvironmentType.TEST,
    "development": EnvironmentType.TEST,
}
"""Names of environments and tiers whose type goes without saying. Any other name needs ``--environment-type``."""


class Wishes(Struct, frozen=True, kw_only=True):
    """What the options say; empty where nothing was said. ``releases`` are further ``REPOSITORY@COMMIT``."""

    state: ReportedState = ReportedState.SUCCESSFUL
    environment: str = ""
    environment_name: str = ""
    environment_type: EnvironmentType | None = None
    repository: str = ""
    commit: str = ""
    releases: tuple[str, ...] = ()
    external_id: str = ""
    started_at: str = ""
    completed_at: str = ""
    message: str = ""
    description: str = ""
    link: str = ""


class Report(Struct, frozen=True, kw_only=True):
    """One deployment, complete. ``is_start_given`` says that the caller named the start, so no other one counts."""

    state: ReportedState
    environment_id: str
    environment_name: str
    environment_type: EnvironmentType
    releases: tuple[tuple[str, str], ...]
    external_id: str
    started_at: str
    is_start_given: bool
    completed_at: str
    message: str
    description: str
    link: str


def make_report(wishes: Wishes, run: CiRun, now: datetime) -> Report:
    """The report that options and CI system make. Raises Invalid with the option that is missing."""
    environment = wishes.environment or run.environment
    if not environment:
        raise Invalid("environment", "Which environment? Say it with --environment, for example --environment production.")
    is_final = wishes.state in FINAL_STATES
    started_at = wishes.started_at or (run.started_at if is_final else "")
    return Report(
        state=wishes.state,
        environment_id=environment,
        environment_name=wishes.environment_name or environment,
        environment_type=_environment_type(wishes, run, environment),
        releases=_releases(wishes, run),
        external_id=wishes.external_id or _external_id(run, environment),
        started_at=_checked_time(started_at, "--started-at") or _to_wire_time(now),
        is_start_given=bool(wishes.started_at),
        completed_at=_checked_time(wishes.completed_at, "--completed-at") or (_to_wire_time(now) if is_final else ""),
        message=wishes.message,
        description=wishes.description,
        link=wishes.link or run.url,
    )


def to_body(report: Report) -> dict[str, Any]:
    """The body of ``POST /v2/deployments``. What is empty is left out."""
    body = {
        "state": report.state.value,
        "environment": {
            "type": report.environment_type.value.capitalize(),
            "id": report.environment_id,
            "displayName": report.environment_name,
        },
        "startedAt": report.started_at,
        "completedAt": report.completed_at,
        "externalId": report.external_id,
        "message": report.message,
        "description": report.description,
        "externalLink": report.link,
        "releases": [_to_release(repository, commit) for repository, commit in report.releases],
    }
    return {name: value for name, value in body.items() if value != ""}


def find_renamed_repositories(report: Report) -> list[tuple[str, str]]:
    """Repositories on other hosts than Bitbucket Cloud, which the API does not know, with the names they get there."""
    pairs = ((repository, f"{DEFAULT_HOST}/{'/'.join(_split(repository))}") for repository, _ in report.releases)
    return [(repository, recorded) for repository, recorded in pairs if recorded != repository]


def _to_release(repository: str, commit: str) -> dict[str, Any]:
    workspace, slug = _split(repository)
    return {
        "type": "bbc",
        "repository": {"workspace": {"identifier": workspace, "type": "name"}, "repoSlug": slug},
        "commit": {"sha": commit},
    }


def _split(repository: str) -> tuple[str, str]:
    """Workspace and slug, without the host: the API has no place for it."""
    workspace, _, slug = repository.partition("/")[2].rpartition("/")
    return workspace, slug


def _environment_type(wishes: Wishes, run: CiRun, environment: str) -> EnvironmentType:
    if wishes.environment_type is not None:
        return wishes.environment_type
    told = ENVIRONMENT_TYPES.get(run.environment_type.lower()) if environment == run.environment else None
    found = told or ENVIRONMENT_TYPES.get(environment.lower())
    if found is None:
        raise Invalid(
            "environment_type",
            f"What is the environment {environment!r} for? Say --environment-type test, staging or production.",
        )
    return found


def _releases(wishes: Wishes, run: CiRun) -> tuple[tuple[str, str], ...]:
    releases = []
    repository, commit = wishes.repository or run.repository, wishes.commit or run.commit
    if repository or commit or not wishes.releases:
        releases.append((_named_repository(repository), _named_commit(commit)))
    for release in wishes.releases:
        repository, _, commit = release.rpartition("@")
        if not repository:
            raise Invalid("release", f"{release!r} is no release; write REPOSITORY@COMMIT.")
        releases.append((_named_repository(repository), _named_commit(commit)))
    return tuple(dict.fromkeys(releases))


def _named_repository(text: str) -> str:
    if not text:
        raise Invalid("repository", "Which repository was deployed? Say it with --repository: a clone URL or host/owner/name.")
    name = canonical_repository(text)
    if name.count("/") < 2:  # noqa: PLR2004  host/owner/name
        raise Invalid("repository", f"{text!r} has no owner; give a clone URL or host/owner/name.")
    return name


def _named_commit(text: str) -> str:
    if not text:
        raise Invalid("commit", "Which commit was deployed? Say it with --commit.")
    return text


def _external_id(run: CiRun, environment: str) -> str:
    """The same for all calls that tell of one deployment, so that a later one updates what an earlier one recorded."""
    return f"{run.system}-{run.run_id}-{environment}" if run.run_id else ""


def _checked_time(text: str, option: str) -> str:
    if not text:
        return ""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid("time", f"{option} {text!r} is no date and time such as 2026-03-04T10:02:00Z.") from None
    return _to_wire_time(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _to_wire_time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
