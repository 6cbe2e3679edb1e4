"""Two nodes, as processes of their own, serve one ledger on one PostgreSQL and stand in for each other."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import pytest

from tests.smoke.cluster import make_node
from tests.support import datadog
from tests.support.jira_clients import SITE
from tests.support.opsgenie import create_body
from tests.support.plain_http import no_certificates
from tests.support.postgres import shared_server
from tests.support.program import RunningServer
from tests.support.questions import ask

pytestmark = pytest.mark.smoke

REFUSED_WITHIN_SECONDS = 3.0
RESCUED_WITHIN_SECONDS = 15.0
"""A node is missed after 10 seconds; others look every 2."""

MOVED_WITHIN_SECONDS = 6.0
SETTLED_WITHIN_SECONDS = 8.0
"""Without a word from the stopped node this takes longer: it would have to be missed first."""

ONE_IN_MEMORY = {"SHIPLEDGER_SETTLEMENT_QUEUE_LIMIT": "1"}
"""A node that holds a receipt leaves what comes then in the store, for whichever node is first."""

CLAIMED = "SELECT count(*) FROM receipt WHERE claimed_by IS NOT NULL"
NEWEST_NODE = "SELECT max(node_id) FROM node"
EVERY_DUTY = {"gates", "issues", "rescue", "retention", "seals", "tiers"}
CLAIM_NOTHING = """
    CREATE FUNCTION leave_to_others() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
    CREATE TRIGGER leave_to_others BEFORE UPDATE ON receipt
        FOR EACH ROW WHEN (new.claimed_by = '{node}') EXECUTE FUNCTION leave_to_others();
"""
CLAIM_AGAIN = "DROP TRIGGER leave_to_others ON receipt; DROP FUNCTION leave_to_others()"

Found = TypeVar("Found")


@pytest.fixture(scope="module")
async def database_url() -> AsyncIterator[str]:
    async with shared_server().new_database() as url:
        yield url


class Nodes:
    """Two nodes, of which a test may end one."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.database_url = database_url
        self.pair = tuple(make_node(folder, database_url, number, **ONE_IN_MEMORY) for number in (1, 2))
        self._ids: dict[RunningServer, str] = {}

    def start(self) -> None:
        """Start whichever does not run."""
        for node in self.pair:
            if not node.is_running:
                node.start()
                self._ids[node] = self.ask(NEWEST_NODE)[0][0]

    def find_busy(self) -> tuple[RunningServer, RunningServer, str]:
        """The node that has all duties, the other one, and the id of the first."""
        owner = until(RESCUED_WITHIN_SECONDS, self.find_owner)
        busy, idle = sorted(self.pair, key=lambda node: self._ids[node] != owner)
        return busy, idle, owner

    def find_owner(self) -> str:
        """The id of the node that has all duties, or nothing when several have them."""
        owners = dict(self.ask("SELECT name, node_id FROM lease"))
        return str(*set(owners.values())) if owners.keys() >= EVERY_DUTY and len(set(owners.values())) == 1 else ""

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        return ask(self.database_url, question)

    def execute(self, statement: str) -> None:
        asyncio.run(shared_server().execute(statement, database=self.database_url.rpartition("/")[2]))


