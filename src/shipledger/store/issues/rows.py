"""Rows of issues, and of where they are read from."""

from __future__ import annotations

from typing import Any

from shipledger.catalog.issue import Issue, IssueSite
from shipledger.store import rows
from shipledger.store.row_reading import reads


def from_issue(issue: Issue) -> rows.Row:
    """The row of an issue."""
    return tuple(map(rows.storable, (issue.key, issue.issue_id, issue.summary, issue.kind, issue.status)))


def from_issue_site(site: IssueSite) -> dict[str, Any]:
    """The columns of a site by name."""
    return {
        "organization_id": site.organization_id,
        "url": site.url,
        "account": site.account,
        "sealed_token": site.sealed_token,
        "projects": " ".join(site.projects),
        "cursor_us": rows.optional_us(site.cursor_at),
        "full_since_us": rows.optional_us(site.full_since),
        "full_us": rows.optional_us(site.full_at),
        "synced_us": rows.optional_us(site.synced_at),
        "failure": rows.storable(site.failure),
    }


def sync_progress(site: IssueSite) -> dict[str, Any]:
    """The columns that tell how far its reading has come, and those that tell it from others."""
    columns = from_issue_site(site)
    return {name: value for name, value in columns.items() if name not in {"account", "projects"}}


@reads("issue", "tttttt", 0, 1)
def to_issue(row: rows.Row) -> Issue:
    """An issue, behind its organization."""
    return Issue(*row[1:])


@reads("issue_site", "tttbtIIIIt", 0)
def to_issue_site(row: rows.Row) -> IssueSite:
    """Where issues are read from."""
    organization_id, url, account, sealed_token, projects, *times, failure = row
    cursor_at, full_since, full_at, synced_at = map(rows.optional_time, times)
    return IssueSite(
        organization_id=organization_id,
        url=url,
        account=account,
        sealed_token=sealed_token,
        projects=tuple(projects.split()),
        cursor_at=cursor_at,
        full_since=full_since,
        full_at=full_at,
        synced_at=synced_at,
        failure=failure,
    )
