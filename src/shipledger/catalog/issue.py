"""The issue directory, and the rules for which issues deployments may reference."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from shipledger.errors import Invalid
from shipledger.found import Found

PROJECT_FORM = re.compile(r"\w{1,255}", re.ASCII)


class IssueMode(StrEnum):
    """Open: every well-formed key is known. Projects: those of listed projects. Synced: those of the directory."""

    OPEN = "open"
    PROJECTS = "projects"
    SYNCED = "synced"


class AssociationRules(Struct, frozen=True):
    """Which issues and services an organization knows. None for ``mode``: the settings decide.

    ``projects`` are upper-case project keys, for the mode ``projects``. ``only_registered_services``: a service is known
    only if the catalog has one with that id, slug or name. ``keys_in``: where keys count, by the names in IssueSource;
    ``denied``: upper-case words that are no projects. None for either: the installation decides.
    """

    organization_id: str
    mode: IssueMode | None = None
    projects: tuple[str, ...] = ()
    only_registered_services: bool = False
    keys_in: tuple[str, ...] | None = None
    denied: tuple[str, ...] | None = None

    def denied_over(self, installation: frozenset[str]) -> frozenset[str]:
        """The words that are no projects, where the installation says ``installation``."""
        return installation if self.denied is None else frozenset(self.denied)


class Issue(Struct, frozen=True):
    """An issue as described by its tracker. ``key`` is upper-case; ``issue_id`` is the tracker's number, if known."""

    key: str
    issue_id: str = ""
    summary: str = ""
    kind: str = ""
    status: str = ""


class IssueSite(Struct, frozen=True):
    """Where an organization's issues are read from, and the progress.

    ``account`` is empty for a bearer token. ``projects`` restricts what is read; none: everything that the account
    can see. ``cursor_at``: all changes until then have been read. ``full_since`` is the start of an unfinished full
    sync. ``failure`` says why the last attempt failed; "" if it did not.
    """

    organization_id: str
    url: str
    account: str
    sealed_token: bytes
    projects: tuple[str, ...] = ()
    cursor_at: datetime | None = None
    full_since: datetime | None = None
    full_at: datetime | None = None
    synced_at: datetime | None = None
    failure: str = ""

    def __repr__(self) -> str:
        """Without the token: representations end up in logs."""
        return f"IssueSite({self.organization_id}, {self.url})"


class IssueStore(Protocol):
    """Issues in the store; part of ``store.contract.Store``."""

    async def find_association_rules(self, organization_id: str) -> AssociationRules:
        """The rules of an organization, or the defaults."""

    async def save_issues(self, organization_id: str, issues: Sequence[Issue], *, seen_at: datetime) -> None:
        """Add or replace issues. An issue that was known under another key moves to its new one."""

    async def forget_issues(self, organization_id: str, *, seen_before: datetime, seen_after: datetime) -> int:
        """Remove the issues last seen before a time, or after another; how many."""

    async def find_issues(self, organization_id: str, names: Sequence[str]) -> Found[Issue]:
        """The issues that have one of ``names`` as upper-case key or as id, by key."""

    async def list_issues(self, organization_id: str, *, project: str, after: str, limit: int) -> Found[Issue]:
        """A page of issues by key, after the key ``after``; of all projects for ""."""

    async def count_issues(self, organization_id: str) -> int:
        """How many issues the directory has."""

    async def find_issue_site(self, organization_id: str) -> IssueSite | None:
        """Where issues are read from, or None."""

    async def list_issue_sites(self) -> Found[IssueSite]:
        """The sites of all organizations."""

    async def save_issue_site(self, site: IssueSite) -> None:
        """Add or replace the site of an organization."""

    async def save_sync_progress(self, site: IssueSite) -> bool:
        """Save a site's progress; False, and nothing saved, if another site was connected in the meantime."""

    async def delete_issue_site(self, organization_id: str) -> bool:
        """Delete the site and its token, not its issues; whether it existed."""


def read_projects(texts: Iterable[str]) -> tuple[str, ...]:
    """Project keys, each once, in upper case: they are compared without case. Raises Invalid for what cannot be one."""
    keys = [key for text in texts for key in text.replace(",", " ").upper().split()]
    for key in keys:
        if not PROJECT_FORM.fullmatch(key):
            raise Invalid("project", f"{key!r} is not a project key; use letters, digits and underscores, such as SHIP.")
    return tuple(dict.fromkeys(keys))
