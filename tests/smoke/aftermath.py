"""What a database says after a crash, held against what clients were told."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from tests.smoke.pounding import FINAL, Acknowledged
from tests.support.plain_http import plain_caller
from tests.support.program import RunningServer
from tests.support.questions import ask

SETTLED_WITHIN_SECONDS = 60.0
"""A node that was killed is missed after 10 seconds; what it had claimed is settled by others then."""

UNSETTLED = "SELECT receipt_id, state, failure FROM receipt WHERE state <> 'settled'"
WITHOUT_ONE_VERDICT = """
    SELECT r.receipt_id, count(v.item) FROM receipt AS r LEFT JOIN verdict AS v USING (organization_id, receipt_id)
    WHERE r.state = 'settled' GROUP BY r.receipt_id HAVING count(v.item) <> 1
"""
APPENDED_TWICE = "SELECT receipt_id, count(*) FROM entry GROUP BY receipt_id, item HAVING count(*) > 1"
REJECTED = "SELECT receipt_id, sentence FROM verdict WHERE kind = 'rejected'"
TWO_OF_ONE_IDENTITY = """
    SELECT organization_id, key, count(*) FROM deployment_alias WHERE scope = 'opsgenie:external'
    GROUP BY organization_id, key HAVING count(*) <> 1
"""
OWNERS = "SELECT receipt_id, organization_id FROM receipt"
STATES = """
    SELECT organization_id, a.key, d.state FROM deployment_alias AS a JOIN deployment AS d USING (organization_id, deployment_id)
    WHERE a.scope = 'opsgenie:external'
"""


def wait_until_settled(server: RunningServer) -> None:
    """Return once every receipt of the database has its verdict."""
    deadline = time.monotonic() + SETTLED_WITHIN_SECONDS
    while left := _ask(server, UNSETTLED):
        assert time.monotonic() < deadline, f"not settled after {SETTLED_WITHIN_SECONDS} s: {left[:5]}"
        time.sleep(0.02)


def check(server: RunningServer, acknowledged: Sequence[Acknowledged]) -> None:
    """Nothing is lost, nothing happened twice, and nobody was told anything else, once everything is settled."""
    wait_until_settled(server)
    check_so_far(server, acknowledged)
    owners = dict(_ask(server, OWNERS))
    states = {(owner, external_id): state for owner, external_id, state in _ask(server, STATES)}
    found = [(write, states.get((owners[write.request_id], write.external_id))) for write in acknowledged]
    reopened = [write for write, state in found if state is None or (write.state in FINAL and state not in FINAL)]
    assert not reopened, f"missing, or final and open again: {reopened[:5]}"


def check_so_far(server: RunningServer, acknowledged: Sequence[Acknowledged]) -> None:
    """The same of what is settled by now, while others go on: nothing is lost, nothing happened twice."""
    receipts = {receipt_id for (receipt_id,) in _ask(server, "SELECT receipt_id FROM receipt")}
    lost = [write for write in acknowledged if write.request_id not in receipts]
    assert not lost, f"{len(lost)} acknowledged writes are lost: {lost[:5]}"
    for fault in (WITHOUT_ONE_VERDICT, APPENDED_TWICE, REJECTED, TWO_OF_ONE_IDENTITY):
        found = _ask(server, fault)
        assert not found, f"{len(found)} rows of {fault}: {found[:5]}"


def check_status(server: RunningServer, key: str, acknowledged: Sequence[Acknowledged]) -> None:
    """The API says the same of every one of these writes."""
    actions = {"create": "Create", "update state": "Update State", "update": "Update"}
    headers = {"Authorization": f"GenieKey {key}"}
    with plain_caller(server.port) as caller:
        for write in acknowledged:
            answer = caller.request("GET", f"/v2/deployments/requests/{write.request_id}", headers=headers)
            assert answer.status_code == 200, f"{write}: {answer.status_code} {answer.text}"
            data = answer.json()["data"]
            assert (data["isSuccess"], data["action"]) == (True, actions[write.operation]), f"{write}: {data}"


def check_hidden(server: RunningServer, key: str, foreign: Sequence[Acknowledged]) -> None:
    """The API knows none of these writes of another organization."""
    headers = {"Authorization": f"GenieKey {key}"}
    with plain_caller(server.port) as caller:
        for write in foreign:
            answer = caller.request("GET", f"/v2/deployments/requests/{write.request_id}", headers=headers)
            assert answer.status_code == 404, f"{write}: {answer.status_code} {answer.text}"


def verify(server: RunningServer) -> None:
    """The program's own proof that what is shown is what was recorded."""
    server.run_here("verify")


def _ask(server: RunningServer, question: str) -> list[tuple[Any, ...]]:
    return ask(server.database_url, question)
