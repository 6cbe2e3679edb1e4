"""``shipledger deployments merge``, ``split``, ``duplicates`` and ``split-runs``."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shipledger.clock import Clock
from tests.support.commands import Commands
from tests.support.pen import Pen

NOW = Clock().now().replace(microsecond=0)
WHY = ("--reason", "The same run.")
NOBODY = "01900000-0000-7000-8000-000000000000"


async def deploy_two(pen: Pen) -> list[str]:
    """The same deployment by two protocols, a minute apart."""
    await pen.create_service("Checkout", "bitbucket.org/acme/checkout", at=NOW)
    ids = []
    for minutes, source in ((60, "datadog"), (59, "jira")):
        _, verdict = await pen.record(
            at=NOW - timedelta(minutes=minutes), source=source, version=f"v1 of {source}", services=("Checkout",)
        )
        ids.append(str(verdict.deployment_id))
    return ids


@pytest.mark.both_stores
def test_two_records_are_merged_after_a_look_and_split_again(cli: Commands, write) -> None:
    host, other = write(deploy_two)
    found = cli("deployments", "duplicates", "--within", "60", "--json").json
    assert [(one["record"]["id"], one["into"]["id"]) for one in found["pairs"]] == [(other, host)]
    assert cli("deployments", "duplicates", "--within", "59", "--json").json["count"] == 0
    shown = cli("deployments", "merge", other, host, "--dry-run")
    assert "v1 of jira" in shown.out
    assert len(cli("deployments", "list", "--json").json["deployments"]) == 2
    merged = cli("deployments", "merge", other, host, *WHY, "--json").json
    assert [one["source"] for one in merged["witnesses"]] == ["datadog", "jira"]
    (listed,) = cli("deployments", "list", "--json").json["deployments"]
    assert (merged["witnesses"], merged["sources"]) == (listed["witnesses"], listed["sources"]), "as the API answers"
    assert (listed["id"], listed["sources"]["version"]["others"]) == (host, [{"id": other, "value": "v1 of jira"}])
    assert cli("deployments", "show", other, "--json").json["merged_into"] == host
    assert f"merged into  {host}" in cli("deployments", "show", other).out
    assert f"jira {other}" in cli("deployments", "show", host).out
    assert cli("deployments", "duplicates", "--json").json["count"] == 0
    assert cli("deployments", "split", other, *WHY, "--json").json["witnesses"] == []
    assert len(cli("deployments", "list", "--json").json["deployments"]) == 2
    audit = cli("audit", "--kind", "deployment", environment={"COLUMNS": "200"}).out
    assert "The same run." in audit


def test_what_cannot_be_is_said_and_changes_nothing(cli: Commands, write) -> None:
    host, other = write(deploy_two)
    cases = {
        ("merge", other, host): "--reason",
        ("merge", other, other, *WHY): "into itself",
        ("merge", other, NOBODY, *WHY): "There is no deployment",
        ("merge", other, host, "--reason", "x" * 1_001): "at most 1,000",
        ("split", other, *WHY): "not merged",
        ("split", NOBODY, *WHY): "There is no deployment",
        ("split-runs", host, *WHY): "nothing to split",
        ("split-runs", host): "--reason",
    }
    for arguments, words in cases.items():
        done = cli("deployments", *arguments, code=None)
        assert (done.code != 0, words in done.err) == (True, True), (arguments, done.err)
    runs = cli("deployments", "split-runs", host, "--dry-run", "--json").json
    assert (len(runs["runs"]), runs["is_dry_run"]) == (1, True)
    assert len(cli("deployments", "list", "--json").json["deployments"]) == 2
