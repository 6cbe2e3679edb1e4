"""Personal tokens, as their owner asks about them with one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from shipledger.access.grant import Grant
from shipledger.access.people.tokens import OwnToken


class TokenVerbs(Protocol):
    """The tokens of the person behind a grant."""

    async def list_own_tokens(self, grant: Grant) -> Sequence[OwnToken]:
        """All tokens of the person in the organization of the grant, newest first."""

    async def revoke_own_token(self, grant: Grant) -> None:
        """End the token of the grant itself."""
