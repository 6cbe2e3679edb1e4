"""``shipledger compare``: two environments, or two moments of one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.commands import Commands
from tests.support.pen import PRODUCTION, STAGING, Pen

NOW = datetime(2026, 3, 4, 10, 2, tzinfo=UTC)
SHOP = "github.com/acme/shop"


async def record_some(pen: Pen) -> None:
    """A service whose staging is ahead of its production."""
    await pen.create_service("checkout", SHOP, at=NOW)
    for hours, place, version in ((0, PRODUCTION, "1.0"), (2, PRODUCTION, "1.1"), (3, STAGING, "1.2")):
        releases = ((SHOP, version.replace(".", "") * 20),)
        at = NOW + timedelta(hours=hours)
        await pen.record(at=at, environment=place, version=version, releases=releases)


@pytest.mark.both_stores
def test_it_prints_markdown_or_what_the_api_answers(cli: Commands, write) -> None:
    write(record_some)
    said = cli("compare", "production", "staging-eu").out
    assert said.startswith("# production → staging-eu")
    assert "1.1 → 1.2" in said.replace("\\", "")
    assert "shipledger commits push" in said
    (one,) = cli("compare", "production", "--left-at", "2026-03-04T11:00Z", "--service", "CHECKOUT", "--json").json["services"]
    assert (one["left"]["version"], one["right"]["version"], one["difference"]) == ("1.0", "1.1", "different")
    assert "There is no service 'nobody'" in cli("compare", "production", "--service", "nobody", code=None).err
