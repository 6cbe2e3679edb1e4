"""Commits that a sender tells of, with their parents."""

from __future__ import annotations

from collections.abc import Sequence

from shipledger.catalog.told import ToldCommit, ToldRepository
from tests.support.site import Site


async def tell_commits(site: Site, repository: str, told: Sequence[ToldCommit]) -> None:
    """Have them kept, as told by the credential of the site's pen."""
    pen = site.pen
    of = ToldRepository(pen.organization_id, pen.credential_id, repository, repository, repository, url="", update_sequence=1)
    await site.store.save_told([(of, told)], learned_at=site.now)
