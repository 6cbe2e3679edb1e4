"""A query finds an issue by its key and by the rows that its page shows."""

from __future__ import annotations

import pytest

from shipledger.issue_query.match import Row, Subject, finds, list_projects
from shipledger.issue_query.parse import parse_query

TESTED = Row(type="testing", environments=("QA eu-1",), state="successful", pipeline="Web shop")
LIVE = Row(type="production", environments=("Prod", "production"), state="failed", pipeline="Web shop")
BOTH = Subject(key="SHIP-7", rows=(TESTED, LIVE))
TESTED_ONLY = Subject(key="SHIP-8", rows=(TESTED,))


@pytest.mark.parametrize(
    "query, both, tested_only",
    [
        ('deploymentEnvironmentType ~ "test" AND deploymentEnvironmentType !~ "production"', False, True),
        ("deploymentEnvironmentType = testing", True, True),
        ("deploymentEnvironmentType != testing", False, False),
        ("deploymentEnvironmentType NOT IN (production, staging)", False, True),
        ("NOT deploymentEnvironmentType = production", False, True),
        ("deploymentEnvironmentType = testing AND deploymentState = failed", True, False),
        ("deployment(environmentType = testing, state = failed)", False, False),
        ("deployment(environmentType = production, state = failed)", True, False),
        ("deployment(environmentType != testing, pipeline ~ shop)", True, False),
        ('deploymentEnvironmentName ~ "EU"', True, True),
        ('deploymentEnvironmentName ~ "u-1"', False, False),
        ('deploymentEnvironmentName = "QA"', False, False),
        ("deploymentEnvironmentName = PRODUCTION", True, False),
        ("deploymentEnvironmentName IN (prod, staging)", True, False),
        ("deploymentEnvironmentName != production", False, True),
        ("deploymentPipeline = 'web SHOP'", True, True),
        ("issueKey = ship-7 OR issueKey IN (OPS-1)", True, False),
        ("project = ship", True, True),
        ("project != ship", False, False),
        ("project ~ SH AND issueKey != SHIP-8", True, False),
    ],
)
def test_a_query_finds(query, both, tested_only):
    tree = parse_query(query)
    assert (finds(tree, BOTH), finds(tree, TESTED_ONLY)) == (both, tested_only)


@pytest.mark.parametrize(
    "query, projects",
    [
        ("project IN (ship, OPS)", ("SHIP", "OPS")),
        ("deploymentState = failed AND issueKey IN (SHIP-1, ship-2, OPS-1)", ("SHIP", "OPS")),
        ("project != SHIP", None),
        ("project ~ SHIP", None),
        ("project = SHIP OR deploymentState = failed", None),
        ("NOT project = SHIP", None),
    ],
)
def test_a_query_may_say_in_which_projects_to_look(query, projects):
    assert list_projects(parse_query(query)) == projects
