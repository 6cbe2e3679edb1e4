"""Bodies as they are on the wire. What is read (``…In``) and what is written (``…Out``) are apart."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType


class ReportIn(Struct, frozen=True):
    """The body of a report, checked. None was not sent; ``repository`` is the canonical name of ``repository_url``."""

    title: str
    changelog: str | None
    url: str | None
    branch: str
    commit_id: str
    deployment_duration_minutes: float | None
    is_fix: bool | None
    is_hotfix: bool | None
    is_forced: bool | None
    commits_count: int | None
    repository: str
    member_id: str
    pull_request_number: int
    deployment_node_id: str | None
    status: str


class RecordOut(Struct, frozen=True):
    """The answer: the record. Every member is always there. ``deployment_duration`` is in seconds here."""

    id: str
    triggered_by: str
    title: str
    changelog: str | None
    is_hotfix: bool
    is_forced: bool
    is_fix: bool
    commits_count: int
    organization_id: str
    repository_id: str
    pusher_id: str
    url: str | None
    branch: str
    commit_id: str
    deployment_duration: int | float | None
    node_id: str | None
    status: str
    created_at: str
    updated_at: str


class StoredOut(Struct, frozen=True, rename="camel"):
    """The answer while the record is not there yet."""

    status_code: int
    message: str


class ErrorOut(Struct, frozen=True, rename="camel"):
    """Any error. ``errors`` is there on 422 only, from member to one text."""

    status_code: int
    message: str
    error: str
    errors: dict[str, str] | UnsetType = UNSET
