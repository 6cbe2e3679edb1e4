"""Services, which teams own and deploy."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

from msgspec import Struct

FURTHER_NAME_LIMIT = 255
SERVICE_NAME_LIMIT = 512
"""Names and slugs are found by an index, which holds no text of any length on PostgreSQL."""


class ServiceDraft(Struct, frozen=True):
    """The editable fields of a service. ``team_id`` owns it; ``visibility`` is kept for clients without effect."""

    name: str
    description: str = ""
    team_id: str = ""
    visibility: str = "TEAM_MEMBERS"
    tags: tuple[str, ...] = ()


class Service(Struct, frozen=True):
    """A service. ``slug`` is unique within its organization and addresses it in URLs and commands, as the id does."""

    organization_id: str
    service_id: str
    slug: str
    draft: ServiceDraft
    created_at: datetime

    @property
    def name(self) -> str:
        """Its display name, unique within the organization."""
        return self.draft.name


def slugify(name: str) -> str:
    """The slug of a name: lower-case letters and digits joined by hyphens; ``service`` if nothing is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "service"


def own_slug(slug: str, service_id: str) -> str:
    """The slug of a service of which another one has ``slug`` already."""
    return f"{slug}-{service_id[-6:]}"
