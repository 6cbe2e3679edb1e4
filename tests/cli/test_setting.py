"""``shipledger setting``."""

from __future__ import annotations

import re

import pytest

from shipledger.catalog.organization_settings.declared import SETTINGS
from tests.support.commands import Commands
from tests.support.project import DOCS, read


def in_force(cli: Commands, *options: str) -> dict[str, tuple[object, str]]:
    found = cli("setting", "list", *options, "--json").json["settings"]
    return {one["key"]: (one["value"], one["source"]) for one in found}


@pytest.mark.both_stores
def test_a_value_is_inherited_from_the_most_particular_scope_that_sets_it_and_says_so(cli: Commands) -> None:
    cli("service", "create", "Checkout", "--team", "Web")
    assert in_force(cli)["gate_timeout_hours"] == (168, "default")
    for value, options in (("72", ()), ("12", ("--team", "web")), ("0", ("--service", "checkout"))):
        cli("setting", "set", "gate_timeout_hours", value, *options)
    assert in_force(cli, "--pipeline", "x")["gate_timeout_hours"] == (72, "organization")
    assert in_force(cli, "--team", "WEB")["gate_timeout_hours"] == (12, "team Web")
    assert in_force(cli, "--service", "Checkout")["gate_timeout_hours"] == (0, "service Checkout")

    cli("setting", "unset", "gate_timeout_hours", "--service", "checkout")
    told = cli("setting", "get", "gate_timeout_hours", "--service", "checkout", "--json").json
    assert (told["value"], told["source"], told["changed_by"]) == (12, "team Web", "command:setting set")
    history = cli("setting", "history", "--service", "checkout", "--json").json["history"]
    assert [(one["version"], one["actor"], one["changes"]) for one in history] == [
        (1, "command:setting set", ["gate_timeout_hours set to 0."]),
        (2, "command:setting unset", ["gate_timeout_hours is inherited again."]),
    ]
    assert "already" in cli("setting", "set", "gate_timeout_hours", "12.0", "--team", "Web").out


def test_rules_for_issues_are_settings_whichever_command_changes_them(cli: Commands) -> None:
    cli("issues", "mode", "projects", "--project", "ship")
    assert in_force(cli)["issue_projects"] == (["SHIP"], "organization")
    cli("setting", "set", "issue_projects", "OPS, SHIP")
    assert cli("issues", "status", "--json").json["projects"] == ["OPS", "SHIP"]
    assert "while issue_mode is projects" in cli("setting", "unset", "issue_projects", code=None).err


def test_a_dry_run_says_what_a_shorter_retention_would_erase_and_changes_nothing(cli: Commands) -> None:
    told = cli("setting", "set", "outbox_retention_days", "1", "--dry-run", "--json").json
    assert [(one["key"], one["count"]) for one in told["erases"]] == [("outbox_retention_days", 0)]
    assert "will be forgotten with the log of attempts, for good." in told["erases"][0]["sentence"]
    assert "Nothing would be erased." in cli("setting", "set", "outbox_retention_days", "0", "--dry-run").err
    assert "must be a whole number" in cli("setting", "set", "outbox_retention_days", "x", "--dry-run", code=None).err
    assert in_force(cli)["outbox_retention_days"] == (30, "default")


@pytest.mark.parametrize(
    "words, said",
    [
        (("set", "colour", "red"), "There is no setting 'colour'; the settings are issue_mode, "),
        (("get", "colour"), "There is no setting 'colour'"),
        (("set", "silence_limit_hours", "soon"), "must be a number of hours from 0 to 87,600; 0: forever."),
        (("set", "silence_limit_hours", "nan"), "must be a number of hours"),
        (("set", "known_services", "any", "--pipeline", "x"), "cannot be set for a pipeline, only for the organization."),
        (("set", "silence_limit_hours", "1", "--team", "Web"), "There is no team 'Web'; no service has a team yet."),
        (("list", "--service", "Till"), "There is no service 'Till'"),
        (("list", "--service", "Till", "--team", "Web"), "at most one of --team, --service and --pipeline"),
        (("set", "silence_limit_hours", "1", "--pipeline", "x" * 256), "has 1 to 255 characters"),
    ],
)
def test_what_cannot_be_set_is_refused_with_what_can(cli: Commands, words: tuple[str, ...], said: str) -> None:
    assert said in cli("setting", *words, code=None).err
    assert cli("setting", "history", "--json").json == {"history": []}


def test_the_reference_lists_every_setting_with_its_type_and_its_scopes() -> None:
    _, _, page = read(DOCS / "reference" / "organization-settings.md").partition("## All settings")
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|[^|]+\| ([^|]+) \|", page, re.MULTILINE)
    assert rows == [(one.key, one.form.type, ", ".join(one.scopes)) for one in SETTINGS.values()]
