"""What keeps those from writing who hung for so long that others have gone on without them.

A node or a rebuild that wakes cannot know that. So the transaction that writes holds the row that says whether it may: whoever
changes the row waits for that transaction, and everything that comes later finds it changed.
"""

from __future__ import annotations

from shipledger.errors import Conflict, Unavailable
from shipledger.store.session import Session, Steps, call

STRUCK_OFF = "This node was silent for so long that others took over its work; start it again."


class SqlFencing(Session):
    """The rows that say who may write."""

    _rebuild_id = ""
    """The rebuild that this store has begun, if it has."""

    @staticmethod
    def _hold_node(node_id: str) -> Steps[None]:
        """Raises Unavailable when the node was struck off. Nobody in particular, as a command is, may always write."""
        if node_id and ((yield call("hold_node", node_id=node_id)) or 0) < 0:
            raise Unavailable("node_struck_off", STRUCK_OFF)

    def _hold_rebuild(self) -> Steps[None]:
        """Raises Conflict when this store has begun a rebuild that another one has taken over, or ended, meanwhile."""
        if self._rebuild_id and (yield call("hold_rebuild", rebuild_id=self._rebuild_id)) is None:
            raise Conflict("rebuild_taken_over", "A newer rebuild replaced this one; let it finish.")
