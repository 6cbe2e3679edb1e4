"""Work that waits for all organizations, of which some may be out of reach."""

from __future__ import annotations

from shipledger.catalog.commit import Pack
from shipledger.catalog.issue import IssueSite
from shipledger.errors import Unavailable
from shipledger.found import Found
from shipledger.store.commits.verbs import SqlCommits, to_pack
from shipledger.store.issues.verbs import SqlIssues
from shipledger.store.postgres.reaching import PostgresReaching
from shipledger.store.row_reading import read_each


class PostgresWaitingWork(PostgresReaching, SqlCommits, SqlIssues):
    """Asks each organization by itself when all together cannot be asked."""

    async def list_next_packs(self) -> list[Pack]:
        """See CommitStore. Of those that are in reach."""
        try:
            return await super().list_next_packs()
        except Unavailable:
            found = await self._ask_each(lambda one: self._fetch("find_next_pack", organization_id=one))
        return sorted(read_each(to_pack, (row for row in found if row is not None)), key=lambda pack: pack.pack_id)

    async def list_issue_sites(self) -> Found[IssueSite]:
        """See IssueStore. Of those that are in reach."""
        try:
            return await super().list_issue_sites()
        except Unavailable:
            found = await self._ask_each(self.find_issue_site)
        return Found(site for site in found if site is not None)
