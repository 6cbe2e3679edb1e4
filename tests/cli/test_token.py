"""``shipledger token``."""

from __future__ import annotations

import pytest

from tests.support.commands import Commands

ADA = "ada@example.com"


@pytest.mark.both_stores
def test_tokens_of_people_are_made_listed_and_revoked(cli: Commands) -> None:
    cli("user", "create", ADA, "--role", "viewer")
    assert "token create EMAIL" in cli("token", "list").err
    made = cli("token", "create", ADA, "--name", "  nightly\tjob ", "--scope", "read", "--json").json
    assert made["token"].startswith("shipledger_pat_")
    listed = cli("token", "list", ADA, "--json")
    (one,) = listed.json["tokens"]
    assert (one["id"], one["email"], one["name"], one["scopes"]) == (made["id"], ADA, "nightly job", ["read"])
    assert (one["last_used_at"], one["revoked_at"], one["expires_at"]) == (None, None, made["expires_at"])
    assert made["token"] not in listed.out
    assert [one["kind"] for one in cli("credential", "list", "--json").json["credentials"]] == ["personal"]
    cli("token", "revoke", made["id"])
    assert "revoked already" in cli("token", "revoke", made["id"], code=1).err
    assert cli("token", "list", "--json").json["tokens"][0]["revoked_at"] is not None


def test_what_cannot_be_meant_is_refused(cli: Commands) -> None:
    cli("user", "create", ADA, "--role", "viewer")
    create = ("token", "create", ADA, "--name", "x", "--scope")
    for words, said, code in (
        ((*create, "write"), "does not have: write", 2),
        ((*create, "fly"), "'fly' is not one of", 2),
        ((*create, "read", "--expires", "2001-01-01"), "between now and a year", 2),
        ((*create, "read", "--expires-in-days", "1000"), "at most 366", 2),
        (("token", "create", "bob@example.com", "--name", "x", "--scope", "read"), "user list", 1),
        (("token", "revoke", "nothing"), "token list", 2),
    ):
        assert said in cli(*words, code=code).err
