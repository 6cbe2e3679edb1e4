"""A report as the body of ``POST /v2/deployments``, which cannot carry all of it. Pure."""

from __future__ import annotations

from typing import Any

from shipledger.catalog.repository import DEFAULT_HOST
from shipledger.catalog.tiers import DEFAULT_POLICY
from shipledger.errors import Invalid
from shipledger.ledger.state import State, Tier
from shipledger.reporting.report import Report

STATES: dict[State, str] = {
    State.PENDING: "initial",
    State.IN_PROGRESS: "started",
    State.SUCCESSFUL: "successful",
    State.FAILED: "failed",
}
"""The API has no other states."""

TYPES: dict[Tier, str] = {
    Tier.DEVELOPMENT: "Test",
    Tier.TESTING: "Test",
    Tier.STAGING: "Staging",
    Tier.PRODUCTION: "Production",
}

BETTER = "Instead, set SHIPLEDGER_TOKEN to a token from `shipledger credential create native`."


def to_body(report: Report, started_at: str) -> dict[str, Any]:
    """The body, without empty members. Raises Invalid for what this API cannot express."""
    if report.state not in STATES:
        raise Invalid("state", f"The Opsgenie API has no state {report.state}. {BETTER}")
    if not report.releases:
        raise Invalid("repository", f"The Opsgenie API needs --repository and --commit. {BETTER}")
    body = {
        "state": STATES[report.state],
        "environment": {
            "type": TYPES[_tier_of(report)],
            "id": report.environment_id,
            "displayName": report.environment_name or report.environment_id,
        },
        "startedAt": started_at,
        "completedAt": report.finished_at,
        "externalId": report.external_id,
        "message": report.message,
        "description": report.description,
        "externalLink": report.link,
        "releases": [_to_release(repository, commit) for repository, commit in report.releases],
    }
    return {name: value for name, value in body.items() if value != ""}


def find_renamed_repositories(report: Report) -> list[tuple[str, str]]:
    """Repositories outside Bitbucket Cloud, the only host the API knows, with the names they get there."""
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
    """Workspace and slug, without the host, which the API cannot carry. Raises Invalid if there is no workspace."""
    workspace, _, slug = repository.partition("/")[2].rpartition("/")
    if not workspace:
        raise Invalid("repository", f"{repository!r} has no owner, which the Opsgenie API requires. {BETTER}")
    return workspace, slug


def _tier_of(report: Report) -> Tier:
    """The given tier, else the one derived from the environment's name: this API requires one."""
    rule = DEFAULT_POLICY.find_rule(report.environment_id)
    tier = report.tier or (None if rule is None else rule.tier)
    if tier is None:
        raise Invalid(
            "tier",
            f"The tier of {report.environment_id!r} is unknown. Pass --tier production, staging, testing or development.",
        )
    return tier
