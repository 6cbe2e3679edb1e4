"""The deployment that ``shipledger record`` reports, from options and the CI system. Pure."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from enum import StrEnum

from msgspec import Struct

from shipledger.catalog.clone_url import read_clone_url
from shipledger.catalog.repository import canonical_repository
from shipledger.cli.ci_run import CiRun
from shipledger.errors import Invalid
from shipledger.ledger.state import State, Tier, is_final
from shipledger.protocols.times import parse_time
from shipledger.reporting.report import Report

ID_LIMIT = 512
_ID_SHOWN = 440


class ReportedState(StrEnum):
    """State of the deployment."""

    INITIAL = "initial"
    STARTED = "started"
    SUCCESSFUL = "successful"
    FAILED = "failed"
    CANCELLED = "cancelled"
    ROLLED_BACK = "rolled_back"


STATES: dict[ReportedState, State] = {
    ReportedState.INITIAL: State.PENDING,
    ReportedState.STARTED: State.IN_PROGRESS,
    ReportedState.SUCCESSFUL: State.SUCCESSFUL,
    ReportedState.FAILED: State.FAILED,
    ReportedState.CANCELLED: State.CANCELLED,
    ReportedState.ROLLED_BACK: State.ROLLED_BACK,
}


class SaidTier(StrEnum):
    """Tier of the environment. ``test`` is a synonym of ``testing``."""

    DEVELOPMENT = "development"
    TESTING = "testing"
    TEST = "test"
    STAGING = "staging"
    PRODUCTION = "production"


class Wishes(Struct, frozen=True, kw_only=True):
    """The options; omitted ones are empty. ``releases`` holds additional ``REPOSITORY@COMMIT``."""

    state: ReportedState = ReportedState.SUCCESSFUL
    environment: str = ""
    environment_name: str = ""
    tier: SaidTier | None = None
    service: str = ""
    version: str = ""
    repository: str = ""
    commit: str = ""
    releases: tuple[str, ...] = ()
    external_id: str = ""
    started_at: str = ""
    completed_at: str = ""
    message: str = ""
    description: str = ""
    link: str = ""
    actor: str = ""


def make_report(wishes: Wishes, run: CiRun, now: datetime, *, host: str = "") -> Report:
    """The report from options and CI system. ``host`` is for repositories given without one, outside CI.

    Raises Invalid, naming the missing option.
    """
    environment = wishes.environment or run.environment
    if not environment:
        raise Invalid("environment", "The environment is missing. Pass it, for example --environment production.")
    state, told_at = STATES[wishes.state], _to_wire_time(now)
    releases = _releases(wishes, run, host)
    external_id = wishes.external_id or default_id(run, _subject(wishes, releases), environment)
    said_start = _checked_time(wishes.started_at, "--started-at")
    # A report that can be told from others by nothing but its start says one, so that it can be sent again.
    begins_now = not is_final(state) or not external_id
    return Report(
        state=state,
        environment_id=environment,
        environment_name=wishes.environment_name,
        tier=_tier(wishes, run, environment),
        service=wishes.service,
        version=wishes.version or run.version,
        releases=releases,
        external_id=external_id,
        started_at=said_start or (told_at if begins_now else ""),
        job_started_at=_job_started_at(wishes, run, told_at) if is_final(state) else "",
        finished_at=_finished_at(wishes, state, told_at),
        told_at=told_at,
        message=wishes.message,
        description=wishes.description,
        link=wishes.link or run.url,
        actor=wishes.actor or run.actor,
        ci=run.system,
        run_id=run.run_id,
        attempt=run.attempt,
        job=run.job,
    )


def default_id(run: CiRun, subject: str, environment: str) -> str:
    """The external id: equal for all calls about one deployment, different per attempt if the CI system counts attempts.

    CI system, run, attempt, service or repository, and environment. Empty outside any CI system.
    """
    if not run.run_id:
        return ""
    attempt = (run.attempt,) if run.is_attempt_told and run.attempt else ()
    number = f"{run.server}/{run.run_id}" if run.server else run.run_id
    text = ":".join(part.replace("%", "%25").replace(":", "%3A") for part in (run.system, number, *attempt, subject, environment))
    if len(text) <= ID_LIMIT:
        return text
    return f"{text[:_ID_SHOWN]}…{hashlib.blake2b(text.encode(), digest_size=20).hexdigest()}"


def _job_started_at(wishes: Wishes, run: CiRun, told_at: str) -> str:
    """The job's start, if only that distinguishes two attempts of a run; now if the CI system does not report it.

    Callers with an id of their own already distinguish attempts by it.
    """
    if run.job_started_at:
        return _checked_time(run.job_started_at, "The start of the job")
    is_needed = bool(run.run_id) and not run.is_attempt_told and not wishes.external_id
    return told_at if is_needed else ""


def _finished_at(wishes: Wishes, state: State, told_at: str) -> str:
    if not is_final(state):
        if wishes.completed_at:
            raise Invalid("completed_at", f"A deployment that is {wishes.state} has not ended; omit --completed-at.")
        return ""
    return _checked_time(wishes.completed_at, "--completed-at") or told_at


def _subject(wishes: Wishes, releases: tuple[tuple[str, str], ...]) -> str:
    return wishes.service or (releases[0][0] if releases else "")


def _tier(wishes: Wishes, run: CiRun, environment: str) -> Tier | None:
    if wishes.tier is not None:
        return Tier.TESTING if wishes.tier is SaidTier.TEST else Tier(wishes.tier)
    told = run.tier.lower() if environment == run.environment else ""
    return Tier(told) if told in {*Tier} - {Tier.UNMAPPED} else None


def _releases(wishes: Wishes, run: CiRun, host: str) -> tuple[tuple[str, str], ...]:
    """The deployed repositories and commits; may be empty if a service is given."""
    named = _Naming(run, host)
    releases = []
    repository, commit = wishes.repository or run.repository, wishes.commit or run.commit
    is_told = bool(wishes.repository or wishes.commit or (repository and commit))
    if is_told or not (wishes.releases or wishes.service):
        releases.append((named.repository(repository), _named_commit(commit)))
    for release in wishes.releases:
        repository, _, commit = release.rpartition("@")
        if not repository:
            raise Invalid("release", f"{release!r} is not a release; write REPOSITORY@COMMIT.")
        releases.append((named.repository(repository), _named_commit(commit)))
    return tuple(dict.fromkeys(releases))


class _Naming:
    """Canonical repository names. A repository without a host is on the host of the job's own repository."""

    def __init__(self, run: CiRun, host: str) -> None:
        own = read_clone_url(run.repository) if run.repository else None
        self._host = own.partition("/")[0] if own else host

    def repository(self, text: str) -> str:
        """The canonical name of a repository. Raises Invalid."""
        if not text:
            raise Invalid("repository", "The repository is missing. Pass --repository with a clone URL or host/owner/name.")
        name = read_clone_url(text)
        if name is not None:
            return name
        plain = canonical_repository(text).partition("/")[2]
        named = read_clone_url(f"https://{self._host}/{plain}") if self._host else None
        if named is None:
            raise Invalid("repository", f"{text!r} has no host; write host/owner/name, such as github.com/{plain}.")
        return named


def _named_commit(text: str) -> str:
    if not text:
        raise Invalid("commit", "The commit is missing. Pass --commit.")
    return text


def _checked_time(text: str, option: str) -> str:
    if not text:
        return ""
    try:
        moment = parse_time(text)
    except ValueError:
        raise Invalid("time", f"{option} {text!r} is not a date and time such as 2026-03-04T10:02:00Z.") from None
    return _to_wire_time(moment)


def _to_wire_time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
