from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipledger.incidents.elements import Element, ElementKind, join_elements
from shipledger.incidents.model import Incident, IncidentFacts
from shipledger.incidents.standing import IncidentStatus, StandingReport
from shipledger.protocols.effort import Effort, TooMuchEffortError
from shipledger.protocols.opsgenie.incident_query import (
    DEPTH_LIMIT,
    FIELDS,
    LENGTH_LIMIT,
    TERMS_LIMIT,
    Asked,
    matches,
    read_query,
    start_bounds,
)

START = datetime(2026, 3, 4, 10, 2, 0, 594_123, tzinfo=UTC)
MS = 1_772_618_520_594
SERVICE = "695bce3d-4621-4630-8ae1-24eb89c22d6e"


def incident(**changes):
    elements = (
        *(Element(ElementKind.TAG, tag, tag) for tag in ("disk full", "Urgent")),
        *(Element(ElementKind.DETAIL, key, value) for key, value in (("impact", "external customers"), ("region", "eu"))),
        Element(ElementKind.RESPONDER, '{"name":"Core","type":"team"}', "team Core"),
        Element(ElementKind.RESPONDER, '{"id":"u1","type":"user","username":"ada@example.com"}', "user ada@example.com"),
    )
    values = {
        "organization_id": "acme",
        "incident_id": "3f84e009-7548-4e7d-832a-fa82c1ceb6b1",
        "source": "opsgenie",
        "version": 1,
        "number": 28,
        "recorded_at": START + timedelta(seconds=1),
        "updated_at": START + timedelta(minutes=29),
        "facts": IncidentFacts(
            title="Api-Gateway is DOWN: lorem 503s \U0001f525",
            description="Monitoring tool is reporting that dolor_sit \u969c\u5bb3\u767a\u751f",
            severity="P1",
            team="Platform",
            started_at=START,
        ),
        "orders": {},
        "elements": join_elements({}, elements, (1,)),
        **changes,
    }
    return Incident(**values)


def resolved():
    report = StandingReport(status=IncidentStatus.RESOLVED, reported_at=START + timedelta(minutes=29), order=(5,))
    return incident(reports=(report,))


def finds(query, one=None, effort=None):
    faults = {}
    node = read_query(query, faults)
    assert not faults, faults
    return matches(node, Asked(one or incident(), [SERVICE, "Checkout API"]), effort or Effort())


FOUND = [
    # the vendor's own examples
    "createdAt < 1872618520594",
    "message : Api-Gateway is down",
    "description : Monitoring tool is reporting that",
    "message: (lorem OR ipsum)",
    "description: (monitoring AND reporting)",
    "message: lorem AND status: open",
    "tag : urgent",
    "details.key : impact",
    "details.value : external",
    "status : open",
    "teams : platform",
    'services : "checkout api"',
    # every field
    "id: {3F84E009-7548-4E7D-832A-FA82C1CEB6B1}",
    "id: 3f84e009*",
    "tinyId: 28",
    "tinyId: 0028",
    "tinyId = 28 AND tinyId >= 28 AND tinyId <= 28 AND tinyId > 27 AND tinyId < 29",
    "tinyId: 2*",
    "priority: p1",
    "priority: P*",
    'tags: "disk full"',
    "tag: disk full",
    "tag: disk*",
    "tag: *",
    "ownerTeam: plat*",
    "teams: core",
    "responders: core",
    "responders: u1",
    "responders: ada@example.com",
    "responders: ada*",
    f"impactedServices:{SERVICE}",
    f"serviceId={SERVICE.upper()}",
    f"services: {SERVICE}",
    "impactedServices: Checkout API",
    "NOT actions: restart",
    "NOT actions: *",
    "details.key: reg*",
    "details.value: (eu OR us)",
    "postmortemRequired: false AND NOT postmortemRequired: true",
    "postmortemStatus: no-postmortem",
    "NOT postmortemPublishDueDate > 0",
    # times
    f"createdAt: {MS}",
    f"createdAt: (1 OR {MS})",
    f"createdAt >= {MS} AND createdAt <= {MS}",
    "createdAt:2026-03-04T10:02:00.594Z",
    "createdAt:2026-03-04T11:02:00.594+01:00",
    "createdAt < 2026-03-04 10:02:00.595",
    "impactStartDate >= 2026-03-04T10:02:00.594Z",
    f"insertedAt > {MS}",
    "updatedAt > 2026-03-04T10:30:00Z",
    "NOT impactEndDate: *",
    "NOT impactEndDate > 0 AND NOT impactEndDate <= 0",
    # words
    "message: lor*",
    "message: GATEWAY",
    "message: gateway is down",
    "message: api* down",
    'message: "down lorem"',
    "message: 503s",
    "message: *",
    "message: \U0001f525",
    "description: dolor_sit",
    "description: \u767a\u751f",
    # logic
    "status:open OR status:closed",
    "status:closed OR status:resolved OR status:open",
    "NOT status:closed",
    "NOT NOT status:open",
    "NOT (status:closed OR status:resolved)",
    "(((status:open)))",
    "( status : ( open OR resolved ) AND priority : P1 ) OR tag : none",
    "status:closed AND tag:none OR tag:urgent",
    "tag:urgent OR status:closed AND tag:none",
    "tag:urgent NOT status:closed",
    "message: (lorem NOT ipsum)",
    "message: (NOT ipsum)",
    "message: (lorem AND (ipsum OR down))",
    'message: ("is down" OR x)',
    "message:(lorem)AND(status:open)",
    "STATUS:open",
    "status:open\tAND\n priority:P1",
    "",
    "  ",
]
NOT_FOUND = [
    "message: lore",
    "message: orem*",
    "message: down is",
    'message: "lor*"',
    "message: (lorem AND ipsum)",
    "message: ipsum*",
    "message: reporting",
    "description: lorem",
    "details.value: impact",
    "details.key: external",
    "tag: disk",
    "tag: full*",
    "tinyId: nine",
    "tinyId > 28",
    "tinyId: 3*",
    "services: checkout",
    "actions: *",
    "teams: ada@example.com",
    "status: (resolved OR closed)",
    "status:open AND (priority:P2 OR priority:P3)",
    "(tag:urgent OR status:closed) AND tag:none",
    "NOT tag:urgent OR status:closed",
    "impactEndDate: *",
    "createdAt > 2026-03-04T10:02:00.594Z",
    "tag:urgent NOT status:open",
]


