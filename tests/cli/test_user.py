"""``shipledger user``."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cli.conftest import NOW, Write
from tests.support.commands import Commands
from tests.support.pen import Pen

ADA = "ada@example.com"


@pytest.mark.both_stores
def test_people_are_added_listed_changed_and_taken_out(cli: Commands) -> None:
    assert "user create EMAIL --role administrator" in cli("user", "list").err
    made = cli("user", "create", "Ada@Example.com", "--role", "administrator", "--name", "Ada", "--json").json
    assert made["link"].startswith("http://127.0.0.1:8080/welcome?organization=default&link=")
    again = cli("user", "create", ADA, "--role", "viewer", "--json").json
    assert (again["id"], again["is_new"], again["link"] != made["link"]) == (made["id"], False, True)
    cli("user", "create", "bob@example.com", "--team", "web=approver")
    cli("user", "set-role", "BOB@example.com", "--role", "editor", "--team", "web=", "--team", "data=viewer")
    users = cli("user", "list", "--json").json["users"]
    assert [(one["email"], one["name"], one["role"], one["teams"], one["state"]) for one in users] == [
        ("Ada@Example.com", "Ada", "administrator", {}, "invited"),
        ("bob@example.com", "bob@example.com", "editor", {"data": "viewer"}, "invited"),
    ]
    assert "last administrator" in cli("user", "set-role", ADA, "--role", "viewer", code=1).err
    assert "last administrator" in cli("user", "remove", ADA, code=1).err
    cli("user", "set-role", "bob@example.com", "--role", "administrator")
    assert cli("user", "remove", ADA).out == f"{ADA} no longer belongs to default.\n"
    assert [one["email"] for one in cli("user", "list", "--json").json["users"]] == ["bob@example.com"]
    assert cli("user", "create", ADA, "--role", "viewer", "--json").json["is_new"] is True
    assert cli("user", "disable", ADA).out.endswith("can no longer sign in.\n")
    assert "disabled" in cli("user", "list").out


@pytest.mark.parametrize(
    "words, said",
    [
        (("create", "nobody", "--role", "viewer"), "e-mail address"),
        (("create", ADA), "Choose a role"),
        (("create", ADA, "--team", "web"), "TEAM=ROLE"),
        (("create", ADA, "--team", "web=king"), "TEAM=ROLE"),
        (("set-role", ADA), "Pass --role or --team"),
    ],
)
def test_what_cannot_be_meant_is_refused(cli: Commands, words: tuple[str, ...], said: str) -> None:
    assert said in cli("user", *words, code=2).err


def test_an_unknown_person_is_not_found(cli: Commands) -> None:
    for words in (("remove", ADA), ("reset", ADA), ("disable", ADA), ("set-role", ADA, "--role", "viewer")):
        assert "user list" in cli("user", *words, code=1).err


@pytest.mark.both_stores
def test_people_are_known_to_senders_by_logins_which_find_their_deployments(cli: Commands, write: Write) -> None:
    async def deploy(pen: Pen) -> None:
        for minutes, actor in enumerate(("Octocat", "bob@example.com")):
            await pen.record(at=NOW + timedelta(minutes=minutes), actor=actor)

    write(deploy)
    for person in (ADA, "bob@example.com"):
        cli("user", "create", person, "--role", "viewer", "--name", person[:3].title())
    assert "no login besides" in cli("user", "known-as", ADA).out
    assert cli("user", "known-as", ADA, "octocat", "{42}", "--json").json == {"logins": ["octocat", "{42}"], "is_changed": True}
    assert "Somebody else" in cli("user", "known-as", "bob@example.com", "OctoCat", code=1).err
    assert "address of somebody else" in cli("user", "known-as", ADA, "BOB@example.com", code=1).err
    assert "254 characters" in cli("user", "known-as", ADA, "x" * 10_000, code=2).err
    assert cli("user", "known-as", ADA, "--not", "{42}").out == f"{ADA} is known to senders as octocat.\n"
    assert [one["logins"] for one in cli("user", "list", "--json").json["users"]] == [["octocat"], []]
    assert " Bob " in cli("deployments", "list", environment={"COLUMNS": "200"}).out
    (found,) = cli("deployments", "list", "--by", ADA, "--json").json["deployments"]
    assert (found["actor"], found["person"]["name"], found["actor_from"]) == ("Octocat", "Ada", "sender")
    assert "Ada (sent as Octocat)" in cli("deployments", "show", found["id"]).out


def test_an_audit_tells_who_did_what_with_names_and_so_do_histories(cli: Commands) -> None:
    cli("user", "create", ADA, "--role", "administrator", "--name", "Ada")
    cli("user", "set-role", ADA, "--team", "web=viewer")
    cli("setting", "set", "gate_timeout_hours", "5")
    acts = cli("audit", "--json").json["audit"]
    assert [(one["kind"], one["subject"], one["who"]) for one in acts] == [
        ("setting", "organization", "an operator, with shipledger setting set"),
        ("member", "Ada", "an operator, with shipledger user set-role"),
        ("member", "Ada", "an operator, with shipledger user create"),
    ]
    page = cli("audit", "--limit", "2")
    assert ("Is viewer in the team web." in page.out, "--before" in page.err) == (True, True)
    more = page.err.strip().rpartition(" ")[2].strip("'")
    assert "Added as administrator." in cli("audit", "--limit", "2", "--before", more).out
    assert len(cli("audit", "--csv").out.splitlines()) == 4
    assert cli("audit", "--actor", ADA, "--json").json["audit"] == []
    assert "audit" not in cli("audit", "--kind", "king", code=2).out
    assert "an operator, with shipledger setting set" in cli("setting", "history", environment={"COLUMNS": "200"}).out
