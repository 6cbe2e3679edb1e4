"""``shipledger organization``."""

from __future__ import annotations

import pytest

from tests.support.commands import Commands


def test_the_default_organization_is_there_from_the_first_use(cli: Commands) -> None:
    listed = cli("organization", "list", "--json").json["organizations"]

    assert [one["slug"] for one in listed] == ["default"]


@pytest.mark.both_stores
def test_a_created_organization_is_listed_with_its_name(cli: Commands) -> None:
    made = cli("organization", "create", "acme", "--name", "Acme Inc.", "--json").json

    assert made in cli("organization", "list", "--json").json["organizations"]
    assert "Acme Inc." in cli("organization", "list").out


def test_a_slug_is_taken_once(cli: Commands) -> None:
    cli("organization", "create", "acme")

    assert "exists" in cli("organization", "create", "acme", code=1).err


def test_a_slug_that_is_none_is_refused(cli: Commands) -> None:
    cli("organization", "create", "a" * 100)
    for slug in ("Acme Inc.", "a" * 101, "a\udcff"):
        assert "lower-case" in cli("organization", "create", slug, code=2).err
