"""How a server begins."""

from __future__ import annotations

from shipledger.ledger.history import RULES
from tests.conftest import Serve
from tests.support.server import Server


async def test_an_empty_ledger_is_by_the_rules_of_this_version_before_anybody_is_served(server: Server) -> None:
    assert await server.app.store.find_projection_rules() == RULES


async def test_a_server_on_a_copy_of_a_ledger_sends_nothing(serve: Serve) -> None:
    async with serve(outbox="off") as server:
        duties = server.app.roster._duties
        assert ("outbox upkeep" in duties, "gates" in duties) == (True, False)
