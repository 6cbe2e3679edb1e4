"""``shipledger environment``."""

from __future__ import annotations

import pytest

from shipledger.catalog.retiering import add_rule, apply_policy, reset_rules
from shipledger.ledger.state import Tier
from shipledger.ledger.submission import Environment
from tests.cli.conftest import NOW, Write
from tests.support.commands import Commands
from tests.support.pen import Pen
from tests.support.shipping import ship
from tests.support.tiers import save_tier_policy

NAMES = ("Blue", "green-1", "prod")


async def record_three(pen: Pen) -> None:
    """A deployment to each of three environments, whose tiers nobody said."""
    for number, name in enumerate(NAMES, start=1):
        environment = {"id": f"id-{number}", "displayName": name, "type": "unmapped"}
        await ship(pen, "SHIP-1", at=NOW, number=number, environment=environment)


def tiers_of(cli: Commands) -> dict[str, tuple[str, str]]:
    found = cli("environment", "list", "--json").json["environments"]
    return {one["name"]: (one["tier"], one["why"]) for one in found}


def test_an_environment_is_set_and_unset_for_what_was_recorded_before(cli: Commands, write: Write[None]) -> None:
    write(record_three)
    assert tiers_of(cli) == {
        "Blue": ("unmapped", "no rule matches"),
        "green-1": ("unmapped", "no rule matches"),
        "prod": ("production", "rule 4"),
    }
    assert cli("environment", "set", "blue", "staging", "--dry-run", "--json").json["deployments"] == 0
    done = cli("environment", "set", "blue", "staging", "--json").json
    assert done["changes"] == [{"id": "id-1", "name": "Blue", "was": "unmapped", "is": "staging"}]
    assert done["deployments"] == 1
    assert tiers_of(cli)["Blue"] == ("staging", "set by hand")
    cli("verify")
    unmapped = cli("environment", "list", "--unmapped").out
    assert "green-1" in unmapped
    assert "Blue" not in unmapped
    assert "1 deployments" in cli("environment", "unset", "Blue").out
    history = cli("environment", "history", "--json").json["history"]
    assert [one["changes"] for one in history] == [["Tier of blue set to staging."], ["Tier of blue no longer set by hand."]]
    assert "an operator, with shipledger environment" in cli("environment", "history", environment={"COLUMNS": "200"}).out
    assert tiers_of(cli)["Blue"][0] == "unmapped"


@pytest.mark.both_stores
def test_a_rule_counts_for_what_was_recorded_before_and_a_rebuild_keeps_it(cli: Commands, write: Write[None]) -> None:
    write(record_three)
    done = cli("environment", "rules", "add", "word:blue|green", "production").out
    assert "green-1" in done
    assert "2 deployments" in done
    cli("rebuild")
    assert tiers_of(cli)["green-1"] == ("production", "rule 1")
    cli("verify")
    assert cli("environment", "apply", "--json").json["deployments"] == 0


def test_there_is_nothing_to_list_at_first(cli: Commands) -> None:
    assert cli("environment", "list", "--json").json == {"environments": []}
    assert "No deployment" in cli("environment", "list").err


def test_the_rules_are_listed_changed_and_reset(cli: Commands) -> None:
    first = cli("environment", "rules", "list", "--json").json["rules"]
    assert [rule["tier"] for rule in first] == ["development", "testing", "staging", "production"]
    cli("environment", "rules", "add", "eu-*", "production")
    cli("environment", "rules", "add", "word:blue|green", "staging", "--position", "2")
    changed = cli("environment", "rules", "list", "--json").json["rules"]
    assert [rule["pattern"] for rule in changed[:2]] == ["eu-*", "word:blue|green"]
    cli("environment", "rules", "remove", "1")
    assert cli("environment", "rules", "list", "--json").json["rules"][0] == changed[1]
    assert "eu-*" not in cli("environment", "rules", "list").out
    cli("environment", "rules", "reset")
    assert cli("environment", "rules", "list", "--json").json["rules"] == first


@pytest.mark.parametrize(
    "arguments",
    [
        ("rules", "add", "word:", "staging"),
        ("rules", "add", "x", "staging", "--position", "99"),
        ("rules", "remove", "99"),
        ("unset", "never-set"),
        ("set", " ", "staging"),
    ],
)
def test_what_cannot_be_done_is_refused_and_changes_nothing(cli: Commands, arguments: tuple[str, ...]) -> None:
    before = cli("environment", "rules", "list", "--json").json
    refused = cli("environment", *arguments, code=1 if arguments[0] == "unset" or arguments[1] == "remove" else 2)
    assert refused.err
    assert cli("environment", "rules", "list", "--json").json == before


def test_a_dry_run_changes_nothing(cli: Commands) -> None:
    done = cli("environment", "rules", "add", "eu-*", "production", "--dry-run", "--json").json
    assert done == {"changes": [], "deployments": 0, "is_dry_run": True}
    assert len(cli("environment", "rules", "list", "--json").json["rules"]) == 4


def test_each_organization_has_rules_of_its_own(cli: Commands) -> None:
    cli("organization", "create", "rival")
    cli("environment", "rules", "add", "eu-*", "production", "--organization", "rival")
    assert len(cli("environment", "rules", "list", "--json").json["rules"]) == 4
    assert len(cli("environment", "rules", "list", "--organization", "rival", "--json").json["rules"]) == 5


