from __future__ import annotations

import json
from datetime import UTC, datetime

from shipledger.demo.history import History
from shipledger.demo.issues import PROJECT, list_submissions
from shipledger.protocols.jira.bulk import read_bulk
from tests.support.jira import RULE

UNTIL = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
ITEMS = [item for call in list_submissions(UNTIL, History(UNTIL)) for item in read_bulk(json.dumps(call.body), RULE).items]


def test_every_deployment_is_accepted_and_every_tier_is_reached() -> None:
    assert all(item.deployment is not None and not item.errors for item in ITEMS)
    assert {item.deployment.environment.type for item in ITEMS if item.deployment} == {"testing", "staging", "production"}


def test_every_deployment_names_issues_of_the_project_its_service_a_commit_and_a_person() -> None:
    for item in ITEMS:
        assert item.deployment is not None
        values = {one.type: one.values for one in item.deployment.associations}
        assert {"issueKeys", "serviceIdOrKeys", "commit"} <= values.keys()
        assert all(key.startswith(f"{PROJECT}-") for key in values["issueKeys"])
        assert item.deployment.email
