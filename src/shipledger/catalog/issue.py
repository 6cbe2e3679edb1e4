"""The issues that are known by themselves, and by which rule deployments may name them."""

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
    """What an organization takes for known when a deployment names it. None for ``mode``: as the settings say.

    ``projects`` are upper-case project keys, for the mode that needs them. ``only_registered_services``: a service is known
    only when the catalog has one of that id, slug or name.
    """

    organization_id: str
    mode: IssueMode | None = None
    projects: tuple[str, ...] = ()
    only_registered_services: bool = False


class Issue(Struct, frozen=True):
    """An issue as its tracker describes it. ``key`` is upper-case; ``issue_id`` is the tracker's number for it, if told."""

    key: str
    issue_id: str = ""
    summary: str = ""
    kind: str = ""
    status: str = ""


class IssueSite(Struct, frozen=True):
    """Where an organization's issues are read from, and how far that has come.

    ``account`` is empty for a token that stands alone. ``projects`` narrows what is read; none: everything that the account
    may see. ``cursor_at``: everything that changed until then is here. ``full_since`` is when the full reading began that is
    not at its end yet. ``failure`` says why the last attempt ended early; "" when it did not.
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
    """What keeps issues; part of ``store.contract.Store``."""

    async def find_association_rules(self, organization_id: str) -> AssociationRules:
        """What an organization decided; the defaults when it decided nothing."""

    async def save_association_rules(self, rules: AssociationRules) -> None:
        """Replace what an organization decided."""

    async def save_issue_mode(self, organization_id: str, mode: IssueMode, projects: Sequence[str]) -> None:
        """Say which issues are known, and leave the rest of the rules as it is, whoever changes that at once."""

    async def save_service_rule(self, organization_id: str, *, only_registered: bool) -> None:
        """The same for services."""

    async def save_issues(self, organization_id: str, issues: Sequence[Issue], *, seen_at: datetime) -> None:
        """Add or replace issues. An issue that was known under another key moves to its new one."""

    async def forget_issues(self, organization_id: str, *, seen_before: datetime, seen_after: datetime) -> int:
        """Remove the issues that were last seen before a time, or after another; how many."""

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
        """Keep how far the reading of a site has come; False, and nothing kept, when another site was saved meanwhile."""

    async def delete_issue_site(self, organization_id: str) -> bool:
        """Forget the site and its token, not its issues; whether there was one."""


def read_projects(texts: Iterable[str]) -> tuple[str, ...]:
    """Project keys, each once, in upper case: they are compared without case. Raises Invalid for what cannot be one."""
    keys = [key for text in texts for key in text.replace(",", " ").upper().split()]
    for key in keys:
        if not PROJECT_FORM.fullmatch(key):
            raise Invalid("project", f"{key!r} is not a project key; use letters, digits and underscores, such as SHIP.")
    return tuple(dict.fromkeys(keys))
