"""``shipledger service``."""

from __future__ import annotations

from pathlib import Path

import pytest

from shipledger.store.sqlite import migrate
from tests.support.commands import Commands


def test_a_created_service_is_listed(cli: Commands) -> None:
    made = cli("service", "create", "Check out", "--description", "Takes money", "--tag", "web", "--json").json

    assert made["slug"] == "check-out"
    assert cli("service", "list", "--json").json["services"] == [made]
    assert "Takes money" in cli("service", "list").out


@pytest.mark.both_stores
def test_a_name_with_bytes_that_are_no_utf_8_is_kept_in_characters_that_are(cli: Commands) -> None:
    assert "check\ufffdout" in cli("service", "create", "check\udcffout").out
    assert [one["name"] for one in cli("service", "list", "--json").json["services"]] == ["check\ufffdout"]


def test_a_name_that_is_too_long_is_refused(cli: Commands) -> None:
    assert "at most 512 characters" in cli("service", "create", "x" * 513, code=2).err


def test_a_name_is_taken_once_whatever_its_case(cli: Commands) -> None:
    cli("service", "create", "Checkout")

    cli("service", "create", "CHECKOUT", code=1)


@pytest.mark.parametrize(
    "repository",
    [
        "acme/Shop",
        "bitbucket.org/acme/Shop",
        "git@bitbucket.org:acme/Shop.git",
        "https://user:secret@bitbucket.org/acme/Shop.git",
    ],
)
def test_a_repository_is_mapped_in_any_spelling_by_its_canonical_name(cli: Commands, repository: str) -> None:
    cli("service", "create", "Checkout")

    mapped = cli("service", "map-repository", "checkout", repository, "--json").json

    assert (mapped["repository"], mapped["is_new"]) == ("bitbucket.org/acme/Shop", True)
    assert cli("service", "mappings", "--json").json["mappings"] == [
        {"service": "checkout", "repository": "bitbucket.org/acme/Shop", "former_name": None}
    ]


def test_a_service_is_named_by_id_slug_or_name(cli: Commands) -> None:
    made = cli("service", "create", "Check out", "--json").json
    for number, service in enumerate([made["id"], "check-out", "Check out"]):
        cli("service", "map-repository", service, f"acme/repository-{number}")

    assert len(cli("service", "mappings", "--json").json["mappings"]) == 3


def test_mapping_twice_and_unmapping_twice_change_nothing(cli: Commands) -> None:
    cli("service", "create", "Checkout")
    cli("service", "map-repository", "checkout", "acme/shop")

    assert cli("service", "map-repository", "checkout", "ACME/shop", "--json").json["is_new"] is False
    assert cli("service", "unmap-repository", "checkout", "acme/shop", "--json").json["was_mapped"] is True
    assert cli("service", "unmap-repository", "checkout", "acme/shop", "--json").json["was_mapped"] is False
    assert "No repository is mapped" in cli("service", "mappings").err


def test_an_unknown_service_and_a_repository_that_is_none_are_told_apart(cli: Commands) -> None:
    cli("service", "create", "Checkout")

    assert "There is no service" in cli("service", "map-repository", "nope", "acme/shop", code=1).err
    assert "is not a repository" in cli("service", "map-repository", "checkout", "shop", code=2).err


def test_services_of_another_organization_are_not_there(cli: Commands) -> None:
    cli("organization", "create", "acme")
    cli("service", "create", "Checkout", "--organization", "acme")

    assert cli("service", "list", "--json").json["services"] == []
    cli("service", "map-repository", "checkout", "acme/shop", code=1)


def test_the_first_command_after_an_upgrade_gives_entries_to_what_had_none_and_says_nothing_of_it(cli: Commands) -> None:
    if not cli.url.startswith("sqlite:///"):
        pytest.skip("how rows of before are found on PostgreSQL: tests/store/conformance/test_former_rows.py")
    made = cli("service", "create", "Checkout", "--json").json
    migrate.downgrade(Path(cli.url.removeprefix("sqlite:///")), "0040_gates")
    listed = cli("service", "list", "--json")
    assert (listed.json["services"], listed.err) == ([made], "")
    cli("verify")


