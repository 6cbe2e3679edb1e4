"""``shipledger credential``."""

from __future__ import annotations

import re
from pathlib import Path

import jwt
import pytest

from tests.support.commands import Commands


@pytest.mark.parametrize("kind, secret_name", [("opsgenie", "api_key"), ("native", "token"), ("iftrue", "token")])
def test_json_is_one_object_with_the_id_and_the_secret(cli: Commands, kind: str, secret_name: str) -> None:
    made = cli("credential", "create", kind, "--name", "CI", "--json").json

    assert set(made) == {"id", secret_name}


def test_a_credential_has_all_rights_unless_it_is_narrowed(cli: Commands) -> None:
    wide = cli("credential", "create", "opsgenie", "--name", "wide", "--json").json
    narrow = cli("credential", "create", "opsgenie", "--name", "narrow", "--scope", "read", "--scope", "write", "--json").json

    listed = {one["id"]: one for one in cli("credential", "list", "--json").json["credentials"]}
    assert listed[wide["id"]]["scopes"] == ["configuration", "delete", "read", "write"]
    assert listed[narrow["id"]]["scopes"] == ["read", "write"]


def test_rights_that_are_given_by_name_alone_are_kept_when_the_credential_is_replaced(cli: Commands) -> None:
    for right in ("administer", "glance"):
        made = cli("credential", "create", "native", "--name", right, "--scope", right, "--json").json
        successor = cli("credential", "rotate", made["id"], "--json").json
        listed = {one["id"]: one["scopes"] for one in cli("credential", "list", "--json").json["credentials"]}
        assert listed[made["id"]] == listed[successor["id"]] == [right], right
        refused = cli("credential", "create", "opsgenie", "--name", right, "--scope", right, code=2)
        assert f"cannot have this right: {right}" in refused.err


def test_limits_are_kept_and_shown(cli: Commands) -> None:
    cli("credential", "create", "opsgenie", "--name", "x", "--requests-per-minute", "600", "--requests-per-second", "20")

    listed = cli("credential", "list", "--json").json["credentials"][0]
    assert (listed["requests_per_minute"], listed["requests_per_second"]) == (600, 20)
    assert "600/min 20/s" in cli("credential", "list").out


def test_the_secret_is_shown_once_and_stored_nowhere(cli: Commands, database: Path) -> None:
    secret = cli("credential", "create", "opsgenie", "--name", "CI", "--json").json["api_key"]

    assert secret not in cli("credential", "list", "--json").out
    assert secret not in cli("credential", "list").out
    assert not any(secret.encode() in file.read_bytes() for file in database.parent.glob("shipledger.db*"))


def test_for_a_person_the_secret_stands_alone_on_its_line(cli: Commands) -> None:
    made = cli("credential", "create", "opsgenie", "--name", "CI")

    assert [line.split()[0] for line in made.out.splitlines()] == ["id", "api_key"]
    assert "cannot be shown again" in made.err


@pytest.mark.both_stores
def test_a_revoked_credential_stays_listed_and_cannot_be_revoked_twice(cli: Commands) -> None:
    made = cli("credential", "create", "opsgenie", "--name", "CI", "--json").json
    cli("credential", "revoke", made["id"])

    assert cli("credential", "list", "--json").json["credentials"][0]["revoked_at"] is not None
    assert "no live credential" in cli("credential", "revoke", made["id"], code=1).err


def test_a_credential_belongs_to_one_organization(cli: Commands) -> None:
    cli("organization", "create", "acme")
    made = cli("credential", "create", "opsgenie", "--name", "CI", "--organization", "acme", "--json").json

    assert cli("credential", "list", "--json").json["credentials"] == []
    assert cli("credential", "revoke", made["id"], code=1)
    assert cli("credential", "revoke", made["id"], "--organization", "acme", "--json").json["is_revoked"] is True


def test_a_name_cannot_steer_the_terminal_or_the_table(cli: Commands) -> None:
    cli("credential", "create", "native", "--name", "\x1b[2J[red]CI[/red]")

    shown = cli("credential", "list").out
    assert "\x1b" not in shown
    assert "[red]CI[/red]" in shown


@pytest.mark.parametrize("name", ["", "   ", "n" * 201])
def test_a_name_that_says_nothing_is_refused(cli: Commands, name: str) -> None:
    cli("credential", "create", "opsgenie", "--name", name, code=2)


def test_an_empty_list_says_what_to_do(cli: Commands) -> None:
    listed = cli("credential", "list")

    assert listed.out == ""
    assert "shipledger credential create opsgenie" in listed.err


def test_a_token_of_iftrue_names_its_credential_and_can_end(cli: Commands) -> None:
    made = cli("credential", "create", "iftrue", "--name", "CI", "--expires", "2099-01-31", "--json").json

    claims = jwt.decode(made["token"], options={"verify_signature": False})
    assert (claims["sub"], claims["iss"], claims["exp"]) == (made["id"], "shipledger", 4073500800)