@pytest.mark.parametrize("query", FOUND)
def test_a_query_finds_what_it_describes(query):
    assert finds(query)


@pytest.mark.parametrize("query", NOT_FOUND)
def test_a_query_does_not_find_what_it_excludes(query):
    assert not finds(query)


def test_the_end_of_an_incident_is_compared_once_it_has_one():
    end = "impactEndDate: 2026-03-04T10:31:00.594Z AND impactEndDate: * AND status: resolved"
    assert finds(end, resolved())
    assert not finds(end)


def test_an_incident_that_says_nothing_is_found_by_what_it_lacks():
    bare = incident(facts=IncidentFacts(), elements={})
    assert finds("NOT message: * AND NOT tag: * AND NOT details.key: * AND priority: P3 AND NOT responders: *", bare)


def test_every_field_is_read_and_compared():
    for field in FIELDS:
        assert isinstance(finds(f"{field}: *"), bool)


REFUSED = [
    ("owner:ada", "should have a field and ':' at 'owner:ada'; the fields are id, tinyId, message"),
    ("open", "should have a field and ':' at 'open'"),
    ("status", "should have a field"),
    ("status:open AND", "should have a field and ':' at its end"),
    ("AND status:open", "should have a field and ':' at 'AND status:open'"),
    ("status:open OR OR status:closed", "at 'OR status:closed'"),
    ("NOT", "at its end"),
    ("()", "at ')'"),
    ("(status:open", "should close every parenthesis"),
    ("status:(open", "should close every parenthesis"),
    ("status:open)", "should open a parenthesis before it closes one at ')'"),
    ("message: ()", "should have a value for message before ')'"),
    ("message:", "should have a value for message before its end"),
    ("message: NOT lorem", "should have a value for message before 'NOT lorem', in quotation marks if it is AND, OR or NOT"),
    ('message: ""', "should have a value for message"),
    ('message:"open', "should close the quotation mark of"),
    ('message: a "b"', "should have AND, OR or NOT before"),
    ('message: "a" b', "should have AND, OR or NOT before 'b'"),
    ("message: f(x)", "should have AND, OR or NOT before '(x)'"),
    ("status:open priority:P1", "should have AND, OR or NOT before 'priority:P1'"),
    ("status:open and priority : P1", "should have AND, OR or NOT before 'priority : P1'"),
    ("status>open", "should compare status by ':' or '='"),
    ("message < a", "should compare message by ':' or '='"),
    ("tinyId > (1 OR 2)", "should compare tinyId by '>' with one value, not with a list"),
    ("tinyId > nine", "tinyId should be compared with a whole number"),
    ("tinyId > 1*", "should compare tinyId with a value without '*'"),
    ("createdAt: 177*", "should compare createdAt with a value without '*'"),
    ("status:done", "status should be one of [ open, resolved, closed ]"),
    ("status: (open OR done)", "status should be one of"),
    ("priority:P9", "priority should be one of"),
    ("postmortemRequired: yes", "postmortemRequired should be one of [ true, false ]"),
    ("message: *orem", "should have '*' at the end of words only"),
    ("message: lo*em", "should have '*' at the end of words only"),
    ("tag: di* full", "should have '*' at the end of the value of tag only"),
    ("updatedAt > 2020-01-01", "updatedAt should be a date and time"),
    ("createdAt>yesterday", "createdAt should be a date and time"),
    ("createdAt>99999999999999999999", "createdAt should be a date and time"),
    ("message:\0", "should not contain"),
    ("message:" + "a" * (LENGTH_LIMIT - 7), f"should have at most {LENGTH_LIMIT} characters"),
    (" AND ".join(["tag:a"] * (TERMS_LIMIT + 1)), f"should have at most {TERMS_LIMIT} terms"),
    (f"tag:({' OR '.join(['a'] * (TERMS_LIMIT + 1))})", f"should have at most {TERMS_LIMIT} terms"),
    ("(" * (DEPTH_LIMIT + 1) + "tag:a" + ")" * (DEPTH_LIMIT + 1), f"should have at most {DEPTH_LIMIT} parentheses in each other"),
    ("x" * 200, "\u2026'"),
]


