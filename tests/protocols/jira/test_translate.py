"""What a submit means for the ledger, whatever the order in which its updates are processed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shipledger.ledger.decide import Situation, decide
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.identity import new_id
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.submission import Release
from shipledger.protocols.jira import translate
from shipledger.protocols.jira.answers import stored_answer
from shipledger.protocols.jira.paths import DeploymentKey
from shipledger.protocols.jira.translate import interpret, key_alias
from shipledger.protocols.wire_json import note_replaced
from tests.support.jira import ABSENT, RULE, deployment

ACCEPTED_AT = datetime(2026, 3, 4, 5, 6, 8, tzinfo=UTC)


def submit(*deployments: dict[str, Any], step: int = 0, by_arrival: bool = False, **top: Any) -> Receipt:
    accepted_at = ACCEPTED_AT + timedelta(microseconds=step)
    text = json.dumps({"deployments": deployments, **top})
    return Receipt(
        organization_id="o",
        receipt_id=new_id(accepted_at, b"12345678"),
        credential_id="c",
        protocol="jira",
        operation="submit",
        parameters=translate.to_submit_parameters(RULE, breaks_ties_by_arrival=by_arrival) | note_replaced(text),
        body=text,
        accepted_at=accepted_at,
    )


def settle(receipts: list[Receipt]) -> Deployment:
    current = None
    for receipt in receipts:
        for item, submission in enumerate(interpret(receipt)):
            decision = decide(Situation(current=current), receipt, item, submission, ACCEPTED_AT)
            current = decision.deployment or current
    assert current is not None
    return current


def test_every_member_finds_its_place_in_the_ledger():
    sent = deployment(
        label="v41",
        duration=60,
        description="two\nlines",
        triggeredBy={"email": "deployer@example.com"},
        issueKeys=["SHIP-1", "SHIP-2"],
        associations=[
            {"associationType": "issueKeys", "values": ["ship-2", "UTF-8", "SHIP-3"]},
            {"associationType": "serviceIdOrKeys", "values": ["checkout"]},
            {"associationType": "commit", "values": [{"commitHash": "b001", "repositoryId": "de7f"}]},
        ],
    )
    known = settle([submit(sent, properties={"accountId": 7}, operationType="BACKFILL")])
    facts = known.facts
    assert (known.source, known.namespace, known.state) == ("jira", "jira:c", "successful")
    assert (facts.title, facts.version, facts.sequence, facts.actor) == ("Release 41", "v41", 41, "deployer@example.com")
    assert facts.issue_keys == ("SHIP-1", "SHIP-2", "SHIP-3")
    assert facts.services == ("checkout",)
    assert facts.releases == (Release(repository="de7f", commit="b001"),)
    assert facts.properties == {"accountId": "7"}
    assert known.ended_at == datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    assert known.started_at == known.ended_at - timedelta(seconds=60)
    answer = stored_answer(known)
    assert answer is not None
    assert answer["associations"][0] == {"associationType": "issueKeys", "values": ["ship-2", "SHIP-3"]}


def test_absent_members_are_absent_in_the_answer():
    answer = stored_answer(settle([submit(deployment(label=None, commands=ABSENT))]))
    assert answer is not None
    assert set(answer) == {
        *("deploymentSequenceNumber", "updateSequenceNumber", "associations", "displayName", "url", "description"),
        *("lastUpdated", "state", "pipeline", "environment", "schemaVersion"),
    }


def test_keys_are_joined_so_that_no_two_are_alike():
    keys = [
        DeploymentKey('a","b', "c", 1),
        DeploymentKey("a", 'b","c', 1),
        DeploymentKey("a", "b", 1),
        DeploymentKey("a", "b1", 1),
    ]
    assert len({key_alias("c", key) for key in keys}) == len(keys)
    assert key_alias("c", keys[0]) != key_alias("d", keys[0])


def test_an_empty_name_is_shown_as_the_id_or_the_number():
    nameless = {"id": "p", "displayName": "", "url": "https://p.example.com"}
    facts = settle([submit(deployment(displayName="", pipeline=nameless))]).facts
    assert facts.title == "#41"
    assert facts.pipeline is not None
    assert facts.pipeline.name == "p"


states = st.sampled_from(["pending", "in_progress", "successful", "failed", "cancelled"])
updates = st.builds(
    lambda number, state, label, key: deployment(
        updateSequenceNumber=number,
        state=state,
        label=label,
        associations=[{"associationType": "issueKeys", "values": [key]}],
        lastUpdated=f"2026-03-04T05:06:{number:02}Z",
    ),
    st.integers(0, 3),
    states,
    st.none() | st.sampled_from(["v1", "v2"]),
    st.sampled_from(["SHIP-1", "SHIP-2"]),
)


@given(st.lists(st.lists(updates, min_size=1, max_size=3), min_size=1, max_size=4), st.booleans(), st.data())
def test_any_order_and_repetition_of_submissions_ends_in_the_same_deployment(bulks, by_arrival, data):
    receipts = [submit(*bulk, step=step, by_arrival=by_arrival) for step, bulk in enumerate(bulks)]
    shuffled = data.draw(st.permutations([*receipts, *data.draw(st.lists(st.sampled_from(receipts), max_size=2))]))

    one, other = settle(receipts), settle(shuffled)

    assert (one.facts, one.orders, one.report, one.started_at) == (other.facts, other.orders, other.report, other.started_at)
    greatest = max(update["updateSequenceNumber"] for bulk in bulks for update in bulk)
    contenders = [update for bulk in bulks for update in bulk if update["updateSequenceNumber"] == greatest]
    answer = stored_answer(one)
    assert answer is not None
    assert answer["updateSequenceNumber"] == greatest
    assert answer["state"] == contenders[-1 if by_arrival else 0]["state"]
