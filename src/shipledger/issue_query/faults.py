"""What is wrong with a query, and where."""

from __future__ import annotations

from shipledger.errors import Invalid


class QueryFault(Invalid):
    """A query that cannot be read. ``position`` counts characters from 1; one behind the end means that more is missing."""

    def __init__(self, sentence: str, position: int) -> None:
        super().__init__("issue_query", f"At position {position}: {sentence}")
        self.position = position