@pytest.mark.parametrize("query, text", REFUSED)
def test_what_cannot_be_read_is_said(query, text):
    faults = {}
    read_query(query, faults)
    assert text in faults["query"]
    assert len(faults["query"]) < 500


def test_as_many_terms_and_parentheses_as_are_allowed_are_read():
    assert finds(" AND ".join(["tag:urgent"] * TERMS_LIMIT))
    assert finds("(" * DEPTH_LIMIT + "tag:urgent" + ")" * DEPTH_LIMIT)
    assert finds("NOT " * 480 + "tag:urgent")


BOUNDS = [
    ("createdAt >= 5 AND createdAt < 9", (5, 9)),
    ("createdAt: 5", (5, 5)),
    ("impactStartDate > 5 AND createdAt > 7", (7, None)),
    ("createdAt: (5 OR 9)", (5, 9)),
    ("createdAt < 5 OR createdAt > 9", (None, None)),
    ("createdAt < 5 OR tag:a", (None, None)),
    ("(createdAt < 5 OR createdAt < 9) AND tag:a", (None, 9)),
    ("NOT createdAt < 5", (None, None)),
    ("createdAt: *", (None, None)),
    ("updatedAt > 5", (None, None)),
    ("", (None, None)),
]


@pytest.mark.parametrize("query, expected", BOUNDS)
def test_what_is_read_from_the_store_follows_from_the_times_that_a_query_asks_for(query, expected):
    begin, end = start_bounds(read_query(query, {}))
    found = [
        None if one is None else (one - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1) for one in (begin, end)
    ]
    assert tuple(found) == expected


@given(
    st.recursive(
        st.sampled_from(["tag:urgent", "tag:none"]),
        lambda inner: st.one_of(
            st.builds("NOT ({})".format, inner),
            st.builds("({}) AND ({})".format, inner, inner),
            st.builds("({}) OR ({})".format, inner, inner),
        ),
        max_leaves=8,
    )
)
def test_a_query_means_what_python_means_by_the_same_words(query):
    words = query.replace("tag:urgent", "True").replace("tag:none", "False")
    words = words.replace("AND", "and").replace("OR", "or").replace("NOT", "not")
    faults = {}
    node = read_query(query, faults)
    if "parentheses in each other" not in faults.get("query", ""):
        assert matches(node, Asked(incident(), []), Effort()) == eval(words)  # noqa: S307  of True, False and, or, not


@given(st.text(alphabet='message:tag(" )*<>=AND OR NOT\\\n5', max_size=60))
def test_any_text_is_a_query_or_a_fault(text):
    faults = {}
    node = read_query(text, faults)
    assert isinstance(matches(node, Asked(incident(), []), Effort()), bool)
    assert set(faults) <= {"query"}


def test_what_is_looked_at_is_counted():
    texts = incident(facts=IncidentFacts(description="word " * 3_000))
    query = "description: word AND description: (other OR others)"
    effort = Effort(100_000)
    for _ in range(5):
        assert not finds(query, texts, effort)
    with pytest.raises(TooMuchEffortError):
        finds(query, texts, effort)