@pytest.fixture(scope="module")
def all_nodes(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    nodes = Nodes(tmp_path_factory.mktemp("nodes"), database_url)
    yield nodes
    for node in nodes.pair:
        node.close()


@pytest.fixture
def nodes(all_nodes: Nodes) -> Nodes:
    """Both nodes answer."""
    all_nodes.start()
    return all_nodes


def until(seconds: float, look: Callable[[], Found]) -> Found:
    """What is found, as soon as it is true; what is found last, when it never is."""
    deadline = time.monotonic() + seconds
    while not (found := look()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def call(node: RunningServer, method: str, path: str, key: str = "", **options: Any) -> httpx2.Response:
    headers = {"Authorization": f"GenieKey {key}"} if key else {}
    return httpx2.request(
        method,
        f"{node.url}{path}",
        **{"headers": headers, "timeout": 20, "trust_env": False, "verify": no_certificates(), **options},
    )


def write(node: RunningServer, key: str, method: str, path: str, body: dict[str, Any]) -> None:
    answer = call(node, method, f"/v2/deployments{path}", key, json=body)
    assert answer.status_code == 202, answer.text


def state(node: RunningServer, key: str, external_id: str) -> str:
    """The state of a deployment, or nothing when there is none."""
    answer = call(node, "GET", f"/v2/deployments/{external_id}?identifierType=api", key)
    return str(answer.json()["data"]["state"]) if answer.is_success else ""


def hold_a_claim(nodes: Nodes, node: RunningServer, key: str, external_id: str) -> None:
    """Give a node a change that waits for its deployment, which is not there yet."""
    change = {"state": "successful", "completedAt": "2026-03-04T10:00:00Z"}
    write(node, key, "PATCH", f"/{external_id}/updateState?type=api", change)
    assert until(5, lambda: nodes.ask(CLAIMED) == [(1,)])


def test_a_credential_is_good_on_both_nodes_and_refused_by_both_within_seconds_of_its_end(nodes: Nodes) -> None:
    first, _ = nodes.pair
    made = first.create_credential("opsgenie")

    def statuses() -> set[int]:
        return {call(node, "GET", "/v2/deployments/unknown", made["api_key"]).status_code for node in nodes.pair}

    assert statuses() == {404}
    first.run_here("credential", "revoke", made["id"])
    assert until(REFUSED_WITHIN_SECONDS, lambda: 404 not in statuses())


def test_an_access_token_that_one_node_gave_out_is_good_on_the_other(nodes: Nodes) -> None:
    first, second = nodes.pair
    made = first.create_credential("jira-oauth")
    body = {name: made[name] for name in ("client_id", "client_secret")} | {"grant_type": "client_credentials"}
    token = call(first, "POST", "/oauth/token", json=body).json()["access_token"]
    path = f"{SITE}/pipelines/none/environments/none/deployments/1"
    answers = [call(node, "GET", path, headers={"Authorization": f"Bearer {token}"}) for node in nodes.pair]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert call(second, "GET", path, headers={"Authorization": "Bearer other"}).status_code == 401


def test_what_one_node_takes_in_the_other_shows(nodes: Nodes) -> None:
    first, second = nodes.pair
    key = first.credential()
    answer = call(first, "POST", "/v2/deployments", key, json=create_body(externalId="shown"))
    status = f"/v2/deployments/requests/{answer.json()['requestId']}"
    assert until(5, lambda: call(second, "GET", status, key).is_success)
    assert state(second, key, "shown") == "started"


def test_a_caller_who_waits_gets_the_answer_when_another_node_settles(nodes: Nodes) -> None:
    busy, idle, busy_id = nodes.find_busy()
    made = busy.create_credential("datadog")
    keys = {"DD-API-KEY": made["api_key"], "DD-APPLICATION-KEY": made["application_key"]}
    key = busy.credential()
    hold_a_claim(nodes, busy, key, "of-the-full")
    nodes.execute(CLAIM_NOTHING.format(node=busy_id))
    try:
        answer = call(busy, "POST", f"{datadog.DORA}/deployment", json=datadog.create_body(), headers=keys)
    finally:
        nodes.execute(CLAIM_AGAIN)
    assert answer.status_code == 200, answer.text
    deployment_id = answer.json()["data"]["id"]
    for node in nodes.pair:
        shown = call(node, "GET", f"/api/v2/dora/deployments/{deployment_id}", headers=keys)
        assert shown.status_code == 200, shown.text
    write(idle, key, "POST", "", create_body(externalId="of-the-full"))
    assert until(SETTLED_WITHIN_SECONDS, lambda: nodes.ask(CLAIMED) == [(0,)])


def test_a_node_that_stops_leaves_nothing_claimed_and_its_duties_to_the_other(nodes: Nodes) -> None:
    busy, idle, busy_id = nodes.find_busy()
    key = busy.credential()
    hold_a_claim(nodes, busy, key, "of-the-stopped")
    assert busy.terminate() == 0
    write(idle, key, "POST", "", create_body(externalId="of-the-stopped"))
    assert until(SETTLED_WITHIN_SECONDS, lambda: state(idle, key, "of-the-stopped") == "successful")
    assert nodes.ask(CLAIMED) == [(0,)]
    assert until(MOVED_WITHIN_SECONDS, lambda: nodes.find_owner() not in {"", busy_id})


def test_what_a_killed_node_had_claimed_is_settled_by_the_other_which_takes_its_duties(nodes: Nodes) -> None:
    busy, idle, busy_id = nodes.find_busy()
    key = busy.credential()
    hold_a_claim(nodes, busy, key, "of-the-killed")
    busy.kill()
    write(idle, key, "POST", "", create_body(externalId="of-the-killed"))
    assert until(RESCUED_WITHIN_SECONDS, lambda: state(idle, key, "of-the-killed") == "successful")
    assert until(MOVED_WITHIN_SECONDS, lambda: nodes.find_owner() not in {"", busy_id})
    assert nodes.ask(CLAIMED) == [(0,)]