@pytest.mark.both_stores
def test_relations_are_recorded_listed_and_undone(cli: Commands) -> None:
    for name in ("Shop", "Till", "Bank"):
        cli("service", "create", name)
    assert "service relate SERVICE depends-on OTHER" in cli("service", "relations").err
    assert cli("service", "relate", "shop", "depends-on", "TILL").out == "shop now depends on TILL.\n"
    assert cli("service", "relate", "Shop", "depends-on", "till").out == "Shop already depends on till.\n"
    assert cli("service", "relate", "shop", "contains", "bank", "--json").json["is_new"] is True
    assert cli("service", "relations", "--json").json["relations"] == [
        {"service": "shop", "relation": "contains", "other": "bank"},
        {"service": "shop", "relation": "depends_on", "other": "till"},
    ]
    assert "shop     depends on  till" in cli("service", "relations").out
    assert "cannot depend on itself" in cli("service", "relate", "shop", "depends-on", "shop", code=2).err
    assert "no service 'nothing'" in cli("service", "relate", "shop", "depends-on", "nothing", code=1).err
    assert cli("service", "unrelate", "shop", "contains", "bank").out == "shop no longer contains bank.\n"
    assert cli("service", "unrelate", "shop", "contains", "bank").out == "shop did not contain bank.\n"
    history = cli("service", "history", "SHOP", "--json").json["history"]
    assert [one["changes"] for one in history][:2] == [["Created as Shop."], ["Depends on Till."]]
    assert {one["actor"] for one in history} == {"command:service create", "command:service relate", "command:service unrelate"}
    assert "Created as Shop." in cli("service", "history", "shop").out
    assert "no service 'nothing'" in cli("service", "history", "nothing", code=1).err

    cli("service", "relate", "bank", "depends-on", "till")
    for other in ("till", "bank"):
        cli("service", "relate", "shop", "contains", other)
    moved = cli("service", "merge", "till", "bank", "--json").json["relations"]
    assert moved == [{"service": "shop", "relation": "depends_on", "other": "bank"}]
    now = {(one["service"], one["relation"], one["other"]) for one in cli("service", "relations", "--json").json["relations"]}
    assert now == {("shop", "depends_on", "bank"), ("shop", "contains", "bank")}
    assert "already" in cli("service", "relate", "shop", "depends-on", "bank").out
    for kind in ("contains", "depends-on"):
        assert "no longer" in cli("service", "unrelate", "shop", kind, "bank").out
    assert cli("service", "relations", "--json").json["relations"] == []


def test_two_services_are_merged_with_their_names_and_repositories_and_split_again(cli: Commands) -> None:
    for name in ("Shop", "Web shop", "Till"):
        cli("service", "create", name, "--team", "web")
    cli("service", "add-name", "web-shop", "SVC-9")
    cli("service", "map-repository", "web-shop", "github.com/acme/web")
    cli("service", "relate", "web-shop", "depends-on", "till")
    cli("service", "relate", "till", "contains", "web-shop")
    cli("setting", "set", "gate_timeout_hours", "5", "--service", "web-shop")
    cli("setting", "set", "silence_limit_hours", "9", "--service", "shop")
    before = {one["slug"]: one for one in cli("service", "list", "--json").json["services"]}

    assert cli("service", "merge", "web-shop", "shop", "--dry-run", "--json").json["is_dry_run"] is True
    moved = cli("service", "merge", "web-shop", "shop", "--json").json
    assert ({*moved["names"]}, moved["repositories"]) == (
        {"SVC-9", "Web shop", "web-shop", before["web-shop"]["id"]},
        ["github.com/acme/web"],
    )
    assert [one["slug"] for one in cli("service", "list", "--json").json["services"]] == ["shop", "till"]
    assert [one["service"] for one in cli("service", "mappings", "--json").json["mappings"]] == ["shop"]
    relations = cli("service", "relations", "--json").json["relations"]
    assert [tuple(one.values()) for one in relations] == [("shop", "depends_on", "till"), ("till", "contains", "shop")]
    assert (moved["relations"], moved["settings"]) == (relations, {"gate_timeout_hours": 5})
    in_force = {one["key"]: one["value"] for one in cli("setting", "list", "--service", "web shop", "--json").json["settings"]}
    assert (in_force["gate_timeout_hours"], in_force["silence_limit_hours"]) == (168, 9)
    assert "itself" in cli("service", "merge", "shop", "shop", code=2).err
    assert cli("verify", "--json").json["damage"] == []

    assert "was merged" in cli("service", "split", "shop", "till", code=1).err
    again = cli("service", "split", "shop", "web shop", "--json").json
    assert (again["slug"], again["name"]) == ("web-shop", "Web shop")
    after = {one["slug"]: one for one in cli("service", "list", "--json").json["services"]}
    assert {slug: {*one["names"]} for slug, one in after.items()} == {
        "shop": set(),
        "web-shop": {"SVC-9", before["web-shop"]["id"]},
        "till": set(),
    }
    assert (after["web-shop"]["team"], again["service_id"] != before["web-shop"]["id"]) == ("web", True)
    assert [one["service"] for one in cli("service", "mappings", "--json").json["mappings"]] == ["web-shop"]
    relations = cli("service", "relations", "--json").json["relations"]
    assert [tuple(one.values()) for one in relations] == [("till", "contains", "web-shop"), ("web-shop", "depends_on", "till")]
    assert cli("setting", "get", "gate_timeout_hours", "--service", "web-shop", "--json").json["value"] == 5
    assert cli("verify", "--json").json["damage"] == []
