"""A search in one box."""

from __future__ import annotations

from collections.abc import Collection

from shipledger.catalog.searching import Kind, Rank
from shipledger.performing.performer import Performer
from shipledger.search_words import Query
from shipledger.verbs.search import Results, search


class SearchPerformer(Performer):
    """See ``verbs.search.SearchVerbs``."""

    async def search(
        self,
        organization_id: str,
        query: Query,
        *,
        kinds: Collection[Kind],
        limit: int,
        after: Rank | None = None,
    ) -> Results:
        """What ``query`` finds."""
        return await search(self._parts.store, organization_id, query, kinds=kinds, limit=limit, after=after)
