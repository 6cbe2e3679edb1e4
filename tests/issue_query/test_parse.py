"""A query is read, or refused with the place of its mistake."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipledger.issue_query.faults import QueryFault
from shipledger.issue_query.parse import parse_query
from shipledger.issue_query.tree import All, Condition, Field, Not, SameRow, Some

SHIP = Condition(Field.PROJECT, ("ship",))
FAILED = Condition(Field.STATE, ("failed",))
PIECES = st.sampled_from(["project", "=", "(", ")", "AND", "NOT", "in", "x", ",", '"', "deployment"])
LIVE = Condition(Field.TYPE, ("production",))


@pytest.mark.parametrize(
    "text, meaning",
    [
        ("project = SHIP", SHIP),
        ('PROJECT="ship"', SHIP),
        ("project in (SHIP, 'o\\'ps')", Condition(Field.PROJECT, ("ship", "o'ps"))),
        ("issuekey Not In (SHIP-1)", Condition(Field.ISSUE_KEY, ("ship-1",), is_negative=True)),
        ("deploymentEnvironmentType ~ test", Condition(Field.TYPE, ("test",), is_prefix=True)),
        ('deploymentEnvironmentType !~ "production"', Condition(Field.TYPE, ("production",), True, True)),
        ('deploymentState != "In progress"', Condition(Field.STATE, ("in_progress",), is_negative=True)),
        (
            "project=SHIP OR deploymentState=failed AND NOT deploymentEnvironmentType=production",
            Some((SHIP, All((FAILED, Not(LIVE))))),
        ),
        ("(project=SHIP OR deploymentState=failed) and deploymentEnvironmentType=production", All((Some((SHIP, FAILED)), LIVE))),
        ("deployment(environmentType = production, deploymentState = failed)", SameRow((LIVE, FAILED))),
        ('deploymentEnvironmentName = "and"', Condition(Field.ENVIRONMENT, ("and",))),
    ],
)
def test_a_query_says(text, meaning):
    assert parse_query(text) == meaning


@pytest.mark.parametrize(
    "text, position, complaint",
    [
        ("", 1, "expected a field (project, issueKey, deploymentEnvironmentType"),
        ("  ", 1, "found the end"),
        ("project", 8, "expected ~, !~, =, !=, IN or NOT IN after project, but found the end"),
        ("project = ", 10, "expected a value for project"),
        ("project = )", 11, "expected a value for project, but found “)”"),
        ("project > SHIP", 9, "found “>”"),
        ("project = SHIP project", 16, "expected AND, OR or the end"),
        ("project = SHIP AND", 19, "expected a field"),
        ("projekt = SHIP", 1, "found “projekt”"),
        ('"project" = SHIP', 1, "found “project”"),
        ("(project = SHIP", 16, "expected “)” at the end of the part in parentheses, but found the end"),
        ("project in SHIP", 12, "expected “(” after IN"),
        ("project in (SHIP OPS)", 18, "expected “)” or a comma"),
        ("project in ()", 13, "expected a value"),
        ("project not SHIP", 13, "expected IN after project"),
        ('project = "SHIP', 11, "is not closed"),
        ("project ! SHIP", 9, "“!” has no meaning here"),
        ('project = ""', 11, "must not be empty"),
        ("deploymentState = done", 19, "must be one of unknown, pending, in_progress"),
        ("deploymentEnvironmentType ~ prud", 29, "must be one of production, staging"),
        ("deployment(project = SHIP)", 12, "expected a field (environmenttype, environmentname, state, pipeline)"),
        ("deployment(state = failed", 26, "or a comma"),
        ("NOT " * 31 + "project = A", 121, "nested more than 30 deep"),
        ("(" * 500, 31, "nested more than 30 deep"),
        ("x" * 2001, 2001, "at most 2000 characters"),
    ],
)
def test_a_mistake_is_told_with_its_place(text, position, complaint):
    with pytest.raises(QueryFault) as caught:
        parse_query(text)
    assert caught.value.position == position
    assert complaint in caught.value.message
    assert caught.value.message.startswith(f"At position {position}: ")


@given(st.text(max_size=80) | st.lists(PIECES).map(" ".join))
def test_any_text_is_read_or_refused_at_a_place_within_it(text):
    position = 1
    try:
        parse_query(text)
    except QueryFault as fault:
        position = fault.position
    assert 1 <= position <= len(text) + 1
