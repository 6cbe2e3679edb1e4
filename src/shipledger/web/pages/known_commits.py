"""The commits that deployments name, as far as the ledger knows them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from shipledger.catalog.commit import Commit
from shipledger.catalog.repository import repository_key
from shipledger.ledger.submission import Release
from shipledger.web.pages.frame import Frame


async def find_known_commits(frame: Frame, organization_id: str, releases: Iterable[Release]) -> dict[tuple[str, str], Commit]:
    """What is known, by repository (without case) and commit."""
    by_repository: dict[str, list[str]] = {}
    for release in releases:
        by_repository.setdefault(repository_key(release.repository), []).append(release.commit.lower())
    known = await asyncio.gather(*(frame.store.find_commits(organization_id, key, ids) for key, ids in by_repository.items()))
    return {(key, commit.commit_id): commit for key, commits in zip(by_repository, known, strict=True) for commit in commits}
