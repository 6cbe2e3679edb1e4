"""``shipledger issues``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.commands import Commands
from tests.support.jira_site import ACCOUNT, TOKEN, JiraSite, jira_site
from tests.support.killed import run_killed

EXPORT = "\ufeffSummary,Issue key,Issue id,Issue Type,Status,Labels,Labels\nShip  it,ship-1,10001,Story,Done,a,b\n,OPS-2,x,,\n\n"


def test_an_organization_that_decided_nothing_goes_by_the_settings(cli: Commands) -> None:
    assert cli("issues", "status", "--json").json == {
        "mode": None,
        "projects": [],
        "services": "any",
        "issues": 0,
        "site": None,
    }
    assert "as set by jira_allowed_projects" in cli("issues", "status").out


@pytest.mark.both_stores
def test_a_mode_is_set_with_its_projects_and_leaves_services_alone(cli: Commands) -> None:
    cli("issues", "services", "registered")
    assert cli("issues", "mode", "projects", "--project", "ship", "--project", "OPS,ship").out == (
        "Known from now on: issues of SHIP, OPS.\n"
    )
    status = cli("issues", "status", "--json").json
    assert (status["mode"], status["projects"], status["services"]) == ("projects", ["SHIP", "OPS"], "registered")
    assert "The directory is empty" in cli("issues", "mode", "synced").out
    cli("issues", "services", "any")
    assert cli("issues", "mode", "open", "--json").json == {"mode": "open", "projects": [], "services": "any"}


@pytest.mark.parametrize(
    "arguments",
    [("mode", "projects"), ("mode", "open", "--project", "SHIP"), ("mode", "projects", "--project", "A-B"), ("services", "x")],
)
def test_a_decision_that_makes_no_sense_is_refused(cli: Commands, arguments: tuple[str, ...]) -> None:
    assert "shipledger: " in cli("issues", *arguments, code=2).err
    assert cli("issues", "status", "--json").json["mode"] is None


@pytest.mark.both_stores
def test_a_file_that_jira_exported_is_imported(cli: Commands, tmp_path: Path) -> None:
    file = tmp_path / "export.csv"
    file.write_text(EXPORT, encoding="utf-8")
    assert cli("issues", "import", str(file), "--json").json == {"imported": 2}
    assert cli("issues", "import", str(file)).out == "Imported 2 issues.\n"
    assert cli("issues", "list", "--json").json == {
        "issues": [
            {"key": "OPS-2", "id": "", "summary": "", "type": "", "status": ""},
            {"key": "SHIP-1", "id": "10001", "summary": "Ship it", "type": "Story", "status": "Done"},
        ],
        "next_after": None,
    }
    first = cli("issues", "list", "--limit", "1")
    assert first.err.endswith("shipledger issues list --after OPS-2 --limit 1\n")
    shown = cli("issues", "list", "--project", "ship").out
    assert "Ship it" in shown
    assert "OPS-2" not in shown


@pytest.mark.parametrize(
    "content, complaint",
    [
        (b"Summary,Status\nx,y\n", "has no column Issue key or key"),
        (b"Key\nSHIP-1\nnone\n", "Line 3 of issues.csv has no issue key"),
        (b"Key\n\xff\xfe\n", "is not a CSV file in UTF-8"),
        (b"", "has no column"),
    ],
)
def test_a_file_that_is_none_changes_nothing_and_is_told_where(
    cli: Commands, tmp_path: Path, content: bytes, complaint: str
) -> None:
    file = tmp_path / "issues.csv"
    file.write_bytes(content)
    assert complaint in cli("issues", "import", str(file), code=2).err
    assert cli("issues", "status", "--json").json["issues"] == 0


def test_a_file_that_is_not_there_is_told(cli: Commands, tmp_path: Path) -> None:
    assert "cannot be read" in cli("issues", "import", str(tmp_path / "none.csv"), code=2).err


def test_services_get_further_names_that_belong_to_one_alone(cli: Commands) -> None:
    cli("service", "create", "Checkout")
    cli("service", "create", "Payments")
    assert cli("service", "add-name", "checkout", "b:YXJp").out == "b:YXJp now refers to the service checkout.\n"
    assert cli("service", "add-name", "checkout", "B:yxjp", "--json").json["is_new"] is False
    assert "Another service already has the name" in cli("service", "add-name", "payments", "b:yxjp", code=1).err
    assert "Another service already has the name" in cli("service", "add-name", "payments", "CHECKOUT", code=1).err
    assert [one["names"] for one in cli("service", "list", "--json").json["services"]] == [["b:YXJp"], []]
    assert cli("service", "remove-name", "checkout", "b:yxjp", "--json").json["was_known"] is True
    assert cli("service", "remove-name", "checkout", "b:yxjp").out == "b:yxjp did not refer to the service checkout.\n"


@pytest.fixture
def site():
    with jira_site() as one:
        one.put("SHIP-1", summary="Ship it")
        one.put("SHIP-2")
        yield one


def loopback(token: str = TOKEN) -> dict[str, str]:
    return {"SHIPLEDGER_OUTGOING_NETWORKS": "127.0.0.1", "SHIPLEDGER_ISSUE_TOKEN": token}


def test_a_site_is_connected_read_and_disconnected(cli: Commands, site: JiraSite) -> None:
    connected = cli("issues", "connect", f"{site.url}/", "--account", ACCOUNT, "--json", environment=loopback())
    assert connected.json == {"url": site.url, "projects": []}
    assert cli("issues", "sync", "--json", environment=loopback()).json == {"read": 2, "forgotten": 0, "full": True}
    del site.issues["SHIP-2"]
    done = cli("issues", "sync", "--full", environment=loopback())
    assert done.out == "Read 1 issues, all there are.\n"
    assert "Removed 1 issues that the site no longer has." in done.err
    status = cli("issues", "status").out
    assert site.url in status
    assert ACCOUNT in status
    assert cli("issues", "status", "--json").json["issues"] == 1
    told = cli("setting", "get", "issue_site", "--json").json
    assert (told["value"], told["changed_by"]) == (site.url, "command:issues connect")
    assert "issues connect" in cli("setting", "set", "issue_site", site.url, code=2).err
    assert "deleted its token" in cli("issues", "disconnect").out
    history = cli("setting", "history", "--json").json["history"]
    assert [one["changes"] for one in history] == [[f"issue_site set to {site.url}."], ["issue_site is inherited again."]]
    assert ACCOUNT not in str(history)
    assert "No site is connected" in cli("issues", "sync", code=1).err
    assert "No site is connected" in cli("issues", "disconnect", code=1).err


def test_a_site_that_does_not_let_us_in_is_not_kept_and_no_token_is_shown(cli: Commands, site: JiraSite) -> None:
    done = cli("issues", "connect", site.url, "--account", ACCOUNT, environment=loopback("wrong-token"), code=1)
    assert "rejects this account and token (401)" in done.err
    assert "wrong-token" not in done.out + done.err
    assert "outgoing_networks" in cli("issues", "connect", site.url, environment={"SHIPLEDGER_ISSUE_TOKEN": "x"}, code=2).err
    assert cli("issues", "status", "--json").json["site"] is None


def test_the_token_is_kept_encrypted(cli: Commands, database: Path, site: JiraSite) -> None:
    cli("issues", "connect", site.url, "--account", ACCOUNT, environment=loopback())
    assert TOKEN.encode() not in database.read_bytes()
    wal = database.with_name(database.name + "-wal")
    assert not wal.exists() or TOKEN.encode() not in wal.read_bytes()


def test_an_import_that_was_killed_is_told_by_the_doctor_until_it_is_run_again(database, tmp_path) -> None:
    cli, file = Commands(database), tmp_path / "issues.csv"
    file.write_text("Issue key\n" + "".join(f"SHIP-{number}\n" for number in range(1, 1_501)))
    cli("organization", "list")
    environment = {"SHIPLEDGER_DATABASE_URL": cli.url}
    run_killed(
        "shipledger.store.issues.verbs:SqlIssues.save_issues",
        "issues",
        "import",
        str(file),
        environment=environment,
        when="after",
    )
    again = "shipledger issues import FILE --organization default"
    assert again in cli("doctor", "--quick", code=None).out
    assert cli("issues", "status", "--json").json["issues"] == 1_000
    cli("issues", "import", str(file))
    assert again not in cli("doctor", "--quick", code=None).out
    assert cli("issues", "status", "--json").json["issues"] == 1_500


@pytest.mark.both_stores
def test_two_commands_that_change_different_rules_at_once_both_hold(cli) -> None:
    """Each writes what it is about alone, so that neither undoes the other."""
    cli("issues", "mode", "projects", "--project", "SHIP")
    cli("issues", "services", "registered")
    told = cli("issues", "mode", "open", "--json").json
    assert (told["mode"], told["services"]) == ("open", "registered")
    assert cli("issues", "services", "any", "--json").json["mode"] == "open"
