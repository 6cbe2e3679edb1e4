"""The part of ``/profile`` about personal tokens: a list, and the forms that create and revoke one."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct

from shipledger.access.issuing import IssuedCredential
from shipledger.access.people.membership.model import Member
from shipledger.access.people.person import Person
from shipledger.access.people.roles import Right, rights_of
from shipledger.access.people.tokens import OwnToken, PersonalTokens, TokenWish
from shipledger.catalog.organization import Organization
from shipledger.clock import moved
from shipledger.errors import Invalid
from shipledger.ledger.actor import Actor, ActorKind

LIFETIMES = {"30": "30 days", "90": "90 days", "365": "one year", "date": "on a date"}
SHOWN_AFTER_END = timedelta(days=30)
_RIGHT = "may-"
WORDS: Mapping[Right, str] = {
    Right.READ: "read deployments, incidents and services",
    Right.WRITE: "record and correct them",
    Right.APPROVE: "decide at gates",
    Right.CONFIGURE: "change services, mappings and settings",
    Right.INSPECT: "see requests as they arrived",
    Right.DELETE: "delete records",
    Right.ADMINISTER: "invite people and issue credentials",
}

Memberships = Sequence[tuple[Organization, Member]]


class TokenRow(Struct, frozen=True):
    """A token as its owner sees it. ``state``: "", or why it is good no more."""

    token_id: str
    name: str
    organization: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    address: str
    state: str


class NewToken(Struct, frozen=True):
    """A token that was just made, to be shown once."""

    name: str
    secret: str
    expires_at: datetime | None

    def __repr__(self) -> str:
        """Without the secret."""
        return f"NewToken({self.name!r})"


async def list_rows(tokens: PersonalTokens, person: Person, memberships: Memberships, now: datetime) -> list[TokenRow]:
    """The tokens of a person: those that are good first, and others for a month after their end."""
    names = {one.organization_id: one.slug for one, _ in memberships}
    rows = [_to_row(one, names, now) for one in await tokens.list_own(person.person_id) if not _is_past(one, now)]
    return sorted(rows, key=lambda row: bool(row.state))


async def create(
    tokens: PersonalTokens, person: Person, memberships: Memberships, form: Mapping[str, str], now: datetime
) -> NewToken:
    """Make the token that a form asks for. Raises Invalid, NotFound and Conflict."""
    slug = form.get("organization", "")
    organization = next((one for one, _ in memberships if one.slug == slug), None)
    if organization is None:
        raise Invalid("organization", "Choose an organization that you belong to.")
    wish = TokenWish(name=form.get("name", ""), scopes=_read_scopes(form), expires_at=_read_expiry(form, now))
    by = Actor(ActorKind.PERSON, person.person_id)
    issued: IssuedCredential = await tokens.issue(
        organization.organization_id, person.person_id, wish, randomness=secrets.token_bytes(8), by=by
    )
    return NewToken(issued.credential.name, issued.secret, issued.credential.expires_at)


def list_offers(memberships: Memberships, form: Mapping[str, str]) -> list[dict[str, Any]]:
    """The rights that somebody can give away in some organization, as the form offers them."""
    own = frozenset[Right]().union(*(rights_of(member.role, member.team_roles) for _, member in memberships))
    chosen = _read_scopes(form) if form else frozenset({Right.READ.value})
    return [
        {"field": f"{_RIGHT}{right}", "right": right.value, "words": WORDS[right], "is_chosen": right in chosen}
        for right in Right
        if right in own
    ]


def _read_scopes(form: Mapping[str, str]) -> frozenset[str]:
    return frozenset(right.value for right in Right if form.get(f"{_RIGHT}{right}"))


def _read_expiry(form: Mapping[str, str], now: datetime) -> datetime:
    lasts = form.get("lasts", "")
    if lasts not in LIFETIMES:
        raise Invalid("expires", "Choose when the token expires.")
    if lasts != "date":
        return now + timedelta(days=int(lasts))
    try:
        day = datetime.strptime(form.get("expires", ""), "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise Invalid("expires", "Enter the last day as a date, such as 2027-01-31.") from None
    return moved(day, timedelta(days=1))


def _is_past(token: OwnToken, now: datetime) -> bool:
    ends = [one for one in (token.credential.revoked_at, token.credential.expires_at) if one is not None]
    return bool(ends) and min(ends) < now - SHOWN_AFTER_END


def _to_row(token: OwnToken, names: Mapping[str, str], now: datetime) -> TokenRow:
    credential, use = token.credential, token.use
    return TokenRow(
        token_id=credential.credential_id,
        name=credential.name,
        organization=names.get(credential.organization_id, ""),
        scopes=tuple(right.value for right in Right if right in credential.scopes),
        created_at=credential.created_at,
        expires_at=credential.expires_at,
        used_at=use.seen_at if use else None,
        address=use.address if use else "",
        state="revoked" if credential.revoked_at else "" if credential.is_live(now) else "expired",
    )
