"""A report as the body of ``POST /ledger/v1/deployments``. Pure."""

from __future__ import annotations

from typing import Any

from shipledger.reporting.report import Report


def to_body(report: Report) -> dict[str, Any]:
    """The body, without empty members."""
    body = {
        "external_id": report.external_id,
        "service": report.service,
        "environment": report.environment_id,
        "environment_name": report.environment_name,
        "tier": report.tier or "",
        "state": report.state,
        "started_at": report.started_at,
        "job_started_at": report.job_started_at,
        "finished_at": report.finished_at,
        "version": report.version,
        "releases": [{"repository": repository, "commit": commit} for repository, commit in report.releases],
        "actor": report.actor,
        "title": report.message,
        "description": report.description,
        "url": report.link,
        "ci": report.ci,
        "run": report.run_id,
        "attempt": report.attempt,
        "job": report.job,
    }
    return {name: value for name, value in body.items() if value not in ("", [])}
