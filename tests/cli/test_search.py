"""``shipledger search``: anything by a few words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.commands import Commands
from tests.support.pen import Pen

NOW = datetime(2026, 3, 4, 10, 2, tzinfo=UTC)
SHA = "0123abcd" + "4" * 32


async def record_some(pen: Pen) -> None:
    """Two deployments of a service, the first of which was replaced."""
    shared = {"services": ("checkout",), "actor": "Jane Doe"}
    await pen.record(at=NOW, title="Mend the login", releases=(("github.com/acme/shop", SHA),), **shared)
    later = NOW + timedelta(hours=1)
    await pen.record(at=later, title="Login again", releases=(("github.com/acme/shop", "f" * 40),), version="1.4.2", **shared)


@pytest.mark.both_stores
def test_it_finds_as_the_page_does_and_says_where_a_commit_runs(cli: Commands, write) -> None:
    write(record_some)
    found = cli("search", "login", "mend", "--json").json
    assert [(group["kind"], [hit["name"] for hit in group["results"]]) for group in found["groups"]] == [
        ("deployment", ["Mend the login"])
    ]
    assert "0123abcd44 ran before in Production as checkout" in cli("search", SHA[:9]).out
    assert "ffffffffff runs in Production as checkout" in cli("search", "f" * 40).out
    lines = cli("search", "jane", environment={"COLUMNS": "200"}).out.splitlines()
    assert ["person" in line and "Jane Doe" in line for line in lines[1:]] == [True]
    assert "runs now" in cli("search", "1.4.2", "--kind", "deployment", "--limit", "1", environment={"COLUMNS": "200"}).out


def test_what_cannot_be_found_or_looked_for_is_said(cli: Commands, write) -> None:
    write(record_some)
    assert "Nothing was found" in cli("search", "kettle").err
    assert cli("search", "kettle", "--json").json["groups"] == []
    assert "at least 2 characters" in cli("search", "x", code=2).err
    assert "at most 200 characters" in cli("search", "x" * 201, code=2).err
    assert cli("search", code=2).err
