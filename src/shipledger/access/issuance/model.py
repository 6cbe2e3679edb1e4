"""What happened to a credential, and what may be reported of that. A life is the fold of its entries.

The credential itself, with the hash of its secret, is no part of it: that stands in a table of its own, and never in an entry.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, TypeAlias

from msgspec import Struct

KIND = "issuance"


class ReportIssued(Struct, frozen=True, tag="report-issued", omit_defaults=True):
    """A credential was issued. ``successor_of``: the id of the one that it replaces; "" for none."""

    credential_id: str
    credential_kind: str
    name: str
    scopes: tuple[str, ...] = ()
    expires_at: datetime | None = None
    successor_of: str = ""


class ReportRevoked(Struct, frozen=True, tag="report-revoked", omit_defaults=True):
    """A credential was revoked. It may be one that was issued before there were entries, so it is described again."""

    credential_id: str
    credential_kind: str
    name: str


IssuanceSubmission: TypeAlias = ReportIssued | ReportRevoked


class Issuance(Struct, frozen=True):
    """What is known of the life of a credential."""

    organization_id: str
    issuance_id: str
    version: int
    credential_kind: str
    name: str
    scopes: tuple[str, ...] = ()
    issued_at: datetime | None = None
    revoked_at: datetime | None = None
    successor_of: str = ""

    kind: ClassVar[str] = KIND
    is_removed: ClassVar[bool] = False

    @property
    def subject_id(self) -> str:
        """The id of the credential."""
        return self.issuance_id
