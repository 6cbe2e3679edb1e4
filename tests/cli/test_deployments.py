"""``shipledger deployments``."""

from __future__ import annotations

import shlex
from datetime import datetime, timedelta

import pytest

from shipledger.clock import Clock
from shipledger.deployments.listing import DeploymentFilter
from shipledger.ledger.state import State
from tests.support.commands import Commands
from tests.support.pen import STAGING, Pen
from tests.support.shipping import DEVELOPMENT, PRODUCTION, ship_all

NOW = Clock().now().replace(microsecond=0)


async def deploy_four(pen: Pen) -> list[str]:
    """Of Checkout to production 1, 3 and 26 hours ago, the second of which failed, and of Search to staging 2 hours ago."""
    await pen.create_service("Checkout", "bitbucket.org/acme/checkout", at=NOW)
    await pen.create_service("Search Engine", at=NOW + timedelta(seconds=1))
    for hours, state in ((26, State.SUCCESSFUL), (3, State.FAILED)):
        await pen.record(at=NOW - timedelta(hours=hours), state=state, title=f"{hours} h")
    search = {"environment": STAGING, "releases": (), "services": ("Search Engine",), "title": "2 h"}
    await pen.record(at=NOW - timedelta(hours=2), state=State.SUCCESSFUL, **search)
    await pen.record(
        at=NOW - timedelta(hours=1),
        title="1 h",
        external_id="build 1",
        description="Rolls forward",
        actor="Ada",
        version="2.4.1",
        issue_keys=("SHIP-1", "SHIP-2"),
    )
    found = await pen.store.list_deployments(pen.organization_id, DeploymentFilter())
    return [one.deployment_id for one in found]


def day(moment: datetime) -> str:
    return moment.date().isoformat()


LISTS: list[tuple[list[str], list[str]]] = [
    ([], ["1 h", "2 h", "3 h", "26 h"]),
    (["--since", "150m"], ["1 h", "2 h"]),
    (["--since", "1d"], ["1 h", "2 h", "3 h"]),
    (["--since", "1d12h", "--until", "2h30m"], ["3 h", "26 h"]),
    (["--until", day(NOW - timedelta(days=3))], []),
    (["--since", (NOW - timedelta(hours=2)).isoformat()], ["1 h", "2 h"]),
    (["--service", "checkout"], ["1 h", "3 h", "26 h"]),
    (["--service", "Search Engine"], ["2 h"]),
    (["--environment", "Production", "--state", "failed"], ["3 h"]),
    (["--environment", "staging-eu"], ["2 h"]),
    (["--tier", "staging"], ["2 h"]),
    (["--repository", "bitbucket.org/acme/checkout", "--limit", "1"], ["1 h"]),
    (["--find", "rolls"], ["1 h"]),
]


@pytest.mark.both_stores
def test_deployments_are_listed_newest_first_by_what_is_asked(cli: Commands, write) -> None:
    write(deploy_four)
    found = [[one["title"] for one in cli("deployments", "list", *options, "--json").json["deployments"]] for options, _ in LISTS]
    assert found == [titles for _, titles in LISTS]


def test_a_list_that_goes_on_prints_the_command_that_continues_it_in_the_same_time(cli: Commands, write) -> None:
    ids = write(deploy_four)
    asked = ("deployments", "list", "--environment", "Production", "--since", "3d", "--limit", "2")
    assert cli(*asked, "--json").json["next_before"] == ids[2]
    first = cli(*asked)
    (more,) = [line for line in first.err.splitlines() if line.startswith("More: ")]
    words = shlex.split(more.removeprefix("More: "))
    assert words[0].endswith("shipledger")
    since = words[words.index("--since") + 1]
    assert abs(datetime.fromisoformat(since) - (Clock().now() - timedelta(days=3))) < timedelta(minutes=10)
    rest = cli(*words[1:])
    assert [one in first.out for one in ids] == [True, False, True, False]
    assert [one in rest.out for one in ids] == [False, False, False, True]
    assert "More" not in rest.err


def test_one_deployment_is_shown_with_the_requests_about_it(cli: Commands, write) -> None:
    newest = write(deploy_four)[0]
    shown = cli("deployments", "show", f"{{{newest.upper()}}}").out
    for words in ("1 h", "Production (production)", "Checkout", "2.4.1", "Ada", "SHIP-1, SHIP-2", "Rolls forward", "build 1"):
        assert words in shown
    assert "Applied: everything in this report counts." in shown
    told = cli("deployments", "show", newest, "--json").json
    assert (told["id"], told["state"], told["services"], told["issue_keys"]) == (
        newest,
        "successful",
        ["Checkout"],
        ["SHIP-1", "SHIP-2"],
    )
    assert told["requests"][0]["verdict"]["kind"] == "applied"
    assert cli("receipts", "show", told["requests"][0]["id"]).out


