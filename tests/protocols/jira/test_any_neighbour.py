"""Whatever is sent beside deployments is refused as a whole or judged item by item, and what is kept can be stored."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipledger.clock import to_microseconds
from shipledger.errors import Invalid
from shipledger.protocols.jira.devinfo import answer_devinfo, read_devinfo
from shipledger.protocols.jira.neighbours import NEIGHBOURS
from shipledger.protocols.wire_json import encode_json, find_unstorable
from tests.protocols.jira.test_anything import VALUES
from tests.support.jira import RULE

AT = st.sampled_from(["2026-03-04T05:06:07Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
HEAD = {"id": st.sampled_from(["a" * 40, "x", 7]), "updateSequenceId": st.integers(), "issueKeys": st.just(["S-1"])}
COMMIT = st.fixed_dictionaries(
    {**HEAD, "message": st.just("m") | VALUES, "authorTimestamp": AT | VALUES},
    optional=dict.fromkeys(("hash", "flags", "author", "files", "fileCount", "url", "displayId", "associations"), VALUES)
    | {
        "author": st.dictionaries(st.sampled_from(["name", "email"]), VALUES),
        "files": st.lists(st.dictionaries(st.sampled_from(["path", "changeType", "linesAdded"]), VALUES)),
    },
)
BRANCH = st.fixed_dictionaries({**HEAD, "name": VALUES, "url": VALUES, "lastCommit": COMMIT | VALUES})
REPOSITORY = st.fixed_dictionaries(
    {"id": st.just("r") | VALUES, "name": st.just("n") | VALUES, "url": st.just("https://x.example/a/b") | VALUES},
    optional={
        "updateSequenceId": st.integers(),
        "commits": st.lists(COMMIT | VALUES, max_size=2) | VALUES,
        "branches": st.lists(BRANCH | VALUES, max_size=2) | VALUES,
        "pullRequests": VALUES,
    },
)


@given(st.lists(REPOSITORY | VALUES, max_size=2) | VALUES, VALUES)
def test_any_development_information_has_an_answer_and_what_is_kept_can_be_stored(repositories: Any, properties: Any):
    body, refusals = judge(read_devinfo, {"repositories": repositories, "properties": properties})
    assert encode_json(refusals)
    if body is None:
        assert refusals
        return
    answer = json.loads(encode_json(answer_devinfo(body)))
    assert {*answer["acceptedDevinfoEntities"]} | {*answer["failedDevinfoEntities"]} <= {one.id for one in body.repositories}
    for repository in body.repositories:
        assert repository.errors or repository.id
        for commit in repository.kept_commits:
            told = msgspec.json.encode(commit.telling).decode()
            assert find_unstorable(commit.telling.message + commit.telling.author_name + commit.email) is None
            assert "\\u0000" not in told
            assert isinstance(to_microseconds(commit.telling.authored_at), int)


@pytest.mark.parametrize("neighbour", NEIGHBOURS, ids=lambda one: one.api)
def test_anything_for_an_api_that_keeps_nothing_has_an_answer(neighbour: Any):
    names = st.sampled_from(["id", "key", "pipelineId", "buildNumber", "issueKeys", "associations", "summary", "details", "url"])

    @given(st.lists(st.dictionaries(names, VALUES) | VALUES, max_size=3) | VALUES)
    def check(items: Any) -> None:
        body, refusals = judge(neighbour.read_body, {neighbour.member: items})
        if body is None:
            assert refusals
            return
        assert encode_json(neighbour.answer(body))
        assert len(body.items) == len(items)

    check()


def judge(read: Any, sent: dict[str, Any]) -> tuple[Any, list[str]]:
    try:
        return read(json.dumps(sent), RULE), []
    except Invalid as error:
        return None, list(error.fields)