async def record_under_other_rules(pen: Pen) -> None:
    """What an earlier version left: `uat` was staging by its rules, and one API kept its guess as if it had been said."""
    for number in (1, 2):
        await ship(pen, "SHIP-1", at=NOW, number=number, environment={"id": "u", "displayName": "uat", "type": "unmapped"})
    await ship(pen, "SHIP-1", at=NOW, number=3, environment={"id": "d", "displayName": "dev", "type": "unmapped"})
    await ship(pen, "SHIP-1", at=NOW, number=4, environment={"id": "s", "displayName": "uat-3", "type": "staging"})
    await pen.record(at=NOW, environment=Environment(id="uat-2", name="uat-2", tier=Tier.STAGING))
    policy = add_rule(await pen.store.find_tier_policy(pen.organization_id), "uat", Tier.STAGING, position=1)
    await save_tier_policy(pen.store, pen.organization_id, policy)
    await apply_policy(pen.store, pen.organization_id)
    policy = reset_rules(await pen.store.find_tier_policy(pen.organization_id))
    await save_tier_policy(pen.store, pen.organization_id, policy)


def test_a_preview_shows_what_other_rules_would_move_before_they_do(cli: Commands, write: Write[None]) -> None:
    write(record_under_other_rules)
    uat = {"id": "u", "name": "uat", "is": "staging", "becomes": "testing", "deployments": 2, "is_kept": False}
    guess = {"id": "uat-2", "name": "uat-2", "is": "staging", "becomes": "testing", "deployments": 1, "is_kept": True}
    for _ in range(2):
        assert cli("environment", "rules", "preview", "--json").json == {"environments": [uat, guess], "deployments": 2}
    shown = cli("environment", "rules", "preview")
    assert "2 deployments would change their tier" in shown.err
    assert "guessed by an earlier version" in shown.out
    tried = cli("environment", "rules", "preview", "dev", "production", "--json").json
    assert [(one["name"], one["becomes"]) for one in tried["environments"]] == [
        ("dev", "production"),
        ("uat", "testing"),
        ("uat-2", "testing"),
    ]
    assert cli("environment", "apply", "--json").json["deployments"] == 2
    assert cli("environment", "rules", "preview", "--json").json["environments"] == [guess]


def test_a_preview_of_the_rules_of_this_version_needs_no_change_of_them(cli: Commands, write: Write[None]) -> None:
    write(record_three)
    cli("environment", "rules", "add", "prod", "staging")
    assert cli("environment", "rules", "preview", "--json").json["environments"] == []
    moved = cli("environment", "rules", "preview", "--default", "--json").json["environments"]
    assert [(one["name"], one["is"], one["becomes"]) for one in moved] == [("prod", "staging", "production")]
    assert "Pass both a pattern and a tier" in cli("environment", "rules", "preview", "prod", code=2).err


def lanes_of(cli: Commands) -> list[str]:
    found = cli("deployments", "list", "--json").json["deployments"]
    return sorted(one["canonical_environment"] for one in found)


def test_names_are_joined_shown_renamed_and_split_for_what_was_recorded_before(cli: Commands, write: Write[None]) -> None:
    write(record_three)
    told = cli("environment", "alias", "PROD", "blue", "--dry-run", "--json").json
    assert (told["names"], told["is_dry_run"]) == ([{"name": "prod", "was": "prod", "becomes": "blue", "deployments": 1}], True)
    assert told["retiered_deployments"] == 1, "production by its own name, unmapped by the other"
    assert lanes_of(cli) == ["Blue", "green-1", "prod"]
    assert "1 deployments changed their tier" in cli("environment", "alias", "prod", "blue").out
    assert lanes_of(cli) == ["blue", "blue", "green-1"]
    cli("environment", "rename", "blue", "Live")
    cli("environment", "alias", "later", "live")
    shown = cli("environment", "show", "LATER", "--json").json
    assert (shown["name"], [one["name"] for one in shown["names"]]) == ("Live", ["live", "blue", "later", "prod"])
    assert sum(one["deployments"] for one in shown["names"]) == 2
    assert len(cli("deployments", "list", "--environment", "blue", "--json").json["deployments"]) == 2
    listed = {
        one["name"]: (one["alias_of"], one["tier"], one["why"])
        for one in cli("environment", "list", "--json").json["environments"]
    }
    by_name = ("Live", "production", "rule 4")
    assert listed == {"Blue": by_name, "green-1": (None, "unmapped", "no rule matches"), "prod": by_name, "later": by_name}
    cli("rebuild")
    cli("verify")
    cli("environment", "unalias", "prod")
    assert lanes_of(cli) == ["Live", "green-1", "prod"]
    history = cli("environment", "history", "--json").json["history"]
    assert [one["changes"] for one in history] == [
        ["prod is another name of blue."],
        ["blue is another name of Live."],
        ["later is another name of Live."],
        ["prod is no longer another name of blue."],
    ]
    assert "is not another name" in cli("environment", "unalias", "prod", code=None).err
    assert "No deployment uses the environment" in cli("environment", "show", "nowhere", code=None).err
