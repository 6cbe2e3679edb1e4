"""Organizations: isolated tenants."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

DEFAULT_SLUG = "default"


class Organization(Struct, frozen=True):
    """A tenant. Everything but sessions and the look-up of a credential is bound to one."""

    organization_id: str
    slug: str
    name: str
    created_at: datetime
