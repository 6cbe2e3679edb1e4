"""What is known is kept, what is unknown is reported, and a deployment about nothing known is refused."""

from __future__ import annotations

import pytest

from shipledger.protocols.jira.answers import to_submit_answer
from shipledger.protocols.jira.known import KnownRule, from_parameters, to_parameters
from shipledger.protocols.jira.translate import to_submissions
from tests.protocols.jira.test_translate import submit
from tests.support.jira import ABSENT, associated, deployment, errors, read

NOTHING_KNOWN = ["No valid associations found for deployment"]
COMMIT = {"commitHash": "b00152456cf4", "repositoryId": "de7fbebffabe"}


@pytest.mark.parametrize(
    "changes, expected",
    [
        ({"associations": ABSENT}, ["One of 'issueKeys' or 'associations' is required"]),
        ({"associations": [], "issueKeys": []}, ["One of 'issueKeys' or 'associations' is required"]),
        ({"associations": [], "issueKeys": ["SHIP-1"]}, []),
        ({"associations": ABSENT, "issueKeys": ["UTF-8"]}, NOTHING_KNOWN),
        ({"associations": ABSENT, "issueKeys": ["10042"]}, NOTHING_KNOWN),
        ({"associations": ABSENT, "issueKeys": ["S-1"] * 101}, ["'issueKeys' can have a maximum of 100 elements"]),
        (associated("issueIdOrKeys"), ["Associations must provide at least one value."]),
        (associated("issueIdOrKeys", "utf-8", "ship 1", "SHIP-", "-1"), NOTHING_KNOWN),
        (associated("issueIdOrKeys", "10042"), []),
        (associated("issueIdOrKeys", 10042), []),
        (associated("issueIdOrKeys", True), ["'associations[0].values[0]' must be a string"]),
        (associated("serviceIdOrKeys", ""), NOTHING_KNOWN),
        (associated("serviceIdOrKeys", "x" * 256), NOTHING_KNOWN),
        (associated("serviceIdOrKeys", "b:YXJp"), []),
        (associated("commit", COMMIT), []),
        (associated("commit", {"commitHash": "b0"}), NOTHING_KNOWN),
        (associated("commit", "b0"), NOTHING_KNOWN),
        (
            associated("commit", {**COMMIT, "commitHash": "x" * 256}),
            ["'associations[0].values[0].commitHash' must have at most 255 characters"],
        ),
        (associated("repository", {"repositoryId": "de7fbebffabe"}), []),
        (associated("teamIds", "team-a"), NOTHING_KNOWN),
        ({"associations": ["x"]}, ["'associations[0]' must be an object"]),
        ({"associations": [{"values": ["S-1"]}]}, ["'associations[0].associationType' is required"]),
        ({"associations": [{"associationType": "commit"}]}, ["'associations[0].values' is required"]),
        (associated("issueIdOrKeys", *(f"S-{n}" for n in range(500))), []),
        (
            associated("issueIdOrKeys", *(f"S-{n}" for n in range(501))),
            ["Sum of Association values across all association types can have a maximum of 500 elements. Found 501."],
        ),
    ],
)
def test_a_deployment_needs_something_known(changes, expected):
    assert errors(**changes) == expected


def test_unknown_values_are_reported_once_in_order_by_the_type_that_was_sent():
    bulk = read(
        deployment(
            associations=[
                {"associationType": "issueKeys", "values": ["SHIP-1", "UTF-8"]},
                {"associationType": "teamIds", "values": [{"a": 1}, {"a": 1}]},
            ]
        ),
        deployment(
            issueKeys=["UTF-9"],
            url=ABSENT,
            associations=[{"associationType": "issueKeys", "values": ["UTF-16", "UTF-8"]}],
        ),
    )
    answer = to_submit_answer(bulk, to_submissions(submit(), bulk))
    assert answer.unknown_issue_keys == ["UTF-9"]
    assert [(one.association_type, one.values) for one in answer.unknown_associations] == [
        ("issueKeys", ["UTF-8", "UTF-16"]),
        ("teamIds", [{"a": 1}]),
    ]
    assert len(answer.accepted_deployments) == len(answer.rejected_deployments) == 1


def test_two_elements_of_one_type_are_one_and_keys_are_compared_without_case():
    item = read(
        deployment(
            associations=[
                {"associationType": "issueIdOrKeys", "values": ["SHIP-1", "ship-1"]},
                {"associationType": "issueIdOrKeys", "values": ["Ship-2"]},
            ]
        )
    ).items[0]
    assert item.deployment is not None
    assert [(one.type, one.values) for one in item.deployment.associations] == [("issueIdOrKeys", ("SHIP-1", "Ship-2"))]


def test_a_list_of_allowed_projects_decides_alone():
    rule = KnownRule(denied=frozenset({"SHIP"}), allowed=frozenset({"SHIP"}))
    assert rule.knows_issue("ship-1", takes_ids=True)
    assert not rule.knows_issue("OPS-1", takes_ids=True)
    assert not rule.knows_issue("10042", takes_ids=True)


def test_what_was_looked_up_and_not_found_is_unknown_and_a_receipt_keeps_it():
    rule = KnownRule(
        denied=frozenset({"UTF"}), missing_issues=frozenset({"SHIP-2", "7"}), missing_services=frozenset({"no, such"})
    )
    again = from_parameters(to_parameters(rule))
    assert again == rule
    assert again.knows_issue("ship-1", takes_ids=True)
    assert not again.knows_issue("ship-2", takes_ids=True)
    assert not again.knows_issue("7", takes_ids=True)
    assert (again.knows_service("checkout"), again.knows_service("no, such")) == (True, False)
    assert to_parameters(KnownRule()) == {}
