"""``shipledger repository``."""

from __future__ import annotations

from tests.support.commands import Commands

OLD, NEW = "github.com/acme/shop", "github.com/acme/store"


def test_a_repository_is_renamed_shown_with_who_did_it_and_separated_again(cli: Commands) -> None:
    cli("service", "create", "Shop")
    cli("service", "map-repository", "shop", OLD)

    assert cli("repository", "rename", OLD, NEW, "--dry-run", "--json").json["is_dry_run"] is True
    assert [one["repository"] for one in cli("repository", "list", "--json").json["repositories"]] == [OLD]
    assert cli("repository", "rename", OLD, NEW, "--json").json == {
        "former_names": [OLD],
        "deployments": 0,
        "is_new": True,
        "is_dry_run": False,
    }
    assert "is already called" in cli("repository", "rename", OLD, NEW).out
    assert f"{NEW}  0            shop      {OLD}" in cli("repository", "list").out
    shown = cli("repository", "show", f"git@github.com:{OLD.partition('/')[2]}.git", "--json").json
    assert (shown["repository"], shown["former_names"], shown["services"]) == (NEW, [OLD], ["shop"])
    assert [(one["actor"], one["changes"]) for one in shown["history"]] == [
        ("command:repository rename", [f"Renamed from {OLD} to {NEW}."])
    ]
    assert "Renamed from" in cli("repository", "show", NEW).out
    mappings = cli("service", "mappings", "--json").json["mappings"]
    assert {(one["repository"], one["former_name"]) for one in mappings} == {(OLD, None), (NEW, OLD)}
    assert cli("verify", "--json").json["damage"] == []

    assert cli("repository", "separate", OLD, NEW, "--json").json == {"repository": NEW, "former_names": []}
    assert [one["repository"] for one in cli("service", "mappings", "--json").json["mappings"]] == [OLD]


def test_what_is_unknown_or_one_name_is_refused(cli: Commands) -> None:
    assert "names the repository" in cli("repository", "rename", OLD, NEW, code=1).err
    assert "names the repository" in cli("repository", "rename", OLD, NEW, "--dry-run", code=1).err
    assert "names the repository" in cli("repository", "show", OLD, code=1).err
    assert "one name" in cli("repository", "rename", OLD, OLD.upper().replace("GITHUB.COM", "github.com"), code=2).err
    assert "no former name" in cli("repository", "separate", OLD, NEW, code=1).err
    assert "No deployment names a repository yet" in cli("repository", "list").err
