"""What Jira Cloud's REST API 3 says of issues, as far as it is read. Everything may be missing or null."""

from __future__ import annotations

from msgspec import Struct


class NamedIn(Struct, frozen=True):
    """A type of issue, or a status."""

    name: str | None = None


class FieldsIn(Struct, frozen=True):
    """The fields that are asked for."""

    summary: str | None = None
    issuetype: NamedIn | None = None
    status: NamedIn | None = None
    updated: str | None = None


class IssueIn(Struct, frozen=True):
    """One issue of a page."""

    key: str
    id: str = ""
    fields: FieldsIn | None = None


class SearchIn(Struct, frozen=True, rename="camel"):
    """A page of ``GET /rest/api/3/search/jql``. The last one has no token for a next one."""

    issues: tuple[IssueIn, ...] = ()
    next_page_token: str | None = None
    is_last: bool | None = None


class FaultIn(Struct, frozen=True, rename="camel"):
    """Why a request was refused."""

    error_messages: tuple[str, ...] = ()
