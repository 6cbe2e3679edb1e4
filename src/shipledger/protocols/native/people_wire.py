"""What the operations on people answer."""

from __future__ import annotations

from msgspec import Struct


class PersonOut(Struct, frozen=True, kw_only=True):
    """Somebody of the organization. ``role`` null: has roles in teams alone. ``state``: `invited`, `active` or `disabled`.

    ``version`` counts the changes of what this person is here. ``last_seen_at``: on pages, to the minute. ``logins``: what
    senders call the person, besides the address.
    """

    id: str
    email: str
    name: str
    role: str | None
    teams: dict[str, str]
    state: str
    since: str
    last_seen_at: str | None
    version: int
    logins: tuple[str, ...]


class InvitedOut(PersonOut, frozen=True, kw_only=True):
    """Somebody after an invitation. ``is_new``: belongs to the organization since now.

    ``link`` sets the password, once, until ``link_ends_at``; null for who has used the account, or has the link of another
    organization.
    """

    is_new: bool
    link: str | None
    link_ends_at: str | None


class PasswordLinkOut(Struct, frozen=True):
    """A link that sets another password, once, until ``ends_at``. Earlier ones no longer open."""

    link: str
    ends_at: str


class PeoplePageOut(Struct, frozen=True):
    """People by address."""

    people: tuple[PersonOut, ...]
    next_cursor: str | None
