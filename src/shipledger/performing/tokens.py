"""Personal tokens, as their owner asks about them with one."""

from __future__ import annotations

from collections.abc import Sequence

from shipledger.access.grant import Grant
from shipledger.access.people.tokens import OwnToken
from shipledger.ledger.actor import owner_of
from shipledger.performing.performer import Performer


class TokenPerformer(Performer):
    """See ``verbs.tokens.TokenVerbs``."""

    async def list_own_tokens(self, grant: Grant) -> Sequence[OwnToken]:
        """The tokens of the person behind a grant, newest first."""
        found = await self._parts.personal_tokens.list_own(owner_of(grant.credential_id))
        return [one for one in found if one.credential.organization_id == grant.organization_id]

    async def revoke_own_token(self, grant: Grant) -> None:
        """End the token of the grant."""
        await self._parts.personal_tokens.revoke(owner_of(grant.credential_id), grant.credential_id, by=grant.actor)