def test_what_a_deployment_changed_is_listed_and_what_is_unknown_is_said(cli: Commands, write) -> None:
    newest, _, failed, oldest = write(deploy_four)
    shown = cli("deployments", "changes", newest)
    assert shown.out.splitlines()[:2] == ["1 h", f"Previous in its lane: {failed} 3 h (failed)"]
    assert "bitbucket.org/acme/checkout: the same commit ran before" in shown.out
    assert "No commits came in" in shown.err
    told = cli("deployments", "changes", newest, "--json").json
    assert (told["lane"]["previous"]["id"], told["lane"]["next"]) == (failed, None)
    assert told["repositories"][0]["deployment_before"]["id"] == oldest
    first = cli("deployments", "changes", oldest).out
    assert "4f1c9a7be2d0" in first


def test_an_empty_list_says_whether_nothing_is_there_or_nothing_fits(cli: Commands, write) -> None:
    assert "No deployments yet" in cli("deployments", "list").err
    write(deploy_four)
    empty = cli("deployments", "list", "--since", "5m")
    assert (empty.out, "No matching deployments" in empty.err) == ("", True)


@pytest.mark.parametrize(
    "arguments, words",
    [
        (("show", "nope"), "There is no deployment 'nope'; see `shipledger deployments list`."),
        (("changes", "nope"), "There is no deployment 'nope'; see `shipledger deployments list`."),
        (("list", "--before", "nope"), "There is no deployment 'nope'"),
        (("list", "--service", "nope"), "There is no service 'nope'"),
        (("list", "--environment", "nope"), "No deployment uses the environment 'nope'"),
    ],
)
def test_what_is_not_there_is_an_error(cli: Commands, arguments: tuple[str, ...], words: str) -> None:
    failed = cli("deployments", *arguments, code=1)
    assert (failed.out, words in failed.err) == ("", True)


def test_a_time_after_its_end_is_refused(cli: Commands) -> None:
    assert "--since is later than --until" in cli("deployments", "list", "--since", "1h", "--until", "2h", code=2).err


def test_another_organization_sees_nothing_of_it(cli: Commands, write) -> None:
    newest = write(deploy_four)[0]
    cli("organization", "create", "acme")
    assert cli("deployments", "list", "--organization", "acme", "--json").json["deployments"] == []
    cli("deployments", "show", newest, "--organization", "acme", code=1)


@pytest.mark.both_stores
def test_projects_whose_issues_deployments_name_are_listed(cli: Commands, write) -> None:
    assert "No deployment names an issue" in cli("issues", "projects").err
    newest = write(deploy_four)[0]
    assert cli("issues", "projects").out.splitlines()[1].split()[0] == "SHIP"
    told = cli("issues", "projects", "--json").json
    assert [(one["project"], one["latest_id"]) for one in told["projects"]] == [("SHIP", newest)]
    assert cli("issues", "projects", "--after", "ship", "--json").json == {"projects": [], "next_after": None}


def test_where_an_issue_is_deployed_is_told_in_one_sentence_and_a_table(cli: Commands, write) -> None:
    newest = write(deploy_four)[0]
    shown = cli("issues", "where", "ship-1").out
    assert shown.startswith("SHIP-1 has reached production.\n")
    assert newest in shown
    told = cli("issues", "where", "SHIP-2", "--json").json
    assert (told["reached"], [one["deployment_id"] for one in told["deployments"]]) == ("production", [newest])
    assert "No deployment references the issue 'SHIP-9'" in cli("issues", "where", "SHIP-9", code=1).err


async def deploy_many(pen: Pen) -> None:
    now = NOW - timedelta(days=1)
    later = [{"at": now + timedelta(minutes=n), "number": 10 + n, "environment": DEVELOPMENT} for n in range(600)]
    await ship_all(pen, {"at": now, "number": 1, "environment": PRODUCTION}, *later)


def test_an_issue_stands_where_all_its_deployments_have_brought_it(cli: Commands, write) -> None:
    write(deploy_many)
    assert cli("issues", "where", "SHIP-1").out.startswith("SHIP-1 has reached production.\n")
    told = cli("issues", "where", "SHIP-1", "--json").json
    assert (told["reached"], told["deployment_count"], told["is_cut"]) == ("production", 601, True)


def test_an_issue_of_the_directory_that_no_deployment_names_has_not_been_deployed(cli: Commands, tmp_path) -> None:
    (tmp_path / "issues.csv").write_text("Issue key,Summary\nSHIP-9,Ship it\n")
    cli("issues", "import", str(tmp_path / "issues.csv"))
    assert cli("issues", "where", "SHIP-9").out == "SHIP-9 (Ship it) has not been deployed.\n"
    assert cli("issues", "where", "SHIP-9", "--json").json["reached"] is None
