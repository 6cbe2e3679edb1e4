"""``shipledger now``."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shipledger.clock import Clock
from shipledger.ledger.state import State
from tests.support.commands import Commands
from tests.support.pen import Pen


@pytest.mark.both_stores
def test_it_prints_what_changed_and_what_is_wrong(cli: Commands, write) -> None:
    async def fill(pen: Pen) -> None:
        now = Clock().now()
        await pen.record(at=now - timedelta(minutes=9), title="Lately")
        await pen.record(at=now - timedelta(hours=3), title="Mended since", state=State.FAILED)
        elsewhere = (("bitbucket.org/acme/payments", "1" * 40),)
        await pen.record(at=now - timedelta(hours=2), title="Broken\n\x1b[31mred", state=State.FAILED, releases=elsewhere)

    write(fill)
    printed = cli("now", environment={"COLUMNS": "200"}).out
    assert "1 deployments" not in printed
    assert "1 deployment\n" in printed
    assert "3 deployments, 2 failed, 1 still failing" in printed
    assert "Broken" in printed
    assert "Mended" not in printed
    assert "\x1b" not in printed
    told = cli("now", "--json").json
    assert [told[name]["count"] for name in ("changed_in_last_hour", "failed", "failing")] == [1, 2, 1]
