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
    wanted = dict.fromkeys((repository_key(release.repository), release.commit.lower()) for release in releases)
    by_repository: dict[str, list[str]] = {}
    for key, commit_id in wanted:
        by_repository.setdefault(key, []).append(commit_id)
    known = await asyncio.gather(*(frame.ledger.find_commits(organization_id, key, ids) for key, ids in by_repository.items()))
    return {(key, commit.commit_id): commit for key, commits in zip(by_repository, known, strict=True) for commit in commits}
