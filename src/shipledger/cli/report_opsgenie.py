"""A report as the body of ``POST /v2/deployments``, which has no place for much of it. Pure."""

from __future__ import annotations

from typing import Any

from shipledger.catalog.repository import DEFAULT_HOST
from shipledger.catalog.tiers import DEFAULT_POLICY
from shipledger.cli.report import Report
from shipledger.errors import Invalid
from shipledger.ledger.state import State, Tier

STATES: dict[State, str] = {
    State.PENDING: "initial",
    State.IN_PROGRESS: "started",
    State.SUCCESSFUL: "successful",
    State.FAILED: "failed",
}
"""Others cannot be said there."""

TYPES: dict[Tier, str] = {
    Tier.DEVELOPMENT: "Test",
    Tier.TESTING: "Test",
    Tier.STAGING: "Staging",
    Tier.PRODUCTION: "Production",
}

BETTER = "Use a token of `shipledger credential create native` in SHIPLEDGER_TOKEN."


def to_body(report: Report, started_at: str) -> dict[str, Any]:
    """The body. What is empty is left out. Raises Invalid for what this API has no words for."""
    if report.state not in STATES:
        raise Invalid("state", f"Opsgenie's API has no state {report.state}. {BETTER}")
    if not report.releases:
        raise Invalid("repository", f"Opsgenie's API wants a repository and a commit: --repository and --commit. {BETTER}")
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
    """Workspace and slug, without the host: the API has no place for it. Raises Invalid where there is no workspace."""
    workspace, _, slug = repository.partition("/")[2].rpartition("/")
    if not workspace:
        raise Invalid("repository", f"{repository!r} has no owner, which Opsgenie's API asks for. {BETTER}")
    return workspace, slug


def _tier_of(report: Report) -> Tier:
    """The tier that was said, else what the well-known names of environments tell: this API asks for one."""
    rule = DEFAULT_POLICY.find_rule(report.environment_id)
    tier = report.tier or (None if rule is None else rule.tier)
    if tier is None:
        raise Invalid(
            "tier",
            f"What is the environment {report.environment_id!r} for? Say --tier production, staging, testing or development.",
        )
    return tier
