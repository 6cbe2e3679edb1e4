"""The provider that an operator has set, and what its groups bring. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from shipledger.access.people.roles import Role
from shipledger.errors import Invalid
from shipledger.settings import Settings

EVERYBODY = "*"


class SignOn(Struct, frozen=True):
    """A provider. ``roles``: what each group is in the organization; empty: people are invited as before.

    ``organization``: the slug of the one that the groups are about. ``name``: how the button calls the provider.
    """

    issuer: str
    client_id: str
    client_secret: str
    name: str
    scopes: str
    groups_claim: str
    roles: Mapping[str, Role]
    organization: str

    def __repr__(self) -> str:
        """Without the secret."""
        return f"SignOn({self.issuer})"

    def role_of(self, groups: Iterable[str]) -> Role | None:
        """The highest role that any of the groups brings, or None."""
        found = {self.roles[one] for one in (EVERYBODY, *groups) if one in self.roles}
        return max(found, key=list(Role).index) if found else None


def read_sign_on(settings: Settings) -> SignOn | None:
    """The provider, or None if none is set. Raises Invalid for half a provider, or roles that cannot be read."""
    issuer = settings.sign_on_issuer.strip().rstrip("/")
    if not issuer and not settings.sign_on_client_id:
        return None
    if not issuer or not settings.sign_on_client_id:
        raise Invalid("settings", "Single sign-on needs both settings, sign_on_issuer and sign_on_client_id.")
    if not issuer.startswith(("https://", "http://")):
        raise Invalid("settings", "sign_on_issuer must begin with https://, as the provider's discovery document says it.")
    scopes = " ".join(dict.fromkeys(["openid", *settings.sign_on_scopes.split()]))
    return SignOn(
        issuer=issuer,
        client_id=settings.sign_on_client_id,
        client_secret=settings.sign_on_client_secret,
        name=settings.sign_on_name,
        scopes=scopes,
        groups_claim=settings.sign_on_groups_claim,
        roles=_read_roles(settings.sign_on_roles),
        organization=settings.sign_on_organization,
    )


def _read_roles(text: str) -> dict[str, Role]:
    roles = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        group, equals, role = (part.strip() for part in pair.rpartition("="))
        if not group or not equals or role not in list(Role):
            known = ", ".join(Role)
            raise Invalid("settings", f"sign_on_roles contains {pair!r}; write group=role, where the role is one of {known}.")
        roles[group] = Role(role)
    return roles