def test_only_a_token_can_end(cli: Commands) -> None:
    refused = cli("credential", "create", "opsgenie", "--name", "CI", "--expires", "2099-01-31", code=2)

    assert "--expires" in refused.err


def test_a_jira_oauth_client_gets_what_the_tutorial_asks_for(cli: Commands) -> None:
    made = cli("credential", "create", "jira-oauth", "--name", "CI", "--json").json

    assert set(made) == {"id", "client_id", "client_secret", "cloud_id"}
    assert made["client_id"] == made["id"]
    other = cli("credential", "create", "jira-oauth", "--name", "CI", "--break-ties-by-arrival", "--json").json
    assert other["cloud_id"] == made["cloud_id"]


def test_a_jira_connect_app_is_shown_its_secret_which_is_stored_encrypted(cli: Commands, database: Path) -> None:
    made = cli("credential", "create", "jira-connect", "--name", "app", "--app-key", "com.example.app", "--json").json

    assert set(made) == {"id", "app_key", "client_key", "shared_secret"}
    assert made["app_key"] == "com.example.app"
    assert not any(made["shared_secret"].encode() in file.read_bytes() for file in database.parent.glob("shipledger.db*"))
    assert cli("credential", "create", "jira-connect", "--name", "app", "--json").json["app_key"].startswith("shipledger-app-")


@pytest.mark.parametrize(
    "arguments",
    [
        ("opsgenie", "--app-key", "com.example.app"),
        ("jira-oauth", "--without-deployments"),
        ("jira-connect", "--app-key", "two words"),
        ("jira-connect", "--expires", "2027-01-31"),
    ],
)
def test_an_option_of_another_kind_is_refused(cli: Commands, arguments: tuple[str, ...]) -> None:
    assert cli("credential", "create", *arguments, "--name", "x", code=2).err


def test_datadog_has_two_keys_that_are_revoked_together(cli: Commands) -> None:
    made = cli("credential", "create", "datadog", "--name", "CI", "--scope", "read", "--json").json
    assert set(made) == {"id", "api_key", "application_key"}

    listed = {one["kind"]: one for one in cli("credential", "list", "--json").json["credentials"]}
    assert listed["datadog"]["scopes"] == ["write"]
    assert listed["datadog-application"]["scopes"] == ["read"]

    cli("credential", "revoke", made["id"])
    assert all(one["revoked_at"] for one in cli("credential", "list", "--json").json["credentials"])


def test_an_application_key_is_not_made_alone(cli: Commands) -> None:
    refused = cli("credential", "create", "datadog-application", "--name", "CI", code=2)

    assert "credential create datadog" in refused.err


def test_datadogs_names_of_rights_are_read_and_others_are_refused(cli: Commands) -> None:
    cli("credential", "create", "datadog", "--name", "CI", "--scope", "dora_metrics_read", "--json")

    listed = {one["kind"]: one["scopes"] for one in cli("credential", "list", "--json").json["credentials"]}
    assert listed == {"datadog": ["write"], "datadog-application": ["read"]}
    assert "dora_metrics_write" in cli("credential", "create", "datadog", "--name", "CI", "--scope", "dora", code=2).err


def test_the_form_of_times_belongs_to_an_application_key(cli: Commands) -> None:
    cli("credential", "create", "datadog", "--name", "CI", "--time-form", "int64", "--json")

    listed = {one["kind"]: one["time_form"] for one in cli("credential", "list", "--json").json["credentials"]}
    assert listed == {"datadog": None, "datadog-application": "int64"}
    assert "--time-form" in cli("credential", "create", "opsgenie", "--name", "CI", "--time-form", "int64", code=2).err


def test_a_connection_of_jenkins_is_given_the_address_that_jenkins_needs(cli: Commands) -> None:
    made = cli("credential", "create", "jenkins", "--name", "ours", "--json").json
    assert re.fullmatch(r"/jenkins/webtrigger\?jenkins_server_uuid=[0-9a-f-]{36}", made["webhook_url"])
    assert len(made["secret"]) >= 32
    public = {"SHIPLEDGER_PUBLIC_URL": "https://ship.example.com/"}
    there = cli("credential", "create", "jenkins", "--name", "ours", "--json", environment=public).json
    assert there["webhook_url"].startswith("https://ship.example.com/jenkins/webtrigger?jenkins_server_uuid=")
    assert cli("connect", "list", "--json").json["apps"] == []


def test_a_second_credential_of_one_name_is_made_and_the_first_is_named(cli: Commands):
    first = cli("credential", "create", "opsgenie", "--name", "ci", "--json").json["id"]
    assert "already" not in cli("credential", "create", "native", "--name", "ci").err

    said = cli("credential", "create", "opsgenie", "--name", "ci").err
    assert f"A live credential of this kind is already named 'ci': {first}." in said

    for one in cli("credential", "list", "--json").json["credentials"]:
        cli("credential", "revoke", one["id"])
    assert "already" not in cli("credential", "create", "opsgenie", "--name", "ci").err
