"""Who asks: made once per request, when it is let in, and known to all that answers it."""

from __future__ import annotations

from msgspec import Struct
from starlette.requests import Request

from shipledger.access.grant import Grant
from shipledger.access.people.membership.model import Member
from shipledger.access.people.person import Person
from shipledger.access.people.roles import rights_of
from shipledger.http.budget import account_of
from shipledger.ledger.actor import Actor, ActorKind

_KEY = "shipledger.viewer"


class Viewer(Struct, frozen=True):
    """Somebody with ``rights`` in one organization; ``organization`` is its slug, where a page shows it.

    ``grant`` is that of the credential that was presented, ``person`` and ``member`` who is signed in; none of them for a reader
    of what is open to all.
    """

    organization_id: str
    rights: frozenset[str]
    organization: str = ""
    grant: Grant | None = None
    person: Person | None = None
    member: Member | None = None

    @property
    def actor(self) -> Actor:
        """Who is named in what the viewer changes."""
        if self.grant is not None:
            return self.grant.actor
        return Actor(ActorKind.PERSON, "page" if self.person is None else self.person.person_id)

    def may(self, right: str) -> bool:
        """Whether the viewer has a right."""
        return right in self.rights

    def may_for(self, right: str, team: str) -> bool:
        """Whether the viewer has a right on what belongs to a team, also by a role in that team. Case does not count."""
        own = {} if self.member is None else self.member.team_roles
        return self.may(right) or right in rights_of(None, own, [one for one in own if one.casefold() == team.casefold()])

    def may_somewhere(self, right: str) -> bool:
        """Whether the viewer has a right at least on what belongs to some team."""
        own = {} if self.member is None else self.member.team_roles
        return self.may(right) or right in rights_of(None, own, own)


def admit(request: Request, grant: Grant) -> Viewer:
    """The viewer that presented the credential of ``grant``. The bytes of the request count for the organization from now on."""
    viewer = Viewer(organization_id=grant.organization_id, rights=grant.scopes, grant=grant)
    account_of(request).belong_to(grant.organization_id)
    return keep_viewer(request, viewer)


def keep_viewer(request: Request, viewer: Viewer) -> Viewer:
    """``viewer``, whom all that answers ``request`` now knows."""
    request.scope[_KEY] = viewer
    return viewer


def find_viewer(request: Request) -> Viewer | None:
    """Who sent ``request``; None if nobody was let in yet."""
    found = request.scope.get(_KEY)
    return found if isinstance(found, Viewer) else None


def viewer_of(request: Request) -> Viewer:
    """Who sent ``request``. Raises LookupError if nobody was let in: whoever asks comes before the gate."""
    viewer = find_viewer(request)
    if viewer is None:
        raise LookupError("nobody was let in")
    return viewer
