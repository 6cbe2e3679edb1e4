"""A membership, and what may be asked of one. A membership is the fold of its entries; it names its person by id alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, TypeAlias

from msgspec import UNSET, Struct, UnsetType

from shipledger.access.people.roles import Role

KIND = "member"


class AddMember(Struct, frozen=True, tag="add-member", omit_defaults=True):
    """A person belongs to the organization. ``role`` None: only in teams. ``member_id`` is that of a new membership."""

    member_id: str
    person_id: str
    role: Role | None = None
    team_roles: Mapping[str, Role] = {}


class ChangeMember(Struct, frozen=True, tag="change-member", omit_defaults=True):
    """Change what a member is. ``team_roles``: None takes the role in a team away; other teams stay as they are.

    ``expects`` is the version that whoever asks has seen; 0: whatever stands.
    """

    member_id: str
    role: Role | UnsetType | None = UNSET
    team_roles: Mapping[str, Role | None] = {}
    expects: int = 0


class RemoveMember(Struct, frozen=True, tag="remove-member", omit_defaults=True):
    """A person no longer belongs to the organization. ``expects``: see ChangeMember."""

    member_id: str
    expects: int = 0


class LinkMember(Struct, frozen=True, tag="link-member"):
    """Somebody gets a link that sets the member's password. Nothing of the link stands here."""

    member_id: str


class KnowMemberAs(Struct, frozen=True, tag="know-member-as", omit_defaults=True):
    """Senders call a member so, or no longer. ``drops`` counts over ``adds``. ``expects``: see ChangeMember."""

    member_id: str
    adds: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()
    expects: int = 0


MemberSubmission: TypeAlias = AddMember | ChangeMember | RemoveMember | LinkMember | KnowMemberAs


class Member(Struct, frozen=True):
    """A membership as its entries make it. ``logins``: what senders call the person, besides the account's address."""

    organization_id: str
    member_id: str
    version: int
    person_id: str
    role: Role | None
    team_roles: Mapping[str, Role]
    since: datetime
    is_removed: bool = False
    logins: tuple[str, ...] = ()

    kind: ClassVar[str] = KIND

    @property
    def subject_id(self) -> str:
        """Its id."""
        return self.member_id
